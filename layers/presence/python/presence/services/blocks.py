"""Blocks. They work both ways: neither sees the other, and the follows between the two are undone."""

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from presence.domain.entities import Tie, Viewer
from presence.domain.errors import InvalidParameter, UserNotFound
from presence.domain.ids import new_id
from presence.policies import visibility
from presence.services import follows, people
from presence.services.follows import Listed
from presence.services.paging import Page, PageRequest, fill
from presence.services.people import Person
from presence.services.receipts import Receipt
from presence.storage import profiles, ties
from presence.storage.table import Transaction


def block(viewer: Viewer, username: str, *, receipt: Receipt | None = None) -> Person:
    """From now on neither sees the other. The stream undoes what each follows of the other's boards. 4 requests.

    Somebody who blocks the viewer can be blocked too, so that they do not come back by unblocking.

    Raises:
        UserNotFound, UserMoved: as ``people.user``.
        InvalidParameter: it is the viewer.
    """

    def attempt() -> Person:
        person = people.user(viewer, username, even_blocked=True)
        me, them = viewer.user_id, person.profile.id
        if me == them:
            raise InvalidParameter("username", "must be somebody else's: nobody blocks themselves")
        tx = Transaction()
        if person.tie is None or not person.tie.blocks:
            there, back = person.tie or Tie(me, them, ""), ties.get(them, me)
            if not there.is_follow:  # else the viewer's profile is written anyway
                profiles.require_alive(tx, me, otherwise=UserNotFound())
            follows.change(tx, person.tie, replace(there, following=None, blocks=True, since=new_id()))
            follows.change(tx, back, replace(back or Tie(them, me, new_id()), following=None, blocked=True))
        if receipt:
            receipt.record(tx, person)
        if len(tx):
            tx.commit()
        return person

    return follows.settled(attempt)


def unblock(viewer: Viewer, username: str) -> None:
    """The viewer blocks them no more; a block of theirs stays, and the follows stay undone. 4 requests.

    Raises:
        UserNotFound, UserMoved: as ``people.user``.
    """

    def attempt() -> None:
        person = people.user(viewer, username, even_blocked=True)
        there = person.tie
        if there is None or not there.blocks:
            return
        back = ties.get(person.profile.id, viewer.user_id)
        tx = Transaction()
        follows.change(tx, there, replace(there, blocks=False))
        if back:
            follows.change(tx, back, replace(back, blocked=False))
        tx.commit()

    follows.settled(attempt)


def note(found: Iterable[Tie]) -> None:
    """Have it be noted of all these ties, as of now, whom they hide from whom: blocks of a time when that was not noted
    are not. 1 request per 100 users, 2 for each block that is missing.

    Raises:
        Conflict: somebody keeps changing the same.
    """
    hiding = [tie for tie in found if visibility.is_blocked(tie)]
    noted = ties.get_hidden_people(tie.from_id for tie in hiding)
    for tie in hiding:
        if not noted[tie.from_id].has(tie.to_id):
            follows.settled(partial(_note, tie.from_id, tie.to_id))


def _note(user_id: str, other_id: str) -> None:
    tie = ties.get(user_id, other_id)
    if not visibility.is_blocked(tie):
        return
    tx = Transaction()
    ties.require(tx, user_id, other_id, tie, otherwise=follows.Changed())
    ties.hide(tx, user_id, other_id)
    tx.commit()


def list_blocks(viewer: Viewer, request: PageRequest) -> Page[Listed]:
    """Those whom the viewer blocks, the latest first."""

    def read(after: str | None, limit: int) -> tuple[list[Listed], bool]:
        found, more = ties.list_blocks(viewer.user_id, after=after, limit=limit)
        return follows.before(viewer, [(tie.to_id, tie.position) for tie in found]), more

    return fill(request, read, lambda found: (each for each in found if each.profile and not each.profile.deleted))
