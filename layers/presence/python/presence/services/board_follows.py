"""Which boards one follows: those that one follows themselves, and all of the people whom one follows, but for those
that one does not want.

What is said of a single board goes before what follows from its owner, until it is said otherwise: to unfollow and
follow the owner anew brings back no board that was left out.
"""

from dataclasses import replace

from presence.domain.entities import Board, BoardFollow, Viewer, parted
from presence.domain.errors import InvalidParameter, UserNotFound
from presence.domain.ids import new_id
from presence.policies import visibility
from presence.services import access
from presence.services.access import Seen
from presence.services.follows import Changed, settled
from presence.services.paging import SECOND, Page, PageRequest, Read, fill, in_turn
from presence.services.receipts import Receipt
from presence.storage import boards, profiles, standings, ties
from presence.storage.standings import Facts
from presence.storage.table import Transaction

PEOPLE_PER_READ = 10
BOARDS_PER_READ = 300
MOST_READS = 100
"""A thousand followed people in a row who show no board of theirs: some ten requests for each ten of them."""


def follow(viewer: Viewer, board_id: str, *, receipt: Receipt | None = None) -> Seen:
    """Follow a board that the viewer may see; again is the same as once. 4 requests.

    Raises:
        BoardNotFound: no board that the viewer can see.
        InvalidParameter: it is the viewer's own.
    """

    def attempt() -> Seen:
        seen = access.board(viewer, board_id)
        if seen.standing.is_owner:
            raise InvalidParameter("board_id", "must be somebody else's board: nobody follows their own")
        before = ties.get_board_follow(viewer.user_id, board_id)
        tx = Transaction()
        if before is None or not before.follows:
            after = BoardFollow(viewer.user_id, board_id, since=new_id())
            profiles.require_alive(tx, viewer.user_id, otherwise=UserNotFound())
            ties.change(tx, before, after, otherwise=Changed())
            # A block that comes between ends what is followed already, and would miss this.
            ties.require(tx, viewer.user_id, seen.board.owner_id, seen.standing.tie, otherwise=Changed())
        if receipt:
            receipt.record(tx, seen)
        if len(tx):
            tx.commit()
        return seen

    return settled(attempt)


def unfollow(viewer: Viewer, board_id: str) -> None:
    """Follow a board no more. Where its owner is followed that takes a word, and it stays said. 4 requests.

    Raises:
        BoardNotFound: no board that the viewer can see.
    """

    def attempt() -> None:
        seen = access.board(viewer, board_id)
        before = ties.get_board_follow(viewer.user_id, board_id)
        if visibility.is_follower(seen.standing.tie):
            after = BoardFollow(viewer.user_id, board_id, since=new_id(), follows=False)
            is_said = before is not None and not before.follows and not before.is_over
        else:
            after = BoardFollow(viewer.user_id, board_id, since=new_id(), follows=False, is_over=True)
            is_said = before is None or not before.follows
        if is_said:
            return
        tx = Transaction()
        profiles.require_alive(tx, viewer.user_id, otherwise=UserNotFound())
        ties.change(tx, before, after, otherwise=Changed())
        tx.commit()

    settled(attempt)


def list_boards(viewer: Viewer, request: PageRequest, *, is_explicit: bool) -> Page[Seen]:
    """The boards that the viewer follows themselves, the latest first; then, unless ``is_explicit``, the others of the
    people whom they follow: person by person, the latest followed first, each person's in that person's order.

    Raises:
        InvalidParameter: more followed people in a row than a page can look through show no board.
    """
    explicit = _explicit(viewer)
    return fill(
        request,
        explicit if is_explicit else in_turn(explicit, _implied(viewer)),
        lambda found: (seen for seen in found if visibility.may_view_board(seen.board, seen.standing)),
        most_reads=MOST_READS,
        otherwise=InvalidParameter("explicit_following", "must be true here: too many followed people show no board"),
    )


def _explicit(viewer: Viewer) -> Read[Seen]:
    def read(after: str | None, limit: int) -> tuple[list[Seen], bool]:
        edges, more = ties.list_board_follows(viewer.user_id, after=after, limit=min(limit, BOARDS_PER_READ))
        return access.in_places(viewer, [(edge.board_id, edge.position) for edge in edges]), more

    return read


def _implied(viewer: Viewer) -> Read[Seen]:
    """Boards of followed people. A place is that of the person among the followed and, unless all of theirs have been
    told, that of the board among theirs.
    """

    def read(after: str | None, limit: int) -> tuple[list[Seen], bool]:
        person, _, board = (after or "").partition(_WITHIN)
        followed, more = ties.list_following(viewer.user_id, after=person or None, limit=PEOPLE_PER_READ)
        people = [tie.position for tie in followed]
        if board:
            people.insert(0, person)
        found, is_whole = _boards_of(viewer, people, board or None, min(limit, BOARDS_PER_READ))
        return _unsaid(viewer, found), more or not is_whole

    return read


_WITHIN = "/"
type _Placed = tuple[Board | None, str]
"""A board and its place; no board in the place of a person of whom all boards are told."""


def _boards_of(viewer: Viewer, people: list[str], after: str | None, limit: int) -> tuple[list[_Placed], bool]:
    """What the people at these places own, of the first one what comes ``after``; and whether that is all of it."""
    facts = standings.load(viewer.user_id, people=[parted(person)[0] for person in people])
    found: list[_Placed] = []
    for person in people:
        owner_id = parted(person)[0]
        if len(found) >= limit:
            return found, False
        if _may_show_boards(facts, owner_id):
            owned, more = boards.list_of_owner(owner_id, after=after, limit=limit - len(found))
            found += [(each, f"{person}{_WITHIN}{each.position}") for each in owned]
            if more:
                return found, False
        found.append((None, person))
        after = None
    return found, True


def _may_show_boards(facts: Facts, owner_id: str) -> bool:
    """Whether it is worth to look: they are still followed, also where a page goes on within their boards."""
    owner = facts.profiles.get(owner_id)
    return owner is not None and owner.board_count > 0 and visibility.is_follower(facts.ties.get(owner_id))


def _unsaid(viewer: Viewer, found: list[_Placed]) -> list[Seen]:
    """Boards before the viewer; hidden those that are not listed to them, or of which they have said something."""
    there = [board for board, _ in found if board]
    seen = {each.id: each for each in access.before(viewer, there)}
    said = ties.get_board_follows((viewer.user_id, board.id) for board in there)
    shown = {
        board_id: each
        for board_id, each in seen.items()
        if visibility.may_list_board(each.board, each.standing)
        and ((viewer.user_id, board_id) not in said or said[viewer.user_id, board_id].is_over)
    }
    return [
        replace(shown[board.id], place=SECOND + place)
        if board and board.id in shown
        else access.nothing(viewer, SECOND + place)
        for board, place in found
    ]
