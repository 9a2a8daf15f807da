"""People whom a viewer may want to follow: those whom the people follow whom they follow, and the owners of boards that
they follow; where these are few, the owners of what is best liked in the topics of the viewer's own boards, and at last
whoever has many followers.

``docs/discovery.md`` gives the order with its reasons.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import dropwhile, islice
from typing import NamedTuple

from presence.domain.entities import Tie, Viewer
from presence.domain.postings import number
from presence.policies import visibility
from presence.projections import documents
from presence.services import access, search, suggesting
from presence.services.access import Seen
from presence.services.paging import Page, PageRequest, fill
from presence.services.people import Person
from presence.storage import boards, index, keys, standings, ties
from presence.storage.standings import Facts

PEOPLE = 30
"""Of those whom the viewer follows the latest lead to others. The list of each is a request."""
FOLLOWS = 100
"""Of each of their lists, the latest."""
BOARDS = 30
"""Of those that the viewer follows, the latest lead to their owners."""
OWN_BOARDS = 25
"""The first in the viewer's order tell what they like."""
TOPICS = 3
KNOWN = 500
"""Of those whom the viewer follows, the latest: nothing is read of them to leave them out."""
AT_ONCE = 50
"""People about whom one request asks."""
MOST = 500
"""Nobody pages further."""
REASONS = 3
"""Of either kind, beside a person."""


class Lead(NamedTuple):
    """Whom or what the viewer follows, and how much it counts that it leads to somebody."""

    weight: float
    by: str = ""
    """A username."""
    through: Seen | None = None


@dataclass(frozen=True, slots=True)
class Introduced:
    """Somebody to follow, what led to them, and, once they were read and may be shown, themselves."""

    user_id: str
    position: str
    leads: Sequence[Lead] = ()
    person: Person | None = None

    @property
    def followed_by(self) -> list[str]:
        """The usernames of the viewer's followed people who follow them, at most ``REASONS``."""
        return [lead.by for lead in self.leads if lead.by][:REASONS]

    @property
    def boards(self) -> list[Seen]:
        """Boards of theirs that the viewer follows, at most ``REASONS``."""
        return [lead.through for lead in self.leads if lead.through][:REASONS]


def read(viewer: Viewer, request: PageRequest) -> Page[Introduced]:
    """People to be found whom the viewer may see and neither follows nor asked to, the likeliest first.

    At most 5 requests for what the viewer follows and 30 for the lists of those people; where these do not lead to
    enough others, 4 for what is liked in the topics of the viewer's boards, and then 1 for whom many follow; 1 for each
    50 people.
    """
    after = request.after
    ranked = dropwhile(lambda each: after is not None and each.position >= after, islice(_ranked(viewer), MOST))

    def take(_: str | None, limit: int) -> tuple[list[Introduced], bool]:
        """What comes after what was taken before."""
        wanted = min(limit, AT_ONCE)
        taken = list(islice(ranked, wanted))
        return taken, len(taken) == wanted

    return fill(request, take, lambda taken: _shown(viewer, taken))


def _shown(viewer: Viewer, taken: list[Introduced]) -> Iterator[Introduced]:
    facts = standings.load(viewer.user_id, people=[each.user_id for each in taken])
    for each in taken:
        profile, tie = facts.profiles.get(each.user_id), facts.ties.get(each.user_id)
        is_new = tie is None or tie.following is None
        if profile and is_new and visibility.is_findable(profile) and visibility.may_see_user(profile, tie):
            yield replace(each, person=Person(profile, tie))


def _ranked(viewer: Viewer) -> Iterator[Introduced]:
    """Everybody once, the likeliest first. What comes later is looked for when it is asked for."""
    following, _ = ties.list_following(viewer.user_id, limit=KNOWN)
    passed = {viewer.user_id, *(tie.to_id for tie in following)}
    leads: dict[str, list[Lead]] = {}

    def followed() -> Mapping[str, float]:
        leads.update(_leads(viewer, following[:PEOPLE]))
        return {user_id: sum(lead.weight for lead in each) for user_id, each in leads.items()}

    sources: tuple[Callable[[], Mapping[str, float]], ...] = (
        followed,
        lambda: _liked_in_topics(_topics_of(viewer)),
        suggesting.followed_people,
    )
    for place, source in enumerate(sources):
        scores = source()
        found = [
            Introduced(user_id, _position(len(sources) - place, scores[user_id], user_id), leads.get(user_id, ()))
            for user_id in scores.keys() - passed
        ]
        passed.update(scores)
        yield from sorted(found, key=lambda each: each.position, reverse=True)


def _position(source: int, score: float, user_id: str) -> str:
    """Sorts as the list does, backwards: of equals those come first who came last."""
    return f"{source}.{score:011.6f}.{user_id}"


def _leads(viewer: Viewer, following: Sequence[Tie]) -> Mapping[str, list[Lead]]:
    """By user id, what leads to them, what counts most first: 4 requests and 1 for each whom the viewer follows."""
    edges, _ = ties.list_board_follows(viewer.user_id, limit=BOARDS)
    followed_boards = boards.get_many(edge.board_id for edge in edges)
    facts = standings.load(
        viewer.user_id,
        people=[*(tie.to_id for tie in following), *(board.owner_id for board in followed_boards.values())],
        board_ids=followed_boards,
    )
    found: dict[str, list[Lead]] = defaultdict(list)
    for board in followed_boards.values():
        seen = Seen(board, access.told(viewer, board, facts))
        if visibility.may_view_board(board, seen.standing):
            found[board.owner_id].append(Lead(_weight(board.follower_count), through=seen))
    asked = [tie.to_id for tie in following if _may_lead(viewer, facts, tie.to_id)]
    for user_id, lists in zip(asked, index.in_parallel(_followed_by, asked), strict=True):
        profile = facts.profiles[user_id]
        for tie in lists:
            found[tie.to_id].append(Lead(_weight(profile.following_count), by=profile.username))
    return {user_id: sorted(each, key=_most_first) for user_id, each in found.items()}


def _most_first(lead: Lead) -> tuple[float, str, str]:
    return -lead.weight, lead.by, lead.through.id if lead.through else ""


def _followed_by(user_id: str) -> list[Tie]:
    return ties.list_following(user_id, limit=FOLLOWS)[0]


def _may_lead(viewer: Viewer, facts: Facts, user_id: str) -> bool:
    """The viewer still follows them, and their list is for the viewer to see."""
    profile, tie = facts.profiles.get(user_id), facts.ties.get(user_id)
    return (
        profile is not None
        and profile.following_count > 0
        and visibility.is_follower(tie)
        and visibility.may_see_inside(profile, tie, viewer)
    )


def _weight(ways: int) -> float:
    """What leads to few says more of each: Adamic & Adar, "Friends and neighbors on the Web" (2003), which Liben-Nowell
    & Kleinberg, "The link-prediction problem for social networks" (2007) found to predict best what was cheap to ask.

    Args:
        ways: how many people somebody follows, or how many follow a board.
    """
    return 1 / math.log(1 + max(1, ways))


def _topics_of(viewer: Viewer) -> list[str]:
    """What most of the viewer's boards are about that are to be found: 2 requests."""
    own, _ = boards.list_of_owner(viewer.user_id, after=None, limit=OWN_BOARDS)
    ids = {board.id for board in own}
    cards = index.read(keys.card(documents.BOARDS, number(board_id)) for board_id in ids)
    known = (document for raw in cards.values() for document in index.cards(raw).values() if document.id in ids)
    about = Counter(topic_id for document in known for topic_id in document.topics)
    return sorted(about, key=lambda topic_id: (-about[topic_id], topic_id))[:TOPICS]


def _liked_in_topics(topic_ids: Iterable[str]) -> Mapping[str, float]:
    """The owners of the boards that are best liked there, by the best of theirs: 2 requests."""
    best: dict[str, float] = {}
    for board, score in search.known_of_topics(topic_ids):
        best.setdefault(board.owner_id, score)
    return best
