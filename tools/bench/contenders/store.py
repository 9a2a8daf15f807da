"""The requests to DynamoDB and the rules, as both contenders share them: dictionaries in, dictionaries out."""

import hashlib
import hmac
import json
import os
import random
import time
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from .bare_client import client

TABLE = os.environ["TABLE_NAME"]
MEDIA_URL = os.environ["MEDIA_URL"]
BOOKMARK_SECRET = os.environ["BOOKMARK_SECRET"].encode()
SIZES = ("150x150", "400x300", "600x", "1200x", "originals")

type Item = dict[str, Any]
type Claims = dict[str, str]


class Refused(Exception):
    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"code": code, "message": message}


def require(claims: Claims, needed: Iterable[str]) -> None:
    granted = claims["scope"].split()
    missing = [scope for scope in needed if scope not in granted]
    if missing:
        raise Refused(401, 3, f"Authorization failed: the token lacks the scope {', '.join(missing)}")


class Seen(NamedTuple):
    """A board with what the caller is to it."""

    board: Item
    owner: Item | None
    role: str | None
    tie: Item

    @property
    def owner_name(self) -> str:
        name: str = self.owner["username"]["S"] if self.owner else ""
        return name


def get_board(board_id: str, claims: Claims) -> Seen:
    key = {"pk": {"S": f"BOARD#{board_id}"}, "sk": {"S": "BOARD"}}
    item: Item | None = client.get_item(TableName=TABLE, Key=key, ConsistentRead=True).get("Item")
    if item is None:
        facts([board_id], [board_id], claims)  # as much as for one that is hidden
        raise Refused(404, 40, "Board not found.")
    [seen] = before([item], claims)
    if not may_view(seen, claims):
        raise Refused(404, 40, "Board not found.")
    return seen


def before(boards: list[Item], claims: Claims) -> list[Seen]:
    """What the caller is to each of the boards: a request."""
    me = user_id(claims)
    owners = list(dict.fromkeys(board["owner_id"]["S"] for board in boards))
    found = facts(owners, [board["id"]["S"] for board in boards if board["owner_id"]["S"] != me], claims)
    seen = []
    for board in boards:
        owner_id = board["owner_id"]["S"]
        member = found.get((f"BOARD#{board['id']['S']}", f"MEMBER#{me}"))
        role = "owner" if owner_id == me else member["role"]["S"] if member else None
        owner, tie = found.get((f"USER#{owner_id}", "PROFILE")), found.get((f"USER#{me}", f"TIE#{owner_id}"), {})
        seen.append(Seen(board, owner, role, tie))
    return seen


def facts(owners: list[str], board_ids: list[str], claims: Claims) -> dict[tuple[str, str], Item]:
    me = user_id(claims)
    keys = [(f"USER#{each}", "PROFILE") for each in owners]
    keys += [(f"USER#{me}", f"TIE#{each}") for each in owners if each != me]
    keys += [(f"BOARD#{each}", f"MEMBER#{me}") for each in board_ids]
    found: dict[tuple[str, str], Item] = {}
    for start in range(0, len(keys), 100):
        wanted = [{"pk": {"S": pk}, "sk": {"S": sk}} for pk, sk in keys[start : start + 100]]
        reply = client.batch_get_item(RequestItems={TABLE: {"Keys": wanted, "ConsistentRead": True}})
        found.update({(item["pk"]["S"], item["sk"]["S"]): item for item in reply["Responses"][TABLE]})
    return found


def may_view(seen: Seen, claims: Claims) -> bool:
    board, owner, tie = seen.board, seen.owner, seen.tie
    if "deleted" in board or "trashed_at" in board or "merged_into" in board or owner is None or "deleted" in owner:
        return False
    if "blocks" in tie or "blocked" in tie:
        return False
    is_secret = board["privacy"]["S"] == "SECRET"
    if seen.role:
        return not is_secret or "boards:read_secret" in claims["scope"].split()
    if is_secret or "archived_at" in board:
        return False
    return "is_private" not in owner or ("following" in tie and tie["following"]["S"] == "approved")


def may_list(seen: Seen, claims: Claims) -> bool:
    if seen.board["privacy"]["S"] == "PROTECTED" and seen.role != "owner":
        return False
    return "archived_at" not in seen.board and may_view(seen, claims)


def user_id(claims: Claims) -> str:
    return claims["presence:user_id"]


def list_boards(claims: Claims, size: int) -> tuple[list[Seen], str | None]:
    """The newest boards of the caller that they may see, and the bookmark of the next page."""
    partition = f"USER#{user_id(claims)}#BOARDS"
    reply = client.query(
        TableName=TABLE,
        IndexName="by_owner",
        KeyConditionExpression="#pk = :pk",
        ExpressionAttributeNames={"#pk": "owner_pk"},
        ExpressionAttributeValues={":pk": {"S": partition}},
        Limit=size + 1,  # whether there is a next page
        ScanIndexForward=False,
    )
    boards = [seen for seen in before(reply["Items"], claims) if may_list(seen, claims)]
    if len(boards) <= size:
        return boards, None
    last = boards[size - 1].board
    position = last["id"]["S"] + (f".{last['rank']['S']}" if "rank" in last else "")
    return boards[:size], bookmark(position, user_id(claims), "/boards", "ALL", "False")


def bookmark(position: str, *listing: str) -> str:
    payload = b"\x02" + position.encode()
    signature = hmac.digest(BOOKMARK_SECRET, payload + "\n".join(listing).encode(), hashlib.sha256)[:15]
    return urlsafe_b64encode(payload + signature).decode().rstrip("=")


_IS_OPEN = "(attribute_exists (#3)" + "".join(f" AND attribute_not_exists (#{n})" for n in range(4, 8)) + ")"


def create_pin(claims: Claims, seen: Seen, fields: dict[str, Any], url: str) -> tuple[Item, str | None]:
    """Put the pin and count it on its board and for its adder; gives the oldest pin there that shows the same, too.

    ``fields`` are the texts that the client gave.
    """
    board = seen.board
    if seen.role not in ("owner", "editor", "contributor"):
        raise Refused(403, 29, "You are not permitted to add pins to this board.")
    if "archived_at" in board:
        raise Refused(403, 29, "This board is archived; restore it to change it.")
    pin_id = str((time.time_ns() // 1_000_000 - 1_514_764_800_000) << 22 | random.getrandbits(22))
    board_id, now = board["id"]["S"], datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    alike = f"BOARD#{board_id}#SAME#{hashlib.sha256(url.encode()).hexdigest()[:16]}"
    item: Item = {
        "pk": {"S": f"PIN#{pin_id}"},
        "sk": {"S": "PIN"},
        "kind": {"S": "pin"},
        "owner_pk": {"S": f"USER#{user_id(claims)}#PINS"},
        "owner_sk": {"S": pin_id},
        "board_pk": {"S": f"BOARD#{board_id}#PINS"},
        "board_sk": {"S": pin_id},
        "target_pk": {"S": alike},
        "target_sk": {"S": pin_id},
        "id": {"S": pin_id},
        "owner_id": {"S": user_id(claims)},
        "board_id": {"S": board_id},
        "created_at": {"S": now},
        "media": {"S": json.dumps({"kind": "image", "images": [{"url": url}]}, separators=(",", ":"))},
        "version": {"N": "1"},
    }
    item.update({name: {"S": value} for name, value in fields.items() if value is not None})
    put = {
        "TableName": TABLE,
        "Item": item,
        "ConditionExpression": "attribute_not_exists (#0)",
        "ExpressionAttributeNames": {"#0": "pk"},
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    count = {
        "TableName": TABLE,
        "Key": {"pk": {"S": f"BOARD#{board_id}"}, "sk": {"S": "BOARD"}},
        "UpdateExpression": "SET #0 = :0 ADD #1 :1, #2 :1",
        "ConditionExpression": _IS_OPEN,
        "ExpressionAttributeNames": {
            "#0": "pins_modified_at",
            "#1": "pin_count",
            "#2": "version",
            "#3": "pk",
            "#4": "deleted",
            "#5": "trashed_at",
            "#6": "merged_into",
            "#7": "archived_at",
        },
        "ExpressionAttributeValues": {":0": {"S": now}, ":1": {"N": "1"}},
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    count_for_adder = {
        "TableName": TABLE,
        "Key": {"pk": {"S": f"USER#{user_id(claims)}"}, "sk": {"S": "PROFILE"}},
        "UpdateExpression": "ADD #0 :0",
        "ConditionExpression": "(attribute_exists (#1) AND attribute_not_exists (#2))",
        "ExpressionAttributeNames": {"#0": "pin_count", "#1": "pk", "#2": "deleted"},
        "ExpressionAttributeValues": {":0": {"N": "1"}},
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    same = client.query(
        TableName=TABLE,
        IndexName="by_target",
        KeyConditionExpression="#pk = :pk",
        ExpressionAttributeNames={"#pk": "target_pk"},
        ExpressionAttributeValues={":pk": {"S": alike}},
        Limit=2,
        ScanIndexForward=True,
    )["Items"]
    client.transact_write_items(
        TransactItems=[{"Put": put}, {"Update": count}, {"Update": count_for_adder}],
        ClientRequestToken=str(uuid.uuid4()),
    )
    return item, same[0]["id"]["S"] if same else None


def board_view(seen: Seen) -> dict[str, Any]:
    item = seen.board
    view: dict[str, Any] = {
        "id": item["id"]["S"],
        "name": item["name"]["S"],
        "description": text(item, "description"),
        "privacy": item["privacy"]["S"],
        "is_ads_only": item["is_ads_only"]["BOOL"] if "is_ads_only" in item else False,
        "owner": {"username": seen.owner_name},
        "created_at": item["created_at"]["S"],
        "pin_count": int(item["pin_count"]["N"]),
        "follower_count": int(item["follower_count"]["N"]),
        "collaborator_count": int(item["collaborator_count"]["N"]),
        "role": seen.role,
        "is_archived": "archived_at" in item,
    }
    if "pins_modified_at" in item:
        view["board_pins_modified_at"] = item["pins_modified_at"]["S"]
    if "cover" in item:
        cover, *thumbnails = [picture_url(picture) for picture in json.loads(item["cover"]["S"])]
        view["media"] = {"image_cover_url": cover, "pin_thumbnail_urls": thumbnails}
    return view


def new_pin_view(made: tuple[Item, str | None], seen: Seen, claims: Claims, url: str) -> dict[str, Any]:
    item, duplicate_of = made
    return {
        "id": item["id"]["S"],
        "created_at": item["created_at"]["S"],
        "link": text(item, "link"),
        "title": text(item, "title"),
        "description": text(item, "description"),
        "dominant_color": text(item, "dominant_color"),
        "alt_text": text(item, "alt_text"),
        "creative_type": "REGULAR",
        "board_id": item["board_id"]["S"],
        "board_section_id": text(item, "section_id"),
        "board_owner": {"username": seen.owner_name},
        "is_owner": item["owner_id"]["S"] == user_id(claims),
        "added_by": {"username": seen.owner_name if seen.role == "owner" else claims["presence:username"]},
        "is_standard": True,
        "has_been_promoted": False,
        "parent_pin_id": text(item, "parent_pin_id"),
        "pin_metrics": None,
        "duplicate_of": duplicate_of,
        "media": {"media_type": "image", "images": {size: {"url": url} for size in SIZES}},
    }


def text(item: Item, name: str) -> str | None:
    return item[name]["S"] if name in item else None


def picture_url(picture: str) -> str:
    return picture if "://" in picture else f"{MEDIA_URL}/{picture}"
