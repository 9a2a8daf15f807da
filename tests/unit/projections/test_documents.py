"""What discovery knows of a board by its first pins."""

from presence.projections import documents
from presence.projections.documents import LISTED_BESIDE, MAX_BESIDE
from tests.support.values import a_board, a_pin

SHARED = " ".join(f"word{number:02}" for number in range(40))


def test_of_what_pins_share_lists_have_less_than_the_card() -> None:
    board = a_board(name="Zebra")
    pins = [a_pin(board_id=board.id, title=SHARED) for _ in range(2)]

    document = documents.described(board, pins)

    assert len(document.beside) == MAX_BESIDE
    listed = [word for word in document.postings if word.startswith("word")]
    assert listed == [*document.beside[:LISTED_BESIDE]]


def test_what_only_one_pin_says_its_board_does_not() -> None:
    document = documents.described(a_board(name="Zebra"), [a_pin(title="Copper lantern"), a_pin(title="Brass lantern")])

    assert document.beside == ("lantern",)
