"""An account's archive: made, handed over, read into another account, and made again: the same."""

import gzip
import json
import random
from string import ascii_letters
from typing import Any

import pytest

from presence.domain import clock
from presence.services import archive, boards, exporting, importing
from presence.storage import archives, keys
from tests.support.api import Client
from tests.support.content import a_board, a_pin, a_section, an_upload, delete_for_good, refusal
from tests.support.people import a_user
from tests.support.stored import Stream, everything, remove, set_attribute
from tests.support.wire import CONFLICT, INVALID, Refusal

JOB_NOT_FOUND = Refusal(404, 404)


def exported(user: Client, stream: Stream) -> bytes:
    """The archive of everything that a user owns."""
    made = user.post("/user_account/exports")
    assert made.status == 201, made.text
    stream.settle()
    done = user.get(f"/user_account/exports/{made.json['id']}").json
    assert done["status"] == "done"
    content = archives.get(archives.export_key(done["id"]))
    assert len(content) == done["download"]["bytes"]
    return content


def lines(content: bytes) -> list[Any]:
    return [json.loads(line) for line in gzip.decompress(content).splitlines()]


def uploaded(user: Client, content: bytes) -> str:
    """The id of an import whose archive is there."""
    made = user.post("/user_account/imports", {"size": len(content)})
    assert made.status == 201, made.text
    archives.put(archives.import_key(made.json["id"]), content)
    return str(made.json["id"])


def imported(user: Client, content: bytes, stream: Stream) -> Any:
    """The import of an archive, ended."""
    import_id = uploaded(user, content)
    assert user.post(f"/user_account/imports/{import_id}/start").status == 201
    stream.settle()
    return user.get(f"/user_account/imports/{import_id}").json


def test_an_export_holds_boards_sections_and_pins_in_their_order(stream: Stream) -> None:
    ann = a_user()
    first = a_board(ann, name="First", description="What it is", privacy="SECRET")
    a_section(ann, first, "One")
    section = a_section(ann, first, "Two")
    a_pin(ann, first, title="Older", board_section_id=section)
    a_pin(ann, first, title="Newer")
    a_board(ann, name="Second")

    manifest, *content = lines(exported(ann, stream))
    assert manifest["username"] == ann.username
    assert (manifest["boards"], manifest["pins"], manifest["lines"]) == (2, 2, len(content))
    assert [each["kind"] for each in content] == ["board", "board", "pin", "pin", "profile"]
    assert [each.get("name") for each in content[:2]] == ["Second", "First"]
    assert content[1]["sections"] == ["One", "Two"]
    assert content[1]["privacy"] == "SECRET"
    assert [(each["title"], each.get("section")) for each in content[2:4]] == [("Newer", None), ("Older", 1)]


def test_nothing_in_the_content_names_the_account(stream: Stream) -> None:
    ann = a_user()
    board_id = a_board(ann)
    a_pin(ann, board_id, board_section_id=a_section(ann, board_id))
    content = gzip.decompress(exported(ann, stream)).split(b"\n", 1)[1].decode()

    assert not [text for text in (ann.user_id, ann.username, board_id) if text in content]


def full_account(stream: Stream) -> Client:
    ann = a_user()
    board_id = a_board(ann, name="Full", description="", privacy="PROTECTED", is_ads_only=True, topics=["yoga"])
    sections = [a_section(ann, board_id, f"Section {n}") for n in range(3)]
    for n in range(7):
        a_pin(ann, board_id, title=f"Pin {n}", board_section_id=sections[n % 3] if n % 2 else None)
    a_pin(ann, board_id, media_source=an_upload(), alt_text="Uploaded", link="https://shop.example/x")
    a_pin(ann, board_id, media_source={"source_type": "video_id", "media_id": "12"})
    a_board(ann, name="Empty", privacy="SECRET", topics=[])
    featured = [a_board(ann, name=f"Featured {n}") for n in range(3)]
    ann.delete(f"/boards/{featured[1]}")
    said = {
        "display_name": "Ann",
        "about": "",
        "website_url": "https://ann.example",
        "location": "Somewhere",
        "pronouns": "she/her",
        "avatar": an_upload(),
        "banner": {"source_type": "image_url", "url": "https://pictures.example/banner.jpg"},
        "is_private": True,
        "hidden_from_search": True,
        "featured_board_ids": [featured[2], featured[0]],
    }
    changed = ann.patch("/user_account", said)
    assert changed.status == 200, changed.text
    put_away = a_board(ann, name="Put away")
    a_pin(ann, put_away, title="Kept there", board_section_id=a_section(ann, put_away))
    assert ann.post(f"/boards/{put_away}/archive").status == 201
    public, private, shown, hidden = a_user(), a_user(), a_user(), a_user()
    assert private.patch("/user_account", {"is_private": True}).status == 200
    for followed in (public, private, shown):
        assert ann.post(f"/user_account/following/{followed.username}").status == 201
    followed_board, left_out = a_board(hidden, name="Followed"), a_board(shown, name="Left out")
    assert ann.post(f"/user_account/following/boards/{followed_board}").status == 201
    assert ann.delete(f"/user_account/following/boards/{left_out}").status == 204
    stream.settle()
    return ann


def test_an_archive_read_into_another_account_and_made_again_is_the_same(stream: Stream) -> None:
    ann, bob = full_account(stream), a_user()
    first = exported(ann, stream)
    done = imported(bob, first, stream)
    assert (done["status"], done["failure"]) == ("done", None)
    assert done["progress"] == done["total"] == {"boards": 5, "pins": 10, "follows": 4}

    (a, *of_ann), (b, *of_bob) = lines(first), lines(exported(bob, stream))
    assert of_bob == of_ann
    assert {name for name in a if a[name] != b[name]} <= {"username", "exported_at", "signature"}
    account = bob.get("/user_account").json
    assert (account["board_count"], account["pin_count"]) == (5, 10)
    assert account["display_name"] == "Ann"
    assert len(account["featured_board_ids"]) == 2


def until_done(look: Any, stream: Stream) -> Any:
    for _ in range(200):
        stream.deliver()
        seen = look().json
        if seen["status"] in ("done", "failed"):
            return seen
    raise AssertionError("it does not end")


def test_an_export_that_is_interrupted_at_every_part_is_the_same_to_the_byte(
    stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("presence.domain.clock.now", lambda: 1_800_000_000.0)
    ann = full_account(stream)
    monkeypatch.setattr(exporting, "PART_BYTES", 300)
    at_once = exported(ann, stream)
    monkeypatch.setattr(exporting, "BUDGET_SECONDS", -1.0)
    begun = ann.post("/user_account/exports").json
    until_done(lambda: ann.get(f"/user_account/exports/{begun['id']}"), stream)

    assert archives.get(archives.export_key(begun["id"])) == at_once


def test_an_import_that_is_interrupted_at_every_step_makes_everything_once(
    stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "PART_BYTES", 300)
    content = exported(full_account(stream), stream)
    monkeypatch.setattr(importing, "BUDGET_SECONDS", -1.0)
    bob = a_user()
    import_id = uploaded(bob, content)
    bob.post(f"/user_account/imports/{import_id}/start")
    done = until_done(lambda: bob.get(f"/user_account/imports/{import_id}"), stream)
    stream.settle()

    assert done["progress"] == {"boards": 5, "pins": 10, "follows": 4}
    assert lines(exported(bob, stream))[1:] == lines(content)[1:]


def test_a_step_that_is_told_twice_is_done_once(stream: Stream) -> None:
    content = exported(full_account(stream), stream)
    bob = a_user()
    import_id = uploaded(bob, content)
    bob.post(f"/user_account/imports/{import_id}/start")
    told = stream.records()
    stream.deliver(told)
    before = everything()

    assert stream.deliver(told) == []
    assert everything() == before


def test_pins_keep_the_order_that_their_section_has_apart_from_the_board(stream: Stream) -> None:
    ann, bob = a_user(), a_user()
    board_id = a_board(ann)
    section = a_section(ann, board_id)
    made = [a_pin(ann, board_id, title=f"Pin {n}", board_section_id=section) for n in range(3)]
    for n, rank in ((0, "9"), (2, "1")):
        for name in ("section_rank", "section_sk"):
            set_attribute(keys.pin(made[n]), name, {"S": rank})
    first = exported(ann, stream)

    assert lines(first)[5] == {"kind": "order", "section": 0, "pins": [2, 1, 0]}
    imported(bob, first, stream)
    assert lines(exported(bob, stream))[1:] == lines(first)[1:]
    (board,) = bob.get("/boards").json["items"]
    (there,) = bob.get(f"/boards/{board['id']}/sections").json["items"]
    pins = bob.get(f"/boards/{board['id']}/sections/{there['id']}/pins").json["items"]
    assert [pin["title"] for pin in pins] == ["Pin 0", "Pin 1", "Pin 2"]


def test_a_chosen_cover_is_kept(stream: Stream) -> None:
    ann, bob = a_user(), a_user()
    board_id = a_board(ann)
    chosen = a_pin(ann, board_id)
    a_pin(ann, board_id)
    set_attribute(keys.board(board_id), "cover_pin_id", {"S": chosen})
    first = exported(ann, stream)
    imported(bob, first, stream)

    assert {"kind": "cover", "pin": 1} in lines(first)
    assert lines(exported(bob, stream))[1:] == lines(first)[1:]


def test_a_board_whose_name_is_taken_gets_a_number(stream: Stream) -> None:
    ann = a_user()
    a_board(ann, name="Same")
    content = exported(ann, stream)
    for _ in range(2):
        assert imported(ann, content, stream)["status"] == "done"

    assert [board["name"] for board in ann.get("/boards").json["items"]] == ["Same (3)", "Same (2)", "Same"]


def test_an_upload_that_is_gone_leaves_its_pin_without_a_picture(stream: Stream) -> None:
    ann, bob = a_user(), a_user()
    board_id = a_board(ann)
    pin_id = a_pin(ann, board_id, media_source=an_upload(), title="Its words stay")
    content = exported(ann, stream)
    delete_for_good(ann, f"/pins/{pin_id}")
    stream.settle()
    for key in [key for key in everything() if key[0].startswith("UPLOAD#")]:
        remove(key)
    imported(bob, content, stream)
    (pin,) = bob.get("/pins").json["items"]

    assert pin["title"] == "Its words stay"
    assert "media" not in pin


def test_an_imported_upload_is_kept_while_its_new_pin_shows_it(stream: Stream) -> None:
    ann, bob = a_user(), a_user()
    pin_id = a_pin(ann, a_board(ann), media_source=an_upload())
    imported(bob, exported(ann, stream), stream)
    delete_for_good(ann, f"/pins/{pin_id}")
    stream.settle()

    assert [key for key in everything() if key[0].startswith("UPLOAD#") and key[1].startswith("PIN#")]


def refused(user: Client, content: bytes, stream: Stream) -> str:
    """Why an archive was refused, having written nothing."""
    import_id = uploaded(user, content)
    before = everything()
    user.post(f"/user_account/imports/{import_id}/start")
    stream.settle()
    after = everything()
    job = keys.import_(user.user_id, import_id)
    assert after.pop(job) != before.pop(job)
    assert after == before
    assert not archives.exists(archives.import_key(import_id))
    answer = user.get(f"/user_account/imports/{import_id}").json
    assert answer["status"] == "failed"
    return str(answer["failure"])


def repacked(manifest: Any, content: list[bytes]) -> bytes:
    head = json.dumps(manifest).encode() + b"\n"
    return archive.packed(head) + archive.packed(b"".join(content))


def altered(first: bytes, change: Any) -> bytes:
    """The archive with a changed list of lines behind its own first one."""
    head, *content = gzip.decompress(first).splitlines(keepends=True)
    return archive.packed(head) + archive.packed(b"".join(change(content)))


def bomb(first: bytes) -> bytes:
    head = gzip.decompress(first).splitlines(keepends=True)[0]
    return archive.packed(head) + archive.packed(b" " * 50_000_000)


ALTERATIONS: dict[str, tuple[Any, str]] = {
    "another name": (lambda a: altered(a, lambda c: [each.replace(b"Full", b"Fool") for each in c]), "damaged"),
    "a line less": (lambda a: altered(a, lambda c: c[:-1]), "damaged"),
    "a line more": (lambda a: altered(a, lambda c: [*c, c[-1]]), "damaged"),
    "two lines swapped": (lambda a: altered(a, lambda c: [c[1], c[0], *c[2:]]), "damaged"),
    "cut off": (lambda a: a[:-30], "damaged"),
    "cut off in the first line": (lambda a: a[:40], "damaged"),
    "first line only": (lambda a: altered(a, lambda c: [b"\n"]), "damaged"),
    "a byte changed": (lambda a: a[:-60] + bytes([a[-60] ^ 1]) + a[-59:], "damaged"),
    "something behind it": (lambda a: a + b"more", "damaged"),
    "a bomb behind the first line": (bomb, "damaged"),
    "a bomb": (lambda a: archive.packed(b" " * 50_000_000), "damaged"),
    "not gzip": (lambda a: b"hello, I am a picture", "not_an_archive"),
    "gzip of something else": (lambda a: archive.packed(b"{}\n"), "not_an_archive"),
    "another format": (lambda a: archive.packed(b'{"format": "zip"}\n'), "not_an_archive"),
    "not JSON": (lambda a: archive.packed(b"\xff\xfe\n"), "not_an_archive"),
    "a later version": (
        lambda a: repacked({"format": "presence-archive", "version": 2}, []),
        "unknown_version",
    ),
    "no signature": (lambda a: repacked({"format": "presence-archive", "version": 1}, []), "foreign"),
    "another user's name in the first line": (
        lambda a: repacked({**lines(a)[0], "username": "somebody"}, []),
        "foreign",
    ),
}


@pytest.mark.parametrize("alteration", ALTERATIONS)
def test_an_archive_that_is_not_as_it_was_signed_is_refused_and_writes_nothing(stream: Stream, alteration: str) -> None:
    change, reason = ALTERATIONS[alteration]
    content = change(exported(full_account(stream), stream))

    assert refused(a_user(), content, stream) == reason


def test_an_archive_of_another_deployment_is_refused(stream: Stream, monkeypatch: pytest.MonkeyPatch) -> None:
    ann = a_user()
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("ARCHIVE_SECRET", "that of another deployment")
        content = exported(ann, stream)

    assert refused(a_user(), content, stream) == "foreign"


def test_an_import_that_is_started_before_its_upload_fails_by_name(stream: Stream) -> None:
    ann = a_user()
    import_id = ann.post("/user_account/imports", {"size": 10}).json["id"]
    ann.post(f"/user_account/imports/{import_id}/start")
    stream.settle()

    assert ann.get(f"/user_account/imports/{import_id}").json["failure"] == "missing"


def test_an_archive_that_is_exchanged_after_it_was_checked_is_not_read(
    stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, bob = full_account(stream), a_user()
    content = exported(ann, stream)
    import_id = uploaded(bob, content)
    bob.post(f"/user_account/imports/{import_id}/start")
    monkeypatch.setattr(importing, "BUDGET_SECONDS", -1.0)
    stream.deliver()
    archives.put(archives.import_key(import_id), content[:-1] + b"x")
    done = until_done(lambda: bob.get(f"/user_account/imports/{import_id}"), stream)

    assert done["failure"] == "changed"


def test_an_archive_with_more_boards_than_there_is_room_for_is_refused(
    stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = exported(full_account(stream), stream)
    monkeypatch.setattr(boards, "MAX_BOARDS", 1)

    assert refused(a_user(), content, stream) == "limit_reached"


def test_a_second_export_while_one_is_at_work_is_the_first(stream: Stream) -> None:
    ann = a_user()
    first = ann.post("/user_account/exports").json["id"]

    assert ann.post("/user_account/exports", idempotency_key="k").json["id"] == first
    stream.settle()
    assert ann.post("/user_account/exports").json["id"] != first
    assert [each["id"] for each in ann.get("/user_account/exports").json["items"]][-1] == first


def test_a_second_import_while_one_is_at_work_has_to_wait(stream: Stream) -> None:
    ann = a_user()
    content = exported(ann, stream)
    first, second = uploaded(ann, content), uploaded(ann, content)
    ann.post(f"/user_account/imports/{first}/start")

    assert refusal(ann.post(f"/user_account/imports/{second}/start")) == CONFLICT
    stream.settle()
    assert ann.post(f"/user_account/imports/{second}/start").json["status"] == "queued"


def test_starting_an_import_again_leaves_it_as_it_is(stream: Stream) -> None:
    ann = a_user()
    content = exported(ann, stream)
    import_id = uploaded(ann, content)
    path = f"/user_account/imports/{import_id}"

    assert [ann.post(f"{path}/start").json["status"] for _ in range(2)] == ["queued", "queued"]
    stream.settle()
    assert ann.post(f"{path}/start").json["status"] == "done"


def test_archives_of_others_are_not_there(stream: Stream) -> None:
    ann, bob = a_user(), a_user()
    export_id = ann.post("/user_account/exports").json["id"]
    import_id = ann.post("/user_account/imports", {"size": 1}).json["id"]

    assert refusal(bob.get(f"/user_account/exports/{export_id}")) == JOB_NOT_FOUND
    assert refusal(bob.get(f"/user_account/imports/{import_id}")) == JOB_NOT_FOUND
    assert refusal(bob.post(f"/user_account/imports/{import_id}/start")) == JOB_NOT_FOUND
    assert bob.get("/user_account/exports").json["items"] == []


def test_after_seven_days_an_export_is_forgotten(stream: Stream, monkeypatch: pytest.MonkeyPatch) -> None:
    ann = a_user()
    export_id = ann.post("/user_account/exports").json["id"]
    later = clock.now() + 7 * clock.DAY + 1
    monkeypatch.setattr(clock, "now", lambda: later)

    assert refusal(ann.get(f"/user_account/exports/{export_id}")) == JOB_NOT_FOUND
    assert ann.get("/user_account/exports").json["items"] == []
    assert ann.post("/user_account/exports").json["id"] != export_id


def test_the_parts_of_an_archive_are_gone_when_it_is_joined(
    stream: Stream, s3: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "PART_BYTES", 300)
    exported(full_account(stream), stream)

    assert len(s3.list_objects_v2(Bucket="archives")["Contents"]) == 1


def test_an_archive_is_joined_from_pieces_as_large_as_s3_wants_them(
    stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, bob = a_user(), a_user()
    board_id = a_board(ann)
    for _ in range(6):
        a_pin(ann, board_id, description="".join(random.choices(ascii_letters, k=800)))
    monkeypatch.setattr(exporting, "PART_BYTES", 800)
    monkeypatch.setattr(exporting, "PIECE_BYTES", 2000)
    monkeypatch.setattr("moto.settings.get_s3_default_max_keys", lambda: 1000)
    monkeypatch.setattr("moto.s3.models.S3_UPLOAD_PART_MIN_SIZE", 1000)
    first = exported(ann, stream)

    assert imported(bob, first, stream)["status"] == "done"
    assert len(lines(first)) == 9


@pytest.mark.parametrize("size", [0, -1, 2**30 + 1, "10", 1.5, None])
def test_an_import_of_no_size_or_too_large_a_one_is_refused(size: Any) -> None:
    assert refusal(a_user().post("/user_account/imports", {"size": size})) == INVALID


def test_the_addresses_are_signed_for_a_while_and_name_what_they_are_for(stream: Stream) -> None:
    ann = a_user()
    upload = ann.post("/user_account/imports", {"size": 1234}).json["upload"]
    export_id = ann.post("/user_account/exports").json["id"]
    stream.settle()
    download = ann.get(f"/user_account/exports/{export_id}").json["download"]

    assert "content-length" in upload["url"]
    assert f"X-Amz-Expires={upload['expires_in_seconds']}" in upload["url"]
    assert f"X-Amz-Expires={download['expires_in_seconds']}" in download["url"]
    assert download["expires_in_seconds"] == 900


def test_follows_are_taken_along_in_their_order_and_private_people_are_asked(stream: Stream) -> None:
    ann, bob = full_account(stream), a_user()
    content = exported(ann, stream)
    followed = [each["username"] for each in lines(content)[1:] if each["kind"] == "follow"]
    imported(bob, content, stream)
    shown, _, public = followed

    names = [each["username"] for each in bob.get("/user_account/following?explicit_following=true").json["items"]]
    assert names == [shown, public]
    (board,) = bob.get("/user_account/following/boards?explicit_following=true").json["items"]
    assert board["name"] == "Followed"
    assert "Left out" not in [each["name"] for page in bob.pages("/user_account/following/boards") for each in page]


def test_who_cannot_be_found_is_not_followed(stream: Stream) -> None:
    ann, bob, blocking, leaving = a_user(), a_user(), a_user(), a_user()
    renamed = a_user()
    for followed in (blocking, leaving, renamed, bob):
        ann.post(f"/user_account/following/{followed.username}")
    stream.settle()
    content = exported(ann, stream)
    blocking.post(f"/user_account/blocks/{bob.username}")
    leaving.delete("/user_account")
    renamed.patch("/user_account", {"username": "by_another_name"})
    done = imported(bob, content, stream)

    assert (done["status"], done["progress"]["follows"]) == ("done", 1)
    assert [each["username"] for each in bob.get("/user_account/following").json["items"]] == ["by_another_name"]
