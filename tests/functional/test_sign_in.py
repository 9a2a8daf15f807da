"""Cognito's trigger: who signs in gets a profile once, and a token that says who they are and what it allows."""

import copy
import re
from typing import Any

import pytest

from presence.services import accounts
from presence.storage import keys, profiles
from sign_in.handler import handler
from tests.support.api import ALL_SCOPES, Client, Context
from tests.support.stored import everything, item


def _sign_in(name: str = "ann", *, subject: str = "", **request: Any) -> dict[str, Any]:
    """What the trigger puts into the access token."""
    event = {
        "version": "2",
        "triggerSource": "TokenGeneration_Authentication",
        "region": "eu-west-1",
        "userPoolId": "eu-west-1_Example",
        "userName": name,
        "callerContext": {"awsSdkVersion": "any", "clientId": "any"},
        "request": {"userAttributes": {"sub": subject or f"subject-of-{name}"}, "scopes": [], **request},
        "response": {"claimsAndScopeOverrideDetails": None},
    }
    answer = handler(copy.deepcopy(event), Context())
    generation: dict[str, Any] = answer["response"]["claimsAndScopeOverrideDetails"]["accessTokenGeneration"]
    return generation


def _claims(generation: dict[str, Any]) -> tuple[str, str]:
    claims = generation["claimsToAddOrOverride"]
    return claims["presence:user_id"], claims["presence:username"]


def test_a_first_sign_in_makes_the_profile() -> None:
    user_id, username = _claims(_sign_in("ann"))
    profile = profiles.get(user_id)

    assert re.fullmatch(r"\d{19}", user_id)
    assert username == "ann"
    assert profile is not None
    assert (profile.username, profile.board_count) == ("ann", 0)


def test_the_next_sign_in_finds_the_profile() -> None:
    first = _claims(_sign_in("ann"))
    after_first = everything()

    assert _claims(_sign_in("ann")) == first
    assert everything() == after_first


def test_a_user_who_was_renamed_in_the_pool_keeps_their_username() -> None:
    first = _claims(_sign_in("ann", subject="1"))

    assert _claims(_sign_in("renamed", subject="1")) == first


def test_a_user_from_the_trigger_can_use_the_api() -> None:
    ann = Client(*_claims(_sign_in("ann")))

    assert ann.get("/user_account").json["username"] == "ann"
    assert ann.post("/boards", {"name": "Any"}).status == 201


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("Alice", "alice"),
        ("alice@mail.example", "alice"),
        ("Zoë Ångström", "zoe_angstrom"),
        ("12345", "user_12345"),
        ("愛", "user"),
        ("a", "user_a"),
        ("x" * 128, "x{3,30}"),
        ("6f1c2a9e-1111-2222-3333-444455556666", "6f1c2a9e_[a-z0-9_]{1,21}"),
    ],
)
def test_a_username_is_made_of_the_name_in_the_pool(name: str, pattern: str) -> None:
    _, username = _claims(_sign_in(name))

    assert re.fullmatch(pattern, username)


def test_names_that_make_the_same_username_get_variants_of_it() -> None:
    usernames = [_claims(_sign_in(name))[1] for name in ("ann", "Ann", "ann@mail.example", "ånn")]

    assert usernames[0] == "ann"
    assert len(set(usernames)) == 4
    assert all(re.fullmatch(r"ann(_\d{5})?", username) for username in usernames)


def test_a_username_belongs_to_its_user() -> None:
    user_id, _ = _claims(_sign_in("ann"))
    claim = item(keys.username("ann"))

    assert claim is not None
    assert claim["holder_id"] == {"S": user_id}


def test_a_sign_in_that_is_overtaken_by_another_of_the_same_user_finds_what_that_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    look = profiles.id_by_identity
    overtaking: list[tuple[str, str]] = []

    def overtaken(issuer: str, subject: str) -> str | None:
        found = look(issuer, subject)
        monkeypatch.setattr(profiles, "id_by_identity", look)
        overtaking.append(_claims(_sign_in("ann")))
        return found

    monkeypatch.setattr(profiles, "id_by_identity", overtaken)

    assert _claims(_sign_in("ann")) == overtaking[0]
    assert len([key for key in everything() if key[1] == "PROFILE"]) == 1


def test_a_sign_in_that_finds_no_free_username_is_a_conflict(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "_username", lambda *_: "taken")
    _sign_in("ann")

    with pytest.raises(Exception, match="No username could be found"):
        _sign_in("ben")
    assert len([key for key in everything() if key[1] == "PROFILE"]) == 1


def test_a_token_has_all_scopes_when_none_are_asked_for() -> None:
    assert set(_sign_in()["scopesToAdd"]) == ALL_SCOPES
    assert set(_sign_in(clientMetadata=None)["scopesToAdd"]) == ALL_SCOPES
    assert set(_sign_in(clientMetadata={})["scopesToAdd"]) == ALL_SCOPES


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("boards:read", {"boards:read"}),
        ("boards:read pins:read", {"boards:read", "pins:read"}),
        ("boards:read admin:everything", {"boards:read"}),
        ("boards:read_secret", {"boards:read_secret"}),
        ("boards", set()),
        ("", set()),
    ],
)
def test_a_client_may_ask_for_fewer_scopes_and_never_gets_others(asked: str, given: set[str]) -> None:
    assert set(_sign_in(clientMetadata={"scopes": asked})["scopesToAdd"]) == given


def test_the_trigger_keeps_the_rest_of_the_event() -> None:
    event: dict[str, Any] = {
        "version": "2",
        "region": "eu-west-1",
        "userPoolId": "any",
        "userName": "ann",
        "request": {"userAttributes": {"sub": "any"}},
        "response": {},
        "of tomorrow": {"kept": True},
    }
    answer = handler(copy.deepcopy(event), Context())

    assert {name: answer[name] for name in event if name != "response"} == {
        name: value for name, value in event.items() if name != "response"
    }
