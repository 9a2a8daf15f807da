"""Posting lists: for each word the documents that have it, packed into blocks, the best first.

A document stands in its lists as a number of 42 bits (when it was made, and a digest of its id), with the weight that
the word has in it and the document's length. Blocks hold what one read unit reads. A list that would need more than
``MAX_BLOCKS`` keeps the documents in which the word weighs most, of equals the newest, and remembers the best that it
dropped: all above that ``floor`` are there.

How many documents have a word is counted where the list is whole, and estimated from a sample where it is not: those
that a hash of their numbers puts below a limit (Flajolet, "On adaptive sampling", Computing 34, 1990; with the limit of
Bar-Yossef et al., "Counting distinct elements in a data stream", 2002, which keeps the sample full). Both are sets, so
setting the same twice, late or in another order ends in the same list.
"""

import math
import zlib
from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import accumulate, pairwise
from typing import NamedTuple

from presence.domain import ids

BLOCK_BYTES = 3_900
"""Of packed postings. With its keys and header an item stays under the 4 KB that half a read unit reads."""
MAX_BLOCKS = 4
SAMPLE_SIZE = 600
"""An estimate is off by 4 % (1 / sqrt of it) of what was dropped, which moves an inverse document frequency by 0.04."""
CENSUS_SIZE = 750
"""What half a read unit reads, of each of four."""
_DIGEST_BITS = 18
NUMBERS = 1 << ids.COARSE_BITS + _DIGEST_BITS

K1 = 1.2
B = 0.75
"""Both as in Lucene and tantivy."""
STANDING = 0.1
"""By what share of its score a document gains at most that is liked and kept."""
LEVELS = 8
UNIT = 4
"""Weights and lengths count in quarters of a word, so that a field can weigh less than another."""
_USUAL_LENGTH = 8 * UNIT
"""The order of postings in their list may not change with the corpus, so it takes an average for granted."""


def number(document_id: str) -> int:
    """What stands for a document in lists: the newer it is, the smaller, so that of equals the newest come first; of
    those made in the same two minutes a digest decides. Two documents may share one; their card then tells both. There
    are 2,000 numbers for each second.
    """
    age = (1 << ids.COARSE_BITS) - 1 - ids.coarse_time(document_id)
    return age << _DIGEST_BITS | digest(document_id, _DIGEST_BITS)


def digest(an_id: str, bits: int) -> int:
    """So many bits, at most 32, that stand for an id where a mistake is harmless."""
    return int.from_bytes(blake2b(an_id.encode(), digest_size=4).digest()) >> 32 - bits


class Posting(NamedTuple):
    """What a list says of a document. Weight, length and level are a byte each, the small words two."""

    weight: int
    """How often the document has the word, in units, by the weight of its fields; at most 255."""
    length: int
    """Of the document, as ``packed_length``."""
    small: int = 0
    """Which small words stand beside it (``words.small_words``): their own lists are the longest and end too early to
    tell."""
    level: int = 0
    """How well the document is liked and kept, of ``LEVELS``: so coarse, since all postings of a document are written
    anew when it changes."""


def packed_length(units: int) -> int:
    """A length in units as a byte: exact up to 127, then in steps of 4 % (1/16 of an octave)."""
    return units if units <= 127 else min(255, 127 + round(16 * math.log2(units / 127)))


def _length(packed: int) -> float:
    return packed if packed <= 127 else 127 * 2 ** ((packed - 127) / 16)


LENGTHS = tuple(_length(packed) for packed in range(256))


def saturation(posting: Posting, average: float) -> float:
    """BM25's part of a word in a document's score, without its inverse document frequency.

    Robertson & Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), 3.2-3.3.

    Args:
        average: the average length of documents, in units.
    """
    weight = posting.weight / UNIT
    return weight * (K1 + 1) / (weight + K1 * (1 - B + B * LENGTHS[posting.length] / average))


def rarity(having: float, documents: float) -> float:
    """The inverse document frequency of a word that so many of so many documents have."""
    return math.log(1 + (max(documents, having) - having + 0.5) / (having + 0.5))


def gain(level: int) -> float:
    """By what a document's score is multiplied for its level."""
    return 1 + STANDING * level / LEVELS


def impact(posting: Posting) -> int:
    """By how much a posting comes before others in its list."""
    return round(100_000 * saturation(posting, _USUAL_LENGTH) * gain(posting.level))


type Postings = dict[int, Posting]


class Columns(NamedTuple):
    """A block as it is read: columns of equal length."""

    numbers: Iterable[int]
    weights: bytes
    lengths: bytes
    small: Iterable[int]
    levels: bytes


def pack(postings: Mapping[int, Posting]) -> bytes:
    """Numbers go down as the steps between them, byte by byte in columns. The three lower bytes of a step are as good
    as random and stay as they are; the three higher ones, and all else, say little and are compressed.
    """
    numbers = sorted(postings)
    steps = array("Q", (number - before for before, number in pairwise((0, *numbers)))).tobytes()
    told = [postings[number] for number in numbers]
    plain = b"".join(steps[byte::8] for byte in _PLAIN)
    rest = [steps[byte::8] for byte in _COMPRESSED]
    rest += [bytes(each.weight for each in told), bytes(each.length for each in told)]
    rest += [bytes(each.level for each in told), array("H", (each.small for each in told)).tobytes()]
    return plain + zlib.compress(b"".join(rest), 9) + len(numbers).to_bytes(2)


_PLAIN, _COMPRESSED = (2, 1, 0), (5, 4, 3)
"""Bytes of a step, counted from the lowest."""
_COLUMNS = len(_PLAIN) + len(_COMPRESSED) + 5
"""Of a byte each."""


def columns(data: bytes) -> Columns:
    """
    Raises:
        ValueError, zlib.error, OverflowError: it is not what ``pack`` gives.
    """
    size = int.from_bytes(data[-2:])
    plain = len(_PLAIN) * size
    planes = data[:plain] + zlib.decompress(data[plain:-2])
    if len(planes) != _COLUMNS * size:
        raise ValueError("columns of another length")
    steps = bytearray(8 * size)
    for place, byte in enumerate((*_PLAIN, *_COMPRESSED)):
        steps[byte::8] = planes[place * size : (place + 1) * size]
    weights, lengths, levels = (planes[place * size : (place + 1) * size] for place in (6, 7, 8))
    numbers = array("Q", accumulate(array("Q", bytes(steps))))
    return Columns(numbers, weights, lengths, array("H", planes[9 * size :]), levels)


def unpack(data: bytes) -> Postings:
    return {number: Posting(*told) for number, *told in zip(*columns(data), strict=True)}


@dataclass(slots=True)
class Sample:
    """The documents that are drawn below ``limit``: as many of all as the limit is of all numbers."""

    members: dict[int, Posting] = field(default_factory=dict)
    limit: int = NUMBERS

    def has_room_for(self, document: int) -> bool:
        """Whether a document is a member if it is there at all."""
        return _drawn(document) < self.limit

    def put(self, document: int, posting: Posting | None, size: int) -> bool:
        """Note that a document is there, or not any more. Gives whether that changed anything."""
        if not self.has_room_for(document) or self.members.get(document) == posting:
            return False
        if posting is None:
            del self.members[document]
        else:
            self.members[document] = posting
            if len(self.members) > size:
                last = max(self.members, key=_drawn)
                self.limit = _drawn(last)
                del self.members[last]
        return True

    @property
    def total(self) -> float:
        """How many documents there are."""
        return len(self.members) * NUMBERS / self.limit

    def pack(self) -> bytes:
        """As they were drawn: these lie close together."""
        return pack({_drawn(document): posting for document, posting in self.members.items()})

    @classmethod
    def unpacked(cls, data: bytes, limit: int) -> "Sample":
        if not 0 < limit <= NUMBERS:
            raise ValueError("a limit that leaves none, or more than there are")
        return cls({drawn * _UNDRAW % NUMBERS: posting for drawn, posting in unpack(data).items()}, limit)


def _drawn(document: int) -> int:
    """A number that says nothing of when a document was made. None is drawn twice (Fibonacci hashing: Knuth, The Art
    of Computer Programming 3, 6.4).
    """
    return document * _DRAW % NUMBERS


_DRAW = round(NUMBERS * (math.sqrt(5) - 1) / 2) | 1
_UNDRAW = pow(_DRAW, -1, NUMBERS)

COUNTED = Posting(0, 0)
"""What the sample of a list says of a member: that it is there."""

type Place = tuple[int, int]
"""Where a posting stands in its list: minus its impact, then the document's number."""


def place(document: int, posting: Posting) -> Place:
    return -impact(posting), document


@dataclass(slots=True)
class TermList:
    """A word's documents. ``blocks[0]`` holds the best; ``fences`` says where each further block begins."""

    blocks: list[Postings] = field(default_factory=lambda: [{}])
    fences: list[Place] = field(default_factory=list)
    floor: Place | None = None
    """Where the best posting lay that was dropped; None: the list is whole."""
    sample: Sample | None = None
    """There once something was dropped; it lies with the last block."""

    def __len__(self) -> int:
        return sum(map(len, self.blocks))

    @property
    def having(self) -> int:
        """How many documents have the word."""
        if self.sample is None or self.floor is None:
            return len(self)
        dropped = sum(not any(document in block for block in self.blocks) for document in self.sample.members)
        return len(self) + round(dropped * NUMBERS / self.sample.limit)

    def keeps(self, document: int, posting: Posting) -> bool:
        """Whether a document that has the word is in the list."""
        return self.floor is None or place(document, posting) < self.floor

    def put(self, document: int, posting: Posting | None) -> set[int]:
        """Have a document in the list as told, or not any more. Gives the blocks that changed."""
        changed: set[int] = set()
        if self.sample is not None and self.sample.put(document, posting and COUNTED, SAMPLE_SIZE):
            changed.add(MAX_BLOCKS - 1)
        holding = [index for index, block in enumerate(self.blocks) if document in block]
        if len(holding) == 1 and self.blocks[holding[0]][document] == posting:
            return changed
        for index in holding:
            del self.blocks[index][document]
        changed.update(holding)
        # With a floor but no sample, a writer was stopped before it dropped anything.
        if posting is not None and (self.sample is None or self.keeps(document, posting)):
            index = sum(place(document, posting) >= fence for fence in self.fences)
            self.blocks[index][document] = posting
            changed.add(index)
        return changed

    def settle(self, changed: Iterable[int]) -> set[int]:
        """Push what a block has no room for into the next one, and drop what the last has none for. Fences or the floor
        tell that it did.

        Returns:
            All blocks that changed.
        """
        settled = set(changed)
        index = 0
        while index < len(self.blocks):
            block = self.blocks[index]
            size = len(pack(block)) if index in settled else 0
            if size > self._room(index):
                if index == MAX_BLOCKS - 1:
                    self._take_sample()
                ordered = sorted(block.items(), key=lambda each: place(*each))
                kept = int(len(ordered) * self._room(index) * _FULL / size)
                self.blocks[index] = dict(ordered[:kept])
                self._push(index + 1, ordered[kept:])
                settled |= {0, index, min(index + 1, MAX_BLOCKS - 1)}
            index += 1
        return settled

    def _push(self, index: int, postings: list[tuple[int, Posting]]) -> None:
        if index == MAX_BLOCKS:
            dropped = place(*postings[0])
            self.floor = min(self.floor or dropped, dropped)
            return
        if index == len(self.blocks):
            self.blocks.append({})
            self.fences.append((0, 0))
        self.fences[index - 1] = place(*postings[0])
        self.blocks[index].update(postings)

    def _take_sample(self) -> None:
        """While the list is whole."""
        if self.sample is None:
            self.sample = Sample()
            for block in self.blocks:
                for document in block:
                    self.sample.put(document, COUNTED, SAMPLE_SIZE)

    def _room(self, index: int) -> int:
        """How many bytes of postings a block may have; the last one carries the sample."""
        return BLOCK_BYTES - (len(self.sample.pack()) if index == MAX_BLOCKS - 1 and self.sample else 0)

    @property
    def is_sparse(self) -> bool:
        """It has more blocks than it needs by far, and could be laid down anew as one."""
        return len(self.blocks) > 1 and self.floor is None and len(self) < _SPARSE

    @property
    def is_lacking(self) -> bool:
        """It dropped postings for which it has room by now, or of which it knows no more how many."""
        return self.floor is not None and (len(self) < _LACKING or self.sample is None)

    def gather(self) -> None:
        """Lay a sparse list down as one block."""
        self.blocks = [{document: posting for block in self.blocks for document, posting in block.items()}]
        self.fences, self.sample = [], None


_FULL = 0.85
"""How full a block is after it had no room: what comes next finds some."""
_SPARSE = 350
"""Postings; a block has room for twice as many."""
_LACKING = 1_200
"""Postings; a list that just dropped some has at least a fourth more."""
