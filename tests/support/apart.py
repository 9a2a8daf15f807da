"""Ids of documents with numbers of their own."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from presence.domain import ids
from presence.domain.postings import number
from presence.services import accounts, boards, pins

_new_id = ids.new_id
_taken: set[int] = set()


@contextmanager
def numbers_apart() -> Iterator[None]:
    """Nothing new shares its number in the indexes with anything else.

    Of 30 things made at once two share one in 1 of 600 runs (``postings.number``): a request has a card less to ask
    for then, and how rare a word is differs. Where tests count these, that must not be left to chance; where sharing
    is what they are about, they choose the ids.
    """
    with pytest.MonkeyPatch.context() as patch:
        for module in (ids, accounts, boards, pins):
            patch.setattr(module, "new_id", _id_apart)
        yield


def _id_apart() -> str:
    an_id = _new_id()
    while number(an_id) in _taken:
        an_id = _new_id()
    _taken.add(number(an_id))
    return an_id
