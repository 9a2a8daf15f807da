"""Finding boards, pins and people."""

import re
from dataclasses import astuple
from typing import Any

from presence.domain import clock, topics
from presence.domain.errors import InvalidParameter
from presence.domain.trends import WINDOWS
from presence.domain.words import LANGUAGES
from presence.http import discovery_views, views
from presence.http.call import Call
from presence.http.params import BOOKMARK, FIELDS, PAGE_SIZE, Param, choice, username
from presence.http.routing import Router
from presence.policies.scopes import Scope
from presence.projections.documents import BOARDS, KINDS, PINS
from presence.services import feed, ideas, introductions, own_search, related, search, suggesting, trending
from presence.services.paging import Page
from presence.services.search import Query

router = Router()

EVERYTHING = (Scope.BOARDS_READ, Scope.PINS_READ, Scope.USER_ACCOUNTS_READ)
NAMES = (Scope.BOARDS_READ, Scope.USER_ACCOUNTS_READ)
BOARDS_ONLY = (Scope.BOARDS_READ,)
BOARDS_AND_PINS = (Scope.BOARDS_READ, Scope.PINS_READ)
OWN_BOARDS = (Scope.BOARDS_READ, Scope.BOARDS_READ_SECRET)
OWN_PINS = (*OWN_BOARDS, Scope.PINS_READ, Scope.PINS_READ_SECRET)
PAGING = (PAGE_SIZE, BOOKMARK, FIELDS)
QUERY_MAX = 500
OWN_QUERY_MAX = 5000
"""Room for as many ids as a page may have."""


def _query(text: str) -> str:
    if not 0 < len(text) <= QUERY_MAX:
        raise ValueError(f"must have 1 to {QUERY_MAX} characters")
    return text


def _own_query(text: str) -> str:
    if len(text) > OWN_QUERY_MAX:
        raise ValueError(f"must have at most {OWN_QUERY_MAX} characters")
    return text


_FRACTION = re.compile(r"(?<=:\d\d)\.\d{1,9}(?=[Z+-])")
"""Of a second: times are compared by seconds."""


def _time(text: str) -> str:
    try:
        return clock.timestamp(clock.seconds(_FRACTION.sub("", text, count=1)))
    except (ValueError, OverflowError, OSError):
        raise ValueError("must be a time such as 2026-11-23T09:07:43Z") from None


def _sections(text: str) -> int:
    if not (text.isdigit() and text.isascii() and len(text) <= 3):
        raise ValueError("must be a whole number from 0 to 999")
    return int(text)


def _topic(text: str) -> str:
    if text not in topics.every():
        raise ValueError("must be the id of one of /discover/topics")
    return text


Q: Param[str] = Param(
    "q",
    _query,
    "",
    {"type": "string", "minLength": 1, "maxLength": QUERY_MAX},
    "Required. Words to look for; of very many the first 24.",
)
TYPED: Param[str] = Param("q", _query, "", Q.schema, "Required. What was typed so far.")
TYPE: Param[str] = choice("type", BOARDS, KINDS, "What to look for.")
LANGUAGE: Param[str | None] = choice(
    "language", None, tuple(LANGUAGES), "What `q` is in (ISO 639-1). Without it, what it seems to be in."
)
OWNER: Param[str | None] = Param(
    "owner", username, None, {"type": "string"}, "Only boards of this user, or pins on their boards."
)
UPDATED_SINCE: Param[str | None] = Param(
    "updated_since",
    _time,
    None,
    {"type": "string", "format": "date-time"},
    "Only boards to which something was added since, or pins made since.",
)
MIN_SECTIONS: Param[int] = Param(
    "min_sections",
    _sections,
    0,
    {"type": "integer", "minimum": 0, "maximum": 999, "default": 0},
    "Only boards with as many sections.",
)
BOARD_QUERY: Param[str] = Param(
    "query",
    _own_query,
    "",
    {"type": "string", "maxLength": OWN_QUERY_MAX},
    "Words that the name and the description have; the last may be the beginning of one. Without it, all boards.",
)
PIN_QUERY: Param[str] = Param(
    "query",
    _own_query,
    "",
    {"type": "string", "minLength": 1, "maxLength": OWN_QUERY_MAX},
    "Required. Words that the texts have, of which the last may be the beginning of one; or ids, comma-separated.",
)
TOPIC: Param[str | None] = Param(
    "topic",
    _topic,
    None,
    {"type": "string", "pattern": "^[a-z0-9-]+$", "maxLength": 64},
    "Only boards about this topic (an id of `/discover/topics`), or about one below it.",
)
WINDOW: Param[str] = choice("window", "week", tuple(WINDOWS), "How far back: what is older counts no more.")
MEANT_FOR: tuple[tuple[Param[Any], tuple[str, ...]], ...] = (
    (OWNER, (BOARDS, PINS)),
    (UPDATED_SINCE, (BOARDS, PINS)),
    (MIN_SECTIONS, (BOARDS,)),
    (TOPIC, (BOARDS,)),
)
"""Filters, and what they are for."""
FILTERS: tuple[Param[Any], ...] = (TYPE, LANGUAGE, OWNER, UPDATED_SINCE, MIN_SECTIONS, TOPIC)


@router.get("/discover/search", scopes=EVERYTHING, answer="SearchPage", params=(Q, *FILTERS, *PAGING))
def search_everything(call: Call) -> Any:
    """Find public boards, pins on them, or people, what fits best first."""
    query = Query(
        _required(call, Q),
        kind=call[TYPE],
        language=call[LANGUAGE],
        owner=call[OWNER],
        updated_since=call[UPDATED_SINCE],
        min_sections=call[MIN_SECTIONS],
        topic=call[TOPIC],
    )
    for param, kinds in MEANT_FOR:
        if call[param] and query.kind not in kinds:
            raise InvalidParameter(param.name, f"is for {' and '.join(kinds)} only")
    context = tuple(map(str, astuple(query)))
    return call.page(search.search(call.viewer, query, call.page_request(*context)), discovery_views.hit, *context)


@router.get("/discover/suggest", scopes=NAMES, answer="Suggestions", params=(TYPED, FIELDS))
def suggest(call: Call) -> Any:
    """Suggest at most 10 things that somebody who types may mean: names that several gave to boards, people, topics."""
    return call.page(Page(suggesting.suggest(call.viewer, _required(call, TYPED)), None), discovery_views.suggestion)


@router.get("/discover/topics", scopes=BOARDS_ONLY, answer="TopicTree", params=(FIELDS,))
def list_topics(call: Call) -> Any:
    """All topics, each after the one above it."""
    return call.page(Page(list(topics.every().values()), None), discovery_views.topic)


@router.get("/discover/topics/{topic_id}/boards", scopes=BOARDS_ONLY, answer="BoardPage", params=PAGING)
def list_boards_of_topic(call: Call) -> Any:
    """The public boards about a topic or about one below it, the best first."""
    return call.page(search.best_of_topic(call.viewer, call.topic_id(), call.page_request()), discovery_views.listed)


@router.get("/discover/boards/{board_id}/related", scopes=BOARDS_AND_PINS, answer="BoardPage", params=PAGING)
def list_related_boards(call: Call) -> Any:
    """The public boards that are most like a board: that show the same, and say the same."""
    page = related.boards_like(call.viewer, call.id("board_id"), call.page_request())
    return call.page(page, discovery_views.listed)


@router.get("/discover/boards/{board_id}/ideas", scopes=BOARDS_AND_PINS, answer="PinPage", params=PAGING)
def list_ideas_for_board(call: Call) -> Any:
    """Pins that others keep beside the pins of a board and that it has not, what belongs there most first."""
    return call.page(ideas.ideas_for(call.viewer, call.id("board_id"), call.page_request()), views.pin)


@router.get("/discover/pins/{pin_id}/boards", scopes=BOARDS_AND_PINS, answer="BoardPage", params=PAGING)
def list_boards_for_pin(call: Call) -> Any:
    """Boards on which a pin may belong and that do not have it: the caller's own that fit, then public ones."""
    page = related.boards_for_pin(call.viewer, call.id("pin_id"), call.page_request())
    return call.page(page, discovery_views.listed)


@router.get("/discover/trending/boards", scopes=BOARDS_ONLY, answer="BoardPage", params=(WINDOW, TOPIC, *PAGING))
def list_trending_boards(call: Call) -> Any:
    """List public boards that others save from, follow and pin to of late, the liveliest first."""
    window, topic_id = call[WINDOW], call[TOPIC]
    context = (window, topic_id or "")
    found = search.trending_boards(call.viewer, window, topic_id, call.page_request(*context))
    return call.page(found, discovery_views.listed, *context)


@router.get("/discover/trending/topics", scopes=BOARDS_ONLY, answer="TopicPage", params=(WINDOW, *PAGING))
def list_trending_topics(call: Call) -> Any:
    """List the topics of public boards that others save from, follow and pin to of late, the liveliest first."""
    window = call[WINDOW]
    return call.page(trending.topics(window, call.page_request(window)), discovery_views.topic, window)


def _required(call: Call, param: Param[str], most: int = QUERY_MAX) -> str:
    text = call[param]
    if not text:
        raise InvalidParameter(param.name, f"must have 1 to {most} characters")
    return text


@router.get("/search/boards", scopes=OWN_BOARDS, answer="BoardPage", params=(BOARD_QUERY, *PAGING))
def search_own_boards(call: Call) -> Any:
    """Find the caller's boards, and those on which they collaborate, by the words of their names and descriptions."""
    text = call[BOARD_QUERY] or None
    context = (text or "",)
    return call.page(own_search.search_boards(call.viewer, text, call.page_request(*context)), views.board, *context)


@router.get("/search/pins", scopes=OWN_PINS, answer="PinPage", params=(PIN_QUERY, *PAGING))
def search_own_pins(call: Call) -> Any:
    """Find the pins that the caller added by the words of their texts, newest first, or by their ids."""
    text = _required(call, PIN_QUERY, OWN_QUERY_MAX)
    return call.page(own_search.search_pins(call.viewer, text, call.page_request(text)), views.pin, text)


@router.get("/discover/feed", scopes=EVERYTHING, answer="PinPage", params=PAGING)
def home_feed(call: Call) -> Any:
    """List others' pins on the boards that the caller follows and on those of the people they follow, newest first."""
    return call.page(feed.read(call.viewer, call.page_request()), views.pin)


@router.get("/discover/people", scopes=NAMES, answer="PeopleToFollow", params=PAGING)
def list_people_to_follow(call: Call) -> Any:
    """List people whom the caller may want to follow, the likeliest first, with what led to them."""
    return call.page(introductions.read(call.viewer, call.page_request()), discovery_views.introduced)
