"""Finding boards, pins and people."""

from dataclasses import astuple
from typing import Any

from presence.domain import clock
from presence.domain.errors import InvalidParameter
from presence.domain.words import LANGUAGES
from presence.http import discovery_views as views
from presence.http.call import Call
from presence.http.params import BOOKMARK, FIELDS, PAGE_SIZE, Param, choice, username
from presence.http.routing import Router
from presence.policies.scopes import Scope
from presence.projections.documents import BOARDS, KINDS
from presence.services import search
from presence.services.search import Query

router = Router()

EVERYTHING = (Scope.BOARDS_READ, Scope.PINS_READ, Scope.USER_ACCOUNTS_READ)
PAGING = (PAGE_SIZE, BOOKMARK, FIELDS)
QUERY_MAX = 500


def _query(text: str) -> str:
    if not 0 < len(text) <= QUERY_MAX:
        raise ValueError(f"must have 1 to {QUERY_MAX} characters")
    return text


def _time(text: str) -> str:
    try:
        return clock.timestamp(clock.seconds(text))
    except (ValueError, OverflowError, OSError):
        raise ValueError("must be a time such as 2026-11-23T09:07:43Z") from None


def _sections(text: str) -> int:
    if not (text.isdigit() and text.isascii() and len(text) <= 3):
        raise ValueError("must be a whole number from 0 to 999")
    return int(text)


Q: Param[str] = Param(
    "q",
    _query,
    "",
    {"type": "string", "minLength": 1, "maxLength": QUERY_MAX},
    "Required. Words to look for; of very many the first 24.",
)
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
FILTERS: tuple[Param[Any], ...] = (TYPE, LANGUAGE, OWNER, UPDATED_SINCE, MIN_SECTIONS)


@router.get("/discover/search", scopes=EVERYTHING, answer="SearchPage", params=(Q, *FILTERS, *PAGING))
def search_everything(call: Call) -> Any:
    """Find public boards, pins on them, or people, what fits best first."""
    query = Query(
        _required(call),
        kind=call[TYPE],
        language=call[LANGUAGE],
        owner=call[OWNER],
        updated_since=call[UPDATED_SINCE],
        min_sections=call[MIN_SECTIONS],
    )
    context = tuple(map(str, astuple(query)))
    return call.page(search.search(call.viewer, query, call.page_request(*context)), views.hit, *context)


def _required(call: Call) -> str:
    text = call[Q]
    if not text:
        raise InvalidParameter(Q.name, f"must have 1 to {QUERY_MAX} characters")
    return text
