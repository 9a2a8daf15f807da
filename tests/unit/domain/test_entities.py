import pytest

from presence.domain.entities import BoardFollow, Media, Member, Role, parted, position
from tests.support.values import a_board, a_pin, a_section, a_tie, an_image


def test_a_pins_uploads_are_its_pictures_in_the_media_bucket() -> None:
    media = Media("multiple_images", (an_image(key="1.png"), an_image(url="https://pictures.example/2.jpg")))

    assert a_pin(media=media).uploads == ("1.png",)


def test_a_pin_without_pictures_has_no_uploads() -> None:
    assert a_pin(media=Media("pin_url")).uploads == ()


@pytest.mark.parametrize(("sort", "expected"), [(None, ("7", "7")), ("a.5", ("7", "a.5")), ("9", ("7", "9"))])
def test_a_position_is_parted_into_the_id_and_the_sort_key(sort: str | None, expected: tuple[str, str]) -> None:
    assert parted(position("7", sort)) == expected


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (a_board(id="7").position, ("7", "7")),
        (a_board(id="7", rank="a5").position, ("7", "a5")),
        (a_section(id="7").position, ("7", "7")),
        (a_section(id="7", rank="a5").position, ("7", "a5")),
        (a_pin(id="7", section_rank="b").position, ("7", "7")),
        (a_pin(id="7", rank="a5").position, ("7", "a5")),
        (a_pin(id="7", rank="a5").position_in_section, ("7", "7")),
        (a_pin(id="7", section_rank="b").position_in_section, ("7", "b")),
        (a_tie(from_id="1", to_id="2", since="9").position, ("2", "9")),
        (a_tie(from_id="1", to_id="2", since="9").position_at_target, ("1", "9")),
        (BoardFollow("1", "7", since="9").position, ("7", "9")),
        (Member("7", "1", Role.EDITOR, since="9", added_by="1").position, ("7", "9")),
    ],
)
def test_a_list_goes_on_after_a_thing_by_its_id_and_sort_key(place: str, expected: tuple[str, str]) -> None:
    assert parted(place) == expected
