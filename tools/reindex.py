"""Hold the discovery indexes against the table: ``make drift`` tells where they differ, ``make reindex`` mends them.

Both look at everything, page by page, while the system goes on; done again after an interruption they begin again, and
find less to do.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from tools.cloud import Stack

if TYPE_CHECKING:
    from presence.services.drift import Seen


def use(stack: Stack) -> None:
    """Have the package work on what is deployed. Before anything of it is imported."""
    os.environ.update(
        AWS_REGION=stack.region, TABLE_NAME=stack.table_name, DISCOVERY_TABLE_NAME=stack.discovery_table_name
    )
    if stack.endpoint_url:
        os.environ.update(AWS_ENDPOINT_URL=stack.endpoint_url, AWS_ACCESS_KEY_ID="local", AWS_SECRET_ACCESS_KEY="local")


def check(tell: Callable[[str], None] = print) -> int:
    """Tell where the indexes differ from what the table implies. Gives how many differences there are."""
    from presence.services import drift  # noqa: PLC0415 - see ``use``

    looks = (drift.needless, drift.missing)
    found = [each for look in looks for page in _pages(look, tell) for each in page.differences]
    # What was being written while it was looked at is right by now.
    found = drift.again(found)
    for (flaw, kind), number in sorted(Counter((each.flaw.value, each.kind) for each in found).items()):
        tell(f"{number} x {flaw} ({kind})")
    for each in found[:10]:
        tell(f"  {each}")
    tell(f"{len(found)} differences")
    return len(found)


def renew(tell: Callable[[str], None] = print) -> None:
    """Take out of the indexes what ought not to be there, then have them say of everything what it is."""
    from presence.services import drift  # noqa: PLC0415 - see ``use``

    for page in _pages(drift.needless, tell):
        drift.mend(page.differences)
    for _ in _pages(drift.renewed, tell):
        pass  # it is done where it is looked at


def _pages(look: Callable[..., "Seen"], tell: Callable[[str], None]) -> Iterator["Seen"]:
    from presence.storage.table import Part  # noqa: PLC0415 - see ``use``

    after, examined = None, 0
    while True:
        seen = look(Part(), after)
        examined += seen.examined
        yield seen
        tell(f"{look.__name__}: looked at {examined:,}")
        after = seen.after
        if after is None:
            return
