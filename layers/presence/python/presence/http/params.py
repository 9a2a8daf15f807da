"""Query parameters: how each is read, and what the OpenAPI description says of it. Unknown ones are ignored."""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from presence.domain.errors import InvalidParameter
from presence.domain.ids import MAX_DIGITS

PAGE_SIZE_MAX = 250
PAGE_SIZE_DEFAULT = 25
USERNAME_MAX = 64
"""Of what a path takes; ours are shorter."""


class Param[T](NamedTuple):
    """A parameter of a query: how it is read and how it is described."""

    name: str
    read: Callable[[str], T]
    """From the text to the value; raises ``ValueError`` with the rule that it breaks."""
    default: T
    schema: dict[str, Any]
    description: str

    @property
    def names_user(self) -> bool:
        """Then the answer may be that there is no such user, or that they are called otherwise now."""
        return self.read is username

    def of(self, query: dict[str, str]) -> T:
        """
        Raises:
            InvalidParameter: the text breaks the rule.
        """
        text = query.get(self.name)
        if text is None:
            return self.default
        try:
            return self.read(text)
        except ValueError as error:
            raise InvalidParameter(self.name, str(error)) from None


def is_id(text: str) -> bool:
    return text.isdigit() and text.isascii() and len(text) <= MAX_DIGITS


def not_an_id(name: str) -> InvalidParameter:
    return InvalidParameter(name, "must be an id: digits only")


def path_param(name: str, value: str) -> str:
    """A parameter of a path as it is meant: an id; a username in lower case in those named ``username``, a slug in
    those named ``topic_id``.

    Raises:
        InvalidParameter: it cannot be one.
    """
    if name == "username":
        try:
            return username(value)
        except ValueError as error:
            raise InvalidParameter(name, str(error)) from None
    if name == "topic_id":
        if not _SLUG.fullmatch(value):
            raise InvalidParameter(name, "must be the id of a topic: lower case letters, digits and hyphens")
        return value
    if not is_id(value):
        raise not_an_id(name)
    return value


_SLUG = re.compile("[a-z0-9-]{1,64}")


def username(text: str) -> str:
    if not (text.isascii() and 0 < len(text) <= USERNAME_MAX):
        raise ValueError("must be a username")
    return text.lower()


def path_param_schema(name: str) -> dict[str, Any]:
    """What the OpenAPI description says of it."""
    if name == "username":
        return {"type": "string", "pattern": "^[A-Za-z0-9_]+$", "maxLength": USERNAME_MAX}
    if name == "topic_id":
        return {"type": "string", "pattern": "^[a-z0-9-]+$", "maxLength": 64}
    return {"type": "string", "pattern": "^[0-9]+$", "maxLength": MAX_DIGITS}


def _page_size(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 4 and 1 <= int(text) <= PAGE_SIZE_MAX):
        raise ValueError(f"must be a whole number from 1 to {PAGE_SIZE_MAX}")
    return int(text)


def _boolean(text: str) -> bool:
    # Python clients write True and False.
    if text.lower() not in ("true", "false"):
        raise ValueError("must be true or false")
    return text.lower() == "true"


def _ad_account(text: str) -> str:
    if not (text.isdigit() and text.isascii() and len(text) <= 18):
        raise ValueError("must be an id of at most 18 digits")
    return text


def names(text: str) -> tuple[str, ...]:
    """A list, comma-separated or repeated: API Gateway joins repeated parameters with commas."""
    return tuple(name.strip() for name in text.split(",") if name.strip())


def choice[T](name: str, default: T, choices: tuple[str, ...], description: str) -> Param[str | T]:
    def read(text: str) -> str:
        if text not in choices:
            raise ValueError(f"must be one of {', '.join(choices)}")
        return text

    schema: dict[str, Any] = {"type": "string", "enum": list(choices)}
    if default is not None:
        schema["default"] = default
    return Param(name, read, default, schema, description)


def flag(name: str, description: str) -> Param[bool]:
    return Param(name, _boolean, False, {"type": "boolean", "default": False}, description)


PAGE_SIZE = Param(
    "page_size",
    _page_size,
    PAGE_SIZE_DEFAULT,
    {"type": "integer", "minimum": 1, "maximum": PAGE_SIZE_MAX, "default": PAGE_SIZE_DEFAULT},
    "How many items a page has at most.",
)
BOOKMARK: Param[str | None] = Param(
    "bookmark", str, None, {"type": "string"}, "Where to go on: the `bookmark` of the page before, unchanged."
)
FIELDS: Param[tuple[str, ...]] = Param(
    "fields",
    names,
    (),
    {"type": "array", "items": {"type": "string"}},
    "Only these fields of each item, comma-separated.",
)
AD_ACCOUNT: Param[str | None] = Param(
    "ad_account_id",
    _ad_account,
    None,
    {"type": "string", "pattern": "^[0-9]+$", "maxLength": 18},
    "Accepted and checked for form; business access is not part of this API.",
)

_CREATIVE_TYPES = (
    "REGULAR",
    "VIDEO",
    "SHOPPING",
    "CAROUSEL",
    "MAX_VIDEO",
    "SHOP_THE_PIN",
    "COLLECTION",
    "IDEA",
    "SHOWCASE",
    "QUIZ",
)


def _creative_types(text: str) -> tuple[str, ...] | None:
    given = names(text)
    if any(name not in _CREATIVE_TYPES for name in given):
        raise ValueError(f"must be a list of {', '.join(_CREATIVE_TYPES)}")
    return given or None


CREATIVE_TYPES: Param[tuple[str, ...] | None] = Param(
    "creative_types",
    _creative_types,
    None,
    {"type": "array", "items": {"type": "string", "enum": list(_CREATIVE_TYPES)}},
    "Only pins of these types.",
)
PIN_METRICS = flag("pin_metrics", "Accepted; metrics are not kept yet, so `pin_metrics` is null.")
