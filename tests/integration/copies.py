"""Things made through the API once and then copied, items and objects, under new ids and usernames: in one request
instead of ten.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from itertools import chain
from typing import Any

import orjson

from presence.domain.usernames import skeleton
from presence.storage import codec, keys
from tests.integration.local_cloud import LocalCloud
from tests.integration.seeding import old_id
from tests.integration.stream import Stream, table_after
from tests.support.people import a_name

_NAME = re.compile(r"\b(\d{19}|user_\d+)\b")
_CLAIMS = ("IDENTITY", "USERNAME")
"""Sort keys of the items by which a profile is found. Their keys are not made of ids."""


class Original[T]:
    """What ``make`` gives, and all that it wrote.

    Ids and usernames are found and replaced wherever they stand: in items, and in the strings, containers and
    dataclasses that ``make`` gives.
    """

    def __init__(self, cloud: LocalCloud, make: Callable[[], T]) -> None:
        self._cloud = cloud
        stream = Stream(cloud)
        self._thing = make()
        items = table_after(stream.records())
        self._items = orjson.dumps([item for (_, sk), item in items.items() if sk not in _CLAIMS]).decode()
        names = set(_NAME.findall(self._items))
        self._usernames = sorted(name for name in names if not name.isdigit())
        self._ids = sorted(names - set(self._usernames))
        self._objects = {pk.removeprefix("UPLOAD#") for pk, sk in items if pk.startswith("UPLOAD#") and sk != "UNUSED"}

    def copy(self) -> T:
        """Another of the same, with ids in the same order."""
        names = {each: old_id() for each in self._ids} | {each: a_name() for each in self._usernames}
        items = [_listed_anew(item) for item in orjson.loads(_renamed(self._items, names))]
        self._cloud.put_items([*items, *chain.from_iterable(map(_claims, filter(_is_profile, items)))])
        for key in self._objects:
            self._cloud.put_object(_renamed(key, names))
        copied: T = _renamed(self._thing, names)
        return copied


def _is_profile(item: dict[str, Any]) -> bool:
    return bool(item["kind"]["S"] == "profile")


def _claims(profile: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for pk, sk in (
        keys.username(skeleton(profile["username"]["S"])),
        keys.identity(profile["issuer"]["S"], profile["subject"]["S"]),
    ):
        yield {"pk": {"S": pk}, "sk": {"S": sk}, "kind": {"S": "claim"}, "holder_id": profile["id"]}


def _listed_anew(item: dict[str, Any]) -> dict[str, Any]:
    """A pin's uploads have other keys now, so it is like other pins."""
    if item["kind"]["S"] == "pin" and "target_pk" in item:
        pin = codec.pin(item)
        item["target_pk"] = {"S": keys.same_on(pin.board_id, pin.media.digest or "")}
    return item


def _renamed(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, str):
        return _NAME.sub(lambda found: names.get(found[0], found[0]), value)
    if isinstance(value, list):
        return [_renamed(each, names) for each in value]
    if isinstance(value, dict):
        return {name: _renamed(each, names) for name, each in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{each.name: _renamed(getattr(value, each.name), names) for each in fields(value)})
    return value
