from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from presence.domain.entities import Image, Media
from presence.domain.errors import InvalidParameter
from presence.http import pictures
from presence.schemas import requests
from presence.services.pins import Upload
from tests.support.pictures import PNG_SIGNATURE, a_gif, a_jpeg, a_png, base64, jpeg_segment, png_chunk

A_HEADER = png_chunk(b"IHDR", b"\0\0\0\x28" * 2 + b"\x08\0\0\0\0")
A_THUMBNAIL = jpeg_segment(0xE1, b"Exif\0\0" + a_jpeg(20, 20))


def _base64(content: bytes, content_type: Any = "image/jpeg") -> requests.ImageBase64:
    return requests.ImageBase64(source_type="image_base64", content_type=content_type, data=base64(content))


def _read_one(content: bytes, content_type: str = "image/jpeg") -> tuple[Image, Upload]:
    media, [upload] = pictures.read(_base64(content, content_type))
    [image] = media.images
    return image, upload


def test_an_uploaded_png_is_measured() -> None:
    image, upload = _read_one(a_png(123, 45), "image/png")

    assert (image.width, image.height, upload.content_type) == (123, 45, "image/png")


def test_an_uploaded_jpeg_is_measured() -> None:
    image, upload = _read_one(a_jpeg(640, 480))

    assert (image.width, image.height, upload.content_type) == (640, 480, "image/jpeg")


@pytest.mark.parametrize(
    ("content", "label", "real"),
    [(a_png(), "image/jpeg", "image/png"), (a_jpeg(), "image/png", "image/jpeg")],
)
def test_the_bytes_decide_what_a_mislabelled_picture_is(content: bytes, label: str, real: str) -> None:
    _, upload = _read_one(content, label)

    assert (upload.content_type, upload.content) == (real, content)


def test_two_uploads_of_one_picture_get_keys_of_their_own() -> None:
    (one, _), (other, _) = _read_one(a_png()), _read_one(a_png())

    assert one.key != other.key


@pytest.mark.parametrize(("width", "height"), [(32, 32), (32, 1000), (1000, 32)])
def test_a_picture_of_32_pixels_on_its_shorter_side_is_taken(width: int, height: int) -> None:
    image, _ = _read_one(a_png(width, height))

    assert (image.width, image.height) == (width, height)


@pytest.mark.parametrize("content", [a_png(31, 1000), a_png(1000, 31), a_jpeg(31, 31), a_png(1, 1)])
def test_a_smaller_picture_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidParameter, match=r"'media_source\.data' .*at least 32x32"):
        _read_one(content)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(a_png()[:-1], id="png without its last byte"),
        pytest.param(a_png()[: len(a_png()) // 2], id="half a png"),
        pytest.param(a_png()[:33], id="only the header of a png"),
        pytest.param(PNG_SIGNATURE, id="only the signature of a png"),
        pytest.param(a_png().replace(b"IHDR\0\0\0", b"IHDR\0\0\1", 1), id="png with a bad checksum"),
        pytest.param(PNG_SIGNATURE + A_HEADER + png_chunk(b"IEND", b""), id="png without picture data"),
        pytest.param(PNG_SIGNATURE + png_chunk(b"tEXt", b"x" * 64) + a_png()[8:], id="png that begins otherwise"),
        pytest.param(a_jpeg()[:-2], id="jpeg without its end"),
        pytest.param(a_jpeg()[: len(a_jpeg()) // 2], id="half a jpeg"),
        pytest.param(a_jpeg(segments=A_THUMBNAIL)[:-2], id="jpeg without its end but with a whole thumbnail"),
        pytest.param(b"\xff\xd8\xff\xd9", id="jpeg of two markers"),
        pytest.param(b"\xff\xd8\xff\xe0\x00\x00\xff\xd9", id="jpeg with a segment of no length"),
        pytest.param(a_gif(), id="gif"),
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg'/>", id="svg"),
        pytest.param(b"\x00", id="a zero"),
    ],
)
def test_what_is_not_a_whole_jpeg_or_png_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidParameter, match=r"'media_source\.data'"):
        _read_one(content)


@given(st.binary(max_size=200), st.sampled_from([b"", b"\xff\xd9"]))
def test_no_bytes_behind_a_jpegs_start_bring_an_error_of_ours(junk: bytes, end: bytes) -> None:
    try:
        image, _ = _read_one(b"\xff\xd8\xff" + junk + end)
    except InvalidParameter:
        return
    assert min(image.width or 0, image.height or 0) >= 32


@given(st.binary(max_size=60), st.binary(min_size=4, max_size=4))
def test_no_chunks_behind_a_pngs_signature_bring_an_error_of_ours(data: bytes, kind: bytes) -> None:
    try:
        image, _ = _read_one(PNG_SIGNATURE + png_chunk(kind, data) + png_chunk(b"IEND", b""))
    except InvalidParameter:
        return
    assert min(image.width or 0, image.height or 0) >= 32


@pytest.mark.parametrize("data", ["AAA", "A", "====", "AA=A", "AAAA=", "not base64!"])
def test_what_is_not_base64_is_refused(data: str) -> None:
    source = requests.ImageBase64.model_construct(source_type="image_base64", content_type="image/png", data=data)

    with pytest.raises(InvalidParameter, match=r"'media_source\.data'"):
        pictures.read(source)


def test_base64_in_lines_is_taken() -> None:
    text = base64(a_png())
    lines = "\n".join(text[start : start + 76] for start in range(0, len(text), 76))
    source = requests.ImageBase64(source_type="image_base64", content_type="image/png", data=lines)

    assert pictures.read(source)[1][0].content == a_png()


def test_an_address_is_taken_as_it_is_and_never_opened() -> None:
    source = requests.ImageUrl(source_type="image_url", url="https://unreachable.invalid/any.jpg")

    assert pictures.read(source) == (Media("image", (Image(url="https://unreachable.invalid/any.jpg"),)), [])


def test_the_bad_picture_of_a_carousel_is_named_by_its_position() -> None:
    items = [{"content_type": "image/png", "data": base64(content)} for content in (a_png(), a_gif())]
    source = requests.MultipleImageBase64.model_validate({"source_type": "multiple_image_base64", "items": items})

    with pytest.raises(InvalidParameter, match=r"'media_source\.items\.1\.data'"):
        pictures.read(source)


def test_a_carousel_keeps_texts_and_measures_of_each_picture() -> None:
    items = [
        {"content_type": "image/png", "data": base64(a_png(50, 60)), "title": "one", "link": "https://a.example/"},
        {"content_type": "image/jpeg", "data": base64(a_jpeg(70, 80)), "description": "two"},
    ]
    source = requests.MultipleImageBase64.model_validate(
        {"source_type": "multiple_image_base64", "items": items, "index": 1}
    )
    media, uploads = pictures.read(source)
    one, two = media.images

    assert (one.width, one.height, one.title, one.link) == (50, 60, "one", "https://a.example/")
    assert (two.width, two.height, two.description) == (70, 80, "two")
    assert [upload.object_key for upload in uploads] == [one.key, two.key]
    assert media.cover_index == 1


@pytest.mark.parametrize("index", [2, 4])
def test_a_carousel_cannot_begin_beyond_its_last_picture(index: int) -> None:
    items = [{"url": "https://pictures.example/any.jpg"}] * 2
    source = requests.MultipleImageUrls.model_validate(
        {"source_type": "multiple_image_urls", "items": items, "index": index}
    )

    with pytest.raises(InvalidParameter, match=r"'media_source\.index'"):
        pictures.read(source)


def test_a_videos_cover_is_uploaded_or_an_address_or_nothing() -> None:
    def read(**cover: Any) -> tuple[Media, list[Upload]]:
        return pictures.read(requests.VideoId(source_type="video_id", media_id="7", **cover))

    uploaded, [upload] = read(cover_image_data=base64(a_jpeg()), cover_image_content_type="image/jpeg")
    addressed, no_uploads = read(cover_image_url="https://pictures.example/any.jpg")

    assert uploaded.images[0].key == upload.object_key
    assert (addressed.images, no_uploads) == ((Image(url="https://pictures.example/any.jpg"),), [])
    assert read() == (Media("video", (), video_id="7"), [])


def test_a_broken_cover_of_a_video_is_named() -> None:
    source = requests.VideoId(source_type="video_id", media_id="7", cover_image_data=base64(a_gif()))

    with pytest.raises(InvalidParameter, match=r"'media_source\.cover_image_data'"):
        pictures.read(source)
