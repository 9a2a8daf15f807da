"""Pages of every listing."""

from itertools import chain

import pytest

from presence.http import call
from tests.support.api import Client
from tests.support.content import a_board, a_pin, a_section, ids, refusal
from tests.support.people import a_user
from tests.support.stored import add_pins
from tests.support.wire import INVALID

LISTINGS = (
    "/boards",
    "/pins",
    "/boards/{board}/pins",
    "/boards/{board}/sections",
    "/boards/{board}/sections/{section}/pins",
)
every_listing = pytest.mark.parametrize("path", LISTINGS)


def _three_of_each(ann: Client) -> dict[str, str]:
    """The ids for a listing's path: whichever listing it is, it has three items."""
    board_id, *_ = (a_board(ann) for _ in range(3))
    section_id, *_ = (a_section(ann, board_id) for _ in range(3))
    for _ in range(3):
        a_pin(ann, board_id, board_section_id=section_id)
    return {"board": board_id, "section": section_id}


@pytest.mark.parametrize(("page_size", "pages"), [(25, 12), (250, 2)])
def test_300_pins_are_paged_through_each_exactly_once_in_order(page_size: int, pages: int) -> None:
    ann = a_user()
    board_id = a_board(ann)
    made = add_pins(ann, board_id, 300)
    turned = ann.pages(f"/boards/{board_id}/pins?page_size={page_size}&fields=id")

    assert [pin["id"] for pin in chain(*turned)] == made
    assert [len(page) for page in turned] == [page_size] * (300 // page_size) + [300 % page_size] * (page_size == 250)
    assert len(turned) == pages


def test_own_pins_that_are_mostly_hidden_are_paged_without_empty_pages() -> None:
    ann = a_user()
    hidden = a_board(ann, privacy="PROTECTED")
    shown = [a_pin(ann, a_board(ann)) for _ in range(3)]
    add_pins(ann, hidden, 40)
    turned = ann.pages("/pins?page_size=2&fields=id")

    assert [[pin["id"] for pin in page] for page in turned] == [shown[:0:-1], shown[:1]]


@every_listing
def test_a_listing_is_paged_through_each_item_exactly_once(path: str) -> None:
    ann = a_user()
    path = path.format(**_three_of_each(ann))
    all_at_once = ids(ann.get(path))

    assert len(all_at_once) == 3
    for page_size in (1, 2, 3):
        turned = ann.pages(f"{path}?page_size={page_size}")
        assert [item["id"] for item in chain(*turned)] == all_at_once


@every_listing
def test_a_page_that_is_larger_than_lambda_can_answer_is_cut_and_goes_on(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = a_user()
    path = path.format(**_three_of_each(ann))
    all_at_once = ann.get(path)
    monkeypatch.setattr(call, "MAX_ANSWER_BYTES", len(all_at_once.text or "") - 1)
    turned = ann.pages(path)

    assert len(turned) > 1
    assert list(chain(*turned)) == all_at_once.json["items"]


@every_listing
def test_a_last_page_has_a_null_bookmark(path: str) -> None:
    ann = a_user()
    reply = ann.get(path.format(**_three_of_each(ann)))

    assert set(reply.json) == {"items", "bookmark"}
    assert reply.json["bookmark"] is None


@every_listing
@pytest.mark.parametrize("page_size", ["0", "251", "-1", "x", "1.5", ""])
def test_a_page_size_other_than_1_to_250_is_refused(path: str, page_size: str) -> None:
    reply = a_user().get(f"{path.format(board=1, section=1)}?page_size={page_size}")

    assert refusal(reply) == INVALID
    assert "'page_size'" in reply.json["message"]
    assert "1 to 250" in reply.json["message"]


@every_listing
def test_a_tampered_bookmark_is_refused(path: str) -> None:
    ann = a_user()
    path = path.format(**_three_of_each(ann))
    bookmark = ann.get(f"{path}?page_size=1").json["bookmark"]
    tampered = bookmark[:5] + ("A" if bookmark[5] != "A" else "B") + bookmark[6:]
    reply = ann.get(f"{path}?page_size=1&bookmark={tampered}")

    assert refusal(reply) == INVALID
    assert "'bookmark'" in reply.json["message"]


@every_listing
def test_a_bookmark_of_another_user_is_refused(path: str) -> None:
    ann, ben = a_user(), a_user()
    path = path.format(**_three_of_each(ann))
    bookmark = ann.get(f"{path}?page_size=1").json["bookmark"]

    assert refusal(ben.get(f"{path}?page_size=1&bookmark={bookmark}")) == INVALID


@every_listing
def test_a_bookmark_of_another_listing_is_refused(path: str) -> None:
    ann = a_user()
    things = _three_of_each(ann)
    bookmark = ann.get(f"{path.format(**things)}?page_size=1").json["bookmark"]
    others = [other for other in LISTINGS if other != path]

    assert [refusal(ann.get(f"{other.format(**things)}?bookmark={bookmark}")) for other in others] == [INVALID] * 4


def test_a_bookmark_of_another_board_is_refused() -> None:
    ann = a_user()
    one, other = a_board(ann), a_board(ann)
    for board_id in (one, one, other):
        a_pin(ann, board_id)
    bookmark = ann.get(f"/boards/{one}/pins?page_size=1").json["bookmark"]

    assert refusal(ann.get(f"/boards/{other}/pins?bookmark={bookmark}")) == INVALID


@pytest.mark.parametrize(
    ("path", "filtered"),
    [
        ("/boards", "privacy=PUBLIC"),
        ("/pins", "creative_types=REGULAR"),
        ("/pins", "pin_filter=exclude_repins"),
        ("/pins", "include_protected_pins=true"),
        ("/pins", "pin_type=PRIVATE"),
        ("/boards/{board}/pins", "creative_types=REGULAR"),
    ],
)
def test_a_bookmark_under_another_filter_is_refused(path: str, filtered: str) -> None:
    ann = a_user()
    path = path.format(**_three_of_each(ann))
    bookmark = ann.get(f"{path}?page_size=1").json["bookmark"]

    assert refusal(ann.get(f"{path}?{filtered}&bookmark={bookmark}")) == INVALID


def test_a_bookmark_is_good_under_the_filter_it_came_with() -> None:
    ann = a_user()
    oldest, _ = (a_pin(ann, a_board(ann)) for _ in range(2))
    query = "/pins?page_size=1&creative_types=REGULAR"

    assert ids(ann.get(f"{query}&bookmark={ann.get(query).json['bookmark']}")) == [oldest]


def test_page_size_and_fields_may_change_from_page_to_page() -> None:
    ann = a_user()
    made = [a_board(ann) for _ in range(4)]
    bookmark = ann.get("/boards?page_size=1").json["bookmark"]

    assert ids(ann.get(f"/boards?page_size=2&fields=id&bookmark={bookmark}")) == [made[2], made[1]]


def test_a_bookmark_goes_on_where_it_was_though_things_came_and_went() -> None:
    ann = a_user()
    one, two, three = (a_board(ann) for _ in range(3))
    bookmark = ann.get("/boards?page_size=1").json["bookmark"]
    ann.delete(f"/boards/{three}")
    a_board(ann)

    assert ids(ann.get(f"/boards?bookmark={bookmark}")) == [two, one]


def test_an_empty_bookmark_is_where_a_listing_begins() -> None:
    ann = a_user()
    board_id = a_board(ann)

    assert ids(ann.get("/boards?bookmark=")) == [board_id]
