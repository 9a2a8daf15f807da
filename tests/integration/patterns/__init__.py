"""Every way in which the table is asked or changed, ready to be measured: the names are those in
docs/access-patterns.md, first column, in its order.
"""

from tests.integration.patterns.typical import PATTERNS, Typical  # isort: split

from tests.integration.patterns import content  # isort: split

from tests.integration.patterns import profiles  # isort: split

from tests.integration.patterns import follows  # isort: split

from tests.integration.patterns import collaboration  # isort: split

from tests.integration.patterns import shaping  # isort: split

from tests.integration.patterns import keeping  # isort: split

from tests.integration.patterns import visibility  # isort: split

from tests.integration.patterns import archives  # isort: split

from tests.integration.patterns import discovery

__all__ = [
    "PATTERNS",
    "Typical",
    "archives",
    "collaboration",
    "content",
    "discovery",
    "follows",
    "keeping",
    "profiles",
    "shaping",
    "visibility",
]
