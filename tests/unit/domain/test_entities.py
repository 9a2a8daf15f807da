from presence.domain.entities import Media
from tests.support.values import a_pin, an_image


def test_a_pins_uploads_are_its_pictures_in_the_media_bucket() -> None:
    media = Media("multiple_images", (an_image(key="1.png"), an_image(url="https://pictures.example/2.jpg")))

    assert a_pin(media=media).uploads == ("1.png",)


def test_a_pin_without_pictures_has_no_uploads() -> None:
    assert a_pin(media=Media("pin_url")).uploads == ()
