"""What an event source mapping does with filter patterns, as far as ours go: nested objects down to lists of values.

https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
"""

from collections.abc import Iterable, Mapping
from typing import Any

type Pattern = Mapping[str, Any]


def passes(record: Mapping[str, Any], patterns: Iterable[Pattern]) -> bool:
    """One pattern that fits is enough."""
    return any(_fits(record, pattern) for pattern in patterns)


def _fits(value: Any, pattern: Any) -> bool:
    if isinstance(pattern, list):
        if pattern == [{"exists": True}]:
            return not isinstance(value, Mapping)  # it works on leaves only
        assert all(isinstance(allowed, str | bool) for allowed in pattern), "only literals are understood here"
        return any(value is allowed or value == allowed for allowed in pattern)
    return isinstance(value, Mapping) and all(name in value and _fits(value[name], pattern[name]) for name in pattern)
