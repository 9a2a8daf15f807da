"""MiniStack's DynamoDB and S3 in a process of their own, on a free loopback port.

What it does as AWS does, measured with 1.5.33: transactions (all or none, cancellation reasons with the standing item,
client request tokens), pages of 1 MB, a ``LastEvaluatedKey`` when a page ends at the limit, the stream's records and
iterators, the write units of transactions. What it does not: it handles one request at a time, so transactions never
conflict (``wire.Conflicts`` stands in), indexes never lag, reads report no true capacity (``capacity`` calculates it),
and an item that its TTL removes leaves no record in the stream.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
import urllib3

from tests.conftest import ENVIRONMENT
from tools import cloud

TABLE, DISCOVERY_TABLE, BUCKET, ARCHIVE_BUCKET, REGION = (
    ENVIRONMENT[name] for name in ("TABLE_NAME", "DISCOVERY_TABLE_NAME", "MEDIA_BUCKET", "ARCHIVE_BUCKET", "AWS_REGION")
)

type Item = dict[str, Any]


class LocalCloud:
    """The tests' own way to the cloud, beside the clients of the code under test: quick, and seen by no counter."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._http = urllib3.PoolManager(maxsize=8)

    def dynamodb(self, operation: str, *, api: str = "DynamoDB_20120810", **parameters: Any) -> Any:
        reply = self._http.request(
            "POST",
            self.url,
            body=orjson.dumps(parameters),
            headers={
                "X-Amz-Target": f"{api}.{operation}",
                "Content-Type": "application/x-amz-json-1.0",
                # The account and the region are told by the credential's scope; the signature is not looked at.
                "Authorization": f"AWS4-HMAC-SHA256 Credential=test/20260101/{REGION}/dynamodb/aws4_request",
            },
            timeout=600,
        )
        assert reply.status == 200, (operation, reply.data[:500])
        return orjson.loads(reply.data)

    def streams(self, operation: str, **parameters: Any) -> Any:
        return self.dynamodb(operation, api="DynamoDBStreams_20120810", **parameters)

    def scan(self) -> Iterator[Item]:
        """Everything in the table. The code under test may not do this; a test that looks for orphans must."""
        start: dict[str, Any] = {}
        while True:
            reply = self.dynamodb("Scan", TableName=TABLE, **start)
            yield from reply["Items"]
            if "LastEvaluatedKey" not in reply:
                return
            start = {"ExclusiveStartKey": reply["LastEvaluatedKey"]}

    def put_items(self, items: list[Item]) -> None:
        for start in range(0, len(items), 25):
            batch = [{"PutRequest": {"Item": item}} for item in items[start : start + 25]]
            reply = self.dynamodb("BatchWriteItem", RequestItems={TABLE: batch})
            assert not reply.get("UnprocessedItems")

    def put_object(self, key: str) -> None:
        assert self._object("PUT", key) == 200

    def has_object(self, key: str) -> bool:
        return self._object("HEAD", key) == 200

    def _object(self, method: str, key: str) -> int:
        headers = {"Authorization": f"AWS4-HMAC-SHA256 Credential=test/20260101/{REGION}/s3/aws4_request"}
        body = b"a picture" if method == "PUT" else None
        return self._http.request(method, f"{self.url}/{BUCKET}/{key}", body=body, headers=headers).status

    def close(self) -> None:
        self._http.clear()


@contextmanager
def running(folder: Path) -> Iterator[LocalCloud]:
    """An empty cloud that ends with the block. ``folder`` takes its log and whatever else it writes."""
    try:
        local = LocalCloud(cloud.start(folder, persist=False))
        yield local
        local.close()
    finally:
        cloud.stop(folder)
