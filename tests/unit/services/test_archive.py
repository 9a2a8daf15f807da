"""The format alone: lines, the chain of digests, the seal, and gzip members."""

import gzip

import orjson
import pytest

from presence.services import archive
from presence.services.archive import Manifest, Refusal, Refused

A_MANIFEST = Manifest("anybody", "2026-01-01T00:00:00Z", boards=1, pins=2, follows=0, lines=4, bytes=99, digest="ab")


def test_a_line_has_its_keys_in_order_and_leaves_out_what_is_unset() -> None:
    assert archive.line("pin", title=None, link="x", section=0, is_old=False, images=[], description="") == (
        b'{"description":"","kind":"pin","link":"x","section":0}\n'
    )


def test_the_digest_depends_on_every_line_and_their_order() -> None:
    def of(*lines: bytes) -> str:
        digest = archive.NOTHING
        for line in lines:
            digest = archive.chained(digest, line)
        return digest

    different = {of(), of(b"a\n"), of(b"b\n"), of(b"a\n", b"b\n"), of(b"b\n", b"a\n"), of(b"a\nb\n")}
    assert len(different) == 6


def test_a_seal_opens_to_what_was_sealed() -> None:
    assert archive.open_seal(archive.seal(A_MANIFEST)) == A_MANIFEST


@pytest.mark.parametrize(
    "change",
    [
        {"boards": 2},
        {"pins": 0},
        {"lines": 5},
        {"bytes": 100},
        {"digest": "ac"},
        {"username": "x"},
        {"exported_at": ""},
    ],
)
def test_a_seal_vouches_for_each_of_its_facts(change: dict[str, object]) -> None:
    stated = orjson.loads(archive.seal(A_MANIFEST))

    with pytest.raises(Refused) as refused:
        archive.open_seal(orjson.dumps(stated | change))
    assert refused.value.reason is Refusal.FOREIGN


def test_the_same_text_is_packed_into_the_same_bytes() -> None:
    packed = archive.packed(b"a line\n")

    assert packed == archive.packed(b"a line\n")
    assert gzip.decompress(packed) == b"a line\n"


@pytest.mark.parametrize("chunk", [1, 7, 1000])
def test_members_are_found_whatever_the_chunks_and_reading_can_begin_at_each(chunk: int) -> None:
    texts = [b"one\n", b"two\nthree\n", b"four\n"]
    content = b"".join(map(archive.packed, texts))

    def read(start: int) -> list[archive.Member]:
        rest = content[start:]
        return list(archive.members((rest[at : at + chunk] for at in range(0, len(rest), chunk)), start))

    members = read(0)
    assert [b"".join(member.lines) for member in members] == texts
    assert members[-1].end == len(content)
    assert read(members[0].end) == members[1:]


def test_a_member_that_holds_more_than_it_may_is_refused_before_it_is_unpacked() -> None:
    with pytest.raises(Refused):
        list(archive.members([archive.packed(b"\n" * 1_000_000)], 0, at_most=1000))


@pytest.mark.parametrize("content", [b"not gzip", archive.packed(b"a\n")[:-1], archive.packed(b"no line"), b"\x1f"])
def test_what_is_no_whole_member_of_lines_is_refused(content: bytes) -> None:
    with pytest.raises(Refused):
        list(archive.members([content], 0))
