"""Between the clients under test and the cloud: what they send, and what may go wrong with it.

The hook is botocore's ``before-send`` event: what a handler returns is the answer, what it raises is what the network
did. Everything above it, retries and parsing included, is the real thing.
"""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import Any

import orjson
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ReadTimeoutError

from tests.integration.local_cloud import DISCOVERY_TABLE
from tests.support.turns import Crash

S3 = {
    "PutObject": "S3 put",
    "GetObject": "S3 get",
    "HeadObject": "S3 head",
    "DeleteObject": "S3 delete",
    "CreateMultipartUpload": "S3 begin",
    "UploadPart": "S3 piece",
    "CompleteMultipartUpload": "S3 join",
}
"""What is asked of S3, as docs/access-patterns.md calls it."""
ALLOWED = frozenset({"GetItem", "BatchGetItem", "Query", "TransactWriteItems", *S3})
DERIVED = frozenset({"PutItem", "DeleteItem"})
"""To the discovery table alone."""
"""All that the code may ever send. Not among them: Scan, and what scans under another name (ExecuteStatement)."""


@dataclass
class Sent:
    """One attempt to send a request."""

    operation: str
    url: str
    raw_body: bytes = field(repr=False)
    request_id: str
    """The same for all attempts that the SDK makes for one call."""
    reply: AWSResponse | None = None
    """None where no answer came, or the answer is not the cloud's."""

    @cached_property
    def body(self) -> Any:
        return orjson.loads(self.raw_body)

    @cached_property
    def answer(self) -> Any:
        assert self.reply is not None
        return orjson.loads(self.reply.content)

    @property
    def object_key(self) -> str:
        return self.url.rpartition("/")[2]


type Go = Callable[[], AWSResponse]
type Hop = Callable[[Sent, Go], AWSResponse]
"""Something on the way: may answer itself, raise, or ``go`` on."""


class Wire:
    """Records every attempt in ``sent`` and leads it through the ``hops``."""

    def __init__(self) -> None:
        self.sent: list[Sent] = []
        self.forbidden: list[str] = []
        self._hops: list[Hop] = []

    def attach(self, client: Any, service: str) -> Callable[[], None]:
        """Lead a client's requests through here, until the returned function is called."""
        send = client._endpoint.http_session.send

        def before_send(request: AWSPreparedRequest, event_name: str, **_: Any) -> AWSResponse:
            return self._pass(_sent(event_name.rpartition(".")[2], request), lambda: send(request))

        event = f"before-send.{service}"
        client.meta.events.register(event, before_send)
        return lambda: client.meta.events.unregister(event, before_send)

    def _pass(self, sent: Sent, send: Go) -> AWSResponse:
        is_derived = sent.operation in DERIVED and sent.body["TableName"] == DISCOVERY_TABLE
        if sent.operation not in ALLOWED and not is_derived:
            self.forbidden.append(sent.operation)
            raise AssertionError(f"The code may not send {sent.operation}.")
        self.sent.append(sent)

        def to_cloud() -> AWSResponse:
            sent.reply = send()
            return sent.reply

        go: Go = to_cloud
        for hop in self._hops:
            go = _before(hop, sent, go)
        return go()

    @contextmanager
    def through(self, hop: Hop) -> Iterator[None]:
        self._hops.append(hop)
        try:
            yield
        finally:
            self._hops.remove(hop)

    @contextmanager
    def recording(self) -> Iterator[list[Sent]]:
        """What is sent inside the block."""
        start = len(self.sent)
        found: list[Sent] = []
        yield found
        found += self.sent[start:]


def _before(hop: Hop, sent: Sent, go: Go) -> Go:
    return lambda: hop(sent, go)


def _sent(operation: str, request: AWSPreparedRequest) -> Sent:
    body = request.body
    if not isinstance(body, bytes):
        body = b""  # an upload: nobody looks into it
    invocation = request.headers["amz-sdk-invocation-id"]
    return Sent(operation, request.url, body, invocation.decode() if isinstance(invocation, bytes) else invocation)


class Fault(Enum):
    """What can go wrong with one attempt. *Lost* ones happen after the cloud has done the work."""

    THROTTLED = "throttled"
    FAILED = "failed"
    FAILED_LATE = "failed after the work was done"
    UNANSWERED = "no answer"
    ANSWER_LOST = "no answer after the work was done"

    @property
    def is_late(self) -> bool:
        return self in (Fault.FAILED_LATE, Fault.ANSWER_LOST)


@dataclass
class Faulty:
    """A fault at one request, for its first ``attempts`` attempts."""

    at: int
    """Which request: 0 is the first. An SDK's attempts at one call count as one request."""
    fault: Fault
    attempts: int = 1
    hits: int = 0
    _order: list[str] = field(default_factory=list)

    def __call__(self, sent: Sent, go: Go) -> AWSResponse:
        if sent.request_id not in self._order:
            self._order.append(sent.request_id)
        if self._order.index(sent.request_id) != self.at or self.hits >= self.attempts:
            return go()
        self.hits += 1
        if self.fault.is_late:
            _drop(go())
        if self.fault in (Fault.UNANSWERED, Fault.ANSWER_LOST):
            raise ReadTimeoutError(endpoint_url=sent.url)
        return _throttled(sent) if self.fault is Fault.THROTTLED else _failed(sent)


@dataclass
class CrashAt:
    """A crash at the request that ``when`` picks by its number (0 is the first), before or after its work is done."""

    when: Callable[[int], bool]
    after_work: Callable[[int], bool]
    count: int = 0
    hits: int = 0

    def __call__(self, sent: Sent, go: Go) -> AWSResponse:
        number = self.count
        self.count += 1
        if not self.when(number):
            return go()
        self.hits += 1
        if self.after_work(number):
            _drop(go())
        raise Crash


class Conflicts:
    """What DynamoDB does where transactions meet, and the local one does not: whoever comes to an item that a
    transaction under way touches is cancelled with ``TransactionConflict``.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-conflict-handling
    """

    UNDER_WAY_SECONDS = 0.003
    """How long a transaction holds its items at least."""

    def __init__(self) -> None:
        self.count = 0
        self._held: set[tuple[str, str]] = set()
        self._lock = threading.Lock()

    def __call__(self, sent: Sent, go: Go) -> AWSResponse:
        if sent.operation != "TransactWriteItems":
            return go()
        keys = [_key(item) for item in sent.body["TransactItems"]]
        with self._lock:
            met = [key in self._held for key in keys]
            if any(met):
                self.count += 1
                return cancelled(sent, ["TransactionConflict" if one else "None" for one in met])
            self._held.update(keys)
        try:
            time.sleep(self.UNDER_WAY_SECONDS)
            return go()
        finally:
            with self._lock:
                self._held.difference_update(keys)


def _key(item: dict[str, Any]) -> tuple[str, str]:
    ((_, request),) = item.items()
    key = request.get("Key") or request["Item"]
    return key["pk"]["S"], key["sk"]["S"]


def error(sent: Sent, status: int, code: str, **more: Any) -> AWSResponse:
    """An error of DynamoDB's."""
    body = {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": "-", **more}
    return response(sent, status, json.dumps(body).encode())


def cancelled(sent: Sent, codes: list[str]) -> AWSResponse:
    return error(sent, 400, "TransactionCanceledException", CancellationReasons=[{"Code": code} for code in codes])


def _throttled(sent: Sent) -> AWSResponse:
    if _is_s3(sent):
        return response(sent, 503, b"<Error><Code>SlowDown</Code><Message>-</Message></Error>")
    return error(sent, 400, "ProvisionedThroughputExceededException")


def _failed(sent: Sent) -> AWSResponse:
    if _is_s3(sent):
        return response(sent, 500, b"<Error><Code>InternalError</Code><Message>-</Message></Error>")
    return error(sent, 500, "InternalServerError")


def _drop(reply: AWSResponse) -> None:
    """Nobody will read it."""
    if reply.raw is not None:
        reply.raw.close()


def _is_s3(sent: Sent) -> bool:
    return sent.operation in S3


def response(sent: Sent, status: int, body: bytes) -> AWSResponse:
    made = AWSResponse(sent.url, status, {}, None)
    made._content = body
    return made
