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
        keys.tie(one, one),
        keys.board_follow(one, one),
        keys.member(one, one),
        keys.invitation(one, one),
        keys.invitation_link(one, one),
        keys.join_request(one, one),
        keys.identity(one, one),
        keys.receipt(one, one),
        keys.upload_reference(one, one),
        keys.upload_reference_of_profile(one, one),
        keys.upload_unused(one),
        keys.board_in_trash(one),
        keys.pin_in_trash(one),
        keys.merge_order(one),
    ]

    assert len(set(every)) == len(every)


def test_no_two_listings_share_a_partition() -> None:
    one = new_id()
    every = [
        keys.boards_of(one),
        keys.archived_boards_of(one),
        keys.trashed_boards_of(one),
        keys.group_boards_of(one),
        keys.invitations_of(one),
        keys.board_follows_of(one),
        keys.pins_of(one),
        keys.trashed_pins_of(one),
        keys.pins_on(one),
        keys.pins_in(one),
        keys.following_of(one),
        keys.requested_by(one),
        keys.blocks_of(one),
        keys.followers_of(one),
        keys.follow_requests_to(one),
        keys.followers_of_board(one),
        keys.merged_into(one),
    ]

    assert len(set(every)) == len(every)


def test_a_later_section_sorts_later() -> None:
    earlier, later = "1" + "0" * 18, "1" + "0" * 17 + "1"

    assert keys.section("1", earlier) < keys.section("1", later)
