"""Runs in the interpreter that is measured: ``python -s -S -P -B worker.py MODE SPEC SUBJECT [DETAIL...]``.

Until the subject is imported, only modules that are part of the interpreter are: all others it shall pay for itself.

``SPEC`` is a marshalled file with ``subjects``, each with its ``path`` and the ``modules`` that answer its calls, and
``calls``, each with its ``event`` and DynamoDB's ``replies`` to it in turn, as pairs of operation and body.
"""

import gc
import marshal
import posix
import sys
import time
from itertools import cycle

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

# Evaluated by type checkers alone, which have the imports above.
type Values = Mapping[str, Any]
type Handler = Callable[[Any, Any], dict[str, Any]]
type Replies = Sequence[tuple[str, bytes]]
type Sent = list[tuple[str, str]]

WARM_UP = 10


class Context:
    """What Lambda tells of the invocation."""

    aws_request_id = "3f2a4c1e-0d7b-4f63-9a59-0f2e7f6f2c11"
    function_name = "bench"
    function_version = "$LATEST"
    memory_limit_in_mb = "1024"
    invoked_function_arn = "arn:aws:lambda:eu-west-1:123456789012:function:bench"
    log_group_name = "bench"
    log_stream_name = "bench"

    def get_remaining_time_in_millis(self) -> int:
        return 20_000


class Body:
    """What botocore takes of urllib3's response."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def stream(self) -> tuple[bytes]:
        return (self.content,)


def answer_with(replies: "Replies", sent: "Sent | None" = None) -> None:
    """From now on DynamoDB gives these replies in turn, as they come over the wire. ``sent`` collects the requests."""
    from binascii import crc32

    from botocore.awsrequest import AWSResponse
    from botocore.httpsession import URLLib3Session
    from urllib3 import HTTPHeaderDict

    def headers(body: bytes) -> "Any":
        return HTTPHeaderDict(
            {
                "Server": "Server",
                "Date": "Mon, 23 Nov 2026 09:07:43 GMT",
                "Content-Type": "application/x-amz-json-1.0",
                "Content-Length": str(len(body)),
                "Connection": "keep-alive",
                "x-amzn-RequestId": "9V1KQ3Q6U2B5V4L8G6H1O2J5RFVV4KQNSO5AEMVJF66Q9ASUAAJG",
                "x-amz-crc32": str(crc32(body)),
            }
        )

    following = cycle([(operation, headers(body), Body(body)) for operation, body in replies])

    def send(_: "Any", request: "Any") -> AWSResponse:
        operation, headers, body = next(following)
        if sent is not None:
            target = request.headers["X-Amz-Target"]
            if not target.endswith(operation.encode() if isinstance(target, bytes) else operation):
                raise RuntimeError(f"DynamoDB was asked for {target!r}, its reply is that to {operation}")
            sent.append((operation, request.body.decode()))
        return AWSResponse(request.url, 200, headers, body)

    URLLib3Session.send = send  # type: ignore[method-assign, assignment]


def handler_of(subject: "Values", call: str) -> "Handler":
    handler: Handler = __import__(subject["modules"][call], fromlist=["handler"]).handler
    return handler


def require_success(call: str, answer: "Values") -> None:
    if answer.get("statusCode", 200) >= 300 or answer.get("batchItemFailures"):
        raise RuntimeError(f"{call} failed: {answer}")


def cold(spec: "Values", subject: "Values", call: str | None = None) -> None:
    """Import and answer once, or only import. Prints the seconds. A subject without modules is the baseline."""
    began = time.perf_counter()
    if call is None:
        for module in subject["modules"].values():
            __import__(module)
    else:
        handler = handler_of(subject, call)
        answer_with(spec["calls"][call]["replies"])
        require_success(call, handler(spec["calls"][call]["event"], Context()))
    print(time.perf_counter() - began, flush=True)
    posix._exit(0)


def check(spec: "Values", subject: "Values", *calls: str) -> None:
    """Print, as JSON, each call's answer and requests, and which modules were loaded and compiled on the way."""
    from importlib._bootstrap_external import SourceLoader

    compiled: list[str] = []
    compile_source = SourceLoader.source_to_code

    def note(self: "Any", data: "Any", path: "Any", **options: "Any") -> "Any":
        compiled.append(path)
        return compile_source(self, data, path, **options)

    SourceLoader.source_to_code = note  # type: ignore[method-assign]
    results: dict[str, Values] = {}
    for call in calls:
        handler = handler_of(subject, call)
        sent: Sent = []
        answer_with(spec["calls"][call]["replies"], sent)
        answer = handler(spec["calls"][call]["event"], Context())
        require_success(call, answer)
        results[call] = {"answer": answer, "sent": sent}
    loaded = [file for module in list(sys.modules.values()) if (file := getattr(module, "__file__", None))]
    import json

    print(json.dumps({"results": results, "compiled": compiled, "loaded": loaded}))


def count(spec: "Values", subject: "Values", times: str) -> None:
    """Fork a process for each call, which repeats it, and one which does nothing: the difference is the calls' cost.

    Prints "call pid" of each; the counter of instructions writes a file for each process.
    """
    handlers = warm_up(spec, subject)
    gc.collect()
    for call in (*handlers, "nothing"):
        if call != "nothing":
            answer_with(spec["calls"][call]["replies"])
        child = posix.fork()
        if not child:
            if call != "nothing":
                repeat(handlers[call], spec["calls"][call]["event"], int(times))
            posix._exit(0)
        posix.waitpid(child, 0)
        print(call, child, flush=True)


def serve(spec: "Values", subject: "Values") -> None:
    """Repeat calls as told on standard input ("call times") and print the seconds, so that subjects can take turns."""
    handlers = warm_up(spec, subject)
    print("ready", flush=True)
    for line in sys.stdin:
        call, times = line.split()
        answer_with(spec["calls"][call]["replies"])
        print(repeat(handlers[call], spec["calls"][call]["event"], int(times)), flush=True)


def warm_up(spec: "Values", subject: "Values") -> "dict[str, Handler]":
    handlers = {call: handler_of(subject, call) for call in subject["modules"]}
    for call, handler in handlers.items():
        answer_with(spec["calls"][call]["replies"])
        repeat(handler, spec["calls"][call]["event"], WARM_UP)
    return handlers


def repeat(handler: "Handler", event: "Any", times: int) -> float:
    context = Context()
    began = time.perf_counter()
    for _ in range(times):
        handler(event, context)
    return time.perf_counter() - began


if __name__ == "__main__":
    _, mode, file, name, *details = sys.argv
    with open(file, "rb") as stream:
        given = marshal.load(stream)
    sys.path[:0] = given["subjects"][name]["path"]
    modes: "dict[str, Callable[..., None]]" = {"cold": cold, "check": check, "count": count, "serve": serve}
    modes[mode](given, given["subjects"][name], *details)
