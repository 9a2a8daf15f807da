"""Renaming: who gets a name, who finds whom by which."""

from typing import Any

import pytest

from presence.domain import clock
from presence.services import accounts
from presence.storage import keys
from tests.support.api import Client, Reply
from tests.support.content import a_board, a_pin, refusal
from tests.support.people import a_user
from tests.support.social import block, follow
from tests.support.stored import add_collaborator, everything, item, remove
from tests.support.wire import CONFLICT, INVALID, MOVED, USER_NOT_FOUND

ISSUER = "https://issuer.example"
DAY = 24 * 60 * 60


@pytest.fixture
def ann() -> Client:
    return a_user("ann")


@pytest.fixture
def ben() -> Client:
    return a_user("ben")


def _rename(user: Client, name: str) -> Reply:
    return user.patch("/user_account", {"username": name})


def _renamed(user: Client, name: str) -> Client:
    """The user with the token of before, in which the former name stands."""
    reply = _rename(user, name)
    assert reply.status == 200, reply.text
    return user


def _let_pass(monkeypatch: pytest.MonkeyPatch, seconds: int) -> None:
    later = clock.now() + seconds
    monkeypatch.setattr(clock, "now", lambda: later)


def test_a_name_is_kept_in_lower_case(ann: Client) -> None:
    assert _rename(ann, "Ann_Lee").json["username"] == "ann_lee"
    assert a_user().get("/users/ANN_LEE").json["username"] == "ann_lee"


def test_a_new_name_shows_at_once_wherever_the_old_one_stood(ann: Client, ben: Client) -> None:
    board_id, bens = a_board(ann), a_board(ben)
    add_collaborator(bens, ann, "contributor")
    pin_id = a_pin(ann, board_id)
    _renamed(ann, "anna")
    added = ann.post("/pins", {"board_id": bens, "media_source": {"source_type": "pin_url"}}).json

    invitation = {"username": a_user().username, "role": "viewer"}

    assert ann.get("/user_account").json["username"] == "anna"
    assert ann.post(f"/boards/{board_id}/invitations", invitation).json["invited_by"] == {"username": "anna"}
    assert ben.get(f"/boards/{board_id}").json["owner"] == {"username": "anna"}
    assert ben.get(f"/pins/{pin_id}").json["board_owner"] == {"username": "anna"}
    assert ben.get(f"/pins/{pin_id}").json["added_by"] == {"username": "anna"}
    assert added["added_by"] == {"username": "anna"}
    assert ben.get(f"/pins/{added['id']}").json["added_by"] == {"username": "anna"}
    assert ann.post("/boards", {"name": "Any"}).json["owner"] == {"username": "anna"}


@pytest.mark.parametrize("path", ["", "/boards", "/pins"])
def test_a_former_name_leads_to_the_same_place_under_the_new_one(ann: Client, ben: Client, path: str) -> None:
    _renamed(ann, "anna")
    reply = ben.get(f"/users/ann{path}?page_size=5&fields=id,name")

    assert (reply.status, reply.json["code"]) == MOVED
    assert reply.json["username"] == "anna"
    assert reply.headers["location"] == f"/v5/users/anna{path}?page_size=5&fields=id,name"
    assert ben.get(reply.headers["location"].removeprefix("/v5")).status == 200


@pytest.mark.parametrize("what", ["boards", "pins", "followers", "following"])
def test_the_pages_of_a_list_go_on_under_the_new_name(ann: Client, ben: Client, what: str) -> None:
    for other in (ben, a_user("cleo")):
        follow(other, ann), follow(ann, other)
        a_pin(ann, a_board(ann))
    whole = ben.get(f"/users/ann/{what}").json["items"]
    first = ben.get(f"/users/ann/{what}?page_size=1").json
    _renamed(ann, "anna")
    moved = ben.get(f"/users/ann/{what}?page_size=1&bookmark={first['bookmark']}")
    second = ben.get(moved.headers["location"].removeprefix("/v5")).json

    def told(items: list[Any]) -> list[str]:
        return [str(item.get("id") or item["username"]) for item in items]

    assert told(first["items"] + second["items"]) == told(whole)


def test_a_bookmark_of_one_users_list_is_not_one_of_anothers(ann: Client, ben: Client) -> None:
    for user in (ann, ben):
        a_board(user), a_board(user)
    bookmark = ann.get("/users/ann/boards?page_size=1").json["bookmark"]

    assert refusal(ann.get(f"/users/ben/boards?page_size=1&bookmark={bookmark}")) == INVALID
    assert ann.get(f"/users/ANN/boards?page_size=1&bookmark={bookmark}").status == 200


def test_every_former_name_leads_to_the_latest(ann: Client, ben: Client) -> None:
    _renamed(_renamed(ann, "anna"), "annika")

    assert {ben.get(f"/users/{name}").headers["location"] for name in ("ann", "anna")} == {"/v5/users/annika"}


def test_a_spelling_that_looks_like_a_name_leads_to_it(ann: Client, ben: Client) -> None:
    _renamed(ann, "ann_00")

    assert ben.get("/users/annoo").headers["location"] == "/v5/users/ann_00"


def test_a_former_name_leads_nowhere_for_those_who_may_not_see_its_holder(ann: Client, ben: Client) -> None:
    _renamed(ann, "anna")
    block(ann, ben)
    missing = ben.get("/users/never_was")

    assert ben.get("/users/ann").text == ben.get("/users/anna").text == missing.text
    assert refusal(missing) == USER_NOT_FOUND


def test_a_former_name_does_not_lead_who_is_blocked_to_the_new_one_by_blocking_back(ann: Client, ben: Client) -> None:
    block(ann, ben)
    _renamed(ann, "anna")

    for method in ("POST", "DELETE"):
        assert refusal(ben.request(method, "/user_account/blocks/ann")) == USER_NOT_FOUND


def test_a_former_name_leads_who_blocks_to_the_new_one(ann: Client, ben: Client) -> None:
    block(ben, ann)
    _renamed(ann, "anna")
    reply = ben.delete("/user_account/blocks/ann")

    assert reply.headers["location"] == "/v5/user_account/blocks/anna"
    assert ben.delete("/user_account/blocks/anna").status == 204
    assert ben.get("/users/anna").status == 200


@pytest.mark.parametrize("name", ["ben", "BEN", "b_e_n"])
def test_a_name_that_another_has_or_that_looks_like_it_is_taken(ann: Client, ben: Client, name: str) -> None:
    before = everything()
    reply = _rename(ann, name)

    assert refusal(reply) == INVALID
    assert "'username' is taken" in reply.json["message"]
    assert everything() == before


@pytest.mark.parametrize(("theirs", "mine"), [("paypal", "paypa1"), ("paypa1", "pay_pal"), ("modern", "rnodern")])
def test_of_names_that_look_alike_one_can_be_had(ann: Client, ben: Client, theirs: str, mine: str) -> None:
    _renamed(ben, theirs)

    assert refusal(_rename(ann, mine)) == INVALID


def test_a_name_may_be_changed_to_one_that_looks_the_same(ann: Client, ben: Client) -> None:
    _renamed(ann, "ann_lee")
    before = len(everything())
    _renamed(ann, "annlee")

    assert len(everything()) == before
    assert ben.get("/users/annlee").json["username"] == "annlee"
    assert ben.get("/users/ann_lee").headers["location"] == "/v5/users/annlee"
    assert refusal(_rename(ben, "ann_lee")) == INVALID


def test_a_former_name_can_be_taken_back_and_by_nobody_else(ann: Client, ben: Client) -> None:
    _renamed(ann, "anna")
    assert refusal(_rename(ben, "ann")) == INVALID
    _renamed(ann, "ann")

    assert ben.get("/users/ann").json["username"] == "ann"
    assert ben.get("/users/anna").headers["location"] == "/v5/users/ann"
    assert "expires_at" not in (item(keys.username("ann")) or {})


def test_a_former_name_is_free_after_30_days_although_the_database_has_not_removed_it(
    ann: Client, ben: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    _renamed(ann, "anna")
    _let_pass(monkeypatch, 30 * DAY - 60)
    assert ben.get("/users/ann").status == 307
    assert refusal(_rename(ben, "ann")) == INVALID
    _let_pass(monkeypatch, 60)

    assert refusal(ben.get("/users/ann")) == USER_NOT_FOUND
    _renamed(ben, "ann")
    assert ann.get("/users/ann").json["username"] == "ann"
    assert ann.get("/users/ben").headers["location"] == "/v5/users/ann"
    assert refusal(_rename(ann, "ann")) == INVALID


def test_a_former_name_that_the_database_removed_is_free(ann: Client, ben: Client) -> None:
    _renamed(ann, "anna")
    claim = item(keys.username("ann"))
    assert claim is not None
    assert abs(int(claim["expires_at"]["N"]) - clock.now() - 30 * DAY) < 60
    remove(keys.username("ann"))

    assert refusal(ben.get("/users/ann")) == USER_NOT_FOUND
    assert _rename(ben, "ann").status == 200


def test_a_first_sign_in_gets_neither_a_name_that_looks_taken_nor_one_that_leads_elsewhere(ann: Client) -> None:
    _renamed(ann, "anna_1")
    given = [accounts.sign_in(ISSUER, f"subject {n}", name).username for n, name in enumerate(("ann", "anna_l"))]

    assert [name.rpartition("_")[0] for name in given] == ["ann", "anna_l"]


@pytest.mark.parametrize("wanted", ["admin", "Presence", "supp0rt", "12345", "___"])
def test_a_first_sign_in_gets_no_name_that_may_not_be_had(wanted: str) -> None:
    username = accounts.sign_in(ISSUER, "anybody", wanted).username

    assert username.startswith("user")
    assert Client("1", "any").get(f"/users/{username}").status == 200


def test_the_id_of_a_user_is_no_name_of_theirs(ann: Client, ben: Client) -> None:
    assert refusal(ben.get(f"/users/{ann.user_id}")) == USER_NOT_FOUND


# Two at the same time


def test_a_name_that_is_taken_meanwhile_is_taken(ann: Client, ben: Client, meanwhile: Any) -> None:
    meanwhile(lambda: _renamed(ben, "c1ara"))

    assert refusal(_rename(ann, "clara")) == INVALID
    assert ann.get("/user_account").json["username"] == "ann"


def test_a_name_that_a_first_sign_in_gets_meanwhile_is_taken(ann: Client, meanwhile: Any) -> None:
    meanwhile(lambda: a_user("clara"))

    assert refusal(_rename(ann, "clara")) == INVALID


def test_a_first_sign_in_whose_name_is_taken_meanwhile_gets_another(ann: Client, meanwhile: Any) -> None:
    meanwhile(lambda: _renamed(ann, "clara"))

    assert a_user("clara").username.startswith("clara_")


def test_two_renames_of_one_user_end_in_one_name(ann: Client, ben: Client, meanwhile: Any) -> None:
    meanwhile(lambda: _renamed(ann, "anna"))

    assert refusal(_rename(ann, "annika")) == CONFLICT
    assert ben.get("/users/anna").status == 200
    assert refusal(ben.get("/users/annika")) == USER_NOT_FOUND


def test_a_rename_does_not_stand_in_the_way_of_other_changes(ann: Client, meanwhile: Any) -> None:
    meanwhile(lambda: _renamed(ann, "anna"))

    assert ann.patch("/user_account", {"about": "Any"}).status == 200
    account = ann.get("/user_account").json
    assert (account["username"], account["about"]) == ("anna", "Any")


def test_two_avatars_at_once_leave_one_upload_referred_to(ann: Client, meanwhile: Any) -> None:
    first = {"source_type": "image_url", "url": "https://pictures.example/first.jpg"}
    meanwhile(lambda: ann.patch("/user_account", {"avatar": first}))

    second = ann.patch(
        "/user_account", {"avatar": {"source_type": "image_url", "url": "https://pictures.example/2.jpg"}}
    )
    assert refusal(second) == CONFLICT
    assert ann.get("/user_account").json["profile_image"] == first["url"]


def test_a_profile_that_goes_meanwhile_is_not_found(ann: Client, meanwhile: Any) -> None:
    meanwhile(lambda: remove(keys.profile(ann.user_id)))

    assert refusal(ann.patch("/user_account", {"about": "Any"})) == USER_NOT_FOUND
    assert item(keys.profile(ann.user_id)) is None
