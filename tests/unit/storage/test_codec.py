"""What we write and what we read are the same value, through PynamoDB's own serialisation."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from presence.domain.entities import (
    Board,
    BoardFollow,
    Following,
    Image,
    Invitation,
    InvitationLink,
    JoinRequest,
    Media,
    Member,
    Pin,
    Privacy,
    Profile,
    Role,
    Section,
    Tie,
)
from presence.storage import boards, codec, members, pins, profiles
from presence.storage.models import BoardFollowItem, Item, MemberItem, TieItem
from presence.storage.table import Raw, Transaction
from tests.support.values import a_board, a_pin, a_profile, a_section

ids = st.integers(min_value=10**18, max_value=2**63 - 1).map(str)
texts = st.text(max_size=30)
maybe = st.none() | texts
counts = st.integers(min_value=0, max_value=10**12)
times = st.just("2026-01-01T00:00:00Z")
maybe_rank = st.none() | st.text(min_size=1, max_size=30)

board_values = st.builds(
    Board,
    id=ids,
    owner_id=ids,
    name=texts,
    slug=texts,
    privacy=st.sampled_from([str(privacy) for privacy in Privacy]),
    created_at=times,
    description=maybe,
    is_ads_only=st.booleans(),
    pins_modified_at=st.none() | times,
    pin_count=counts,
    section_count=counts,
    follower_count=counts,
    collaborator_count=counts,
    cover=st.lists(texts, max_size=5).map(tuple),
    cover_pin_id=st.none() | ids,
    topic_ids=st.none() | st.lists(texts, max_size=3).map(tuple),
    rank=maybe_rank,
    archived_at=st.none() | times,
    trashed_at=st.none() | times,
    merged_into=st.none() | ids,
    deleted=st.booleans(),
    deleted_section_ids=st.frozensets(ids, max_size=3),
    version=counts,
)
section_values = st.builds(
    Section,
    id=ids,
    board_id=ids,
    name=texts,
    pin_count=counts,
    rank=maybe_rank,
    deleted=st.booleans(),
    version=counts,
)
image_values = st.builds(
    Image,
    url=maybe,
    key=maybe,
    width=st.none() | counts,
    height=st.none() | counts,
    title=maybe,
    description=maybe,
    link=maybe,
)
media_values = st.builds(
    Media,
    kind=st.sampled_from(["image", "multiple_images", "video", "pin_url"]),
    images=st.lists(image_values, max_size=5).map(tuple),
    cover_index=st.integers(min_value=0, max_value=4),
    video_id=maybe,
)
pin_values = st.builds(
    Pin,
    id=ids,
    owner_id=ids,
    board_id=ids,
    created_at=times,
    media=media_values,
    section_id=st.none() | ids,
    title=maybe,
    description=maybe,
    alt_text=maybe,
    link=maybe,
    dominant_color=maybe,
    parent_pin_id=st.none() | ids,
    rank=maybe_rank,
    section_rank=maybe_rank,
    trashed_at=st.none() | times,
    version=counts,
)
profile_values = st.builds(
    Profile,
    id=ids,
    username=texts,
    created_at=times,
    display_name=maybe,
    about=maybe,
    website_url=maybe,
    location=maybe,
    pronouns=maybe,
    avatar=maybe,
    banner=maybe,
    is_private=st.booleans(),
    hidden_from_search=st.booleans(),
    featured_board_ids=st.lists(ids, max_size=6).map(tuple),
    board_count=counts,
    pin_count=counts,
    follower_count=counts,
    following_count=counts,
    deleted=st.booleans(),
    version=counts,
)
tie_values = st.builds(
    Tie,
    from_id=ids,
    to_id=ids,
    since=ids,
    following=st.none() | st.sampled_from([str(state) for state in Following]),
    blocks=st.booleans(),
    blocked=st.booleans(),
    counted=st.booleans(),
)
board_follow_values = st.builds(
    BoardFollow, user_id=ids, board_id=ids, since=ids, follows=st.booleans(), counted=st.booleans()
)
member_values = st.builds(
    Member,
    board_id=ids,
    user_id=ids,
    role=st.sampled_from([str(role) for role in Role]),
    since=ids,
    added_by=ids,
)
roles = st.sampled_from([str(role) for role in Role])
invitation_values = st.builds(
    Invitation, board_id=ids, user_id=ids, role=roles, since=ids, invited_by=ids, ends_at=counts
)
link_values = st.builds(
    InvitationLink,
    id=ids,
    board_id=ids,
    role=roles,
    digest=texts,
    made_by=ids,
    ends_at=counts,
    uses=counts,
    max_uses=st.none() | counts,
)
join_request_values = st.builds(JoinRequest, board_id=ids, user_id=ids, role=roles, since=ids, message=maybe)

ANY_ERROR = RuntimeError()


def _written(put: Callable[..., None], value: Any, **rest: Any) -> Raw:
    """The item as it goes over the wire to DynamoDB."""
    tx = Transaction()
    put(tx, value, otherwise=ANY_ERROR, **rest)
    [operation] = tx._operations
    item: Raw = orjson.loads(orjson.dumps(operation.request["Put"]["Item"]))
    return item


def _serialised(model: type[Item], attributes: dict[str, Any]) -> Raw:
    """As what PynamoDB makes of a model goes over the wire."""
    item: Raw = orjson.loads(orjson.dumps(model("pk", "sk", **attributes).serialize()))
    return item


@given(board_values)
def test_a_board_survives_the_table(value: Board) -> None:
    assert codec.board(_written(boards.put, value)) == value


@given(section_values)
def test_a_section_survives_the_table(value: Section) -> None:
    assert codec.section(_written(boards.put_section, value)) == value


@given(pin_values)
def test_a_pin_survives_the_table(value: Pin) -> None:
    assert codec.pin(_written(pins.put, value)) == value


@given(profile_values)
def test_a_profile_survives_the_table(value: Profile) -> None:
    assert codec.profile(_written(profiles.put, value)) == value


@given(tie_values)
def test_a_tie_survives_the_table(value: Tie) -> None:
    assert codec.tie(_serialised(TieItem, codec.tie_attributes(value))) == value


@given(board_follow_values)
def test_a_board_follow_survives_the_table(value: BoardFollow) -> None:
    assert codec.board_follow(_serialised(BoardFollowItem, codec.board_follow_attributes(value))) == value


@given(invitation_values)
def test_an_invitation_survives_the_table(value: Invitation) -> None:
    assert codec.invitation(_written(members.put_invitation, value, instead_of=None)) == value


@given(link_values)
def test_an_invitation_link_survives_the_table(value: InvitationLink) -> None:
    assert codec.invitation_link(_written(members.put_link, value)) == value


@given(join_request_values)
def test_a_join_request_survives_the_table(value: JoinRequest) -> None:
    assert codec.join_request(_written(members.put_join_request, value, instead_of=None)) == value


@given(member_values)
def test_a_member_survives_the_table(value: Member) -> None:
    assert codec.member(_serialised(MemberItem, codec.member_attributes(value))) == value


def test_unset_fields_take_no_room() -> None:
    item = _written(pins.put, a_pin())

    assert not {"title", "description", "alt_text", "link", "section_id", "section_pk", "section_sk"} & set(item)


def test_counters_are_stored_from_the_start() -> None:
    def zeros(item: Raw) -> set[str]:
        return {name for name, value in item.items() if value == {"N": "0"}}

    assert zeros(_written(boards.put, a_board())) == {
        *("pin_count", "section_count", "follower_count", "collaborator_count")
    }
    assert zeros(_written(boards.put_section, a_section())) == {"pin_count"}
    assert zeros(_written(profiles.put, a_profile())) == {
        *("board_count", "pin_count", "follower_count", "following_count")
    }


@pytest.mark.parametrize(
    ("put", "value", "kind"),
    [
        (boards.put, a_board(), "board"),
        (boards.put_section, a_section(), "section"),
        (pins.put, a_pin(), "pin"),
        (profiles.put, a_profile(), "profile"),
    ],
)
def test_an_item_says_what_kind_it_is(put: Callable[..., None], value: Any, kind: str) -> None:
    assert _written(put, value)["kind"] == {"S": kind}


def test_attributes_that_the_code_does_not_know_are_skipped() -> None:
    board = a_board()

    assert codec.board(_written(boards.put, board) | {"of_tomorrow": {"S": "anything"}}) == board
