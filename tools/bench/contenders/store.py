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
from typing import Any

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


def get_board(board_id: str, claims: Claims) -> Item:
    key = {"pk": {"S": f"BOARD#{board_id}"}, "sk": {"S": "BOARD"}}
    item: Item | None = client.get_item(TableName=TABLE, Key=key, ConsistentRead=True).get("Item")
    if item is None or not may_view(item, claims):
        raise Refused(404, 40, "Board not found.")
    return item


def may_view(board: Item, claims: Claims) -> bool:
    if "deleted" in board:
        return False
    if board["privacy"]["S"] != "SECRET":
        return True
    related = board["owner_id"]["S"] == user_id(claims) or user_id(claims) in collaborators(board)
    return related and "boards:read_secret" in claims["scope"].split()


def user_id(claims: Claims) -> str:
    return claims["presence:user_id"]


def collaborators(board: Item) -> list[str]:
    found: list[str] = board["collaborator_ids"]["SS"] if "collaborator_ids" in board else []
    return found


def list_boards(claims: Claims, size: int) -> tuple[list[Item], str | None]:
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
    boards = [item for item in reply["Items"] if may_view(item, claims)]
    if len(boards) <= size:
        return boards, None
    return boards[:size], bookmark(boards[size - 1]["id"]["S"], user_id(claims), "/boards", "ALL")


def bookmark(last_id: str, *listing: str) -> str:
    payload = b"\x01" + int(last_id).to_bytes(8)
    signature = hmac.digest(BOOKMARK_SECRET, payload + "\n".join(listing).encode(), hashlib.sha256)[:15]
    return urlsafe_b64encode(payload + signature).decode()


def create_pin(claims: Claims, board: Item, fields: dict[str, Any], url: str) -> Item:
    """Put the pin and count it on its board. ``fields`` are the texts that the client gave."""
    if board["owner_id"]["S"] != user_id(claims) and user_id(claims) not in collaborators(board):
        raise Refused(403, 29, "You are not permitted to add pins to this board.")
    pin_id = str((time.time_ns() // 1_000_000 - 1_514_764_800_000) << 22 | random.getrandbits(22))
    board_id, now = board["id"]["S"], datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    item: Item = {
        "pk": {"S": f"PIN#{pin_id}"},
        "sk": {"S": "PIN"},
        "kind": {"S": "pin"},
        "owner_pk": {"S": f"USER#{user_id(claims)}#PINS"},
        "owner_sk": {"S": pin_id},
        "board_pk": {"S": f"BOARD#{board_id}#PINS"},
        "board_sk": {"S": pin_id},
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
        "ConditionExpression": "(attribute_exists (#3) AND attribute_not_exists (#4))",
        "ExpressionAttributeNames": {
            "#0": "pins_modified_at",
            "#1": "pin_count",
            "#2": "version",
            "#3": "pk",
            "#4": "deleted",
        },
        "ExpressionAttributeValues": {":0": {"S": now}, ":1": {"N": "1"}},
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    client.transact_write_items(TransactItems=[{"Put": put}, {"Update": count}], ClientRequestToken=str(uuid.uuid4()))
    return item


def board_view(item: Item) -> dict[str, Any]:
    view: dict[str, Any] = {
        "id": item["id"]["S"],
        "name": item["name"]["S"],
        "description": text(item, "description"),
        "privacy": item["privacy"]["S"],
        "is_ads_only": item["is_ads_only"]["BOOL"] if "is_ads_only" in item else False,
        "owner": {"username": item["owner_username"]["S"]},
        "created_at": item["created_at"]["S"],
        "pin_count": int(item["pin_count"]["N"]),
        "follower_count": int(item["follower_count"]["N"]),
        "collaborator_count": len(collaborators(item)),
    }
    if "pins_modified_at" in item:
        view["board_pins_modified_at"] = item["pins_modified_at"]["S"]
    if "cover" in item:
        cover, *thumbnails = [picture_url(picture) for picture in json.loads(item["cover"]["S"])]
        view["media"] = {"image_cover_url": cover, "pin_thumbnail_urls": thumbnails}
    return view


def pin_view(item: Item, board: Item, claims: Claims, url: str) -> dict[str, Any]:
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
        "board_owner": {"username": board["owner_username"]["S"]},
        "is_owner": item["owner_id"]["S"] == user_id(claims),
        "is_standard": True,
        "has_been_promoted": False,
        "parent_pin_id": text(item, "parent_pin_id"),
        "pin_metrics": None,
        "media": {"media_type": "image", "images": {size: {"url": url} for size in SIZES}},
    }


def text(item: Item, name: str) -> str | None:
    return item[name]["S"] if name in item else None


def picture_url(picture: str) -> str:
    return picture if "://" in picture else f"{MEDIA_URL}/{picture}"
