import re

from presence.domain import clock
from presence.storage import keys
from tests.support.api import Client, http_event, invoke
from tests.support.content import a_board, refusal
from tests.support.people import a_user
from tests.support.stored import dynamodb_requests, everything, remove
from tests.support.wire import NOT_AUTHENTICATED, SCOPE_MISSING, USER_NOT_FOUND

FOREIGN_ISSUER = "https://login.elsewhere.example"


def test_an_account_is_answered_with_every_field_that_is_known_or_nullable() -> None:
    ann = a_user("ann")

    assert ann.get("/user_account").json == {
        "id": ann.user_id,
        "username": "ann",
        "account_type": "PINNER",
        "business_name": None,
        "display_name": None,
        "location": None,
        "pronouns": None,
        "banner_image": None,
        "is_private": False,
        "hidden_from_search": False,
        "featured_board_ids": [],
        "board_count": 0,
        "pin_count": 0,
        "follower_count": 0,
        "following_count": 0,
        "monthly_views": None,
    }


def test_an_account_counts_its_boards() -> None:
    ann = a_user()
    kept, deleted = a_board(ann), a_board(ann, privacy="SECRET")
    ann.delete(f"/boards/{deleted}")

    assert kept
    assert ann.get("/user_account").json["board_count"] == 1


def test_an_account_that_is_gone_is_not_found() -> None:
    ann = a_user()
    remove(keys.profile(ann.user_id))

    assert refusal(ann.get("/user_account")) == USER_NOT_FOUND


def _foreign(**claims: str) -> dict[str, str]:
    return {"iss": FOREIGN_ISSUER, "sub": "anybody", "scope": "user_accounts:read"} | claims


def _account(claims: dict[str, str]) -> dict[str, object]:
    reply = invoke(http_event("GET", "/user_account", None, {}, claims))
    assert reply.status == 200, reply.text
    account: dict[str, object] = reply.json
    return account


def test_a_first_request_with_a_foreign_issuers_token_makes_the_account() -> None:
    account = _account(_foreign(preferred_username="Zoë"))

    assert re.fullmatch(r"\d{19}", str(account["id"]))
    assert account["username"] == "zoe"


def test_a_foreign_subject_is_the_same_user_each_time(monkeypatch) -> None:
    one = _account(_foreign(preferred_username="ann"))
    an_hour_later = clock.now() + clock.HOUR
    monkeypatch.setattr(clock, "now", lambda: an_hour_later)
    other = _account(_foreign(preferred_username="renamed there"))

    assert one == other


def test_a_known_foreign_subject_costs_no_requests_for_a_while() -> None:
    _account(_foreign())
    with dynamodb_requests() as asked:
        _account(_foreign())

    assert asked == ["GetItem"]


def test_subjects_of_two_issuers_are_two_users() -> None:
    one = _account(_foreign(preferred_username="ann"))
    other = _account(_foreign(preferred_username="ann", iss="https://another.example"))

    assert one["id"] != other["id"]
    assert one["username"] != other["username"]


def test_a_foreign_token_names_its_user_by_one_of_several_claims() -> None:
    assert _account(_foreign(sub="1", username="ben"))["username"] == "ben"
    assert _account(_foreign(sub="2", name="Carl C."))["username"] == "carl_c"
    assert str(_account(_foreign(sub="3"))["username"]).startswith("user")


def test_a_foreign_token_may_list_its_scopes() -> None:
    claims = _foreign(scp="[user_accounts:read boards:read]")
    del claims["scope"]

    assert _account(claims)["account_type"] == "PINNER"


def test_a_foreign_token_without_scopes_is_refused() -> None:
    reply = invoke(http_event("GET", "/user_account", None, {}, _foreign(scope="")))

    assert refusal(reply) == SCOPE_MISSING


def test_a_token_without_a_subject_is_refused_and_makes_no_account() -> None:
    reply = invoke(http_event("GET", "/user_account", None, {}, {"iss": FOREIGN_ISSUER, "scope": "user_accounts:read"}))

    assert refusal(reply) == NOT_AUTHENTICATED
    assert everything() == {}


def test_what_a_foreign_user_makes_is_theirs() -> None:
    claims = _foreign(preferred_username="zoe", scope="boards:read boards:write")
    created = invoke(http_event("POST", "/boards", '{"name": "Any"}', {}, claims))
    listed = invoke(http_event("GET", "/boards", None, {}, claims))

    assert created.json["owner"] == {"username": "zoe"}
    assert listed.json["items"] == [created.json]


def test_an_account_of_one_user_is_not_answered_to_another() -> None:
    ann, ben = a_user("ann"), a_user("ben")

    assert isinstance(ann, Client)
    assert ann.get("/user_account").json["username"] == "ann"
    assert ben.get("/user_account").json["username"] == "ben"
