"""Timelines: the pins that come to a user's boards, or to one board, the newest first, in blocks that are read and
written alone.

Each block holds what is newer than its fence, up to the fence of the block above it; the newest block has nothing
above it. So the place of a pin follows from its id, and reading on from any pin finds the next block at once.
"""

from dataclasses import dataclass, field

from presence.domain import ids

BLOCK_ENTRIES = 120
"""At 16 bytes each a block stays under 2 KB: two write units, and half a read unit."""
BOTTOM = "0"
"""The fence below all ids."""


def is_fence(text: str) -> bool:
    """Whether it may be an id, or lie below all."""
    return text.isascii() and text.isdecimal() and len(text) <= ids.DIGITS


@dataclass(slots=True)
class Block:
    """A part of a timeline: the pins from its fence up to that of the newer block."""

    fence: str = BOTTOM
    entries: dict[str, str] = field(default_factory=dict)
    """The board of each pin, by pin id."""

    def put(self, pin_id: str, board_id: str | None) -> bool:
        """Have the pin there as one of a board, or not at all (None). Gives whether that is new."""
        if self.entries.get(pin_id) == board_id:
            return False
        if board_id is None:
            del self.entries[pin_id]
        else:
            self.entries[pin_id] = board_id
        return True

    def newest_first(self) -> list[tuple[str, str]]:
        return sorted(self.entries.items(), reverse=True)

    def parts(self) -> list["Block"]:
        """The block as blocks that are not too large, the oldest first.

        What is cut off is half full, so that pins which come late (with a board that changed hands) find room.
        """
        oldest_first = sorted(self.entries.items())
        fence, found = self.fence, []
        while len(oldest_first) > BLOCK_ENTRIES:
            half = BLOCK_ENTRIES // 2
            found.append(Block(fence, dict(oldest_first[:half])))
            fence, oldest_first = oldest_first[half - 1][0], oldest_first[half:]
        return [*found, Block(fence, dict(oldest_first))]
