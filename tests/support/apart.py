"""Ids that no index takes for each other."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from presence.domain import ids
from presence.domain.postings import digest, number
from presence.services import accounts, boards, pins

ATTEMPTS = 10


@contextmanager
def ids_apart() -> Iterator[None]:
    """Nothing that is made meanwhile shares its number in the indexes with anything else, nor a user the digest that
    lists of names have of them.

    Of 30 things made at once two share a number in 1 of 600 runs (``postings.number``): a request has a card less to
    ask for then, and how rare a word is differs. Of 12 users two share 16 bits in 1 of 1,000: what both call a board is
    not suggested then. Where tests look at these, that must not be left to chance. Tests that are about sharing choose
    their ids, or have a digest that leaves nothing else.
    """
    new_id = _apart(ids.new_id, number)
    with pytest.MonkeyPatch.context() as patch:
        for module in (ids, boards, pins):
            patch.setattr(module, "new_id", new_id)
        patch.setattr(accounts, "new_id", _apart(new_id, lambda user_id: digest(user_id, 16)))
        yield


def _apart(new_id: Callable[[], str], told_by: Callable[[str], int]) -> Callable[[], str]:
    """As ``new_id``, of which each but the first that is told by the same is drawn again."""
    taken: set[int] = set()

    def drawn() -> str:
        for _ in range(ATTEMPTS):
            an_id = new_id()
            if told_by(an_id) not in taken:
                break
        taken.add(told_by(an_id))
        return an_id

    return drawn
