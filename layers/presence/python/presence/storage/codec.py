"""From DynamoDB's reply to our values and back, driven by the models' own attribute types.

PynamoDB would build a model and then we a value from it, at eight times the CPU time; a list of 100 boards notices.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, fields
from threading import Lock
from types import MappingProxyType
from typing import Any

import orjson
from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from presence.domain.entities import (
    Board,
    BoardFollow,
    Image,
    Invitation,
    InvitationLink,
    Job,
    JoinRequest,
    Media,
    Member,
    Pin,
    PinBatch,
    Profile,
    Section,
    Tie,
)
from presence.storage import keys
from presence.storage.models import (
    BoardFollowItem,
    BoardItem,
    InvitationItem,
    InvitationLinkItem,
    Item,
    JobItem,
    JoinRequestItem,
    MemberItem,
    PinBatchItem,
    PinItem,
    ProfileItem,
    SectionItem,
    TieItem,
)
from presence.storage.table import Raw

_FROM_WIRE: dict[str, Callable[[Any], Any]] = {"S": str, "N": int, "BOOL": bool, "SS": frozenset}


_logger = Logger()
METRICS_SERVICE = "storage"
"""All functions count under this name: one alarm is enough."""
_metrics = EphemeralMetrics(service=METRICS_SERVICE)
_counting = Lock()


class Unreadable(Exception):
    """An item, which it names, is not as this code writes it."""

    def __init__(self, raw: Raw, why: Exception) -> None:
        key = "/".join(raw.get(name, {}).get("S", "?") for name in ("pk", "sk"))
        super().__init__(f"{key} cannot be read: {why!r}")


def tell_unreadable(error: Unreadable) -> None:
    """In the log, and to the alarm. Requests of several threads may do so at once."""
    _logger.error(str(error))
    with _counting:
        _metrics.add_metric(name="Unreadable", unit=MetricUnit.Count, value=1)
        _metrics.flush_metrics()


def readable[T](decode: Callable[[Raw], T], items: Iterable[Raw]) -> list[T]:
    """What they hold, without those that cannot be read: these are told in the log, and counted.

    One bad item must not keep all others from whoever looks at many. Whoever may not overlook one decodes them all: who
    deletes what is there, and who judges by what is there, a block say.
    """
    found = []
    for raw in items:
        try:
            found.append(decode(raw))
        except Unreadable as error:
            tell_unreadable(error)
    return found


def _decoder[T](
    entity: type[T],
    model: type[Item],
    stored_as: Mapping[str, str] = MappingProxyType({}),
    **special: Callable[[Any], Any],
) -> Callable[[Raw], T]:
    """
    Args:
        stored_as: the attributes of fields that are called otherwise in the table.
        special: what reads fields that lie there in another form.
    """
    attributes = model.get_attributes()
    plan = []
    for f in fields(entity):  # type: ignore[arg-type]
        attribute = stored_as.get(f.name, f.name)
        tag = attributes[attribute].attr_type
        plan.append((f.name, attribute, tag, special.get(f.name, _FROM_WIRE[tag])))

    def decode(raw: Raw) -> T:
        try:
            return entity(**{name: convert(raw[stored][tag]) for name, stored, tag, convert in plan if stored in raw})
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise Unreadable(raw, error) from error

    return decode


def _defaults(entity: type) -> dict[str, Any]:
    values = ((f.name, f.default if f.default_factory is MISSING else f.default_factory()) for f in fields(entity))
    return {name: value for name, value in values if not isinstance(value, int) or isinstance(value, bool)}


def _attributes(value: Any, **special: Any) -> dict[str, Any]:
    """What an item stores: a value at its default is absent, but for counters, which ``ADD`` and filters rely on."""
    defaults = _defaults(type(value))
    plain = {f.name: getattr(value, f.name) for f in fields(value)}
    plain.update(special)
    return {name: v for name, v in plain.items() if v is not None and (name not in defaults or v != defaults[name])}


def _media_to_wire(media: Media) -> str:
    compact = {name: value for name, value in _attributes(media).items() if name != "images"}
    if media.images:
        compact["images"] = [_attributes(image) for image in media.images]
    return orjson.dumps(compact).decode()


def _media_from_wire(text: str) -> Media:
    values = orjson.loads(text)
    images = tuple(Image(**image) for image in values.pop("images", ()))
    return Media(images=images, **values)


def list_from_wire(text: str) -> tuple[str, ...]:
    return tuple(orjson.loads(text))


board = _decoder(Board, BoardItem, cover=list_from_wire, topic_ids=list_from_wire)
board_follow = _decoder(BoardFollow, BoardFollowItem)
job = _decoder(Job, JobItem)
invitation = _decoder(Invitation, InvitationItem)
invitation_link = _decoder(InvitationLink, InvitationLinkItem)
join_request = _decoder(JoinRequest, JoinRequestItem)
member = _decoder(Member, MemberItem)
section = _decoder(Section, SectionItem)
pin = _decoder(Pin, PinItem, {"source_board_id": "source_pk"}, media=_media_from_wire, source_board_id=keys.source_of)
pin_batch = _decoder(PinBatch, PinBatchItem, steps=lambda text: tuple(map(tuple, orjson.loads(text))))
profile = _decoder(Profile, ProfileItem, featured_board_ids=list_from_wire)
tie = _decoder(Tie, TieItem)


def list_to_wire(texts: tuple[str, ...]) -> str:
    return orjson.dumps(texts).decode()


def board_attributes(value: Board) -> dict[str, Any]:
    return _attributes(
        value,
        cover=list_to_wire(value.cover) if value.cover else None,
        topic_ids=None if value.topic_ids is None else list_to_wire(value.topic_ids),
    )


def board_follow_attributes(value: BoardFollow) -> dict[str, Any]:
    return _attributes(value)


def job_attributes(value: Job) -> dict[str, Any]:
    return _attributes(value)


def member_attributes(value: Member) -> dict[str, Any]:
    return _attributes(value)


def invitation_attributes(value: Invitation) -> dict[str, Any]:
    return _attributes(value)


def invitation_link_attributes(value: InvitationLink) -> dict[str, Any]:
    return _attributes(value)


def join_request_attributes(value: JoinRequest) -> dict[str, Any]:
    return _attributes(value)


def tie_attributes(value: Tie) -> dict[str, Any]:
    return _attributes(value)


def section_attributes(value: Section) -> dict[str, Any]:
    return _attributes(value)


def pin_attributes(value: Pin) -> dict[str, Any]:
    """Without the board from which it was saved, which the key of the index tells."""
    return _attributes(value, media=_media_to_wire(value.media), source_board_id=None)


def pin_batch_attributes(value: PinBatch) -> dict[str, Any]:
    return _attributes(value, steps=orjson.dumps(value.steps).decode())


def profile_attributes(value: Profile) -> dict[str, Any]:
    featured = list_to_wire(value.featured_board_ids) if value.featured_board_ids else None
    return _attributes(value, featured_board_ids=featured)
