"""Blocks. They work both ways: neither sees the other, and the follows between the two are undone."""

from dataclasses import replace

from presence.domain.entities import Tie, Viewer
from presence.domain.errors import InvalidParameter, UserNotFound
from presence.domain.ids import new_id
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


def list_blocks(viewer: Viewer, request: PageRequest) -> Page[Listed]:
    """Those whom the viewer blocks, the latest first."""

    def read(after: str | None, limit: int) -> tuple[list[Listed], bool]:
        found, more = ties.list_blocks(viewer.user_id, after=after, limit=limit)
        return follows.before(viewer, [(tie.to_id, tie.position) for tie in found]), more

    return fill(request, read, lambda found: (each for each in found if each.profile and not each.profile.deleted))
