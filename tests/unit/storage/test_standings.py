from presence.storage import standings
from presence.storage.standings import Facts


def test_of_nobody_and_no_board_nothing_is_asked() -> None:
    # A unit test cannot open a socket, so a request would fail.
    assert standings.load("1") == Facts({}, {}, {})
