"""Which records reach the function, compared with which records it has something to do for."""

from itertools import product
from typing import Any

import pytest

from presence.projections.filters import UPKEEP_FILTERS
from presence.projections.upkeep import tasks
from presence.storage.models import Item
from tests.support.filtering import passes

EVENT_SOURCE_QUOTA = 5
KINDS = sorted(str(kind) for kind in Item.get_attributes()["kind"]._class_map.values())


def _images(kind: str) -> list[dict[str, Any]]:
    base = {"kind": {"S": kind}, "id": {"S": "1"}, "pk": {"S": "ANY#1"}, "board_id": {"S": "2"}}
    return [base, base | {"board_id": {"S": "3"}}, base | {"deleted": {"BOOL": True}}]


def _records(kind: str) -> list[dict[str, Any]]:
    records = []
    for old, new in product((None, *_images(kind)), repeat=2):
        if old is None and new is None:
            continue
        name = "INSERT" if old is None else "REMOVE" if new is None else "MODIFY"
        change = {"OldImage": old, "NewImage": new}
        records.append({"eventName": name, "dynamodb": {key: value for key, value in change.items() if value}})
    return records


def _has_task(record: dict[str, Any]) -> bool:
    return bool(list(tasks(record["dynamodb"].get("OldImage"), record["dynamodb"].get("NewImage"))))


def _is_pin_changed_in_place(record: dict[str, Any]) -> bool:
    """A pattern cannot compare the two images."""
    old, new = record["dynamodb"].get("OldImage"), record["dynamodb"].get("NewImage")
    return bool(old and new and new["kind"] == {"S": "pin"} and old["board_id"] == new["board_id"])


def _is_pin_batch_under_way(record: dict[str, Any]) -> bool:
    """It shares the pins' pattern, and there are few."""
    return record["eventName"] == "MODIFY" and record["dynamodb"]["NewImage"]["kind"] == {"S": "pin_batch"}


def test_the_table_keeps_these_kinds_of_items() -> None:
    assert {"board", "section", "pin", "profile", "claim", "receipt", "upload_reference", "upload_unused"} <= set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_record_passes_the_filters_when_it_has_a_task(kind: str) -> None:
    for record in _records(kind):
        if not (_is_pin_changed_in_place(record) or _is_pin_batch_under_way(record)):
            assert passes(record, UPKEEP_FILTERS) is _has_task(record), record


@pytest.mark.parametrize("kind", ["board", "section", "pin"])
def test_what_is_crowded_passes(kind: str) -> None:
    image = _images(kind)[0] | {"crowded": {"N": "1"}}
    record = {"eventName": "MODIFY", "dynamodb": {"OldImage": image, "NewImage": image}}

    assert passes(record, UPKEEP_FILTERS)
    assert _has_task(record)


def test_a_pin_changed_in_place_passes_without_a_task() -> None:
    in_place = [record for record in _records("pin") if _is_pin_changed_in_place(record)]

    assert in_place
    assert all(passes(record, UPKEEP_FILTERS) and not _has_task(record) for record in in_place)


def test_there_are_no_more_patterns_than_an_event_source_takes() -> None:
    assert len(UPKEEP_FILTERS) <= EVENT_SOURCE_QUOTA
