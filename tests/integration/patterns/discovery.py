"""Finding boards, pins and people."""

from itertools import count

from presence.projections.discovery import Subject
from presence.projections.documents import BOARDS, PINS, USERS
from presence.services import indexing, search
from presence.storage import index
from tests.integration.patterns.typical import Act, Typical, pattern, well
from tests.integration.things import a_board, a_pin
from tests.support.api import Client
from tests.support.social import block
from tests.support.wire import ANY_PICTURE

_numbers = count(1)


@pattern("`GET /discover/search`, two words, 25 boards of 30 of several people")
def _(at: Typical) -> Act:
    words = _two_words()
    found = [a_board(at.another_user(), name=f"{words} {number}") for number in range(30)]
    return _search(at, BOARDS, found, words)


@pattern("`GET /discover/search?type=pins`, two words, 25 pins of 30 on one board")
def _(at: Typical) -> Act:
    words, owner = _two_words(), at.another_user()
    board = a_board(owner)
    return _search(at, PINS, [a_pin(owner, board, title=words) for _ in range(30)], words)


@pattern("`GET /discover/search?type=users`, two words, 25 people of 30")
def _(at: Typical) -> Act:
    words, found = _two_words(), [at.another_user() for _ in range(30)]
    for each in found:
        well(each.patch("/user_account", {"display_name": words}))
    return _search(at, USERS, [each.user_id for each in found], words)


@pattern("`GET /discover/search?topic=`, two words, 25 boards of 30 of several people")
def _(at: Typical) -> Act:
    words = _two_words()
    found = [a_board(at.another_user(), name=f"{words} {number}", topics=["yoga"]) for number in range(30)]
    return _search(at, f"{BOARDS}&topic=yoga", found, words)


@pattern("`GET /discover/search?owner=`, two words, 25 boards of 30 of theirs")
def _(at: Typical) -> Act:
    words, owner = _two_words(), at.another_user()
    found = [a_board(owner, name=f"{words} {number}") for number in range(30)]
    return _search(at, f"{BOARDS}&owner={owner.username}", found, words)


@pattern("`GET /discover/topics/{topic_id}/boards`, 25 boards of 30 of several people")
def _(at: Typical) -> Act:
    found = [a_board(at.another_user(), topics=["pottery"]) for _ in range(30)]
    _index(BOARDS, found)
    return lambda: well(at.user.get("/discover/topics/pottery/boards"))


@pattern("`GET /discover/trending/boards?topic=`, 25 boards of 30 of several people")
def _(at: Typical) -> Act:
    boards = []
    for _ in range(30):
        owner = at.another_user()
        boards.append(a_board(owner, topics=["knitting"]))
        well(at.user.post(f"/pins/{a_pin(owner, boards[-1])}/save", {"board_id": at.board}))
    _index(BOARDS, boards)
    return lambda: well(at.user.get("/discover/trending/boards?topic=knitting"))


@pattern("`GET /discover/trending/topics`")
def _(at: Typical) -> Act:
    return lambda: well(at.user.get("/discover/trending/topics"))


@pattern("`GET /discover/topics`")
def _(at: Typical) -> Act:
    return lambda: well(at.user.get("/discover/topics"))


@pattern("`GET /discover/boards/{board_id}/related`, 25 boards of 30 that share 10 pictures with it")
def _(at: Typical) -> Act:
    board = _beside(at, _two_words())
    return lambda: well(at.user.get(f"/discover/boards/{board}/related"))


@pattern("`GET /discover/boards/{board_id}/ideas`, 25 pins of 30 boards that share pictures and words")
def _(at: Typical) -> Act:
    words = _two_words()
    board, owner = _beside(at, words, title=words), at.another_user()
    elsewhere = a_board(owner)
    alike = [f"{words} {number} said" for number in range(30)]
    _index(PINS, [a_pin(owner, elsewhere, title=each, media_source=_picture(each)) for each in alike])
    return lambda: well(at.user.get(f"/discover/boards/{board}/ideas"))


@pattern("`GET /discover/pins/{pin_id}/boards`, 2 own boards and 23 of 30 like its board")
def _(at: Typical) -> Act:
    words = _two_words()
    board, asking = _beside(at, words), at.another_user()
    pin = a_pin(at.user, board, title=words, media_source=_picture(words))
    _index(BOARDS, [board, *(a_board(asking, name=f"{words} {number}") for number in range(2))])
    return lambda: well(asking.get(f"/discover/pins/{pin}/boards"))


def _beside(at: Typical, words: str, **said: str) -> str:
    """A board that shares 10 pictures with each of 30, of as many people, who have each three others besides."""
    shared = [f"{words} {number}" for number in range(10)]
    board = _showing(at.user, words, shared, **said)
    for number in range(30):
        others = [f"{words} {number + more} beside" for more in range(3)]
        _index(BOARDS, [_showing(at.another_user(), words, [*shared, *others], **said)])
    return board


def _showing(owner: Client, name: str, pictures: list[str], **said: str) -> str:
    board = a_board(owner, name=name)
    for each in pictures:
        a_pin(owner, board, media_source=_picture(each), **said)
    return board


def _picture(name: str) -> dict[str, str]:
    return ANY_PICTURE | {"url": f"https://pictures.example/{name.replace(' ', '-')}.jpg"}


@pattern("`GET /discover/search`, nothing found")
def _(at: Typical) -> Act:
    return _search(at, BOARDS, [], _two_words())


@pattern("`GET /discover/search`, nothing found, by a function that starts")
def _(at: Typical) -> Act:
    act = _search(at, BOARDS, [], _two_words())
    search._known.cache_clear()
    return act


def _two_words() -> str:
    """That nothing else has."""
    number = next(_numbers)
    return f"first{number:04} second{number:04}"


def _search(at: Typical, kind: str, found: list[str], words: str) -> Act:
    _index(kind.partition("&")[0], found)
    return lambda: well(at.user.get(f"/discover/search?type={kind}&q={words.replace(' ', '+')}"))


@pattern("`GET /search/boards`, 10 of 30 own boards")
def _(at: Typical) -> Act:
    user = at.another_user()
    for number in range(30):
        a_board(user, name=f"{'Lanterns' if number % 3 == 0 else 'Garden'} {number}")
    return lambda: well(user.get("/search/boards?query=lantern"))


@pattern("`GET /search/pins`, 10 of 30 own pins")
def _(at: Typical) -> Act:
    user = at.another_user()
    board = a_board(user)
    for number in range(30):
        a_pin(user, board, title="Lanterns" if number % 3 == 0 else "Garden")
    return lambda: well(user.get("/search/pins?query=lantern"))


@pattern("`GET /search/pins`, 10 ids")
def _(at: Typical) -> Act:
    user = at.another_user()
    board = a_board(user)
    ids = ",".join(a_pin(user, board) for _ in range(10))
    return lambda: well(user.get(f"/search/pins?query={ids}"))


@pattern("`GET /discover/suggest`, of many")
def _(at: Typical) -> Act:
    name = _two_words()
    owners = [at.another_user() for _ in range(2)]
    found = [a_board(owner, name=f"{name} {number:02}") for number in range(12) for owner in owners]
    indexing.refresh({Subject(BOARDS, each): () for each in found})
    block(at.user, owners[0])
    return lambda: well(at.user.get(f"/discover/suggest?q={name[:9]}"))


def _index(kind: str, found: list[str]) -> None:
    indexing.refresh({Subject(kind, each): () for each in found})
    search._known(kind).learn(index.census(kind, {}), {})  # what it does once a minute, it has just done


@pattern("`GET /discover/feed`, 25 of 60 pins on one board each of 10 people")
def _(at: Typical) -> Act:
    for _ in range(10):
        other = at.another_user()
        board = a_board(other)
        well(at.user.post(f"/user_account/following/{other.username}"))
        indexing.refresh({Subject(PINS, a_pin(other, board)): () for _ in range(6)})
    return lambda: well(at.user.get("/discover/feed"))


@pattern("`GET /discover/people`, 25 of 60 whom 10 followed people follow, and 10 owners of followed boards")
def _(at: Typical) -> Act:
    user = at.another_user()
    others = [at.another_user() for _ in range(60)]
    for number in range(10):
        followed = at.another_user()
        _follow(user, followed)
        for other in others[number * 5 :][:15]:
            _follow(followed, other)
        well(user.post(f"/user_account/following/boards/{a_board(others[number])}"))
    return lambda: well(user.get("/discover/people"))


@pattern("`GET /discover/people`, by somebody who follows nobody and has 5 boards about 2 topics")
def _(at: Typical) -> Act:
    user = at.another_user()
    topics = ["sewing", "woodworking"]
    own = [a_board(user, topics=topics) for _ in range(5)]
    liked = [a_board(at.another_user(), topics=topics[:1]) for _ in range(10)]
    _index(BOARDS, [*own, *liked])
    return lambda: well(user.get("/discover/people"))


def _follow(user: Client, other: Client) -> None:
    well(user.post(f"/user_account/following/{other.username}"))
