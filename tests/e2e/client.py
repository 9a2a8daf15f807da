"""A small HTTP client, and what a test knows of the deployed stack."""

import gzip
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import boto3

from presence.domain import postings, trends
from presence.storage import index


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


@dataclass(frozen=True)
class Http:
    api_url: str
    token: str | None

    def request(self, method: str, path: str, body: Any = None, **headers: str) -> Reply:
        request = Request(f"{self.api_url}/v5{path}", method=method)
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        if self.token is not None:
            request.add_header("Authorization", f"Bearer {self.token}")
        for name, value in headers.items():
            request.add_header(name.replace("_", "-"), value)
        try:
            with urlopen(request, timeout=30) as response:
                return _reply(response)
        except HTTPError as response:
            with response:
                return _reply(response)

    def get(self, path: str, **headers: str) -> Reply:
        return self.request("GET", path, **headers)

    def post(self, path: str, body: Any, **headers: str) -> Reply:
        return self.request("POST", path, body, **headers)

    def patch(self, path: str, body: Any, **headers: str) -> Reply:
        return self.request("PATCH", path, body, **headers)

    def delete(self, path: str, **headers: str) -> Reply:
        return self.request("DELETE", path, **headers)


def _reply(response: Any) -> Reply:
    body = response.read()
    headers = {name.lower(): value for name, value in response.headers.items()}
    if headers.get("content-encoding") == "gzip":
        body = gzip.decompress(body)
    return Reply(response.status, headers, body.decode())


@dataclass(frozen=True)
class Stack:
    api_url: str
    endpoint_url: str
    region: str
    table_name: str
    discovery_table_name: str
    access_token: Callable[[str, str], str]
    """From a user's name and scopes (none: all) to an access token."""

    def user(self, name: str, scopes: str = "") -> Http:
        return Http(self.api_url, self.access_token(name, scopes))

    def items_naming(self, item_id: str) -> list[Any]:
        """Every item of the table that mentions an id, anywhere."""
        return [item for item in self._all(self.table_name) if item_id in json.dumps(item, default=str)]

    def is_indexed(self, document_id: str) -> bool:
        """Whether any card, posting list or list of what trends has the document. If another document of a kind has
        its number, lists of that kind are that one's.
        """
        number = postings.number(document_id)
        items = list(self._all(self.discovery_table_name))
        cards = {_kind(item): index.cards(item) for item in items if item["pk"]["S"].endswith(f"#{number}")}
        if any(document_id in card or not card for card in cards.values()):
            return True
        return any(number in _listed(item) for item in items if _kind(item) not in cards)

    def lose_indexes(self) -> None:
        """All that lies in the discovery table."""
        table = boto3.resource("dynamodb", endpoint_url=self.endpoint_url, region_name=self.region).Table(
            self.discovery_table_name
        )
        with table.batch_writer() as batch:
            for item in self._all(self.discovery_table_name):
                batch.delete_item(Key={name: item[name]["S"] for name in ("pk", "sk")})

    def _all(self, table_name: str) -> Iterator[Any]:
        dynamodb = boto3.client("dynamodb", endpoint_url=self.endpoint_url, region_name=self.region)
        for page in dynamodb.get_paginator("scan").paginate(TableName=table_name):
            yield from page["Items"]


def _kind(item: Any) -> str:
    """What of: ``boards``, ``pins`` or ``users``."""
    pk: str = item["pk"]["S"]
    return pk.partition("#")[2].partition("#")[0]


def _listed(item: Any) -> Iterable[int]:
    if "data" not in item:
        return ()
    data = item["data"]["B"]
    return map(postings.number, trends.unpack(data)) if "floors" in item else postings.unpack(data)
