"""What must hold of the table's content whatever happened before, told from the items themselves."""

import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from presence.domain.usernames import skeleton

type Items = Mapping[tuple[str, str], Mapping[str, Any]]


def assert_exact(items: Items) -> None:
    """Counts are what can be counted, names are claimed by who has them, nothing refers to what is not there.

    Holds at any moment, clean-up under way or not, but for what ``assert_clean`` adds.
    """
    boards, sections, every_pin = (_of_kind(items, kind) for kind in ("board", "section", "pin"))
    pins = {pin_id: pin for pin_id, pin in every_pin.items() if "trashed_at" not in pin}
    on_board = Counter(pin["board_id"] for pin in pins.values())
    in_section = Counter(pin["section_id"] for pin in pins.values() if "section_id" in pin)
    living = {board_id: board for board_id, board in boards.items() if not board.get("deleted")}
    for board_id, board in boards.items():
        assert board["pin_count"] == on_board[board_id], f"board {board_id} miscounts its pins"
        # Sections belong to where their board was merged into from that moment on.
        there = [s for s in sections.values() if _end(boards, s["board_id"]) == board_id and not s.get("deleted")]
        if board_id in living:
            assert board["section_count"] == len(there), f"board {board_id} miscounts its sections"
    for section_id, section in sections.items():
        # A deleted board's pins go without telling their sections, which go after them.
        if section["board_id"] in living:
            assert section["pin_count"] == in_section[section_id], f"section {section_id} miscounts its pins"
    for pin_id, pin in pins.items():
        assert pin["board_id"] in boards, f"pin {pin_id} is on no board"
        section = sections.get(pin.get("section_id", ""))
        if pin["board_id"] in living and "section_id" in pin:
            assert section, f"pin {pin_id} is in no section"
            is_there = _end(boards, section["board_id"]) == _end(boards, pin["board_id"])
            assert is_there, f"pin {pin_id} is in another board's section"
    _assert_owners(items, living)
    _assert_people(items, boards, living)
    _assert_adders(items, pins)
    _assert_ties(items)
    _assert_usernames(items)
    _assert_listed(items)
    _assert_uploads(items, every_pin)


def _end(boards: Mapping[str, Mapping[str, Any]], board_id: str) -> str:
    """Where what is on a board goes, if it was merged."""
    while "merged_into" in boards.get(board_id, {}):
        board_id = boards[board_id]["merged_into"]
    return board_id


def assert_clean(items: Items) -> None:
    """Nothing waits to be cleaned up."""
    for key, item in items.items():
        assert item["kind"]["S"] != "merge", f"{key} is not merged yet"
        assert "deleted" not in item, f"{key} is still there"
        assert "deleted_section_ids" not in item, f"{key} still remembers deleted sections"
        assert "crowded" not in item, f"{key} still wants room"
        assert item["kind"] != {"S": "pin_batch"}, f"{key} is still to be carried out"
    for edge in edges(items, "tie"):
        assert edge.get("following") or edge.get("blocks") or edge.get("blocked"), f"{edge} says nothing any more"
        assert (edge.get("following") == "approved") is ("counted" in edge), f"{edge} is not counted as it should be"
    for edge in edges(items, "board_follow"):
        assert "is_over" not in edge, f"{edge} says nothing any more"
        assert edge.get("follows", True) is ("counted" in edge), f"{edge} is not counted as it should be"
    in_trash = {key[0] for key, item in items.items() if "trashed_at" in item}
    assert {key[0] for key, item in items.items() if item["kind"]["S"] == "trash"} == in_trash, "the trash runs out"


def _assert_owners(items: Items, living: Mapping[str, Mapping[str, Any]]) -> None:
    living = {
        board_id: board
        for board_id, board in living.items()
        if "trashed_at" not in board and "merged_into" not in board
    }
    names = {(board["owner_id"], board["slug"]): board_id for board_id, board in living.items()}
    assert len(names) == len(living), "two boards of one owner have the same slug"
    claimed = {
        (pk.removeprefix("USER#"), sk.removeprefix("SLUG#")): _plain(item)["holder_id"]
        for (pk, sk), item in items.items()
        if sk.startswith("SLUG#")
    }
    assert claimed == names, "claims and names differ"
    owned = Counter(board["owner_id"] for board in living.values())
    for user_id, profile in _of_kind(items, "profile").items():
        assert profile["board_count"] == owned[user_id], f"user {user_id} miscounts their boards"


_COUNTS = {
    "member": "collaborator_count",
    "invitation": "invitation_count",
    "invitation_link": "link_count",
    "join_request": "join_request_count",
}


def _assert_people(
    items: Items, boards: Mapping[str, Mapping[str, Any]], living: Mapping[str, Mapping[str, Any]]
) -> None:
    """A board counts who is on it and who may come. A deleted board's people go without being uncounted."""
    for kind, count in _COUNTS.items():
        there = _all_of_kind(items, kind)
        assert {each["board_id"] for each in there} <= boards.keys(), f"{kind}s of no board"
        on_board = Counter(each["board_id"] for each in there)
        for board_id, board in living.items():
            assert board.get(count, 0) == on_board[board_id], f"board {board_id} miscounts its {kind}s"
    for member in _all_of_kind(items, "member"):
        owner = boards[member["board_id"]]["owner_id"]
        assert member["user_id"] != owner, f"the owner of board {member['board_id']} is its member too"


def _assert_adders(items: Items, pins: Mapping[str, Mapping[str, Any]]) -> None:
    added = Counter(pin["owner_id"] for pin in pins.values())
    for user_id, profile in _of_kind(items, "profile").items():
        assert profile["pin_count"] == added[user_id], f"user {user_id} miscounts the pins they added"


def _assert_ties(items: Items) -> None:
    """Who follows is counted with the follow; who is followed has counted what says that it is counted."""
    ties, board_follows = edges(items, "tie"), edges(items, "board_follow")
    follows = Counter(tie["from_id"] for tie in ties if tie.get("following") == "approved")
    followers = Counter(tie["to_id"] for tie in ties if "counted" in tie)
    for user_id, profile in _of_kind(items, "profile").items():
        assert profile["following_count"] == follows[user_id], f"user {user_id} miscounts whom they follow"
        assert profile["follower_count"] == followers[user_id], f"user {user_id} miscounts their followers"
    on_board = Counter(edge["board_id"] for edge in board_follows if "counted" in edge)
    for board_id, board in _of_kind(items, "board").items():
        assert board["follower_count"] == on_board[board_id], f"board {board_id} miscounts its followers"
    blocks = {(tie["from_id"], tie["to_id"]) for tie in ties if tie.get("blocks")}
    assert blocks == {(tie["to_id"], tie["from_id"]) for tie in ties if tie.get("blocked")}, "a block is one-sided"
    hidden = {
        (key[0].removeprefix("USER#"), other)
        for key, item in items.items()
        if item["kind"]["S"] == "hidden_people"
        for other in _plain(item).get("user_ids", ())
    }
    assert hidden == blocks | {(other, one) for one, other in blocks}, "who is hidden is not who is blocked"
    for tie in ties:
        assert not (tie.get("following") and (tie.get("blocks") or tie.get("blocked"))), f"{tie} is both"


def edges(items: Items, kind: str) -> list[dict[str, Any]]:
    """Ties and board follows have no id of their own."""
    return [_plain(item) for item in items.values() if item["kind"]["S"] == kind]


def _assert_usernames(items: Items) -> None:
    """Whoever holds a name is called so. One of an account that is gone is kept for a while, as a former one is."""
    names = {
        user_id: skeleton(profile["username"])
        for user_id, profile in _of_kind(items, "profile").items()
        if not profile.get("deleted")
    }
    for (pk, sk), item in items.items():
        if sk == "USERNAME":
            is_current = names.get(item["holder_id"]["S"]) == pk.removeprefix("USERNAME#")
            assert is_current is ("expires_at" not in item), f"{pk} is not what its holder is called"


def _assert_listed(items: Items) -> None:
    """Index keys say what the attributes say."""
    lists = {
        "board": _lists_of_board,
        "section": _lists_of_section,
        "pin": _lists_of_pin,
        "member": _lists_of_member,
        "tie": _lists_of_tie,
        "board_follow": _lists_of_board_follow,
        "invitation": _lists_of_invitation,
    }
    for key, item in items.items():
        thing = _plain(item)
        if thing["kind"] in lists:
            expected: dict[str, str] = {}
            for index, (partition, sort) in lists[thing["kind"]](thing).items():
                expected |= {f"{index}_pk": partition, f"{index}_sk": sort}
            given = {name: value for name, value in thing.items() if _INDEX_KEY.fullmatch(name)}
            if "source_sk" not in given:
                given.pop("source_pk", None)  # in the trash it only says from where the pin was saved
            assert given == expected, f"{key} is listed where it is not"


_INDEX_KEY = re.compile(r"(owner|board|section|source|target)_[ps]k")

type Lists = dict[str, tuple[str, str]]
"""By index, the partition and the sort key."""


def _lists_of_board(board: Mapping[str, Any]) -> Lists:
    if board.get("deleted"):
        return {}
    if "merged_into" in board:
        return {"target": (f"BOARD#{board['merged_into']}#MERGED", board["id"])}
    which = "TRASHED_BOARDS" if "trashed_at" in board else "ARCHIVED" if "archived_at" in board else "BOARDS"
    place = board.get("trashed_at") or board.get("rank") or board["id"]
    return {"owner": (f"USER#{board['owner_id']}#{which}", place)}


def _lists_of_section(section: Mapping[str, Any]) -> Lists:
    if section.get("deleted"):
        return {}
    return {"board": (f"BOARD#{section['board_id']}#SECTIONS", section.get("rank", section["id"]))}


def _lists_of_pin(pin: Mapping[str, Any]) -> Lists:
    if "trashed_at" in pin:
        return {"owner": (f"USER#{pin['owner_id']}#TRASHED_PINS", pin["trashed_at"])}
    lists = {
        "owner": (f"USER#{pin['owner_id']}#PINS", pin["id"]),
        "board": (f"BOARD#{pin['board_id']}#PINS", pin.get("rank", pin["id"])),
    }
    if "source_pk" in pin:
        lists["source"] = (pin["source_pk"], pin["id"])
    if "section_id" in pin:
        lists["section"] = (f"SECTION#{pin['section_id']}#PINS", pin.get("section_rank", pin["id"]))
    if digest := _digest(json.loads(pin["media"])):
        lists["target"] = (f"BOARD#{pin['board_id']}#SAME#{digest}", pin["id"])
    return lists


def _digest(media: Mapping[str, Any]) -> str | None:
    """Of what a pin shows."""
    shown = [image.get("key") or image["url"] for image in media.get("images", ())]
    shown += [f"video {media['video_id']}"] if "video_id" in media else []
    return hashlib.sha256("\n".join(shown).encode()).hexdigest()[:16] if shown else None


def _lists_of_member(member: Mapping[str, Any]) -> Lists:
    return {"owner": (f"USER#{member['user_id']}#GROUP_BOARDS", member["since"])}


def _lists_of_tie(tie: Mapping[str, Any]) -> Lists:
    one, other, since = f"USER#{tie['from_id']}", f"USER#{tie['to_id']}", tie["since"]
    match tie.get("following"):
        case "approved":
            return {"owner": (f"{one}#FOLLOWING", since), "target": (f"{other}#FOLLOWERS", since)}
        case "requested":
            return {"owner": (f"{one}#REQUESTED", since), "target": (f"{other}#REQUESTS", since)}
    return {"owner": (f"{one}#BLOCKS", since)} if tie.get("blocks") else {}


def _lists_of_board_follow(edge: Mapping[str, Any]) -> Lists:
    if not edge.get("follows", True):
        return {}
    user, board, since = f"USER#{edge['user_id']}", f"BOARD#{edge['board_id']}", edge["since"]
    return {"owner": (f"{user}#FOLLOWED_BOARDS", since), "target": (f"{board}#FOLLOWERS", since)}


def _lists_of_invitation(invitation: Mapping[str, Any]) -> Lists:
    return {"owner": (f"USER#{invitation['user_id']}#INVITATIONS", invitation["since"])}


def _assert_uploads(items: Items, pins: Mapping[str, Mapping[str, Any]]) -> None:
    shown = {
        (image["key"], f"PIN#{pin_id}")
        for pin_id, pin in pins.items()
        for image in json.loads(pin["media"]).get("images", ())
        if "key" in image
    }
    shown |= {
        (profile[name], f"PROFILE#{user_id}")
        for user_id, profile in _of_kind(items, "profile").items()
        for name in ("avatar", "banner")
        if "://" not in profile.get(name, "://")
    }
    referenced = {(pk.removeprefix("UPLOAD#"), sk) for pk, sk in items if pk.startswith("UPLOAD#") and sk != "UNUSED"}
    assert referenced == shown, "references to uploads and what is shown differ"


def mentions(items: Iterable[Mapping[str, Any]], text: str) -> list[str]:
    """The items in which the text occurs, but for what was saved from a board: it remembers where from."""
    plain = ({name: value for name, value in item.items() if name not in _ORIGIN} for item in items)
    return [written for written in map(json.dumps, plain) if text in written]


_ORIGIN = frozenset({"source_pk"})


def _all_of_kind(items: Items, kind: str) -> list[dict[str, Any]]:
    return [_plain(item) for item in items.values() if item["kind"]["S"] == kind]


def _of_kind(items: Items, kind: str) -> dict[str, dict[str, Any]]:
    return {item["id"]["S"]: _plain(item) for item in items.values() if item["kind"]["S"] == kind}


def _plain(item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _value(*typed.items()) for name, typed in item.items()}


def _value(typed: tuple[str, Any]) -> Any:
    tag, value = typed
    return int(value) if tag == "N" else value


_ID = re.compile(r"\b\d{19}\b")
_USERNAME = re.compile(r"\buser_?[\dlo]+\b")
"""Also as claims have it, by what it looks like."""
_ADDRESS = re.compile(r"\?X-Amz-[^\"\\\\]*")
"""Of an object, signed for a while."""
_WORD = re.compile(r"\w+")
_SAME = re.compile(r"SAME#\w+")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


_BY_CHANCE = ("digest", "ends_at", "expires_at", "fingerprint", "size")
"""The size of an archive is that of its digest and signature too, which are packed more tightly or less."""


def told_apart_from_chance(items: Items) -> list[str]:
    """The items without what differs between two runs of the same: ids, times, usernames, hashes of them, ranks.

    An id is replaced by its place among the things of its kind, a rank by its place among the ranks.
    """
    by_kind: dict[str, list[str]] = defaultdict(list)
    for item in items.values():
        if "id" in item:
            by_kind[item["kind"]["S"]].append(item["id"]["S"])
        elif item["pk"]["S"].startswith("UPLOAD#"):
            by_kind["upload"].append(item["pk"]["S"].partition("#")[2].partition(".")[0])
    names = {
        thing_id: f"{kind} {rank}"
        for kind, ids in by_kind.items()
        for rank, thing_id in enumerate(sorted(set(ids)))
    }  # fmt: skip
    given = {item[name]["S"] for item in items.values() for name in ("rank", "section_rank") if name in item}
    ranks = {rank: f"rank {place}" for place, rank in enumerate(sorted(given))}

    def alike(item: Mapping[str, Any]) -> str:
        stable = {name: value for name, value in item.items() if name not in _BY_CHANCE}
        text = json.dumps(stable, sort_keys=True)
        text = _USERNAME.sub("somebody", _TIME.sub("some time", _ADDRESS.sub("", text)))
        text = _WORD.sub(lambda found: ranks.get(found[0], found[0]), _SAME.sub("SAME#digest", text))
        return _ID.sub(lambda found: names.get(found[0], "gone"), text)

    return sorted(map(alike, items.values()))
