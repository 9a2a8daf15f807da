"""Up to 100 pins copied or moved at once, and pins that show what another on their board shows."""

from typing import Any

import pytest

from presence.services import bulk
from presence.storage import keys
from presence.storage.table import Transaction
from tests.support.api import Client, Reply
from tests.support.content import a_board, a_pin, a_section, an_upload, ids, refusal
from tests.support.people import a_user
from tests.support.stored import Stream, add_collaborator, add_pins, everything, item, set_attribute
from tests.support.wire import (
    BOARD_NOT_FOUND,
    CONFLICT,
    INVALID,
    KEY_REUSED,
    NOT_PERMITTED,
    PIN_NOT_FOUND,
    SECTION_NOT_FOUND,
    TOO_LARGE,
)

NOT_THERE = "1234567890123456789"
VERBS = ["move", "copy"]


def _picture(number: int) -> dict[str, str]:
    return {"source_type": "image_url", "url": f"https://pictures.example/{number}.jpg"}


def _many(user: Client, verb: str, board: str, pin_ids: Any, section: str | None = None, **headers: str) -> Reply:
    body = {"pin_ids": pin_ids, "board_section_id": section}
    return user.post(f"/boards/{board}/pins/{verb}", body, **headers)


def _made(reply: Reply) -> list[str]:
    assert reply.status == 201, reply.text
    return [each["id"] for each in reply.json["items"]]


def _counts(board: str, *sections: str) -> list[int]:
    found = [item(keys.board(board)), *(item(keys.section(board, section)) for section in sections)]
    return [int(each["pin_count"]["N"]) for each in found if each]


def _pin_count(user: Client) -> int:
    profile = item(keys.profile(user.user_id))
    return int(profile["pin_count"]["N"]) if profile else -1


@pytest.mark.parametrize("verb", VERBS)
def test_many_pins_come_to_the_top_in_the_order_in_which_they_are_named(verb: str) -> None:
    ann = a_user()
    here, there = a_board(ann), a_board(ann)
    a, b, c = (a_pin(ann, here) for _ in range(3))
    old = a_pin(ann, there)
    made = _made(_many(ann, verb, there, [b, c, a]))

    assert ids(ann.get(f"/boards/{there}/pins")) == [*made, old]
    assert ids(ann.get(f"/boards/{here}/pins")) == ([] if verb == "move" else [c, b, a])
    assert _counts(there) == [4]
    new = a_pin(ann, there)
    assert ids(ann.get(f"/boards/{there}/pins"))[0] == new


def test_moved_pins_keep_their_ids_and_copies_name_their_parents() -> None:
    ann = a_user()
    here, there = a_board(ann), a_board(ann)
    pins = [a_pin(ann, here, title=title) for title in ("One", "Two")]
    copies = _made(_many(ann, "copy", there, pins))

    assert [ann.get(f"/pins/{pin}").json["parent_pin_id"] for pin in copies] == pins
    assert [ann.get(f"/pins/{pin}").json["title"] for pin in copies] == ["One", "Two"]
    assert _pin_count(ann) == 4
    assert _made(_many(ann, "move", there, pins)) == pins
    assert _counts(here) == [0]
    assert _counts(there) == [4]
    assert _pin_count(ann) == 4


@pytest.mark.parametrize("verb", VERBS)
def test_many_pins_come_into_a_section(verb: str) -> None:
    ann = a_user()
    here, there = a_board(ann), a_board(ann)
    left, entered = a_section(ann, here), a_section(ann, there)
    pins = [a_pin(ann, here, board_section_id=left), a_pin(ann, here), a_pin(ann, here, board_section_id=left)]
    made = _made(_many(ann, verb, there, pins, entered))

    assert ids(ann.get(f"/boards/{there}/sections/{entered}/pins")) == made
    assert ids(ann.get(f"/boards/{there}/pins")) == made
    assert _counts(there, entered) == [3, 3]
    assert _counts(here, left) == ([0, 0] if verb == "move" else [3, 2])


def test_pins_move_within_their_board() -> None:
    ann = a_user()
    board = a_board(ann)
    section, other = a_section(ann, board), a_section(ann, board)
    inside, outside, elsewhere = (a_pin(ann, board, board_section_id=where) for where in (section, None, other))
    _many(ann, "move", board, [outside, inside, elsewhere], section)

    assert ids(ann.get(f"/boards/{board}/sections/{section}/pins")) == [outside, inside, elsewhere]
    assert ids(ann.get(f"/boards/{board}/pins")) == [outside, inside, elsewhere]
    assert _counts(board, section, other) == [3, 3, 0]
    _many(ann, "move", board, [inside])
    assert _counts(board, section, other) == [3, 2, 0]


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("bad", [[], ["1", "1"], "1", [1], ["x"], None])
def test_pins_are_named_once_each_by_their_ids(verb: str, bad: Any) -> None:
    ann = a_user()

    assert refusal(_many(ann, verb, a_board(ann), bad)) == INVALID


@pytest.mark.parametrize("verb", VERBS)
def test_more_than_100_pins_are_too_many(verb: str) -> None:
    ann = a_user()

    assert refusal(_many(ann, verb, a_board(ann), [str(number) for number in range(101)])) == TOO_LARGE


@pytest.mark.parametrize("verb", VERBS)
def test_the_first_pin_that_cannot_be_seen_is_named_and_nothing_is_written(verb: str) -> None:
    ann, ben = a_user(), a_user()
    there = a_board(ann)
    mine = a_pin(ann, a_board(ann))
    hidden = a_pin(ben, a_board(ben, privacy="SECRET"))
    before = everything()
    for wrong in (hidden, NOT_THERE):
        reply = _many(ann, verb, there, [mine, wrong, "1"])
        assert refusal(reply) == PIN_NOT_FOUND
        assert reply.json["message"] == f"Pin {wrong} not found."

    assert everything() == before


def test_the_first_pin_that_is_not_the_callers_to_move_is_named_and_nothing_is_written() -> None:
    ann, ben = a_user(), a_user()
    there, shared = a_board(ann), a_board(ben)
    add_collaborator(shared, ann, "contributor")
    mine, theirs = a_pin(ann, shared), a_pin(ben, shared)
    before = everything()
    reply = _many(ann, "move", there, [mine, theirs])

    assert refusal(reply) == NOT_PERMITTED
    assert theirs in reply.json["message"]
    assert everything() == before
    assert len(_made(_many(ann, "copy", there, [mine, theirs]))) == 2


@pytest.mark.parametrize("verb", VERBS)
def test_the_target_is_a_board_to_which_the_caller_may_add(verb: str) -> None:
    ann, ben = a_user(), a_user()
    mine = a_pin(ann, a_board(ann))
    theirs, hidden = a_board(ben), a_board(ben, privacy="SECRET")

    assert refusal(_many(ann, verb, theirs, [mine])) == NOT_PERMITTED
    assert refusal(_many(ann, verb, hidden, [mine])) == BOARD_NOT_FOUND
    assert refusal(_many(ann, verb, a_board(ann), [mine], NOT_THERE)) == SECTION_NOT_FOUND


@pytest.mark.parametrize("verb", VERBS)
def test_a_retry_with_its_key_gets_the_first_answer(verb: str) -> None:
    ann = a_user()
    there = a_board(ann)
    pins = [a_pin(ann, a_board(ann)) for _ in range(2)]
    first = _many(ann, verb, there, pins, idempotency_key="a key")
    before = everything()
    again = _many(ann, verb, there, pins, idempotency_key="a key")

    assert again.text == first.text
    assert again.headers["idempotent-replayed"] == "true"
    assert everything() == before
    assert refusal(_many(ann, verb, there, pins[:1], idempotency_key="a key")) == KEY_REUSED


def test_copies_refer_to_the_uploads_that_they_show(stream: Stream) -> None:
    ann = a_user()
    here, there = a_board(ann), a_board(ann)
    pin = a_pin(ann, here, media_source=an_upload())
    [copy] = _made(_many(ann, "copy", there, [pin]))
    ann.delete(f"/pins/{pin}")
    stream.settle()

    assert [key for key in everything() if key[1] == f"PIN#{copy}"]
    assert not [key for key in everything() if key[1] == "UNUSED" and "expires" in everything()[key]]


@pytest.mark.parametrize("gone", ["the pin", "the section", "the board"])
def test_what_goes_meanwhile_is_told(gone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ann = a_user()
    here, there = a_board(ann), a_board(ann)
    section, pins = a_section(ann, there), [a_pin(ann, here) for _ in range(2)]
    commit = Transaction.commit

    def overtaken(self: Transaction) -> None:
        monkeypatch.setattr(Transaction, "commit", commit)
        path = {"the pin": f"/pins/{pins[1]}", "the board": f"/boards/{there}"}
        assert ann.delete(path.get(gone, f"/boards/{there}/sections/{section}")).status == 204
        commit(self)

    monkeypatch.setattr(Transaction, "commit", overtaken)
    reply = _many(ann, "move", there, pins, section)

    expected = {"the pin": CONFLICT, "the section": SECTION_NOT_FOUND, "the board": BOARD_NOT_FOUND}
    assert refusal(reply) == expected[gone]
    assert pins[0] in ids(ann.get(f"/boards/{here}/pins"))


# More than one transaction takes


class Batch:
    """Eleven pins of a board with a section, and a transaction that takes few of them."""

    def __init__(self, verb: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(bulk, "TRANSACTION_LIMIT", 8)
        self.verb = verb
        self.user = a_user()
        self.here, self.there = a_board(self.user), a_board(self.user)
        self.left, self.entered = a_section(self.user, self.here), a_section(self.user, self.there)
        self.pins = add_pins(self.user, self.here, 11, section_id=self.left)
        self._monkeypatch = monkeypatch

    def send(self, **headers: str) -> Reply:
        return _many(self.user, self.verb, self.there, self.pins, self.entered, **headers)

    def send_and_die(self, at: int) -> Reply:
        """The request's process ends at its nth transaction."""
        commit, seen = Transaction.commit, [0]

        def dying(tx: Transaction) -> None:
            seen[0] += 1
            if seen[0] >= at:
                raise TimeoutError
            commit(tx)

        with self._monkeypatch.context() as patch:
            patch.setattr(Transaction, "commit", dying)
            return self.send(idempotency_key="a key")

    def there_now(self) -> list[str]:
        inside = ids(self.user.get(f"/boards/{self.there}/sections/{self.entered}/pins"))
        assert ids(self.user.get(f"/boards/{self.there}/pins"))[: len(inside)] == inside
        return inside

    def assert_counted(self) -> None:
        expected = (len(ids(self.user.get(f"/boards/{board}/pins"))) for board in (self.here, self.there))
        assert [_counts(self.here)[0], _counts(self.there)[0]] == list(expected)
        assert _counts(self.there, self.entered)[1] == len(self.there_now())


@pytest.fixture(params=VERBS)
def batch(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Batch:
    return Batch(request.param, monkeypatch)


def test_a_batch_of_many_transactions_is_done_when_it_is_answered(batch: Batch) -> None:
    before = everything().keys()
    made = _made(batch.send())

    assert batch.there_now() == made
    assert not [key for key in everything().keys() - before if key[1].startswith("PINS#")]
    batch.assert_counted()


@pytest.mark.parametrize("dies_at", [2, 3, 4])
def test_the_stream_finishes_what_a_dying_request_left(batch: Batch, stream: Stream, dies_at: int) -> None:
    assert batch.send_and_die(dies_at).status == 500
    assert 0 <= len(batch.there_now()) < 11
    stream.settle()
    answer = batch.send(idempotency_key="a key")

    assert answer.headers["idempotent-replayed"] == "true"
    assert batch.there_now() == _made(answer)
    batch.assert_counted()
    assert not [key for key in everything() if key[1].startswith("PINS#")]


def test_nothing_happened_when_a_request_dies_before_its_order_is_written(batch: Batch, stream: Stream) -> None:
    before = everything()
    assert batch.send_and_die(1).status == 500

    assert everything() == before


def test_a_pin_that_cannot_be_read_is_not_taken_for_one_that_went_elsewhere(batch: Batch, stream: Stream) -> None:
    batch.send_and_die(2)
    key = keys.pin(batch.pins[3])
    whole = item(key)
    assert whole
    set_attribute(key, "created_at", {"BOOL": True})
    records = stream.records()
    assert stream.deliver(records)

    set_attribute(key, "created_at", whole["created_at"])
    stream.deliver(records)
    stream.settle()

    assert batch.there_now() == _made(batch.send(idempotency_key="a key"))
    batch.assert_counted()


def test_pins_that_went_elsewhere_meanwhile_are_skipped(batch: Batch, stream: Stream) -> None:
    batch.send_and_die(2)
    elsewhere = a_board(batch.user)
    batch.user.patch(f"/pins/{batch.pins[3]}", {"board_id": elsewhere})
    batch.user.delete(f"/pins/{batch.pins[4]}")
    stream.settle()

    assert len(batch.there_now()) == 9
    assert ids(batch.user.get(f"/boards/{elsewhere}/pins")) == [batch.pins[3]]
    batch.assert_counted()


def test_a_pin_that_leaves_between_look_and_write_is_skipped(batch: Batch, monkeypatch: pytest.MonkeyPatch) -> None:
    commit, seen = Transaction.commit, [0]

    def overtaken(tx: Transaction) -> None:
        seen[0] += 1
        if seen[0] == 2:
            assert batch.user.delete(f"/pins/{batch.pins[1]}").status == 204
        commit(tx)

    monkeypatch.setattr(Transaction, "commit", overtaken)
    made = _made(batch.send())

    # A copy shows what its source showed when it was asked for.
    assert batch.there_now() == (made if batch.verb == "copy" else [*made[:1], *made[2:]])
    batch.assert_counted()


def test_a_section_that_goes_meanwhile_leaves_the_rest_on_the_board(batch: Batch, stream: Stream) -> None:
    batch.send_and_die(3)
    batch.user.delete(f"/boards/{batch.there}/sections/{batch.entered}")
    stream.settle()

    assert len(ids(batch.user.get(f"/boards/{batch.there}/pins"))) == 11
    assert _counts(batch.there) == [11]
    assert not [each for each in everything().values() if each.get("section_id") == {"S": batch.entered}]


def test_a_board_that_goes_meanwhile_gets_no_more(batch: Batch, stream: Stream) -> None:
    batch.send_and_die(3)
    came = len(batch.there_now())
    batch.user.delete(f"/boards/{batch.there}")
    stream.settle()

    assert 0 < came < 11
    assert len(ids(batch.user.get(f"/boards/{batch.here}/pins"))) == (11 - came if batch.verb == "move" else 11)
    assert not [key for key in everything() if key[1].startswith("PINS#")]


def test_two_who_carry_out_the_same_batch_do_each_step_once(
    batch: Batch, stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit, seen = Transaction.commit, [0]

    def accompanied(tx: Transaction) -> None:
        seen[0] += 1
        if seen[0] == 3:
            records = [record for record in stream.records() if record["eventName"] == "INSERT"]
            assert stream.deliver(records) == []
        commit(tx)

    monkeypatch.setattr(Transaction, "commit", accompanied)
    made = _made(batch.send())

    assert batch.there_now() == made
    batch.assert_counted()


# Duplicates


def test_a_pin_is_told_which_one_shows_the_same() -> None:
    ann = a_user()
    board, other = a_board(ann), a_board(ann)
    made = [ann.post("/pins", {"board_id": board, "media_source": _picture(1)}).json for _ in range(3)]
    different = ann.post("/pins", {"board_id": board, "media_source": _picture(2)}).json
    elsewhere = ann.post("/pins", {"board_id": other, "media_source": _picture(1)}).json

    assert [pin["duplicate_of"] for pin in made] == [None, made[0]["id"], made[0]["id"]]
    assert different["duplicate_of"] is None
    assert elsewhere["duplicate_of"] is None
    assert "duplicate_of" not in ann.get(f"/pins/{made[1]['id']}").json


def test_what_is_written_beside_a_picture_makes_no_difference() -> None:
    ann = a_user()
    board = a_board(ann)
    items = [{**_picture(number), "title": "Any"} for number in range(2)]
    for each in items:
        del each["source_type"]
    carousel = {"source_type": "multiple_image_urls", "items": items}
    retitled = {**carousel, "items": [{**each, "title": "Another"} for each in items], "index": 1}
    turned = {**carousel, "items": items[::-1]}
    first, second, third = (
        ann.post("/pins", {"board_id": board, "media_source": source}).json for source in (carousel, retitled, turned)
    )

    assert second["duplicate_of"] == first["id"]
    assert third["duplicate_of"] is None


def test_pins_that_show_nothing_are_no_duplicates() -> None:
    ann = a_user()
    board = a_board(ann)
    made = [ann.post("/pins", {"board_id": board, "media_source": {"source_type": "pin_url"}}) for _ in range(2)]

    assert [reply.json["duplicate_of"] for reply in made] == [None, None]


def test_a_pin_saved_where_it_is_already_is_a_duplicate_of_it() -> None:
    ann = a_user()
    board = a_board(ann)
    pin = a_pin(ann, board, media_source=an_upload())

    assert ann.post(f"/pins/{pin}/save", {"board_id": board}).json["duplicate_of"] == pin
    quick = [ann.post(f"/pins/{pin}/save").json for _ in range(2)]
    assert [each["duplicate_of"] for each in quick] == [None, quick[0]["id"]]


def test_a_pin_that_left_or_went_is_no_original() -> None:
    ann = a_user()
    board, other = a_board(ann), a_board(ann)
    first, second, third = (a_pin(ann, board) for _ in range(3))
    ann.patch(f"/pins/{first}", {"board_id": other})
    assert ann.post(f"/pins/{third}/save", {"board_id": board}).json["duplicate_of"] == second
    assert ann.post(f"/pins/{third}/save", {"board_id": other}).json["duplicate_of"] == first
    ann.delete(f"/pins/{second}")

    assert ann.post(f"/pins/{third}/save", {"board_id": board}).json["duplicate_of"] == third


def test_many_pins_are_told_which_show_the_same() -> None:
    ann = a_user()
    here, there = a_board(ann), a_board(ann)
    old = a_pin(ann, there, media_source=_picture(1))
    a, b, c, d = (a_pin(ann, here, media_source=_picture(number)) for number in (1, 2, 2, 3))
    reply = _many(ann, "move", there, [d, c, b, a])

    assert [each["duplicate_of"] for each in reply.json["items"]] == [None, b, c, old]
    assert [each["pin_id"] for each in reply.json["items"]] == [d, c, b, a]


def test_copies_that_show_the_same_name_the_oldest_other() -> None:
    ann = a_user()
    here, there = a_board(ann), a_board(ann)
    pins = [a_pin(ann, here) for _ in range(3)]
    first, second, third = _many(ann, "copy", there, pins).json["items"]

    # The uppermost is the youngest.
    assert (first["duplicate_of"], second["duplicate_of"]) == (third["id"], third["id"])
    assert third["duplicate_of"] == second["id"]
