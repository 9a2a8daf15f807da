"""A page costs the same wherever in a list it is and however long the list, and nothing scans."""

import os
from functools import cache, partial
from typing import NamedTuple

import pytest

from presence.http.bookmarks import encode
from presence.services.pins import Wanted
from presence.storage import table
from tests.integration.capacity import Units, units
from tests.integration.local_cloud import TABLE, LocalCloud
from tests.integration.seeding import add_people, add_pins, add_ties, count_followers, old_id
from tests.integration.stream import Stream, Upkeep
from tests.integration.things import a_board, a_section
from tests.integration.wire import Wire
from tests.support.api import Client, Reply
from tests.support.people import a_user

FEW = 600
MANY = int(os.environ.get("PRESENCE_SCALE_PINS", "20000"))
"""A million takes minutes and gigabytes of the local DynamoDB: for a nightly run."""

LISTINGS = ["board", "section", "person"]


class Listings:
    """A new user's only board with this many pins, every other one in its section."""

    def __init__(self, cloud: LocalCloud, how_many: int) -> None:
        self.user: Client = a_user()
        board = a_board(self.user)
        section = a_section(self.user, board)
        pins = add_pins(cloud, self.user, board, how_many, sections=(section,))
        self.oldest_first = {"board": pins, "section": pins[::2], "person": pins}
        self._paths = {
            "board": f"/boards/{board}/pins",
            "section": f"/boards/{board}/sections/{section}/pins",
            "person": "/pins",
        }
        self._contexts = {
            "board": ("/boards/{board_id}/pins", board, ""),
            "section": ("/boards/{board_id}/sections/{section_id}/pins", board, section),
            "person": ("/pins", repr(Wanted())),
        }

    def page(self, listing: str, size: int, *, left: int) -> Reply:
        """The page after which ``left - size`` pins follow: nobody turns 40,000 pages to get to the last."""
        pins = self.oldest_first[listing]
        path = f"{self._paths[listing]}?page_size={size}"
        if left < len(pins):
            path += "&bookmark=" + encode(pins[left], "\n".join((self.user.user_id, *self._contexts[listing])))
        return self.user.get(path)


@cache
def listings(cloud: LocalCloud, how_many: int) -> Listings:
    return Listings(cloud, how_many)


class Page(NamedTuple):
    ids: list[str]
    has_next: bool
    operations: list[str]
    cost: Units


def turned(wire: Wire, to: Listings, listing: str, size: int, left: int) -> Page:
    with wire.recording() as sent:
        reply = to.page(listing, size, left=left)
    assert reply.status == 200, reply.text
    return Page(
        [pin["id"] for pin in reply.json["items"]],
        reply.json["bookmark"] is not None,
        [each.operation for each in sent],
        units(sent, []),
    )


@pytest.mark.parametrize("size", [25, 250])
@pytest.mark.parametrize("listing", LISTINGS)
def test_every_page_of_a_long_list_costs_what_the_first_of_a_short_one_costs(
    cloud: LocalCloud, wire: Wire, listing: str, size: int
) -> None:
    short, long = listings(cloud, FEW), listings(cloud, MANY)
    everything = len(long.oldest_first[listing])
    expected = turned(wire, short, listing, size, len(short.oldest_first[listing]))
    assert len(expected.operations) == 3
    # The first, one in the middle, and the last that another follows: with one pin on it.
    for left in (everything, everything // 2, size + 1):
        page = turned(wire, long, listing, size, left)
        assert page.ids == long.oldest_first[listing][left - size : left][::-1]
        assert page.has_next
        assert (page.operations, page.cost) == (expected.operations, expected.cost)
    last = turned(wire, long, listing, size, size)
    assert last.ids == long.oldest_first[listing][:size][::-1]
    assert not last.has_next
    assert last.operations == expected.operations
    # It has no pin more to look at than it shows.
    assert expected.cost.read - 0.5 <= last.cost.read <= expected.cost.read


def test_bookmarks_lead_through_a_list_to_its_end(cloud: LocalCloud) -> None:
    short = listings(cloud, FEW)
    for listing in LISTINGS:
        pages = short.user.pages(f"{short._paths[listing]}?page_size=250")
        assert [pin["id"] for page in pages for pin in page] == short.oldest_first[listing][::-1]


FEW_FOLLOWERS = 600
MANY_FOLLOWERS = int(os.environ.get("PRESENCE_SCALE_FOLLOWERS", "20000"))
"""A million takes minutes and gigabytes of the local DynamoDB: for a nightly run."""


class Star:
    """A user with so many followers, of whom the first, some in the middle and the latest have profiles to show."""

    SHOWN = 300

    def __init__(self, cloud: LocalCloud, how_many: int) -> None:
        self.user = a_user()
        self.board = a_board(self.user)
        self.oldest_first = [old_id() for _ in range(how_many)]
        for start in (0, how_many // 2 - self.SHOWN // 2, how_many - self.SHOWN):
            add_people(cloud, self.oldest_first[start : start + self.SHOWN])
        pairs = [(each, self.user.user_id) for each in self.oldest_first]
        self._since = add_ties(cloud, pairs, following="approved", counted=True)
        count_followers(cloud, self.user.user_id, how_many)

    def page(self, size: int, *, left: int) -> Reply:
        """The page of followers after which ``left - size`` follow."""
        path = f"/user_account/followers?page_size={size}"
        if left < len(self.oldest_first):
            position = f"{self.oldest_first[left]}.{self._since[left]}"
            path += "&bookmark=" + encode(position, "\n".join((self.user.user_id, "/user_account/followers")))
        return self.user.get(path)


@cache
def star(cloud: LocalCloud, how_many: int) -> Star:
    return Star(cloud, how_many)


@pytest.mark.parametrize("size", [25, 250])
def test_every_page_of_many_followers_costs_what_the_first_of_few_costs(
    cloud: LocalCloud, wire: Wire, size: int
) -> None:
    few, many = star(cloud, FEW_FOLLOWERS), star(cloud, MANY_FOLLOWERS)
    everybody = len(many.oldest_first)
    with wire.recording() as sent:
        assert few.page(size, left=len(few.oldest_first)).status == 200
    expected = [each.operation for each in sent], units(sent, [])
    for left in (everybody, everybody // 2 + size // 2, size + 1):
        with wire.recording() as sent:
            reply = many.page(size, left=left)
        assert [each["username"] for each in reply.json["items"]] == [
            f"person_{each[-6:]}" for each in many.oldest_first[left - size : left][::-1]
        ]
        assert reply.json["bookmark"]
        assert ([each.operation for each in sent], units(sent, [])) == expected
    last = many.page(size, left=size)
    assert len(last.json["items"]) == size
    assert last.json["bookmark"] is None


def test_following_and_counting_cost_the_same_whoever_is_followed(cloud: LocalCloud, wire: Wire) -> None:
    seen = []
    for each in (star(cloud, FEW_FOLLOWERS), star(cloud, MANY_FOLLOWERS)):
        fan, before = a_user(), each.user.get("/user_account").json["follower_count"]
        stream = Stream(cloud)
        costs = []
        for method in ("POST", "DELETE"):
            for act in (
                partial(fan.request, method, f"/user_account/following/{each.user.username}"),
                Upkeep(stream).run,
                partial(each.user.get, "/user_account"),
            ):
                with wire.recording() as sent:
                    act()
                costs.append(([each.operation for each in sent], units(sent, [])))
            is_followed = method == "POST"
            assert each.user.get("/user_account").json["follower_count"] == before + is_followed
        seen.append((costs, units([], stream.records())))
    assert seen[0] == seen[1]


def test_a_page_over_one_megabyte_is_full_all_the_same(cloud: LocalCloud, wire: Wire) -> None:
    user = a_user()
    board = a_board(user)
    # DynamoDB ends a page at 1 MB. Limits are in characters, so a pin may take some kilobytes.
    longest = {"description": "é" * 800, "alt_text": "é" * 500, "link": "https://shop.example/" + "l" * 2000}
    pins = add_pins(cloud, user, board, 260, texts=longest)
    with wire.recording() as sent:
        reply = user.get(f"/boards/{board}/pins?page_size=250")
    assert [pin["id"] for pin in reply.json["items"]] == pins[:-251:-1]
    assert reply.json["bookmark"]
    assert [each.operation for each in sent] == ["GetItem", "BatchGetItem", "Query", "Query"]


def test_a_scan_is_refused(wire: Wire) -> None:
    with pytest.raises(AssertionError, match="Scan"):
        table.client().scan(TableName=TABLE)
    assert wire.forbidden == ["Scan"]
    wire.forbidden.clear()
