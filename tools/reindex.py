"""Hold the discovery indexes against the table: ``make drift`` tells where they differ and repairs that if it is told
to, ``make reindex`` has the deployment make them anew.

Both are for a system that goes on meanwhile.
"""

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import batched
from typing import TYPE_CHECKING

from tools.cloud import Stack

if TYPE_CHECKING:
    from presence.services.drift import Difference, Seen

PATIENCE = 120
"""Looks in a row that may see the same."""
REPAIRS = 3
"""What is opened for what it dropped lacks it only at the next look."""
REPAIRED_AT_ONCE = 100
"""Differences. Somebody else who changes one of them has that many wait for the next look."""


def use(stack: Stack) -> None:
    """Have the package work on what is deployed. Before anything of it is imported."""
    os.environ.update(
        POWERTOOLS_METRICS_DISABLED="true",  # they are written to the terminal
        AWS_REGION=stack.region,
        TABLE_NAME=stack.table_name,
        DISCOVERY_TABLE_NAME=stack.discovery_table_name,
    )
    if stack.endpoint_url:
        os.environ.update(AWS_ENDPOINT_URL=stack.endpoint_url, AWS_ACCESS_KEY_ID="local", AWS_SECRET_ACCESS_KEY="local")


def check(tell: Callable[[str], None] = print) -> int:
    """Tell where the indexes differ from what the table implies. Gives how many differences there are."""
    return len(_differences(tell))


def repair(tell: Callable[[str], None] = print) -> int:
    """Tell where they differ and have them say what the table implies, again and again, ``REPAIRS`` times at most: what
    lists lack that were full once is told only when they are open. Gives how many differences are left.

    Raises:
        Throttled, StorageUnavailable: as any request. Beginning again is harmless.
    """
    from presence.domain.errors import Conflict  # noqa: PLC0415 - see ``use``
    from presence.services import drift  # noqa: PLC0415 - see ``use``

    for _ in range(REPAIRS):
        found = _differences(tell)
        if not found:
            return 0
        tell("Repairing them")
        for some in batched(found, REPAIRED_AT_ONCE, strict=False):
            with suppress(Conflict):  # others change the same; the next look tells what is left
                drift.mend(some)
    return check(tell)


def _differences(tell: Callable[[str], None]) -> list["Difference"]:
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
    return found


def _pause() -> None:
    time.sleep(1)


def renew(tell: Callable[[str], None] = print, *, wait: Callable[[], None] = _pause) -> bool:
    """Have the indexer make all indexes anew, and tell how far it is until it is done. Whoever stops looking does not
    stop it; whoever begins while it is under way looks on, and has it go on where it stands still.

    Args:
        wait: done between two looks.

    Returns:
        Whether it is done. Otherwise nothing has moved for ``PATIENCE`` looks.
    """
    from presence.services import rebuilding  # noqa: PLC0415 - see ``use``
    from presence.storage import rebuilds  # noqa: PLC0415 - see ``use``

    rebuilding.begin()
    before, still = rebuilds.read(), 0
    while still < PATIENCE:
        wait()
        orders = rebuilds.read()
        still = still + 1 if orders == before else 0
        if orders != before:
            tell(", ".join(f"{order.phase.value} {order.examined:,}" for order in orders))
        if all(order.phase is rebuilds.Phase.DONE for order in orders):
            return True
        before = orders
    tell("It stands still: what does the indexer log? Once that is mended, make reindex goes on from here.")
    return False


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
