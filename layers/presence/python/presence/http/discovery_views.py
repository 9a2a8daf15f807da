"""What clients get of what was found."""

from presence.domain.suggestions import TOPIC, USER, Suggestion
from presence.domain.topics import Topic
from presence.http import people_views, views
from presence.http.views import View
from presence.services.access import Seen
from presence.services.introductions import Introduced
from presence.services.people import Person
from presence.services.pins import Placed
from presence.services.search import Hit, highlights


def board(found: Hit, thing: Seen) -> View:
    """A board with its topics: those that its owner chose, else those that the index knows."""
    return {"topics": list(found.document.topics)} | views.board(thing)


def listed(found: Hit) -> View:
    """A board that was found, as a listing has it."""
    match found.thing:
        case Seen() as thing:
            return board(found, thing)
        case _:
            raise TypeError(found)


def topic(value: Topic) -> View:
    return {"id": value.id, "name": value.name, "parent": value.parent}


def hit(found: Hit) -> View:
    """What was found, how well it fits, and where in its texts the words are that it was found by."""
    texts: dict[str, str | None]
    match found.thing:
        case Seen() as thing:
            kind, view = "board", board(found, thing)
            texts = {"name": thing.board.name, "description": thing.board.description}
        case Placed() as thing:
            kind, view = "pin", views.pin(thing)
            texts = {name: getattr(thing.pin, name) for name in ("title", "description", "alt_text")}
        case Person() as thing:
            kind, view = "user", people_views.user_card(thing)
            texts = {name: getattr(thing.profile, name) for name in ("username", "display_name")}
    ranges = {name: highlights(found, text) for name, text in texts.items() if text}
    return {
        "type": kind,
        "score": round(found.score, 4),
        "highlights": [{"field": name, "ranges": where} for name, where in ranges.items() if where],
        kind: view,
    }


def suggestion(found: Suggestion) -> View:
    view: View = {"type": found.kind, "text": found.texts[-1]}
    if found.kind == USER:
        view["username"] = found.username
    if found.kind == TOPIC:
        view["topic_id"] = found.id
    return view


def introduced(found: Introduced) -> View:
    """Somebody to follow, and why."""
    if found.person is None:
        raise TypeError(found)
    owned = [{"id": each.id, "name": each.board.name} for each in found.boards]
    return people_views.user_card(found.person) | {"followed_by": found.followed_by, "boards": owned}
