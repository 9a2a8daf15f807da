"""Ids of documents with numbers of their own."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from presence.domain import ids
from presence.domain.postings import number
from presence.services import accounts, boards, pins

ATTEMPTS = 10
_new_id = ids.new_id
_taken: set[int] = set()


@contextmanager
def numbers_apart() -> Iterator[None]:
    """Nothing new shares its number in the indexes with anything else.

    Of 30 things made at once two share one in 1 of 600 runs (``postings.number``): a request has a card less to ask
    for then, and how rare a word is differs. Where tests count these, that must not be left to chance. Tests that are
    about sharing choose their ids, or have a digest that leaves no other numbers.
    """
    with pytest.MonkeyPatch.context() as patch:
        for module in (ids, accounts, boards, pins):
            patch.setattr(module, "new_id", _id_apart)
        yield


def _id_apart() -> str:
    for _ in range(ATTEMPTS):
        an_id = _new_id()
        if number(an_id) not in _taken:
            break
    _taken.add(number(an_id))
    return an_id
