"""Pictures that come with a request, from the body to the bucket and out of it again."""

from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from presence.domain import clock
from presence.domain.ids import new_id
from presence.services import pins as pin_service
from presence.services.pins import Placed
from presence.storage import codec, keys, uploads
from tests.support.content import a_board, a_pin, an_upload, delete_for_good, ids, refusal
from tests.support.people import a_user
from tests.support.pictures import a_gif, a_jpeg, a_png
from tests.support.stored import Stream, everything, item, objects, remove
from tests.support.values import seen
from tests.support.wire import IMAGE_SIZES, INVALID, OURS

HOUR = 60 * 60
MEDIA_URL = "https://media.example"


def _key_of(pin: dict[str, Any]) -> str:
    url: str = pin["media"]["images"]["originals"]["url"]
    return url.removeprefix(f"{MEDIA_URL}/")


def _let_an_hour_pass(stream: Stream, object_key: str) -> None:
    """The marker expires, DynamoDB removes it, and the stream tells."""
    stream.settle()
    assert item(keys.upload_unused(object_key))
    remove(keys.upload_unused(object_key))
    stream.settle()


@pytest.mark.parametrize(
    ("content", "label", "real"),
    [
        (a_png(123, 45), "image/png", "image/png"),
        (a_png(123, 45), "image/jpeg", "image/png"),
        (a_jpeg(123, 45), "image/jpeg", "image/jpeg"),
        (a_jpeg(123, 45), "image/png", "image/jpeg"),
    ],
)
def test_an_upload_is_kept_in_the_bucket_under_its_real_type_and_listed_with_its_measures(
    content: bytes, label: str, real: str, s3: Any
) -> None:
    ann = a_user()
    reply = ann.post("/pins", {"board_id": a_board(ann), "media_source": an_upload(content, label)})
    key = _key_of(reply.json)
    kept = s3.get_object(Bucket="media", Key=key)

    assert reply.status == 201
    assert reply.json["media"] == {
        "media_type": "image",
        "images": {size: {"url": f"{MEDIA_URL}/{key}", "width": 123, "height": 45} for size in IMAGE_SIZES},
    }
    assert (kept["Body"].read(), kept["ContentType"]) == (content, real)
    assert "immutable" in kept["CacheControl"]


def test_every_picture_of_a_carousel_is_kept() -> None:
    ann = a_user()
    source = {"source_type": "multiple_image_base64", "items": [an_upload(a_png(40, 50)), an_upload(a_jpeg(60, 70))]}
    pin = ann.post("/pins", {"board_id": a_board(ann), "media_source": source}).json
    shown = [each["images"]["600x"] for each in pin["media"]["items"]]

    assert [(image["width"], image["height"]) for image in shown] == [(40, 50), (60, 70)]
    assert {image["url"].rpartition("/")[2] for image in shown} == set(objects())
    assert sorted(objects().values()) == ["image/jpeg", "image/png"]


def test_a_videos_cover_is_kept() -> None:
    ann = a_user()
    cover = {"cover_image_content_type": "image/png", "cover_image_data": an_upload()["data"]}
    source = {"source_type": "video_id", "media_id": "7"} | cover
    media = ann.post("/pins", {"board_id": a_board(ann), "media_source": source}).json["media"]

    assert [media["cover_image_url"]] == [f"{MEDIA_URL}/{key}" for key in objects()]
    assert media["media_id"] == "7"


@pytest.mark.parametrize(
    "content", [a_gif(), a_png()[:-20], a_jpeg()[:-2], a_png(16, 16), b"", b"not a picture"], ids=range(6)
)
def test_a_broken_or_small_picture_is_refused_and_nothing_is_kept(content: bytes) -> None:
    ann = a_user()
    body = {"board_id": a_board(ann), "media_source": an_upload(content)}
    before = everything()
    reply = ann.post("/pins", body)

    assert refusal(reply) == INVALID
    assert "'media_source.data'" in reply.json["message"]
    assert everything() == before
    assert objects() == {}


def test_an_address_is_not_fetched_and_nothing_is_kept() -> None:
    ann = a_user()
    source = {"source_type": "image_url", "url": "https://unreachable.invalid/any.jpg"}

    assert ann.post("/pins", {"board_id": a_board(ann), "media_source": source}).status == 201
    assert objects() == {}


class BrokenBucket:
    def __init__(self, error: Exception) -> None:
        self._error = error

    def put_object(self, **_: Any) -> None:
        raise self._error


@pytest.mark.parametrize(
    "error",
    [
        EndpointConnectionError(endpoint_url="https://s3.example"),
        ClientError({"Error": {"Code": "SlowDown"}, "ResponseMetadata": {"HTTPStatusCode": 503}}, "PutObject"),
        ClientError({"Error": {"Code": "AccessDenied"}, "ResponseMetadata": {"HTTPStatusCode": 403}}, "PutObject"),
    ],
)
def test_an_upload_that_the_bucket_refuses_leaves_no_pin(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    ann = a_user()
    board_id = a_board(ann)
    with monkeypatch.context() as broken:
        broken.setattr(uploads, "_bucket", lambda: BrokenBucket(error))
        reply = ann.post("/pins", {"board_id": board_id, "media_source": an_upload()})

    assert refusal(reply) == OURS
    assert "AccessDenied" not in str(reply.text)
    assert int(reply.headers["retry-after"]) >= 1
    assert ids(ann.get(f"/boards/{board_id}/pins")) == []
    assert ann.get(f"/boards/{board_id}").json["pin_count"] == 0
    assert not [key for key in everything() if key[0].startswith("PIN#") or key[1].startswith("PIN#")]


def test_an_upload_is_marked_unused_before_it_is_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    ann = a_user()
    marked: list[bool] = []
    store = uploads.store

    def look(object_key: str, *rest: Any) -> None:
        marked.append(item(keys.upload_unused(object_key)) is not None)
        store(object_key, *rest)

    monkeypatch.setattr(uploads, "store", look)
    a_pin(ann, a_board(ann), media_source=an_upload())

    assert marked == [True]


def test_a_marker_expires_after_an_hour() -> None:
    ann = a_user()
    key = _key_of(ann.post("/pins", {"board_id": a_board(ann), "media_source": an_upload()}).json)
    marker = item(keys.upload_unused(key))

    assert marker is not None
    assert abs(int(marker["expires_at"]["N"]) - clock.now() - HOUR) < 60


def test_a_picture_that_a_pin_shows_outlives_its_marker(stream: Stream) -> None:
    ann = a_user()
    key = _key_of(ann.post("/pins", {"board_id": a_board(ann), "media_source": an_upload()}).json)
    _let_an_hour_pass(stream, key)

    assert set(objects()) == {key}


def test_a_picture_whose_pin_was_never_written_goes_with_its_marker(stream: Stream) -> None:
    ann = a_user()
    body = {"board_id": a_board(ann), "board_section_id": "1" * 19, "media_source": an_upload()}

    assert ann.post("/pins", body).status == 404
    [key] = objects()
    _let_an_hour_pass(stream, key)
    assert objects() == {}


def test_a_deleted_pins_picture_stays_for_an_hour_and_then_goes(stream: Stream) -> None:
    ann = a_user()
    pin = ann.post("/pins", {"board_id": a_board(ann), "media_source": an_upload()}).json
    key = _key_of(pin)
    _let_an_hour_pass(stream, key)
    delete_for_good(ann, f"/pins/{pin['id']}")
    stream.settle()

    assert set(objects()) == {key}
    _let_an_hour_pass(stream, key)
    assert objects() == {}
    assert not [each for each in everything() if key in each[0]]


def test_a_picture_that_was_saved_meanwhile_stays(stream: Stream) -> None:
    ann, ben = a_user(), a_user()
    pin = ann.post("/pins", {"board_id": a_board(ann), "media_source": an_upload()}).json
    saved = ben.post(f"/pins/{pin['id']}/save", {"board_id": a_board(ben)}).json
    key = _key_of(pin)
    stream.settle()
    delete_for_good(ann, f"/pins/{pin['id']}")
    _let_an_hour_pass(stream, key)

    assert _key_of(saved) == key
    assert set(objects()) == {key}


def test_a_picture_that_is_saved_in_its_last_hour_stays(stream: Stream) -> None:
    """The save read its pin before that was deleted, and commits after the marker was put."""
    ann, ben = a_user(), a_user()
    pin = ann.post("/pins", {"board_id": a_board(ann), "media_source": an_upload()}).json
    key = _key_of(pin)
    _let_an_hour_pass(stream, key)
    source = codec.pin(item(keys.pin(pin["id"])) or {})
    delete_for_good(ann, f"/pins/{pin['id']}")
    stream.settle()
    board = codec.board(item(keys.board(a_board(ben))) or {})
    late = replace(source, id=new_id(), owner_id=ben.user_id, board_id=board.id, parent_pin_id=source.id)
    pin_service._add(Placed(late, seen(board)), None)
    _let_an_hour_pass(stream, key)

    assert set(objects()) == {key}


def test_a_picture_goes_when_the_last_of_its_pins_goes(stream: Stream) -> None:
    ann, ben = a_user(), a_user()
    pin = ann.post("/pins", {"board_id": a_board(ann), "media_source": an_upload()}).json
    saved = ben.post(f"/pins/{pin['id']}/save", {"board_id": a_board(ben)}).json
    key = _key_of(pin)
    _let_an_hour_pass(stream, key)
    delete_for_good(ann, f"/pins/{pin['id']}")
    delete_for_good(ben, f"/pins/{saved['id']}")
    _let_an_hour_pass(stream, key)

    assert objects() == {}


def test_the_pictures_of_a_deleted_board_go_after_their_hour(stream: Stream) -> None:
    ann = a_user()
    board_id = a_board(ann)
    for _ in range(2):
        a_pin(ann, board_id, media_source=an_upload())
    for key in objects():
        _let_an_hour_pass(stream, key)
    delete_for_good(ann, f"/boards/{board_id}")
    stream.settle()

    assert len(objects()) == 2
    for key in objects():
        _let_an_hour_pass(stream, key)
    assert objects() == {}


def test_sweeping_what_is_gone_already_is_harmless(stream: Stream) -> None:
    ann = a_user()
    pin = ann.post("/pins", {"board_id": a_board(ann), "media_source": an_upload()}).json
    delete_for_good(ann, f"/pins/{pin['id']}")
    stream.settle()
    remove(keys.upload_unused(_key_of(pin)))
    records = stream.records()

    assert stream.deliver(records) == []
    assert stream.deliver(records) == []
    assert objects() == {}
