"""What the drift checker finds and mends, after somebody has been at the discovery table or nobody told it."""

from collections.abc import Callable
from itertools import batched

import pytest

from presence.domain import postings, suggestions
from presence.domain.postings import Posting, number
from presence.domain.suggestions import BOARD, Suggestion
from presence.domain.timelines import Block
from presence.projections.discovery import Subject
from presence.services import drift, indexing
from presence.services.drift import Difference, Flaw
from presence.storage import index, keys, things, timelines
from presence.storage.index import Group
from presence.storage.keys import Key
from presence.storage.table import Part
from tests.support.api import Client
from tests.support.content import a_board, a_pin
from tests.support.drift import what_is_said
from tests.support.memory import Memory, MemoryStream
from tests.support.people import a_user
from tests.support.stored import Stream, add_pins, remove, set_attribute

CAKES = keys.block("boards", "cake", 0)


@pytest.fixture
def ann(memory: Memory) -> Client:
    return a_user()


@pytest.fixture
def stream(ann: Client, memory: Memory) -> Stream:
    """Two boards with a pin each, indexed."""
    boards = [a_board(ann, name=name) for name in ("Wedding cakes", "Garden sheds")]
    for board_id, title in zip(boards, ("Chocolate cake", "Oak shed"), strict=True):
        a_pin(ann, board_id, title=title)
    stream = MemoryStream(memory, "indexer")
    indexing.refresh(dict.fromkeys(subjects(), ()))
    memory.written.clear()
    return stream


def subjects() -> list[Subject]:
    """Of all that is there."""
    return drift._subjects(things.page(Part(), None, 10_000)[0])


def looked(*, segments: int = 1) -> list[Difference]:
    """All differences, page by page."""
    found: list[Difference] = []
    for look in (drift.needless, drift.missing):
        for segment in range(segments):
            after: Key | None = None
            while True:
                seen = look(Part(segment, segments), after)
                found += seen.differences
                if seen.after is None:
                    break
                after = seen.after
    return list(dict.fromkeys(found))


def flaws() -> set[Flaw]:
    return {each.flaw for each in looked()}


def mended() -> bool:
    drift.mend(looked())
    drift.mend(looked())  # what was opened lacks what it had dropped
    return looked() == []


def test_finds_nothing_where_all_is_well(stream: Stream) -> None:
    assert looked() == []
    assert looked(segments=3) == []


def test_finds_and_makes_all_of_a_table_that_is_empty(stream: Stream, memory: Memory) -> None:
    before = what_is_said(memory.discovery.items)
    memory.discovery.forget()

    assert flaws() == {Flaw.CARD_MISSING, Flaw.POSTING_MISSING, Flaw.CENSUS_WRONG, Flaw.TIMELINE_WRONG}
    assert mended()
    assert what_is_said(memory.discovery.items) == before


def test_segments_and_small_pages_find_the_same(
    stream: Stream, memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory.discovery.forget()
    whole = set(looked())
    monkeypatch.setattr(drift, "THINGS_AT_ONCE", 2)

    assert set(looked(segments=3)) == whole


def lost(memory: Memory, key: Key) -> None:
    memory.discovery.write(key, None)


def a_board_of(ann: Client, name: str) -> str:
    return str(next(item["id"] for item in ann.get("/boards").json["items"] if item["name"] == name))


def card_of(ann: Client) -> Key:
    return keys.card("boards", number(a_board_of(ann, "Wedding cakes")))


def without_posting(memory: Memory, ann: Client) -> None:
    lost(memory, CAKES)


def without_card(memory: Memory, ann: Client) -> None:
    lost(memory, card_of(ann))


def with_an_old_card(memory: Memory, ann: Client) -> None:
    raw = memory.discovery.items[card_of(ann)]
    [document] = index.cards(raw).values()
    old = {"documents": {"S": raw["documents"]["S"].replace("cake", "pie")}}
    assert document.title == ("wed", "cake")
    memory.discovery.write(card_of(ann), {**raw, **old})


def with_a_stray_posting(memory: Memory, ann: Client) -> None:
    stored = index.stored_list("boards", "cake", {CAKES: memory.discovery.items[CAKES]})
    stored.whole.put(7, Posting(4, 8))
    index.write_each([index.list_writes("boards", stored, {0})])


def with_a_posting_of_another_word(memory: Memory, ann: Client) -> None:
    stored = index.stored_list("boards", "zebra", {})
    stored.whole.put(number(a_board_of(ann, "Wedding cakes")), Posting(4, 8))
    index.write_each([index.list_writes("boards", stored, {0})])


def with_a_wrong_weight(memory: Memory, ann: Client) -> None:
    stored = index.stored_list("boards", "cake", {CAKES: memory.discovery.items[CAKES]})
    stored.whole.put(number(a_board_of(ann, "Wedding cakes")), Posting(9, 9))
    index.write_each([index.list_writes("boards", stored, {0})])


def with_nobody_counted(memory: Memory, ann: Client) -> None:
    for key in keys.censuses("boards"):
        memory.discovery.items.pop(key, None)


def with_a_stranger_counted(memory: Memory, ann: Client) -> None:
    key = keys.census("boards", 7)
    sample = index.census("boards", memory.discovery.items).samples[key]
    sample.put(7, Posting(0, 8), 100)
    was = index.revision(memory.discovery.items.get(key))
    index.write_each([index.Group([index.census_write(key, sample, was)])])


def with_a_block_left_over(memory: Memory, ann: Client) -> None:
    block = memory.discovery.items[CAKES]
    key = keys.block("boards", "cake", 1)
    memory.discovery.write(key, {**block, "sk": {"S": key[1]}})


def with_a_wrong_length_noted(memory: Memory, ann: Client) -> None:
    index.write_each([index.Group([index.long_lists_write("boards", {"cake": 3}, 0)])])


def with_a_board_that_is_gone(memory: Memory, ann: Client) -> None:
    remove(keys.board(a_board_of(ann, "Wedding cakes")))


def with_a_secret_board(memory: Memory, ann: Client) -> None:
    set_attribute(keys.board(a_board_of(ann, "Wedding cakes")), "privacy", {"S": "SECRET"})


def with_another_name(memory: Memory, ann: Client) -> None:
    set_attribute(keys.board(a_board_of(ann, "Wedding cakes")), "name", {"S": "Birthday pies"})


def with_a_hidden_owner(memory: Memory, ann: Client) -> None:
    set_attribute(keys.profile(ann.user_id), "hidden_from_search", {"BOOL": True})


def first_pin_of(ann: Client) -> tuple[str, str]:
    """With its board."""
    board_id = a_board_of(ann, "Wedding cakes")
    return ann.get(f"/boards/{board_id}/pins").json["items"][0]["id"], board_id


def without_a_timeline(memory: Memory, ann: Client) -> None:
    lost(memory, keys.newest_block(f"USER#{ann.user_id}"))


def without_a_note(memory: Memory, ann: Client) -> None:
    lost(memory, keys.timelines_of_pin(first_pin_of(ann)[0]))


def with_a_pin_on_a_strangers_timeline(memory: Memory, ann: Client) -> None:
    pin_id, board_id = first_pin_of(ann)
    stray = timelines.Stored(Block(entries={pin_id: board_id}), is_newest=True)
    index.write_each([timelines.block_writes("USER#7", stray)])


def with_a_pin_that_is_gone(memory: Memory, ann: Client) -> None:
    stray = timelines.Stored(Block(entries={"7": first_pin_of(ann)[1]}), is_newest=True)
    index.write_each([timelines.block_writes("BOARD#7", stray)])


GONE = {Flaw.CARD_NEEDLESS, Flaw.CENSUS_WRONG}


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        (without_posting, {Flaw.POSTING_MISSING}),
        (without_card, {Flaw.CARD_MISSING, Flaw.CENSUS_WRONG, Flaw.POSTING_NEEDLESS}),
        (with_an_old_card, {Flaw.CARD_WRONG, Flaw.POSTING_NEEDLESS}),
        (with_a_stray_posting, {Flaw.POSTING_NEEDLESS}),
        (with_a_posting_of_another_word, {Flaw.POSTING_NEEDLESS}),
        (with_a_wrong_weight, {Flaw.POSTING_WRONG}),
        (with_nobody_counted, {Flaw.CENSUS_WRONG}),
        (with_a_stranger_counted, {Flaw.CENSUS_WRONG}),
        (with_a_block_left_over, {Flaw.BLOCKS_UNSETTLED, Flaw.POSTING_WRONG, Flaw.LENGTH_WRONG}),
        (with_a_wrong_length_noted, {Flaw.LENGTH_WRONG}),
        (without_a_timeline, {Flaw.TIMELINE_WRONG}),
        (without_a_note, {Flaw.TIMELINE_WRONG}),
        (with_a_pin_on_a_strangers_timeline, {Flaw.TIMELINE_WRONG}),
        (with_a_pin_that_is_gone, {Flaw.TIMELINE_WRONG}),
        (with_a_board_that_is_gone, GONE | {Flaw.TIMELINE_WRONG}),
        (with_a_secret_board, GONE | {Flaw.TIMELINE_WRONG}),
        (with_a_hidden_owner, GONE),
        (with_another_name, {Flaw.CARD_WRONG, Flaw.POSTING_MISSING}),
    ],
)
def test_finds_and_mends(
    stream: Stream, memory: Memory, ann: Client, spoil: Callable[[Memory, Client], None], expected: set[Flaw]
) -> None:
    spoil(memory, ann)

    assert flaws() == expected
    assert mended()


def test_what_changed_meanwhile_is_not_taken_for_drift(stream: Stream, memory: Memory, ann: Client) -> None:
    ann.patch(f"/boards/{a_board_of(ann, 'Wedding cakes')}", {"name": "Birthday pies"})
    seen = looked()
    assert Flaw.CARD_WRONG in {each.flaw for each in seen}

    stream.deliver()

    assert drift.again(seen) == []


def test_what_stays_is_still_there_when_looked_at_again(stream: Stream, memory: Memory, ann: Client) -> None:
    for spoil in (
        without_posting,
        with_a_stranger_counted,
        with_a_wrong_length_noted,
        with_a_secret_board,
        without_a_note,
    ):
        spoil(memory, ann)
    seen = looked()

    assert set(drift.again(seen)) == set(seen)


def test_a_list_with_room_for_what_it_dropped_is_filled_again(stream: Stream, memory: Memory, ann: Client) -> None:
    stored = index.stored_list("boards", "cake", {CAKES: memory.discovery.items[CAKES]})
    stored.whole.put(number(a_board_of(ann, "Wedding cakes")), None)
    stored.whole.floor = -200_000, 0
    index.write_each([index.list_writes("boards", stored, {0})])

    assert flaws() == {Flaw.LIST_LACKING}
    drift.mend(looked())
    assert flaws() == {Flaw.POSTING_MISSING}
    drift.mend(looked())
    assert looked() == []


def test_what_a_full_list_dropped_is_not_missing(monkeypatch: pytest.MonkeyPatch, ann: Client, memory: Memory) -> None:
    monkeypatch.setattr(postings, "MAX_BLOCKS", 1)
    monkeypatch.setattr(postings, "BLOCK_BYTES", 300)
    monkeypatch.setattr(postings, "SAMPLE_SIZE", 10)
    monkeypatch.setattr(postings, "_LACKING", 10)
    board_id = a_board(ann, name="Wedding cakes")
    add_pins(ann, board_id, 200, title="cake")
    indexing.refresh(dict.fromkeys(subjects(), ()))
    stored = index.stored_list("pins", "cake", memory.discovery.items)
    assert stored.whole.floor is not None
    assert len(stored.whole) < 200

    assert looked() == []


def test_a_full_list_with_several_blocks_is_as_the_table_implies(memory: Memory, ann: Client) -> None:
    board_id = a_board(ann, name="Wedding cakes")
    add_pins(ann, board_id, 1_500, title="cake")
    for some in batched(subjects(), 200, strict=False):
        indexing.refresh(dict.fromkeys(some, ()))
    assert keys.block("pins", "cake", 1) in memory.discovery.items

    assert looked() == []


def test_the_census_is_looked_at_without_reading_what_long_lists_name(
    memory: Memory, ann: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    board_id = a_board(ann, name="Wedding cakes")
    add_pins(ann, board_id, 1_500, title="cake")
    for some in batched(subjects(), 200, strict=False):
        indexing.refresh(dict.fromkeys(some, ()))
    census = {key: raw for key, raw in memory.discovery.items.items() if key[0] == "CENSUS#pins"}
    assert index.long_lists(census[keys.long_lists("pins")]) == {"cake": 2}
    assert index.census("pins", census).total > 1_400, "some share a number"

    before = memory.asked
    assert drift._look_at_items(census) == []

    assert memory.asked - before <= 4 + 1_500 / 100


def test_suggestions_that_are_lost_or_made_up_are_found_and_mended(stream: Stream) -> None:
    a_board(a_user("wendy"), name="Wedding cakes")
    indexing.refresh(dict.fromkeys(subjects(), ()))
    assert flaws() == set()
    lost, made_up = keys.suggestions("wed"), keys.suggestions("o")
    index.write_each([Group([index.Write(lost, None, index.revision(index.read([lost], consistent=True)[lost]))])])
    index.write_each([Group([index.suggestions_write("o", [Suggestion(BOARD, "only mine", 1)], 0)])])

    found = looked()
    assert {each.flaw for each in found} == {Flaw.SUGGESTION_WRONG}
    assert drift.again(found) == found
    drift.mend(found)

    assert looked() == []
    there = index.read([lost, made_up], consistent=True)
    assert [each.name for each in index.suggestions(there[lost])] == ["wedding cakes"]
    assert made_up not in there


def test_suggestions_for_which_there_was_no_room_are_not_missed(
    stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suggestions, "MOST", 3)
    users = [a_user(f"wendy_{name}") for name in ("a", "b", "c", "d", "e")]
    indexing.refresh(dict.fromkeys(subjects(), ()))
    users[0].patch("/user_account", {"hidden_from_search": True})
    indexing.refresh(dict.fromkeys(subjects(), ()))

    assert flaws() == set()
