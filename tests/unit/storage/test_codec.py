"""What we write and what we read are the same value, through PynamoDB's own serialisation."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from presence.domain.entities import Board, Image, Media, Pin, Privacy, Profile, Section
from presence.storage import boards, codec, pins, profiles
from presence.storage.table import Raw, Transaction
from tests.support.values import a_board, a_pin, a_profile, a_section

ids = st.integers(min_value=10**18, max_value=2**63 - 1).map(str)
texts = st.text(max_size=30)
maybe = st.none() | texts
counts = st.integers(min_value=0, max_value=10**12)
times = st.just("2026-01-01T00:00:00Z")

board_values = st.builds(
    Board,
    id=ids,
    owner_id=ids,
    owner_username=texts,
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
    collaborator_ids=st.frozensets(ids, max_size=3),
    cover=st.lists(texts, max_size=5).map(tuple),
    deleted=st.booleans(),
    deleted_section_ids=st.frozensets(ids, max_size=3),
    version=counts,
)
section_values = st.builds(
    Section, id=ids, board_id=ids, name=texts, pin_count=counts, deleted=st.booleans(), version=counts
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
    version=counts,
)
profile_values = st.builds(Profile, id=ids, username=texts, created_at=times, board_count=counts, version=counts)

ANY_ERROR = RuntimeError()


def _written(put: Callable[..., None], value: Any) -> Raw:
    """The item as it goes over the wire to DynamoDB."""
    tx = Transaction()
    put(tx, value, otherwise=ANY_ERROR)
    [operation] = tx._operations
    item: Raw = orjson.loads(orjson.dumps(operation.request["Put"]["Item"]))
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


def test_unset_fields_take_no_room() -> None:
    item = _written(pins.put, a_pin())

    assert not {"title", "description", "alt_text", "link", "section_id", "section_pk", "section_sk"} & set(item)


def test_counters_are_stored_from_the_start() -> None:
    board = _written(boards.put, a_board())

    assert (board["pin_count"], board["section_count"], board["follower_count"]) == ({"N": "0"},) * 3
    assert _written(boards.put_section, a_section())["pin_count"] == {"N": "0"}
    assert _written(profiles.put, a_profile())["board_count"] == {"N": "0"}


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
