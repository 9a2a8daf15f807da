"""What the measured calls get: events as API Gateway, Cognito and the stream send them, and DynamoDB's replies.

The replies are recorded from our own handlers on moto, with items that the storage code itself wrote. Run as a
process of its own, in the environment of a function: ``python -m tools.bench.fixtures FILE`` writes them to a file.
"""

import importlib
import json
import marshal
import sys
from collections.abc import Callable, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

from moto import mock_aws

from presence.domain.entities import Board, Image, Media, Pin, Profile
from presence.http.viewer import USER_ID_CLAIM, USERNAME_CLAIM
from presence.policies.scopes import Scope
from presence.projections.discovery import Subject
from presence.projections.documents import BOARDS
from presence.services import indexing
from presence.storage import boards, pins, profiles, table
from presence.storage.models import Item
from presence.storage.table import Transaction
from tests.support.stored import create_discovery_table
from tools.bench.subjects import FUNCTION_OF
from tools.bench.worker import Context

USER = Profile("3918274650192837465", "ada_lovelace", "2026-03-14T15:09:26Z", board_count=112, pin_count=1480)
SUBJECT = "5c9f0a3e-7e0d-4a53-8d5f-0f4c6a1f1b2c"
ISSUER = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI"
CLOCK = "2026-11-23T09:07:43Z"

type Event = dict[str, Any]
type Reply = tuple[str, bytes]


def events() -> dict[str, Event]:
    """What Lambda hands over, for every call that is measured."""
    board, pin = a_board(0), a_pin(0)
    new_board = {"name": "Lamps", "description": board.description, "privacy": "PUBLIC"}
    new_pin = {
        "board_id": board.id,
        "title": pin.title,
        "description": pin.description,
        "alt_text": pin.alt_text,
        "link": pin.link,
        "media_source": {"source_type": "image_url", "url": pin.media.images[0].url},
    }
    return {
        "get_board": _http("GET /boards/{board_id}", path={"board_id": board.id}),
        "list_25_boards": _http("GET /boards", query={"page_size": "25"}),
        "list_100_boards": _http("GET /boards", query={"page_size": "100"}),
        "create_board": _http("POST /boards", body=new_board),
        "get_pin": _http("GET /pins/{pin_id}", path={"pin_id": pin.id}),
        "create_pin": _http("POST /pins", body=new_pin),
        "get_account": _http("GET /user_account"),
        "search_boards": _http("GET /discover/search", query={"q": "kitchen ideas"}),
        "sign_in": _sign_in_event(),
        "upkeep": _stream_event(_written(pins.put, pin)),
    }


def record(events: Mapping[str, Event]) -> dict[str, list[Reply]]:
    """DynamoDB's replies to the requests that our handlers send on each event."""
    heard: list[Reply] = []

    def listen(event_name: str, response_dict: dict[str, Any], **_: Any) -> None:
        heard.append((event_name.rpartition(".")[2], response_dict["body"]))

    replies = {}
    with mock_aws():
        _fill_table()
        table.client().meta.events.register("response-received.dynamodb", listen)
        for call, event in events.items():
            heard.clear()
            importlib.import_module(f"{FUNCTION_OF[call]}.handler").handler(deepcopy(event), Context())
            replies[call] = list(heard)
    return replies


def _fill_table() -> None:
    Item.create_table(billing_mode="PAY_PER_REQUEST", wait=False)
    items = [_written(boards.put, a_board(number)) for number in range(USER.board_count)]
    items += [_written(pins.put, a_pin(number)) for number in range(5)]
    items += [_written(profiles.put, USER), _written(profiles.claim_identity, ISSUER, SUBJECT, USER.id)]
    for item in items:
        table.client().put_item(TableName=Item.Meta.table_name, Item=item)
    create_discovery_table(table.client())
    indexing.refresh({Subject(BOARDS, a_board(number).id): () for number in range(USER.board_count)})


def _written(put: Callable[..., None], *values: Any) -> dict[str, Any]:
    """An item as the storage code would put it."""
    tx = Transaction()
    put(tx, *values, otherwise=RuntimeError())
    (operation,) = tx._operations
    item: dict[str, Any] = operation.request["Put"]["Item"]
    return item


def a_board(number: int) -> Board:
    return Board(
        id=_id(number),
        owner_id=USER.id,
        name=f"Kitchen ideas for a small flat, part {number}",
        slug=f"kitchen-ideas-for-a-small-flat-part-{number}",
        privacy="PUBLIC",
        created_at=CLOCK,
        description="Shelves, lamps and colours that make much of little room. Found on the way, kept for the move.",
        pins_modified_at=CLOCK,
        pin_count=37 + number,
        section_count=4,
        cover=tuple(f"{_id(1000 + number * 5 + picture)}.jpg" for picture in range(5)),
        version=41,
    )


def a_pin(number: int) -> Pin:
    return Pin(
        id=_id(500 + number),
        owner_id=USER.id,
        board_id=a_board(0).id,
        created_at=CLOCK,
        media=Media("image", (Image(url=f"https://images.example.com/kitchens/{number}/original.jpg"),)),
        title=f"A shelf above the door, number {number}",
        description="Deep enough for the pots that are used twice a year, and out of everybody's way.",
        alt_text="A white shelf with copper pots above a narrow kitchen door",
        link=f"https://blog.example.com/small-kitchens/{number}?utm_source=presence",
    )


def _id(number: int) -> str:
    return str(1_170_000_000_000_000_000 - number * 91_138_233_415_681)


def _http(
    route: str, *, path: dict[str, str] | None = None, query: dict[str, str] | None = None, body: Any = None
) -> Event:
    method, _, template = route.partition(" ")
    raw_path = "/v5" + template.format(**path or {})
    claims = {
        "sub": SUBJECT,
        "iss": ISSUER,
        "client_id": "4ab5c6d7e8f9g0h1i2j3k4l5m6",
        "token_use": "access",
        "scope": " ".join(Scope),
        "auth_time": "1795424863",
        "exp": "1795428463",
        "iat": "1795424863",
        "jti": "2b8f9f3c-6b1d-4d0c-9a51-7f3f0f9a6d10",
        "username": USER.username,
        USER_ID_CLAIM: USER.id,
        USERNAME_CLAIM: USER.username,
    }
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": f"{method} /v5{template}",
        "rawPath": raw_path,
        "rawQueryString": "&".join(f"{name}={value}" for name, value in (query or {}).items()),
        "headers": {
            "accept": "application/json",
            "authorization": "Bearer " + "x" * 1000,
            "content-length": "0" if body is None else str(len(json.dumps(body))),
            "host": "abcdefghij.execute-api.eu-west-1.amazonaws.com",
            "user-agent": "OpenAPI-Generator/0.1.0/python",
            "x-amzn-trace-id": "Root=1-6b03c1f3-1c2d3e4f5a6b7c8d9e0f1a2b",
            "x-forwarded-for": "203.0.113.7",
            "x-forwarded-port": "443",
            "x-forwarded-proto": "https",
        },
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "abcdefghij",
            "authorizer": {"jwt": {"claims": claims, "scopes": None}},
            "domainName": "abcdefghij.execute-api.eu-west-1.amazonaws.com",
            "domainPrefix": "abcdefghij",
            "http": {
                "method": method,
                "path": raw_path,
                "protocol": "HTTP/1.1",
                "sourceIp": "203.0.113.7",
                "userAgent": "OpenAPI-Generator/0.1.0/python",
            },
            "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": f"{method} /v5{template}",
            "stage": "$default",
            "time": "23/Nov/2026:09:07:43 +0000",
            "timeEpoch": 1795424863000,
        },
        "isBase64Encoded": False,
    }
    if path:
        event["pathParameters"] = path
    if query:
        event["queryStringParameters"] = query
    if body is not None:
        event["headers"]["content-type"] = "application/json"
        event["body"] = json.dumps(body)
    return event


def _sign_in_event() -> Event:
    return {
        "version": "2",
        "triggerSource": "TokenGeneration_Authentication",
        "region": "eu-west-1",
        "userPoolId": "eu-west-1_AbCdEfGhI",
        "userName": USER.username,
        "callerContext": {"awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": "4ab5c6d7e8f9g0h1i2j3k4l5m6"},
        "request": {
            "userAttributes": {"sub": SUBJECT, "cognito:user_status": "CONFIRMED"},
            "groupConfiguration": {"groupsToOverride": [], "iamRolesToOverride": [], "preferredRole": None},
            "scopes": ["aws.cognito.signin.user.admin"],
        },
        "response": {"claimsAndScopeOverrideDetails": None},
    }


def _stream_event(pin: dict[str, Any]) -> Event:
    record = {
        "eventID": "c81e728d9d4c2f636f067f89cc14862c",
        "eventName": "INSERT",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "eu-west-1",
        "dynamodb": {
            "ApproximateCreationDateTime": 1795424863,
            "Keys": {"pk": pin["pk"], "sk": pin["sk"]},
            "NewImage": pin,
            "SequenceNumber": "111000000000000000001",
            "SizeBytes": 1024,
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        },
        "eventSourceARN": "arn:aws:dynamodb:eu-west-1:123456789012:table/presence/stream/2026-11-23T00:00:00.000",
    }
    return {"Records": [record]}


if __name__ == "__main__":
    given = events()
    recorded = record(given)
    calls = {call: {"event": event, "replies": recorded[call]} for call, event in given.items()}
    Path(sys.argv[1]).write_bytes(marshal.dumps(calls))
