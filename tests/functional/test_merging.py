"""Two boards become one: what is on the one is on the other afterwards, and the old id answers where it went."""

from collections.abc import Callable

import pytest

from presence.services import upkeep
from presence.storage import keys, merges
from presence.storage.table import Transaction
from tests.support.api import Client, Reply
from tests.support.content import a_board, a_pin, a_section, a_trashed_pin, delete_for_good, ids, refusal
from tests.support.people import a_user
from tests.support.social import follow
from tests.support.stored import Stream, add_collaborator, add_pins, everything, item, set_attribute
from tests.support.together import a_link, ask, invite
from tests.support.wire import (
    ANY_PICTURE,
    BOARD_NOT_FOUND,
    CONFLICT,
    INVALID,
    NOT_PERMITTED,
    PIN_NOT_FOUND,
    Refusal,
)

MOVED = Refusal(308, 308)


def merged(owner: Client, source: str, into: str) -> Reply:
    reply = owner.post(f"/boards/{source}/merge", {"into": into})
    assert reply.status == 201, reply.text
    return reply


def test_a_merged_boards_pins_and_sections_are_on_the_other(stream: Stream) -> None:
    ann = a_user()
    source, target = a_board(ann), a_board(ann)
    section, there = a_section(ann, source), a_section(ann, target)
    on_target, in_section, loose = a_pin(ann, target), a_pin(ann, source, board_section_id=section), a_pin(ann, source)
    assert merged(ann, source, target).json["id"] == target
    stream.settle()

    assert ids(ann.get(f"/boards/{target}/pins")) == [loose, in_section, on_target]
    assert ids(ann.get(f"/boards/{target}/sections")) == [section, there]
    assert ids(ann.get(f"/boards/{target}/sections/{section}/pins")) == [in_section]
    board = ann.get(f"/boards/{target}").json
    assert (board["pin_count"], ids(ann.get("/boards"))) == (3, [target])
    assert {ann.get(f"/pins/{pin}").json["board_id"] for pin in (loose, in_section)} == {target}
    account = ann.get("/user_account").json
    assert (account["board_count"], account["pin_count"]) == (1, 3)


def test_a_merged_boards_name_is_free(stream: Stream) -> None:
    ann = a_user()
    source, target = a_board(ann, name="Ideas"), a_board(ann)
    merged(ann, source, target)
    stream.settle()

    assert ann.post("/boards", {"name": "Ideas"}).status == 201


def test_pins_are_where_they_go_before_they_are_moved() -> None:
    ann, ben = a_user(), a_user()
    source, target = a_board(ann), a_board(ann, privacy="SECRET")
    section = a_section(ann, source)
    pin = a_pin(ann, source, board_section_id=section)
    merged(ann, source, target)

    assert ann.get(f"/pins/{pin}").json["board_id"] == target
    assert [each["board_id"] for each in ann.get("/pins").json["items"]] == [target]
    assert refusal(ben.get(f"/pins/{pin}")) == PIN_NOT_FOUND


@pytest.mark.parametrize("has_moved", [False, True], ids=["before the stream", "after it"])
def test_the_old_id_answers_where_it_went(has_moved: bool, stream: Stream) -> None:
    ann, ben = a_user(), a_user()
    source, target = a_board(ann), a_board(ann)
    section = a_section(ann, source)
    merged(ann, source, target)
    if has_moved:
        stream.settle()
    replies = {
        "": ben.get(f"/boards/{source}"),
        "/pins?page_size=2&creative_types=VIDEO": ben.get(f"/boards/{source}/pins?page_size=2&creative_types=VIDEO"),
        f"/sections/{section}/pins": ben.get(f"/boards/{source}/sections/{section}/pins"),
        "/sections": ann.post(f"/boards/{source}/sections", {"name": "Any"}),
    }

    for path, reply in replies.items():
        assert refusal(reply) == MOVED
        assert reply.headers["location"] == f"/v5/boards/{target}{path}"
        assert reply.json["merged_into"] == target
    for reply in (ann.patch(f"/boards/{source}", {"name": "Any"}), ann.delete(f"/boards/{source}")):
        assert refusal(reply) == MOVED


def test_a_request_that_names_the_old_id_in_its_body_is_told_where_it_went() -> None:
    ann = a_user()
    source, target = a_board(ann), a_board(ann)
    merged(ann, source, target)
    pin = a_pin(ann, target)
    replies = [
        ann.post("/pins", {"board_id": source, "media_source": ANY_PICTURE}),
        ann.patch(f"/pins/{pin}", {"board_id": source}),
        ann.post(f"/pins/{pin}/save", {"board_id": source}),
        ann.post(f"/boards/{a_board(ann)}/merge", {"into": source}),
    ]

    assert [(refusal(reply), reply.json["merged_into"]) for reply in replies] == [(CONFLICT, target)] * len(replies)


def test_the_old_id_is_missing_for_who_may_not_see_where_it_went(stream: Stream) -> None:
    ann, ben = a_user(), a_user()
    source, target = a_board(ann), a_board(ann, privacy="SECRET")
    merged(ann, source, target)
    for _ in range(2):
        hidden, missing = ben.get(f"/boards/{source}"), ben.get("/boards/1")
        assert refusal(hidden) == BOARD_NOT_FOUND
        assert (hidden.text, hidden.headers) == (missing.text, missing.headers)
        stream.settle()


def test_a_chain_of_merges_is_followed_to_its_end(stream: Stream) -> None:
    ann = a_user()
    first, second, last = (a_board(ann) for _ in range(3))
    sections = [a_section(ann, board) for board in (first, second)]
    pins = [a_pin(ann, first, board_section_id=sections[0]), a_pin(ann, second, board_section_id=sections[1])]
    merged(ann, first, second)
    merged(ann, second, last)
    assert ann.get(f"/boards/{first}").json["merged_into"] == last
    assert {ann.get(f"/pins/{pin}").json["board_id"] for pin in pins} == {last}
    stream.settle()

    assert ids(ann.get(f"/boards/{last}/pins")) == pins[::-1]
    assert [ids(ann.get(f"/boards/{last}/sections/{section}/pins")) for section in sections] == [[pin] for pin in pins]
    assert ann.get(f"/boards/{first}").json["merged_into"] == last
    assert ann.get(f"/boards/{last}").json["pin_count"] == 2


def test_members_are_kept_with_the_higher_role(stream: Stream) -> None:
    ann, ben, cleo = a_user(), a_user(), a_user()
    source, target = a_board(ann), a_board(ann)
    add_collaborator(source, ben, "editor")
    add_collaborator(target, ben, "viewer")
    add_collaborator(source, cleo, "contributor")
    merged(ann, source, target)
    stream.settle()

    assert [user.get(f"/boards/{target}").json["role"] for user in (ben, cleo)] == ["editor", "contributor"]
    assert ann.get(f"/boards/{target}").json["collaborator_count"] == 2
    assert ids(cleo.get("/boards")) == [target]


def test_who_comes_with_a_merge_needs_no_invitation_and_asks_no_more(stream: Stream) -> None:
    ann, ben, cleo = a_user(), a_user(), a_user()
    source, target = a_board(ann), a_board(ann)
    for user in (ben, cleo):
        add_collaborator(source, user)
    invite(ann, target, ben)
    ask(cleo, target)
    merged(ann, source, target)
    stream.settle()

    assert ann.get(f"/boards/{target}/invitations").json["items"] == []
    assert ann.get(f"/boards/{target}/join_requests").json["items"] == []
    assert ben.get("/user_account/invitations").json["items"] == []
    left = item(keys.board(target)) or {}
    counts = [left[count] for count in ("collaborator_count", "invitation_count", "join_request_count")]
    assert counts == [{"N": "2"}, {"N": "0"}, {"N": "0"}]


def test_to_have_left_out_the_one_board_does_not_leave_out_the_other(stream: Stream) -> None:
    ann, ben = a_user(), a_user()
    source, target = a_board(ann), a_board(ann)
    follow(ben, ann)
    assert ben.delete(f"/user_account/following/boards/{source}").status == 204
    assert ids(ben.get("/user_account/following/boards")) == [target]
    merged(ann, source, target)
    stream.settle()

    assert ids(ben.get("/user_account/following/boards")) == [target]


def test_followers_are_kept_and_counted_once(stream: Stream) -> None:
    ann, ben, cleo = a_user(), a_user(), a_user()
    source, target = a_board(ann), a_board(ann)
    for user, boards in ((ben, (source,)), (cleo, (source, target))):
        for board in boards:
            assert user.post(f"/user_account/following/boards/{board}").status == 201
    stream.settle()
    merged(ann, source, target)
    stream.settle()

    assert ann.get(f"/boards/{target}").json["follower_count"] == 2
    assert [ids(user.get("/user_account/following/boards")) for user in (ben, cleo)] == [[target], [target]]


def test_a_follow_that_comes_with_the_merge_goes_with_it(stream: Stream) -> None:
    ann, ben = a_user(), a_user()
    source, target = a_board(ann), a_board(ann)
    stream.settle()
    ben.post(f"/user_account/following/boards/{source}")
    of_the_follow = stream.records()
    merged(ann, source, target)
    stream.settle()
    stream.deliver(of_the_follow)
    stream.settle()

    assert ann.get(f"/boards/{target}").json["follower_count"] == 1
    assert ids(ben.get("/user_account/following/boards")) == [target]


def test_a_follow_that_comes_with_the_merge_goes_with_where_that_went(stream: Stream) -> None:
    ann, ben = a_user(), a_user()
    source, target = a_board(ann), a_board(ann)
    stream.settle()
    ben.post(f"/user_account/following/boards/{source}")
    merged(ann, source, target)
    delete_for_good(ann, f"/boards/{target}")
    stream.settle()

    assert ids(ben.get("/user_account/following/boards")) == []
    assert not [key for key in everything() if "FOLLOW" in key[1]]


@pytest.mark.parametrize(
    ("prepare", "expected"),
    [
        (lambda ann, ben, source, target: ann.post(f"/boards/{source}/archive"), NOT_PERMITTED),
        (lambda ann, ben, source, target: ann.post(f"/boards/{target}/archive"), NOT_PERMITTED),
        (lambda ann, ben, source, target: ann.delete(f"/boards/{target}"), BOARD_NOT_FOUND),
        (lambda ann, ben, source, target: ann.delete(f"/boards/{source}"), BOARD_NOT_FOUND),
    ],
)
def test_a_board_that_is_not_open_is_not_merged(prepare: Callable[..., Reply], expected: Refusal) -> None:
    ann, ben = a_user(), a_user()
    source, target = a_board(ann), a_board(ann)
    prepare(ann, ben, source, target)
    before = everything()

    assert refusal(ann.post(f"/boards/{source}/merge", {"into": target})) == expected
    assert everything() == before


def test_only_boards_of_the_caller_are_merged() -> None:
    ann, ben = a_user(), a_user()
    theirs, own = a_board(ann), a_board(ben)
    add_collaborator(theirs, ben, "editor")
    before = everything()

    assert refusal(ben.post(f"/boards/{own}/merge", {"into": theirs})) == NOT_PERMITTED
    assert refusal(ben.post(f"/boards/{theirs}/merge", {"into": own})) == NOT_PERMITTED
    assert refusal(ben.post(f"/boards/{own}/merge", {"into": own})) == INVALID
    assert everything() == before


def test_boards_with_too_many_sections_together_are_not_merged() -> None:
    ann = a_user()
    source, target = a_board(ann), a_board(ann)
    a_section(ann, source)
    set_attribute(keys.board(target), "section_count", {"N": "500"})
    before = everything()

    assert refusal(ann.post(f"/boards/{source}/merge", {"into": target})) == NOT_PERMITTED
    assert everything() == before


def test_a_merge_that_is_asked_for_again_changes_nothing() -> None:
    ann = a_user()
    source, target, other = (a_board(ann) for _ in range(3))
    merged(ann, source, target)
    before = everything()

    assert merged(ann, source, target).json["id"] == target
    assert refusal(ann.post(f"/boards/{source}/merge", {"into": other})) == MOVED
    assert everything() == before


def test_more_pins_than_a_transaction_takes_are_moved(stream: Stream) -> None:
    ann = a_user()
    source, target = a_board(ann), a_board(ann)
    section = a_section(ann, source)
    made = add_pins(ann, source, 220, section_id=section)
    merged(ann, source, target)
    stream.settle()

    assert [pin["id"] for page in ann.pages(f"/boards/{target}/pins?page_size=250") for pin in page] == made
    assert ann.get(f"/boards/{target}").json["pin_count"] == 220


def test_what_is_left_of_a_merged_board_says_where_it_went_and_no_more(stream: Stream) -> None:
    ann = a_user()
    source, target = a_board(ann, name="A telling name", description="A telling description"), a_board(ann)
    a_pin(ann, source)
    invite(ann, source, a_user())
    ask(a_user(), source)
    a_link(ann, source)
    stream.settle()
    merged(ann, source, target)
    stream.settle()
    left = [found for key, found in everything().items() if key[0] == f"BOARD#{source}"]

    assert len(left) == 1
    assert "telling" not in str(left)
    assert "media" not in str(left)


@pytest.mark.parametrize("at", range(1, 9))
def test_a_merge_that_dies_goes_on_from_where_it_was(at: int, stream: Stream, monkeypatch: pytest.MonkeyPatch) -> None:
    ann, ben = a_user(), a_user()
    source, target = a_board(ann), a_board(ann)
    section = a_section(ann, source)
    pins = [a_pin(ann, source, board_section_id=section), a_pin(ann, source)]
    add_collaborator(source, ben)
    ben.post(f"/user_account/following/boards/{source}")
    stream.settle()
    merged(ann, source, target)
    records = stream.records()
    commit, commits = Transaction.commit, [0]

    def dying(self: Transaction) -> None:
        commits[0] += 1
        if commits[0] == at:
            raise RuntimeError("any crash")
        commit(self)

    with monkeypatch.context() as broken:
        broken.setattr(Transaction, "commit", dying)
        stream.deliver(records)
    stream.deliver(records)
    stream.settle()

    board = ann.get(f"/boards/{target}").json
    assert (board["pin_count"], board["follower_count"], board["collaborator_count"]) == (2, 1, 1)
    assert ids(ann.get(f"/boards/{target}/pins")) == pins[::-1]
    assert ids(ann.get(f"/boards/{target}/sections/{section}/pins")) == pins[:1]
    assert item(keys.merge_order(source)) is None


def test_a_merge_whose_time_is_up_goes_on_in_another_turn(stream: Stream, monkeypatch: pytest.MonkeyPatch) -> None:
    ann = a_user()
    source, target = a_board(ann), a_board(ann)
    pin = a_pin(ann, source)
    stream.settle()
    merged(ann, source, target)
    with monkeypatch.context() as hurried:
        hurried.setattr(upkeep, "BUDGET_SECONDS", -1.0)
        assert stream.deliver() == []
    assert item(keys.merge_order(source))
    stream.settle()

    assert ids(ann.get(f"/boards/{target}/pins")) == [pin]


def test_a_record_of_a_merge_that_is_done_changes_nothing(stream: Stream) -> None:
    ann = a_user()
    source, target = a_board(ann), a_board(ann)
    a_pin(ann, source)
    merged(ann, source, target)
    records = stream.records()
    stream.deliver(records)
    stream.settle()
    before = everything()
    stream.deliver(records)

    assert everything() == before


def test_pins_of_a_section_that_is_being_released_are_on_the_board_itself(stream: Stream) -> None:
    ann = a_user()
    source, target = a_board(ann), a_board(ann)
    section = a_section(ann, source)
    pin = a_pin(ann, source, board_section_id=section)
    stream.settle()
    ann.delete(f"/boards/{source}/sections/{section}")
    of_the_section = stream.records()
    merged(ann, source, target)
    assert ann.get(f"/pins/{pin}").json["board_section_id"] is None
    stream.settle()
    stream.deliver(of_the_section)
    stream.settle()

    assert ann.get(f"/pins/{pin}").json["board_section_id"] is None
    assert not [key for key in everything() if section in key[1]]


@pytest.mark.parametrize("fate", ["trashed and restored", "archived", "merged on"])
def test_pins_follow_whatever_happens_to_where_they_go(fate: str, stream: Stream) -> None:
    ann = a_user()
    source, target, last = (a_board(ann) for _ in range(3))
    pin = a_pin(ann, source)
    merged(ann, source, target)
    records = stream.records()
    if fate == "trashed and restored":
        ann.delete(f"/boards/{target}")
        assert refusal(ann.get(f"/boards/{source}")) == BOARD_NOT_FOUND
        stream.deliver(records)
        assert refusal(ann.get(f"/pins/{pin}")) == PIN_NOT_FOUND
        ann.post(f"/boards/{target}/restore")
    elif fate == "archived":
        ann.post(f"/boards/{target}/archive")
    else:
        merged(ann, target, last)
    stream.deliver(records)
    stream.settle()

    end = last if fate == "merged on" else target
    assert ann.get(f"/boards/{source}").json["merged_into"] == end
    assert ids(ann.get(f"/boards/{end}/pins")) == [pin]


@pytest.mark.parametrize("has_moved", [False, True], ids=["before the stream", "after it"])
def test_what_was_merged_into_a_purged_board_goes_with_it(has_moved: bool, stream: Stream) -> None:
    ann = a_user()
    before = everything()
    first, source, target = (a_board(ann) for _ in range(3))
    for board in (first, source, target):
        a_pin(ann, board, board_section_id=a_section(ann, board))
    merged(ann, first, source)
    merged(ann, source, target)
    if has_moved:
        stream.settle()
    delete_for_good(ann, f"/boards/{target}")
    assert refusal(ann.get(f"/boards/{first}")) == BOARD_NOT_FOUND
    stream.settle()

    assert everything() == before


def test_a_pin_in_the_trash_of_a_merged_board_is_restored_where_that_went(stream: Stream) -> None:
    ann = a_user()
    source, target = a_board(ann), a_board(ann)
    section = a_section(ann, source)
    pin = a_trashed_pin(ann, source, board_section_id=section)
    merged(ann, source, target)
    stream.settle()
    reply = ann.post(f"/pins/{pin}/restore")

    assert reply.status == 201, reply.text
    assert (reply.json["board_id"], reply.json["board_section_id"]) == (target, section)


def test_a_pin_that_is_not_moved_yet_is_not_changed() -> None:
    ann = a_user()
    source, target = a_board(ann), a_board(ann)
    pin = a_pin(ann, source)
    merged(ann, source, target)
    before = everything()
    replies = [ann.patch(f"/pins/{pin}", {"title": "Any"}), ann.delete(f"/pins/{pin}")]

    assert [refusal(reply) for reply in replies] == [CONFLICT, CONFLICT]
    assert all(reply.headers["retry-after"] for reply in replies)
    assert everything() == before


def test_a_pin_that_comes_too_late_is_told_where_to(meanwhile: Callable[..., None]) -> None:
    ann = a_user()
    source, target = a_board(ann), a_board(ann)
    meanwhile(lambda: merged(ann, source, target))
    reply = ann.post("/pins", {"board_id": source, "media_source": ANY_PICTURE})

    assert (refusal(reply), reply.json["merged_into"]) == (CONFLICT, target)


def test_a_pin_that_comes_just_in_time_is_moved(meanwhile: Callable[..., None], stream: Stream) -> None:
    ann = a_user()
    source, target = a_board(ann), a_board(ann)
    late: list[str] = []
    meanwhile(lambda: late.append(a_pin(ann, source)))
    merged(ann, source, target)
    stream.settle()

    assert ids(ann.get(f"/boards/{target}/pins")) == late


@pytest.mark.parametrize("what", ["the other is archived", "this is archived", "the other way round", "elsewhere"])
def test_a_merge_that_comes_second_changes_nothing(what: str, meanwhile: Callable[..., None]) -> None:
    ann = a_user()
    source, target, other = (a_board(ann) for _ in range(3))
    theirs: dict[str, Callable[[], Reply]] = {
        "the other is archived": lambda: ann.post(f"/boards/{target}/archive"),
        "this is archived": lambda: ann.post(f"/boards/{source}/archive"),
        "the other way round": lambda: merged(ann, target, source),
        "elsewhere": lambda: merged(ann, source, other),
    }
    after: list[object] = []

    def act() -> None:
        theirs[what]()
        after.append(everything())

    meanwhile(act)
    reply = ann.post(f"/boards/{source}/merge", {"into": target})

    expected = {"the other way round": CONFLICT, "elsewhere": MOVED}.get(what, NOT_PERMITTED)
    assert refusal(reply) == expected
    assert [everything()] == after


def test_the_end_of_a_chain_that_moves_on_is_found_again(stream: Stream, meanwhile: Callable[..., None]) -> None:
    ann = a_user()
    source, target, last = (a_board(ann) for _ in range(3))
    pin = a_pin(ann, source)
    stream.settle()
    merged(ann, source, target)
    records = stream.records()
    meanwhile(lambda: merged(ann, target, last))
    assert stream.deliver(records) == []
    stream.settle()

    assert ids(ann.get(f"/boards/{last}/pins")) == [pin]
    assert not merges.list_merged_into(source, limit=1)
