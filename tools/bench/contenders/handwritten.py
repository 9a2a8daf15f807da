"""A Lambda handler by hand: a dictionary of routes, botocore's client as it comes, and ``json``."""

import json
from typing import Any

from . import store
from .store import Refused

type Event = dict[str, Any]

TEXTS = {"title": 100, "description": 800, "alt_text": 500, "link": 2048}


def get_board(event: Event, claims: store.Claims) -> tuple[int, Any]:
    store.require(claims, ("boards:read",))
    board_id = event["pathParameters"]["board_id"]
    if not board_id.isdigit():
        raise Refused(400, 1, "Invalid request: 'board_id' must be an id: digits only")
    return 200, store.board_view(store.get_board(board_id, claims))


def list_boards(event: Event, claims: store.Claims) -> tuple[int, Any]:
    store.require(claims, ("boards:read",))
    size = (event.get("queryStringParameters") or {}).get("page_size", "25")
    if not (size.isdigit() and 1 <= int(size) <= 250):
        raise Refused(400, 1, "Invalid request: 'page_size' must be a whole number from 1 to 250")
    boards, bookmark = store.list_boards(claims, int(size))
    return 200, {"items": [store.board_view(seen) for seen in boards], "bookmark": bookmark}


def create_pin(event: Event, claims: store.Claims) -> tuple[int, Any]:
    store.require(claims, ("boards:read", "boards:write", "pins:read", "pins:write"))
    body = json.loads(event["body"])
    source = body["media_source"]
    url = source.get("url")
    if source.get("source_type") != "image_url" or not isinstance(url, str) or not url.startswith("http"):
        raise Refused(400, 1, "Invalid request: 'media_source.url' should be an http or https URL")
    fields: dict[str, Any] = {}
    for name, limit in TEXTS.items():
        value = fields[name] = body.get(name)
        if value is not None and not (isinstance(value, str) and len(value) <= limit):
            raise Refused(400, 1, f"Invalid request: '{name}' should have at most {limit} characters")
    seen = store.get_board(body["board_id"], claims)
    return 201, store.new_pin_view(store.create_pin(claims, seen, fields, url), seen, claims, url)


ROUTES = {
    "GET /v5/boards": list_boards,
    "GET /v5/boards/{board_id}": get_board,
    "POST /v5/pins": create_pin,
}


def handler(event: Event, context: object) -> dict[str, Any]:
    try:
        claims = event["requestContext"]["authorizer"]["jwt"]["claims"]
        status, answer = ROUTES[event["routeKey"]](event, claims)
    except Refused as refused:
        status, answer = refused.status, refused.body
    return {"statusCode": status, "headers": {"Content-Type": "application/json"}, "body": json.dumps(answer)}
