from presence.domain.ids import new_id
from presence.storage import keys


def test_no_two_kinds_of_items_share_a_key() -> None:
    one = new_id()
    every = [
        keys.board(one),
        keys.pin(one),
        keys.profile(one),
        keys.section(one, one),
        keys.board_slug(one, one),
        keys.username(one),
        keys.identity(one, one),
        keys.receipt(one, one),
        keys.upload_reference(one, one),
        keys.upload_unused(one),
    ]

    assert len(set(every)) == len(every)


def test_no_two_listings_share_a_partition() -> None:
    one = new_id()
    every = [keys.boards_of(one), keys.pins_of(one), keys.pins_on(one), keys.pins_in(one)]

    assert len(set(every)) == len(every)


def test_a_later_section_sorts_later() -> None:
    earlier, later = "1" + "0" * 18, "1" + "0" * 17 + "1"

    assert keys.section("1", earlier) < keys.section("1", later)
