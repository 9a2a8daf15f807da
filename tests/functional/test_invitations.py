"""Invitations by username and by link: made, answered, over."""

import json

import pytest

from presence.domain import clock
from presence.services import collaboration
from presence.storage import keys
from presence.storage.members import Count
from tests.support.api import Client, Reply
from tests.support.content import a_board, ids, refusal
from tests.support.people import a_user
from tests.support.social import block
from tests.support.stored import dynamodb_requests, everything, put, set_attribute
from tests.support.together import a_link, a_member, ask, invite
from tests.support.wire import BOARD_NOT_FOUND, INVALID, NOT_FOUND, NOT_PERMITTED, USER_NOT_FOUND

DAY = 24 * 60 * 60


@pytest.fixture
def ann() -> Client:
    return a_user()


@pytest.fixture
def ben() -> Client:
    return a_user()


@pytest.fixture
def board_id(ann: Client) -> str:
    return a_board(ann, privacy="SECRET")


def received(user: Client) -> list[str]:
    """The ids of the boards that somebody is told to be invited to."""
    return [each["board_id"] for page in user.pages("/user_account/invitations?page_size=2") for each in page]


def invited(owner: Client, board_id: str) -> list[str]:
    pages = owner.pages(f"/boards/{board_id}/invitations?page_size=2")
    return [each["username"] for page in pages for each in page]


def accept(user: Client, board_id: str) -> Reply:
    return user.post(f"/user_account/invitations/{board_id}")


def accept_link(user: Client, token: str) -> Reply:
    return user.post("/invitation_links/accept", {"token": token})


def later(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    began = clock.now()
    monkeypatch.setattr(clock, "now", lambda: began + seconds)


# By username


def test_who_is_invited_learns_of_the_board_no_more_than_which_it_is(ann: Client, ben: Client) -> None:
    board_id = a_board(ann, name="Surprise party", privacy="SECRET")
    invite(ann, board_id, ben, "editor")
    (told,) = ben.get("/user_account/invitations").json["items"]

    assert told.pop("created_at") < told.pop("expires_at")
    assert told == {
        "board_id": board_id,
        "board_name": "Surprise party",
        "role": "editor",
        "invited_by": {"username": ann.username},
    }
    assert refusal(ben.get(f"/boards/{board_id}")) == BOARD_NOT_FOUND
    assert refusal(ben.get(f"/boards/{board_id}/collaborators")) == BOARD_NOT_FOUND
    assert ids(ben.get("/boards")) == []


def test_accepting_makes_a_member_and_ends_the_invitation(ann: Client, ben: Client, board_id: str) -> None:
    invite(ann, board_id, ben, "editor")
    reply = accept(ben, board_id)

    assert reply.status == 201
    assert reply.json == ben.get(f"/boards/{board_id}").json
    assert (reply.json["role"], reply.json["collaborator_count"]) == ("editor", 1)
    assert received(ben) == invited(ann, board_id) == []
    assert keys.invitation(board_id, ben.user_id) not in everything()


def test_accepting_again_changes_nothing(ann: Client, ben: Client, board_id: str) -> None:
    invite(ann, board_id, ben)
    first = accept(ben, board_id)
    before = everything()

    assert accept(ben, board_id).json == first.json
    assert everything() == before


def test_declining_ends_the_invitation(ann: Client, ben: Client, board_id: str) -> None:
    before = everything()
    invite(ann, board_id, ben)

    assert ben.delete(f"/user_account/invitations/{board_id}").status == 204
    assert received(ben) == invited(ann, board_id) == []
    assert everything().keys() == before.keys()
    assert refusal(accept(ben, board_id)) == NOT_FOUND
    assert refusal(ben.delete(f"/user_account/invitations/{board_id}")) == NOT_FOUND


def test_a_revoked_invitation_cannot_be_accepted(ann: Client, ben: Client, board_id: str) -> None:
    invite(ann, board_id, ben)

    assert ann.delete(f"/boards/{board_id}/invitations/{ben.username}").status == 204
    assert received(ben) == []
    assert refusal(accept(ben, board_id)) == NOT_FOUND
    assert refusal(ann.delete(f"/boards/{board_id}/invitations/{ben.username}")) == NOT_FOUND


def test_an_invitation_is_over_after_30_days(
    ann: Client, ben: Client, board_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    invite(ann, board_id, ben)
    later(monkeypatch, 30 * DAY + 1)

    assert received(ben) == invited(ann, board_id) == []
    assert refusal(accept(ben, board_id)) == NOT_FOUND
    assert refusal(ann.delete(f"/boards/{board_id}/invitations/{ben.username}")) == NOT_FOUND


def test_a_second_invitation_takes_the_place_of_the_first(ann: Client, ben: Client, board_id: str) -> None:
    invite(ann, board_id, ben, "editor")
    invite(ann, board_id, ben, "viewer")

    assert invited(ann, board_id) == [ben.username]
    assert accept(ben, board_id).json["role"] == "viewer"


def test_invitations_are_listed_the_latest_first(ann: Client, ben: Client) -> None:
    boards = [a_board(ann) for _ in range(5)]
    for board_id in boards:
        invite(ann, board_id, ben)

    assert received(ben) == boards[::-1]


def test_those_who_are_invited_are_listed_to_the_owner(ann: Client, board_id: str) -> None:
    users = [a_user() for _ in range(5)]
    for user in users:
        invite(ann, board_id, user, "viewer")

    assert invited(ann, board_id) == [user.username for user in users]


def test_who_works_on_the_board_cannot_be_invited(ann: Client, board_id: str) -> None:
    member = a_member(ann, board_id)
    before = everything()
    for user in (member, ann):
        reply = ann.post(f"/boards/{board_id}/invitations", {"username": user.username, "role": "editor"})
        assert refusal(reply) == INVALID
        assert "'username'" in reply.json["message"]
    assert everything() == before


@pytest.mark.parametrize("body", [{"role": "owner"}, {"role": None}, {"username": ""}, {"username": "no-body"}])
def test_an_invitation_that_breaks_a_rule_is_refused(ann: Client, board_id: str, body: dict[str, str]) -> None:
    reply = ann.post(f"/boards/{board_id}/invitations", {"username": "anybody", "role": "editor"} | body)

    assert refusal(reply) == INVALID
    assert f"'{next(iter(body))}'" in reply.json["message"]


def test_nobody_is_invited_across_a_block(ann: Client, board_id: str) -> None:
    for one, other in ((ann, a_user()), (a_user(), ann)):
        block(one, other)
        user = other if one is ann else one
        reply = ann.post(f"/boards/{board_id}/invitations", {"username": user.username, "role": "editor"})
        nobody = ann.post(f"/boards/{board_id}/invitations", {"username": "nobody_at_all", "role": "editor"})
        assert refusal(reply) == USER_NOT_FOUND
        assert reply == nobody


def test_a_block_hides_an_invitation(ann: Client, ben: Client, board_id: str) -> None:
    invite(ann, board_id, ben)
    block(ann, ben)

    assert received(ben) == invited(ann, board_id) == []
    assert accept(ben, board_id) == accept(ben, "1" * 19)
    assert refusal(accept(ben, board_id)) == NOT_FOUND


def test_who_invited_is_not_named_to_whom_they_blocked(ann: Client, ben: Client, board_id: str) -> None:
    invite(ann, board_id, ben)
    carl = a_member(ann, board_id)
    ann.post(f"/boards/{board_id}/transfer", {"username": carl.username})
    block(ann, ben)

    (told,) = ben.get("/user_account/invitations").json["items"]
    assert told["invited_by"] is None


@pytest.mark.parametrize("state", ["trashed_at", "merged_into", "deleted"])
def test_an_invitation_to_a_board_that_is_gone_is_gone(ann: Client, ben: Client, board_id: str, state: str) -> None:
    invite(ann, board_id, ben)
    set_attribute(keys.board(board_id), state, {"BOOL": True} if state == "deleted" else {"S": "1"})

    assert received(ben) == []
    assert refusal(accept(ben, board_id)) == NOT_FOUND


def test_an_invitation_to_a_secret_board_needs_a_token_that_shows_secrets(
    ann: Client, ben: Client, board_id: str
) -> None:
    invite(ann, board_id, ben)
    narrow = ben.without_scopes("boards:read_secret")

    assert received(narrow) == []
    assert refusal(accept(narrow, board_id)) == NOT_FOUND


def test_whether_an_invitation_is_missing_or_hidden_takes_the_same_requests(
    ann: Client, ben: Client, board_id: str
) -> None:
    with dynamodb_requests() as for_missing:
        missing = accept(ben, "1" * 19)
    with dynamodb_requests() as for_uninvited:
        uninvited = accept(ben, board_id)
    invite(ann, board_id, ben)
    block(ann, ben)
    with dynamodb_requests() as for_hidden:
        hidden = accept(ben, board_id)

    assert missing == uninvited == hidden
    assert for_missing == for_uninvited == for_hidden


def test_a_request_to_join_goes_with_the_invitation_that_is_accepted(ann: Client, ben: Client) -> None:
    board_id = a_board(ann)
    ask(ben, board_id)
    invite(ann, board_id, ben, "viewer")
    accept(ben, board_id)

    assert ann.get(f"/boards/{board_id}/join_requests").json["items"] == []
    assert ben.get(f"/boards/{board_id}").json["role"] == "viewer"


def test_an_invitation_that_waits_for_who_joined_otherwise_is_dropped_when_accepted(
    ann: Client, ben: Client, board_id: str
) -> None:
    invite(ann, board_id, ben, "editor")
    waiting = everything()[keys.invitation(board_id, ben.user_id)]
    accept(ben, board_id)
    put([waiting])
    set_attribute(keys.board(board_id), "invitation_count", {"N": "1"})

    assert accept(ben, board_id).json["role"] == "editor"
    assert keys.invitation(board_id, ben.user_id) not in everything()


def test_a_board_has_no_more_invitations_than_the_limit_and_those_that_are_over_do_not_count(
    ann: Client, ben: Client, board_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collaboration, "_LIMITS", {**collaboration._LIMITS, Count.INVITATIONS: 2})
    invite(ann, board_id, a_user())
    invite(ann, board_id, a_user())
    reply = ann.post(f"/boards/{board_id}/invitations", {"username": ben.username, "role": "viewer"})

    assert refusal(reply) == NOT_PERMITTED
    assert "limit of 2 invitations" in reply.json["message"]

    later(monkeypatch, 31 * DAY)
    invite(ann, board_id, ben)
    assert invited(ann, board_id) == [ben.username]
    assert everything()[keys.board(board_id)]["invitation_count"] == {"N": "1"}


# By link


def test_whoever_has_a_link_joins_by_it_in_its_role(ann: Client, board_id: str) -> None:
    token = a_link(ann, board_id, "editor")["token"]
    users = [a_user(), a_user()]
    replies = [accept_link(user, token) for user in users]

    assert [reply.status for reply in replies] == [201, 201]
    assert replies[-1].json == users[-1].get(f"/boards/{board_id}").json
    assert [reply.json["role"] for reply in replies] == ["editor", "editor"]
    (link,) = ann.get(f"/boards/{board_id}/invitation_links").json["items"]
    assert (link["uses"], link["max_uses"]) == (2, None)


def test_a_token_is_shown_once_and_kept_nowhere(ann: Client, board_id: str) -> None:
    body, key = {"role": "editor"}, "any key"
    made = ann.post(f"/boards/{board_id}/invitation_links", body, idempotency_key=key).json
    again = ann.post(f"/boards/{board_id}/invitation_links", body, idempotency_key=key).json
    (listed,) = ann.get(f"/boards/{board_id}/invitation_links").json["items"]

    assert made["token"]
    assert again == listed == made | {"token": None}
    assert made["token"] not in json.dumps(list(everything().values()))
    assert made["token"].split(".")[-1] not in json.dumps(list(everything().values()))


def test_a_link_of_one_use_lets_one_in(ann: Client, ben: Client, board_id: str) -> None:
    token = a_link(ann, board_id, max_uses=1)["token"]
    accept_link(ben, token)
    before = everything()

    assert refusal(accept_link(a_user(), token)) == NOT_FOUND
    assert before.items() <= everything().items()
    assert ann.get(f"/boards/{board_id}/invitation_links").json["items"] == []


def test_who_is_in_already_uses_nothing_up(ann: Client, ben: Client, board_id: str) -> None:
    token = a_link(ann, board_id, "viewer", max_uses=1)["token"]
    member = a_member(ann, board_id, "editor")

    assert accept_link(member, token).json["role"] == "editor"
    assert accept_link(ann, token).json["role"] == "owner"
    assert accept_link(ben, token).json["role"] == "viewer"


def test_a_revoked_link_lets_nobody_in_and_throws_nobody_out(ann: Client, ben: Client, board_id: str) -> None:
    link = a_link(ann, board_id)
    accept_link(ben, link["token"])

    assert ann.delete(f"/boards/{board_id}/invitation_links/{link['id']}").status == 204
    assert refusal(accept_link(a_user(), link["token"])) == NOT_FOUND
    assert refusal(ann.delete(f"/boards/{board_id}/invitation_links/{link['id']}")) == NOT_FOUND
    assert ben.get(f"/boards/{board_id}").status == 200


@pytest.mark.parametrize(("asked", "days"), [(None, 7), (3600, 1 / 24), (30 * DAY, 30)])
def test_a_link_is_over_when_its_time_is(
    ann: Client, ben: Client, board_id: str, monkeypatch: pytest.MonkeyPatch, asked: int | None, days: float
) -> None:
    token = a_link(ann, board_id, expires_in_seconds=asked)["token"]
    began = clock.now()
    monkeypatch.setattr(clock, "now", lambda: began + days * DAY - 60)
    assert accept_link(ben, token).status == 201

    monkeypatch.setattr(clock, "now", lambda: began + days * DAY + 60)
    assert refusal(accept_link(a_user(), token)) == NOT_FOUND
    assert ann.get(f"/boards/{board_id}/invitation_links").json["items"] == []


@pytest.mark.parametrize(
    "fields",
    [
        {"role": "owner"},
        {"expires_in_seconds": 59},
        {"expires_in_seconds": 30 * DAY + 1},
        {"expires_in_seconds": "3600"},
        {"max_uses": 0},
        {"max_uses": 10_001},
    ],
)
def test_a_link_that_breaks_a_rule_is_refused(ann: Client, board_id: str, fields: dict[str, object]) -> None:
    reply = ann.post(f"/boards/{board_id}/invitation_links", {"role": "viewer"} | fields)

    assert refusal(reply) == INVALID
    assert f"'{next(iter(fields))}'" in reply.json["message"]


def test_a_token_that_was_tampered_with_leads_nowhere(ann: Client, ben: Client, board_id: str) -> None:
    token = a_link(ann, board_id)["token"]
    before = everything()
    board, link, secret = token.split(".")
    odd = [
        *("any", "é", "..", "1.1.1", token[:-1], token + "A", token.upper() + " é", secret),
        f"{board}.{link}.",
        f"{link}.{board}.{secret}",
        f"{board}.{'1' * 19}.{secret}",
        f"{'1' * 19}.{link}.{secret}",
    ]
    for tampered in odd:
        assert refusal(accept_link(ben, tampered)) == NOT_FOUND
    assert everything() == before


def test_a_link_honours_blocks(ann: Client, ben: Client, board_id: str) -> None:
    token = a_link(ann, board_id)["token"]
    block(ann, ben)

    assert refusal(accept_link(ben, token)) == NOT_FOUND


def test_a_link_ends_an_invitation_and_a_request(ann: Client, ben: Client) -> None:
    board_id = a_board(ann)
    invite(ann, board_id, ben)
    ask(ben, board_id)
    accept_link(ben, a_link(ann, board_id)["token"])

    assert received(ben) == []
    assert ann.get(f"/boards/{board_id}/join_requests").json["items"] == []


def test_a_board_has_no_more_links_than_the_limit_and_those_that_are_over_do_not_count(
    ann: Client, board_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collaboration, "_LIMITS", {**collaboration._LIMITS, Count.LINKS: 2})
    a_link(ann, board_id)
    a_link(ann, board_id, expires_in_seconds=60)
    reply = ann.post(f"/boards/{board_id}/invitation_links", {"role": "viewer"})

    assert refusal(reply) == NOT_PERMITTED
    assert "limit of 2 invitation links" in reply.json["message"]

    later(monkeypatch, 120)
    a_link(ann, board_id)
    assert len(ann.get(f"/boards/{board_id}/invitation_links").json["items"]) == 2
