"""Finding boards, pins and people through the API, after the stream's readers have done their work."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from random import Random
from unicodedata import normalize
from urllib.parse import urlencode

import pytest

from presence.domain import clock, postings
from presence.domain.entities import Board, Pin
from presence.domain.ids import earlier_id, new_id
from presence.http import bookmarks
from presence.projections.documents import owner_word
from presence.services import search
from presence.storage import boards, index, pins
from presence.storage.table import Transaction
from tests.support import values
from tests.support.api import Client, Reply
from tests.support.content import a_board, a_pin, refusal
from tests.support.deployment import Deployment
from tests.support.memory import Memory, MemoryStream
from tests.support.people import a_user
from tests.support.social import follow_board
from tests.support.stored import Stream, make_private, put
from tests.support.wire import INVALID

PATH = "/discover/search"


def find(viewer: Client, q: str, **filters: str) -> Reply:
    search._known.cache_clear()
    return viewer.get(f"{PATH}?{urlencode({'q': q, **filters})}")


def names(reply: Reply) -> list[str]:
    assert reply.status == 200, reply.text
    return [item["board"]["name"] for item in reply.json["items"]]


def test_finds_public_boards_by_the_words_of_their_names(indexed: Stream) -> None:
    ann, bob = a_user(), a_user()
    for name in ("Wedding cakes", "Wedding dresses", "Garden sheds"):
        a_board(ann, name=name)
    indexed.settle()

    assert set(names(find(bob, "wedding"))) == {"Wedding cakes", "Wedding dresses"}
    assert names(find(bob, "wedding cakes"))[0] == "Wedding cakes"
    assert names(find(bob, "zebra")) == []


def test_folds_accents_and_case_and_stems(indexed: Stream) -> None:
    ann = a_user()
    a_board(ann, name="Crème brûlée RECIPES")
    indexed.settle()

    assert names(find(ann, "creme brulee recipe")) == ["Crème brûlée RECIPES"]


@pytest.mark.parametrize("code", [None, "de", "eu", "fr", "ru"])
def test_what_a_title_says_is_found_whatever_a_query_is_taken_for(indexed: Stream, code: str | None) -> None:
    ann = a_user()
    for name in ("Alte Bücher", "Les beaux chevaux", "Liburuak"):  # short titles are taken for English
        a_board(ann, name=name)
    a_pin(ann, a_board(ann, name="Pins"), title="Bücher", description="Die alten und die neuen mit der Maus von dem")
    indexed.settle()
    given = {"language": code} if code else {}

    assert names(find(ann, "Bücher", **given)) == ["Alte Bücher"]
    assert names(find(ann, "die Bücher und der Wein", **given))[0] == "Alte Bücher"
    assert names(find(ann, "chevaux", **given)) == ["Les beaux chevaux"]
    assert names(find(ann, "liburuak", **given)) == ["Liburuak"]
    [hit] = find(ann, "bücher", type="pins", **given).json["items"]
    assert hit["highlights"] == [{"field": "title", "ranges": [[0, 6]]}]


def test_a_word_counts_once_though_a_text_has_its_stems_in_two_languages(indexed: Stream) -> None:
    ann = a_user()
    a_board(ann, name="Die Bücher und der Garten von der Oma")
    indexed.settle()

    [plural], [singular] = (find(ann, q, language="de").json["items"] for q in ("Bücher", "Buch"))
    assert plural["score"] == singular["score"]


@pytest.mark.parametrize("text", ["Gâteau forêt", "हिन्दी किताबें", "مُحَمَّد", "İstanbul", "がっこう", "ภาษาที่", "⭐🇩🇪"])
def test_it_is_the_same_however_letters_are_put_together(indexed: Stream, text: str) -> None:
    ann = a_user()
    for owner in (ann, a_user()):
        a_board(owner, name=normalize("NFD", text))
    indexed.settle()

    whole = normalize("NFC", text)
    assert len(names(find(ann, whole))) == 2
    suggested = ann.get(f"/discover/suggest?{urlencode({'q': whole[:2]})}").json["items"]
    assert "board" in {each["type"] for each in suggested}
    assert [each["id"] for each in ann.get(f"/search/boards?{urlencode({'query': whole})}").json["items"]]
    for hit in find(ann, whole).json["items"]:
        covered = "".join(
            hit["board"]["name"][begin:end] for part in hit["highlights"] for begin, end in part["ranges"]
        )
        assert covered == hit["board"]["name"].replace(" ", "")


@pytest.mark.parametrize("text", ["寿司レシピ", "مطبخ عربي", "🌮🎉", "Ελληνική κουζίνα", "Пельмени рецепты"])
def test_finds_names_in_any_script(indexed: Stream, text: str) -> None:
    ann = a_user()
    a_board(ann, name=text)
    a_board(ann, name="Something else")
    indexed.settle()

    assert names(find(ann, text)) == [text]


@pytest.mark.parametrize("privacy", ["SECRET", "PROTECTED"])
def test_boards_that_are_not_public_are_never_found_not_by_their_owner_either(indexed: Stream, privacy: str) -> None:
    ann = a_user()
    a_board(ann, name="Wedding cakes", privacy=privacy)
    indexed.settle()

    assert names(find(ann, "wedding")) == []


def test_a_board_that_turns_secret_is_gone_before_the_index_hears_of_it(indexed: Stream) -> None:
    ann, bob = a_user(), a_user()
    board_id = a_board(ann, name="Wedding cakes")
    pin = a_pin(ann, board_id, title="Chocolate cake")
    indexed.settle()
    assert names(find(bob, "wedding")) == ["Wedding cakes"]
    assert [item["pin"]["id"] for item in find(bob, "chocolate", type="pins").json["items"]] == [pin]

    assert ann.patch(f"/boards/{board_id}", {"privacy": "SECRET"}).status == 200

    assert names(find(bob, "wedding")) == []
    assert find(bob, "chocolate", type="pins").json["items"] == []
    indexed.settle()
    assert names(find(bob, "wedding")) == []

    assert ann.patch(f"/boards/{board_id}", {"privacy": "PUBLIC"}).status == 200
    indexed.settle()
    assert names(find(bob, "wedding")) == ["Wedding cakes"]
    assert [item["pin"]["id"] for item in find(bob, "chocolate", type="pins").json["items"]] == [pin]


def test_a_block_hides_both_from_each_other(indexed: Stream) -> None:
    ann, bob = a_user(), a_user()
    a_board(ann, name="Wedding cakes")
    a_board(bob, name="Wedding shoes")
    indexed.settle()
    ann.post(f"/user_account/blocks/{bob.username}")

    assert names(find(bob, "wedding")) == ["Wedding shoes"]
    assert names(find(ann, "wedding")) == ["Wedding cakes"]
    people = find(bob, ann.username, type="users").json["items"]
    assert ann.username not in [each["user"]["username"] for each in people]


def test_a_board_is_found_by_what_its_pins_share(indexed: Stream) -> None:
    ann, bob = a_user(), a_user()
    board_id = a_board(ann, name="My favourites")
    first, second = (a_pin(ann, board_id, title=f"{kind} lantern") for kind in ("Paper", "Brass"))
    indexed.settle()
    assert names(find(bob, "lanterns")) == ["My favourites"]
    assert names(find(bob, "brass")) == []

    ann.delete(f"/pins/{second}")
    indexed.settle()
    assert names(find(bob, "lanterns")) == []
    assert first


@pytest.mark.parametrize("is_newest_first", [True, False])
def test_of_however_many_boards_of_one_name_the_one_that_is_liked_comes_first_then_the_newest(
    memory: Memory, is_newest_first: bool
) -> None:
    stream = MemoryStream(memory, "indexer")
    ann, bob = a_user(), a_user()
    first = new_id()
    made = [earlier_id(first, number * 3 * clock.MINUTE * 1000) for number in range(5_000)]
    liked = made[2_000]
    put_boards(
        values.a_board(id=each, owner_id=ann.user_id, name="Recipes", follower_count=300 * (each == liked))
        for each in (made if is_newest_first else reversed(made))
    )
    stream.settle()

    items = find(bob, "recipes").json["items"]

    assert [item["board"]["id"] for item in items] == [liked, *made[: len(items) - 1]]


def put_boards(some: Iterable[Board]) -> None:
    tx = Transaction()
    for each in some:
        boards.put(tx, each, otherwise=RuntimeError("taken"))
    put(operation.request["Put"]["Item"] for operation in tx._operations)


def put_pins(some: Iterable[Pin]) -> None:
    tx = Transaction()
    for each in some:
        pins.put(tx, each, otherwise=RuntimeError("taken"))
    put(operation.request["Put"]["Item"] for operation in tx._operations)


@pytest.mark.parametrize("window", [1, 8, 100])
def test_boards_that_share_their_number_are_all_found_and_each_once(
    memory: Memory, monkeypatch: pytest.MonkeyPatch, window: int
) -> None:
    monkeypatch.setattr(search, "WINDOW", window)
    stream = MemoryStream(memory, "indexer")
    ann, bob = a_user(), a_user()
    made = those_that_share_numbers()
    put_boards(values.a_board(id=each, owner_id=ann.user_id, name="Recipes") for each in made)
    stream.settle()

    search._known.cache_clear()
    pages = bob.pages(f"{PATH}?q=recipes&page_size=7")

    assert {len(page) for page in pages[:-1]} == {7}
    assert sorted(item["board"]["id"] for page in pages for item in page) == sorted(made)


def those_that_share_numbers() -> list[str]:
    """Of ids of a few seconds."""
    first = new_id()
    sharing = defaultdict(list)
    for each in (earlier_id(first, milliseconds) for milliseconds in range(5_000)):
        sharing[postings.number(each)].append(each)
    made = [each for some in sharing.values() if len(some) > 1 for each in some]
    assert len(made) >= 40
    return made


def test_people_are_found_by_their_names(indexed: Stream) -> None:
    ann, bob = a_user(), a_user()
    ann.patch("/user_account", {"display_name": "Ann Árbor"})
    indexed.settle()

    [found] = find(bob, "arbor", type="users").json["items"]
    assert found["type"] == "user"
    assert found["user"]["username"] == ann.username
    assert found["highlights"] == [{"field": "display_name", "ranges": [[4, 9]]}]


def test_a_private_profiles_boards_leave_and_come_back(indexed: Stream) -> None:
    ann, bob = a_user(), a_user()
    board_id = a_board(ann, name="Wedding cakes")
    a_pin(ann, board_id, title="Chocolate cake")
    indexed.settle()
    ann.patch("/user_account", {"is_private": True})
    indexed.settle()
    assert names(find(bob, "wedding")) == []
    assert find(bob, "chocolate", type="pins").json["items"] == []

    ann.patch("/user_account", {"is_private": False})
    indexed.settle()
    assert names(find(bob, "wedding")) == ["Wedding cakes"]
    assert len(find(bob, "chocolate", type="pins").json["items"]) == 1


@pytest.mark.parametrize("q", ["", "x" * 501, "x" * 10_000])
def test_a_query_must_have_1_to_500_characters(q: str) -> None:
    reply = find(a_user(), q)

    assert refusal(reply) == INVALID
    assert "'q'" in reply.json["message"]


@pytest.mark.parametrize("q", ["🌮", "'; DROP TABLE boards; --", "#@/\\{}", " ", "\u202eabc", '{"$ne": 1}', "\ud800"])
def test_odd_queries_find_nothing_and_break_nothing(indexed: Stream, q: str) -> None:
    ann = a_user()
    a_board(ann, name="Wedding cakes")
    indexed.settle()

    reply = ann.get(f"{PATH}?q=" + "".join(f"%{byte:02x}" for byte in q.encode("utf-8", "surrogatepass")))
    assert reply.status == 200
    assert reply.json == {"items": [], "bookmark": None}


def test_pages_give_each_hit_once(indexed: Stream) -> None:
    ann = a_user()
    for number in range(30):
        a_board(ann, name=f"Wedding number {number}")
    indexed.settle()
    search._known.cache_clear()

    pages = ann.pages(f"{PATH}?q=wedding&page_size=7")

    found = [item["board"]["name"] for page in pages for item in page]
    assert [len(page) for page in pages] == [7, 7, 7, 7, 2]
    assert len(set(found)) == 30


class Listing:
    """A list of what is found, that is turned while things come and go. Each thing is a board, or a pin on its own."""

    def __init__(self, memory: Memory, kind: str, query: str = "recipes") -> None:
        self._stream = MemoryStream(memory, "upkeep", "indexer")
        self._kind, self._boards = kind, dict[str, str]()
        self.ann, self.bob = a_user(), a_user()
        self.is_next_page_of_another_function: Callable[[], bool] = lambda: True
        self._path = f"{PATH}?{urlencode({'q': query, 'type': kind})}&"
        if kind == "topic":
            self._path = "/discover/topics/food/boards?"
        if kind == "related":
            self._path = f"/discover/boards/{a_board(self.ann, name=query, privacy='SECRET')}/related?"

    def come(self, number: int = 1, named: str = "Recipes") -> list[str]:
        made = []
        for _ in range(number):
            board_id = a_board(self.ann, name=f"{named} {len(self._boards)}", topics=["baking"])
            made.append(a_pin(self.ann, board_id, title=named) if self._kind == "pins" else board_id)
            self._boards[made[-1]] = board_id
        return sorted(made)

    def go(self, *some: str, privacy: str = "SECRET") -> None:
        for each in some:
            assert self.ann.patch(f"/boards/{self._boards[each]}", {"privacy": privacy}).status == 200

    def come_back(self, *some: str) -> None:
        self.go(*some, privacy="PUBLIC")

    def like(self, one: str) -> None:
        follow_board(self.bob, self._boards[one])

    def turned(self, meanwhile: Callable[[list[str]], object] = lambda _: None, page_size: int = 7) -> list[str]:
        """All that its pages give, where something is done before each next one, given all that came before."""
        found: list[str] = []
        bookmark = ""
        while True:
            self._stream.settle()
            if self.is_next_page_of_another_function():
                search._known.cache_clear()
            viewer = self.ann if self._kind == "related" else self.bob
            reply = viewer.get(f"{self._path}page_size={page_size}&bookmark={bookmark}")
            assert reply.status == 200, reply.text
            found += [item.get("board", item.get("pin", item))["id"] for item in reply.json["items"]]
            bookmark = reply.json["bookmark"]
            if not bookmark:
                return found
            assert len(bookmark) < 256
            meanwhile(found)


every_list = pytest.mark.parametrize("kind", ["boards", "pins", "topic"])
every_window = pytest.mark.parametrize("window", [10, 100])


def once(action: Callable[[list[str]], object], after: int = 14) -> Callable[[list[str]], object]:
    """What is done when so many were given, and not again."""
    return lambda found: action(found) if len(found) == after else None


@every_list
@every_window
@pytest.mark.parametrize("gone", [slice(2, 7), slice(0, 14), slice(12, 14), slice(9, 10), slice(13, 14)])
def test_what_is_left_is_given_once_though_seen_things_are_gone(
    memory: Memory, monkeypatch: pytest.MonkeyPatch, kind: str, window: int, gone: slice
) -> None:
    monkeypatch.setattr(search, "WINDOW", window)
    listing = Listing(memory, kind)
    made = listing.come(30)

    found = listing.turned(once(lambda found: listing.go(*found[gone])))

    assert sorted(found) == made


@every_list
@every_window
def test_nothing_is_given_twice_though_new_things_came(
    memory: Memory, monkeypatch: pytest.MonkeyPatch, kind: str, window: int
) -> None:
    monkeypatch.setattr(search, "WINDOW", window)
    listing = Listing(memory, kind)
    made = listing.come(30)
    absent = made[::5]
    listing.go(*absent)

    found = listing.turned(once(lambda _: (listing.come(5), listing.come_back(*absent))))

    assert len(set(found)) == len(found)
    assert set(found) >= set(made) - set(absent)


@every_list
@every_window
def test_what_stays_is_given_once_though_all_around_where_a_page_ended_is_gone_and_new_things_came(
    memory: Memory, monkeypatch: pytest.MonkeyPatch, kind: str, window: int
) -> None:
    monkeypatch.setattr(search, "WINDOW", window)
    listing = Listing(memory, kind)
    listing.come(30)
    before = listing.turned()

    found = listing.turned(once(lambda _: (listing.go(*before[8:22]), listing.come(3))))

    assert [each for each in found if each in before] == [*before[:14], *before[22:]]


@pytest.mark.parametrize("kind", ["boards", "pins", "related"])
@every_window
def test_what_comes_and_goes_has_no_words_weigh_otherwise_on_the_next_page(
    memory: Memory, monkeypatch: pytest.MonkeyPatch, kind: str, window: int
) -> None:
    monkeypatch.setattr(search, "WINDOW", window)
    listing = Listing(memory, kind, "okapi lemur zebra")
    okapis, lemurs, zebras = (listing.come(8 + each, name) for each, name in enumerate(("Okapi", "Lemur", "Zebra")))
    before = listing.turned(page_size=5)
    assert sorted(before) == sorted([*okapis, *lemurs, *zebras])

    def come_and_go(found: list[str]) -> None:
        if len(found) == 5:
            listing.come(6, "Okapi")
        if len(found) == 10:
            listing.go(*lemurs)

    found = listing.turned(come_and_go, page_size=5)

    stayed = {*okapis, *zebras}
    assert [each for each in found if each in stayed] == [each for each in before if each in stayed]


def test_a_list_whose_board_changed_goes_on_as_it_is_by_then(memory: Memory) -> None:
    listing = Listing(memory, "related", "okapi lemur")
    made = [*listing.come(6, "Okapi"), *listing.come(6, "Lemur")]
    [origin] = [board["id"] for board in listing.ann.get("/boards?privacy=SECRET").json["items"]]

    found = listing.turned(
        once(lambda _: listing.ann.patch(f"/boards/{origin}", {"name": "Zebras, okapis, lemurs"}), after=5), page_size=5
    )

    assert sorted(found) == sorted(made)


@pytest.mark.parametrize("kind", ["boards", "topic"])
@every_window
def test_liking_the_last_one_that_was_given_takes_nobody_elsewhere(
    memory: Memory, monkeypatch: pytest.MonkeyPatch, kind: str, window: int
) -> None:
    monkeypatch.setattr(search, "WINDOW", window)
    listing = Listing(memory, kind)
    listing.come(30)
    before = listing.turned()

    assert listing.turned(once(lambda found: listing.like(found[-1]))) == before


def test_nothing_follows_where_everything_is_gone(memory: Memory) -> None:
    listing = Listing(memory, "boards")
    made = listing.come(20)

    assert listing.turned(once(lambda _: listing.go(*made), after=7)) == made[:-8:-1]


@pytest.mark.parametrize("window", [3, 100])
def test_of_boards_that_share_their_numbers_what_stays_is_given_once(
    memory: Memory, monkeypatch: pytest.MonkeyPatch, window: int
) -> None:
    monkeypatch.setattr(search, "WINDOW", window)
    monkeypatch.setattr(postings, "digest", lambda an_id, bits: int(an_id) % 8)
    listing = Listing(memory, "boards")
    made = listing.come(30)

    found = listing.turned(once(lambda found: (listing.go(*found[2:12:2], found[13]), listing.come(4))))

    assert len(set(found)) == len(found)
    assert set(found) >= set(made)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("do_share_numbers", [False, True])
def test_what_stays_is_given_once_whatever_else_comes_and_goes(
    memory: Memory, monkeypatch: pytest.MonkeyPatch, do_share_numbers: bool, seed: int
) -> None:
    chance = Random(seed)
    monkeypatch.setattr(search, "WINDOW", chance.choice([5, 8, 100]))
    if do_share_numbers:
        monkeypatch.setattr(postings, "digest", lambda an_id, bits: int(an_id) % 16)
    # What shares its number with a board is not told to be like it.
    kinds = ["boards", "pins", "topic", *([] if do_share_numbers else ["related"])]
    listing = Listing(memory, chance.choice(kinds), "recipes okapi lemur")
    listing.is_next_page_of_another_function = lambda: chance.random() < 0.5
    # Of documents that share a number the lists tell as of one: where their words differ, they move when one goes.
    titles = ["Recipes"] if do_share_numbers else ["Recipes", "Okapi", "Lemur", "Okapi recipes", "Recipes for a lemur"]
    made = sorted(each for _ in range(40) for each in listing.come(named=chance.choice(titles)))
    staying, there = made[::2], set(made[1::2])
    away: set[str] = set()

    def come_and_go(_: list[str]) -> None:
        for _ in range(chance.randrange(6)):
            one = chance.choice(sorted(there | away))
            if one in away:
                listing.come_back(one)
            else:
                listing.go(one)
            there.symmetric_difference_update({one})
            away.symmetric_difference_update({one})
        if chance.random() < 0.2:
            there.update(listing.come(named=chance.choice(titles)))

    found = listing.turned(come_and_go, page_size=chance.randrange(1, 6))

    assert sorted(each for each in found if each in staying) == staying


@pytest.mark.parametrize("within", ["", "&topic=baking"])
def test_pages_read_as_much_of_long_lists_whichever_function_gives_them(
    memory: Memory, monkeypatch: pytest.MonkeyPatch, within: str
) -> None:
    """One that was started a moment ago does not know how long they are."""
    for module in (postings, index):
        monkeypatch.setattr(module, "BLOCK_BYTES", 256)
    monkeypatch.setattr(search, "WINDOW", 20)
    stream = MemoryStream(memory, "indexer")
    ann, bob, chance = a_user(), a_user(), Random(1)
    first = new_id()
    shares = {"Cakes": 0.5, "Gardens": 0.3, "Papers": 0.2}
    put_boards(
        values.a_board(
            id=earlier_id(first, number * clock.MINUTE * 1000),
            owner_id=ann.user_id,
            name=" ".join([*(word for word, share in shares.items() if chance.random() < share), f"No {number}"]),
            follower_count=chance.choice([0, 3, 15, 63]),
            topic_ids=("baking",),
        )
        for number in range(400)
    )
    stream.settle()

    def turned(is_new: Callable[[int], bool]) -> list[str]:
        found: list[str] = []
        bookmark = ""
        while True:
            if is_new(len(found)):
                search._known.cache_clear()
            reply = bob.get(f"{PATH}?q=cakes+gardens+papers{within}&page_size=10&bookmark={bookmark}")
            assert reply.status == 200, reply.text
            found += [item["board"]["id"] for item in reply.json["items"]]
            bookmark = reply.json["bookmark"]
            if not bookmark:
                return found

    known = turned(lambda given: not given)
    assert max((search.known_lengths("boards") or {}).values()) > 2
    assert turned(lambda _: True) == known
    assert turned(lambda given: given % 20 == 0) == known


def test_a_bookmark_from_when_they_counted_places_is_refused(memory: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    ann = a_user()
    with monkeypatch.context() as before:
        before.setattr(bookmarks, "_FORMAT", b"\x03")
        before.setattr(search, "written", lambda _: "0.1")
        stream = MemoryStream(memory, "indexer")
        for number in range(2):
            a_board(ann, name=f"Recipes {number}")
        stream.settle()
        bookmark = find(ann, "recipes", page_size="1").json["bookmark"]
    assert bookmark

    assert refusal(find(ann, "recipes", page_size="1", bookmark=bookmark)) == INVALID


@pytest.mark.parametrize("q", ["gato", "gato gata", "gata gato", "gata gatos gato"])
def test_each_word_of_a_query_is_looked_for_as_it_stands_though_another_has_its_stem(indexed: Stream, q: str) -> None:
    a_board(a_user(), name="Gato")
    indexed.settle()

    assert names(find(a_user(), q, language="es")) == ["Gato"]


def test_words_whose_stems_are_one_in_english_count_once(indexed: Stream) -> None:
    a_board(a_user(), name="Connect")
    a_board(a_user(), name="Other things")
    indexed.settle()

    once_, twice = (find(a_user(), q, language="fr").json["items"] for q in ("connecting", "connected connecting"))

    assert [item["score"] for item in once_] == [item["score"] for item in twice]


@pytest.mark.parametrize("name", ["محمد ﷺ", "Άκι και ίδια όταν", "½ ℃ ﷲ"])
def test_whatever_a_name_is_made_of_its_board_is_found_and_leaves(deployed: Deployment, name: str) -> None:
    ann, bob = a_user(), a_user()
    board = a_board(ann, name=name)
    a_pin(ann, board, title=name)
    deployed.source.drain()

    for word in name.split():
        if word != "℃":
            assert names(find(bob, word)) == [name]
    assert deployed.drift() == []
    make_private(ann)
    deployed.source.drain()
    assert names(find(bob, name)) == []
    assert deployed.drift() == []


def test_an_ideograph_is_found_in_longer_words(indexed: Stream) -> None:
    a_board(a_user(), name="京都の庭園", description="日本庭園と苔")
    indexed.settle()

    for q, ranges in {"庭": [[3, 4]], "園": [[4, 5]], "京都": [[0, 2]], "庭園": [[3, 5]], "都 京都": [[0, 2]]}.items():
        [item] = find(a_user(), q).json["items"]
        assert item["highlights"][0] == {"field": "name", "ranges": ranges}
    assert names(find(a_user(), "苔")) == []  # of texts beside the name only pairs are


def test_what_is_known_to_be_an_owners_is_found_before_what_may_be(
    memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (postings, index):
        monkeypatch.setattr(module, "BLOCK_BYTES", 110)
    monkeypatch.setattr(search, "MAX_CANDIDATES", 20)
    stream = MemoryStream(memory, "indexer")
    ann, bob = a_user(), a_user()
    wanted = new_id()
    made = [earlier_id(wanted, minutes * clock.MINUTE * 1000) for minutes in range(1, 181)]
    for owner, name, some in (
        (ann, "Recipe", made[:30]),
        (bob, "Filler", made[30:]),
        (bob, "A longer title of a recipe", [wanted]),
    ):
        put_boards(values.a_board(id=each, owner_id=owner.user_id, name=name) for each in some)
    stream.settle()

    lists, _ = search.read_lists("boards", {owner_word(bob.user_id): 4, "recip": 4})
    assert [each.is_read for each in lists.values()] == [False, True]
    [found] = find(ann, "recipe", owner=bob.username).json["items"]
    assert found["board"]["id"] == wanted


def test_filters_leave_what_they_name(indexed: Stream) -> None:
    ann, bob = a_user(), a_user()
    cakes = a_board(ann, name="Wedding cakes")
    a_board(bob, name="Wedding shoes")
    ann.post(f"/boards/{cakes}/sections", {"name": "Large"})
    indexed.settle()

    assert names(find(bob, "wedding", owner=ann.username)) == ["Wedding cakes"]
    assert names(find(bob, "wedding", min_sections="1")) == ["Wedding cakes"]
    assert names(find(bob, "wedding", updated_since="2100-01-01T00:00:00Z")) == []
    assert refusal(find(bob, "wedding", updated_since="yesterday")) == INVALID
    assert names(find(bob, "wedding", updated_since="2020-01-01T00:00:00.000Z")) == names(find(bob, "wedding"))
    assert refusal(find(bob, "wedding", type="planets")) == INVALID
    assert refusal(find(bob, "wedding", updated_since="2020-01-01T00:00:00.Z")) == INVALID


@pytest.mark.parametrize("kind", ["boards", "pins"])
def test_what_is_somebodys_is_found_behind_however_many_others(
    memory: Memory, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """So many that the word's list has let the oldest go."""
    for module in (postings, index):
        monkeypatch.setattr(module, "BLOCK_BYTES", 256)
    stream = MemoryStream(memory, "indexer")
    ann, bob = a_user(), a_user()
    first = new_id()
    others = [earlier_id(first, minutes * clock.MINUTE * 1000) for minutes in range(800)]
    [old, older] = (earlier_id(first, days * clock.DAY * 1000) for days in (100, 200))
    for owner, made in ((ann, others), (bob, [old, older])):
        put_boards(values.a_board(id=each, owner_id=owner.user_id, name="Recipes") for each in made)
        put_pins(values.a_pin(id=each, owner_id=ann.user_id, board_id=each, title="Recipes") for each in made)
    stream.settle()

    blocks = index.stored_list(kind, "recip", index.read(index.list_keys(kind, "recip"))).whole.blocks
    assert postings.number(old) not in {number for block in blocks for number in block}
    found = find(a_user(), "recipes", type=kind, owner=bob.username).json["items"]
    assert [hit[kind.removesuffix("s")]["id"] for hit in found] == [old, older]
    assert find(a_user(), "sheds", type=kind, owner=bob.username).json["items"] == []


@pytest.mark.parametrize(
    ("kind", "filters"),
    [
        ("pins", {"min_sections": "1"}),
        ("pins", {"topic": "yoga"}),
        ("users", {"min_sections": "1"}),
        ("users", {"updated_since": "2020-01-01T00:00:00Z"}),
        ("users", {"owner": "anybody"}),
        ("users", {"topic": "yoga"}),
    ],
)
def test_a_filter_that_is_not_for_what_is_looked_for_is_refused(kind: str, filters: dict[str, str]) -> None:
    reply = find(a_user(), "wedding", type=kind, **filters)

    assert refusal(reply) == INVALID
    assert f"'{next(iter(filters))}' is for boards" in reply.json["message"]


def test_an_owner_who_is_called_otherwise_now_is_told_and_found_at_the_address_that_is_given(indexed: Stream) -> None:
    ann, bob = a_user("ann"), a_user()
    a_board(ann, name="Wedding cakes & more")
    assert ann.patch("/user_account", {"username": "anna"}).status == 200
    indexed.settle()

    moved = find(bob, "cakes & more", owner="ann")

    assert (moved.status, moved.json["username"]) == (307, "anna")
    assert names(bob.get(moved.headers["location"].removeprefix("/v5"))) == ["Wedding cakes & more"]


def test_what_is_found_by_pairs_of_characters_is_one_part(indexed: Stream) -> None:
    ann = a_user()
    a_board(ann, name="台所収納アイデア")
    indexed.settle()

    [found] = find(ann, "台所収納").json["items"]

    assert found["highlights"] == [{"field": "name", "ranges": [[0, 4]]}]
