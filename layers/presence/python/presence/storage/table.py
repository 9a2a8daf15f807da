"""The table: one client, reads as plain structures, writes as transactions. AWS's errors end here.

Every write is one ``Transaction``. Its client request token makes DynamoDB apply it once however often the SDK
repeats it (for 10 minutes), so a time-out after the commit converges instead of writing twice or failing on its
own condition. A transaction costs 2 write units per KB where a plain write costs 1; docs/adr/0003 weighs that.
"""

import os
import random
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, NamedTuple, cast
from uuid import uuid4

import botocore.config
import botocore.exceptions
import botocore.session
import orjson
from botocore.parsers import JSONParser, ResponseParser, ResponseParserFactory
from pynamodb.connection import Connection, TableConnection
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from presence.domain.errors import Conflict, StorageUnavailable, Throttled
from presence.storage.keys import Key
from presence.storage.models import Item

Raw = dict[str, Any]
"""An item as DynamoDB sends it: ``{"name": {"S": "Ideas"}, "pin_count": {"N": "3"}}``."""

BATCH_GET_LIMIT: Final = 100
TRANSACTION_LIMIT: Final = 100

# A Lambda that waits holds a whole sandbox, and API Gateway gives up after 30 seconds: fail fast, try again soon.
# "legacy" backs off from 50 ms on DynamoDB; "standard", PynamoDB's default, waits a random part of 1 s, 2 s, ...
CONNECT_TIMEOUT_SECONDS: Final = 1.0
READ_TIMEOUT_SECONDS: Final = 2.5
RETRIES: Final = {"mode": "legacy", "total_max_attempts": 3}
# So many requests the discovery indexes send at a time, and so many connections are kept. botocore keeps 10: what comes
# back beyond them is closed, and the next request shakes hands again.
PARALLEL_REQUESTS: Final = 16
CONFLICT_ATTEMPTS: Final = 8
CONFLICT_BACKOFF_SECONDS: Final = 0.02

_THROTTLES = frozenset(
    {
        "ProvisionedThroughputExceededException",
        "ProvisionedThroughputExceeded",
        "RequestLimitExceeded",
        "ThrottlingException",
        "ThrottlingError",
    }
)


class _PlainParser(JSONParser):
    """Takes DynamoDB's replies as the JSON they are.

    botocore walks its model of the reply member by member, which is most of the CPU time of a query, to arrive at
    the same structure: no attribute of ours is binary, the one type that JSON carries in another form.
    """

    def _do_parse(self, response: Raw, shape: Any) -> Raw:  # noqa: ARG002
        parsed: Raw = orjson.loads(response["body"]) if response["body"] else {}
        self._inject_response_metadata(parsed, response["headers"])  # type: ignore[attr-defined]
        return parsed


class _PlainParserFactory(ResponseParserFactory):
    def create_parser(self, protocol_name: str) -> ResponseParser:
        return _PlainParser() if protocol_name == "json" else super().create_parser(protocol_name)


# Else botocore spells out itself, Python and the platform, twice a request: a quarter of a read's CPU time.
_CONFIG: Final = botocore.config.Config(user_agent="presence")


class _Connection(Connection):
    @property
    def session(self) -> botocore.session.Session:
        session = super().session
        session.register_component("response_parser_factory", _PlainParserFactory())
        session.set_default_client_config(_CONFIG)
        return session


def _connect() -> TableConnection:
    """Give all models one connection with our settings: PynamoDB's ``Meta`` cannot carry the retry mode."""
    table = Item._get_connection()  # noqa: SLF001 - before any subclass makes a client of its own
    connection = _Connection(
        region=os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION"),
        connect_timeout_seconds=CONNECT_TIMEOUT_SECONDS,
        read_timeout_seconds=READ_TIMEOUT_SECONDS,
        retry_configuration=cast(Any, RETRIES),
        max_pool_connections=PARALLEL_REQUESTS,
    )
    connection.add_meta_table(table.get_meta_table())
    table.connection = connection
    return table


_table = _connect()


def client() -> Any:
    """The botocore client that every model uses, with PynamoDB's workaround for missing credentials."""
    return _table.connection.client


def _call(operation: str, **parameters: Any) -> Any:
    """One request (retried within limits).

    Raises:
        Throttled: DynamoDB refuses the load.
        StorageUnavailable: it failed or did not answer.
    """
    try:
        return getattr(client(), operation)(**parameters)
    except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError) as error:
        raise _translated(error) from error


def _translated(error: Exception) -> Exception:
    if not isinstance(error, botocore.exceptions.ClientError):
        return StorageUnavailable("The database did not answer; please try again.")
    code = error.response.get("Error", {}).get("Code", "")
    if code in _THROTTLES:
        return Throttled("Too many requests; please try again later.")
    if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500) >= 500 or code == "InternalServerError":
        return StorageUnavailable("The database failed; please try again.")
    return error


def _wire(key: Key) -> Raw:
    return {"pk": {"S": key[0]}, "sk": {"S": key[1]}}


def get(key: Key) -> Raw | None:
    """The item, as of now (consistent): 1 request, 1 read unit per 4 KB."""
    return cast(
        Raw | None,
        _call("get_item", TableName=_table.table_name, Key=_wire(key), ConsistentRead=True).get("Item"),
    )


def batch_get(
    keys: Iterable[Key], *, of: str | None = None, consistent: bool = True, beside: Iterable[Key] = ()
) -> dict[Key, Raw]:
    """The items that exist, as of now: 1 request per 100 keys, 1 read unit per 4 KB of each item.

    Args:
        of: another table than the main one.
        consistent: or half a read unit, and as of a moment ago.
        beside: keys of the main table, where ``of`` is another; those are as of now.

    Raises:
        Throttled: keys remain unprocessed after ``RETRIES`` rounds.
    """
    main = _table.table_name
    wanted = [(of or main, key) for key in dict.fromkeys(keys)] + [(main, key) for key in beside]
    found: dict[Key, Raw] = {}
    for start in range(0, len(wanted), BATCH_GET_LIMIT):
        pending: Raw = {}
        for name, key in wanted[start : start + BATCH_GET_LIMIT]:
            asked = pending.setdefault(name, {"Keys": [], "ConsistentRead": consistent or name == main})
            asked["Keys"].append(_wire(key))
        for attempt in range(CONFLICT_ATTEMPTS):
            if attempt:
                _back_off(attempt)
            reply = _call("batch_get_item", RequestItems=pending)
            for items in reply["Responses"].values():
                found |= {(item["pk"]["S"], item["sk"]["S"]): item for item in items}
            pending = reply.get("UnprocessedKeys", {})
            if not pending:
                break
        else:
            raise Throttled("Too many requests; please try again later.")
    return found


def query(
    partition: str,
    *,
    of: str | None = None,
    index: str | None = None,
    prefix: str = "",
    after: Raw | None = None,
    limit: int,
    newest_first: bool = True,
) -> tuple[list[Raw], bool]:
    """One page of a partition and whether more may follow: 1 request, half a read unit per 4 KB (1 without index).

    Args:
        of: another table than the main one.
        index: an index; consistent reads without one, eventually consistent with one.
        prefix: what sort keys begin with.
        after: the key (with the index's key) of the last item of the page before.
        limit: items per page; DynamoDB also ends a page at 1 MB.
    """
    stem = _stem(index)
    names = {"#pk": f"{stem}pk"}
    values = {":pk": {"S": partition}}
    condition = "#pk = :pk"
    if prefix:
        names["#sk"] = f"{stem}sk"
        values[":prefix"] = {"S": prefix}
        condition += " AND begins_with(#sk, :prefix)"
    parameters: Raw = {
        "TableName": of or _table.table_name,
        "KeyConditionExpression": condition,
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": values,
        "Limit": limit,
        "ScanIndexForward": not newest_first,
    }
    if index:
        parameters["IndexName"] = index
    else:
        parameters["ConsistentRead"] = True
    if after:
        parameters["ExclusiveStartKey"] = after
    reply = _call("query", **parameters)
    return reply["Items"], "LastEvaluatedKey" in reply


class Part(NamedTuple):
    """Of a whole table: it falls into so many segments, of which this is one."""

    segment: int = 0
    segments: int = 1


def scan(part: Part, *, of: str | None = None, after: Key | None, limit: int) -> tuple[list[Raw], Key | None]:
    """One page of a whole table, and after which key more may follow: 1 request, 1 read unit per 4 KB.

    Only what looks after the indexes reads whole tables.

    Args:
        of: another table than the main one.
    """
    parameters: Raw = {"ExclusiveStartKey": _wire(after)} if after else {}
    reply = _call(
        "scan",
        TableName=of or _table.table_name,
        ConsistentRead=True,
        Limit=limit,
        Segment=part.segment,
        TotalSegments=part.segments,
        **parameters,
    )
    last = reply.get("LastEvaluatedKey")
    return reply["Items"], (last["pk"]["S"], last["sk"]["S"]) if last else None


def position(key: Key) -> Raw:
    """Where an item lies in its partition, to go on after it."""
    return _wire(key)


def index_position(key: Key, index: str | None, partition: str, sort: str) -> Raw:
    """Where an item lies in an index, or in the table itself, to go on after it."""
    stem = _stem(index)
    return {**_wire(key), f"{stem}pk": {"S": partition}, f"{stem}sk": {"S": sort}}


def index_sort(item: Raw, index: str | None) -> str:
    """Where it is sorted to in an index, or in the table itself."""
    sort: str = item[f"{_stem(index)}sk"]["S"]
    return sort


def _stem(index: str | None) -> str:
    """What the names of an index's keys begin with; of the table's nothing."""
    return index.removeprefix("by_") + "_" if index else ""


type Otherwise = Exception | Callable[[Raw | None], Exception]
"""What a failed condition means, if need be told from the item that stands there (None: there is none)."""


class _Operation(NamedTuple):
    request: Raw
    otherwise: Otherwise


def _unforeseen(standing: Raw | None) -> Exception:
    return RuntimeError(f"A write that cannot fail was refused by what stands there: {standing}")


# Who loses learns from the same reply what stands there.
_SHOW_STANDING: Final = "ALL_OLD"


class Transaction:
    """Up to 100 writes, all or none, each with a condition and the error that its failure means.

    Example::

        tx = Transaction()
        tx.put(claim, Item.pk.does_not_exist(), otherwise=BoardNameTaken(name))
        tx.update(item, [BoardItem.pin_count.add(1)], Item.pk.exists(), otherwise=BoardNotFound())
        tx.commit()
    """

    def __init__(self) -> None:
        self._operations: list[_Operation] = []

    def __len__(self) -> int:
        return len(self._operations)

    def put(self, item: Item, condition: Condition | None = None, *, otherwise: Otherwise = _unforeseen) -> None:
        self._add("Put", item.get_save_kwargs_from_instance(condition, _SHOW_STANDING), otherwise)

    def update(
        self,
        item: Item,
        actions: Sequence[Action],
        condition: Condition | None,
        *,
        otherwise: Otherwise = _unforeseen,
    ) -> None:
        """``item`` needs only its key. The condition must demand that it exists, or a missing one is made (with what
        the actions set, which then must be its kind too).
        """
        request = item.get_update_kwargs_from_instance(list(actions), condition, _SHOW_STANDING)
        self._add("Update", request, otherwise)

    def delete(self, item: Item, condition: Condition | None = None, *, otherwise: Otherwise = _unforeseen) -> None:
        """``item`` needs only its key."""
        request = item.get_delete_kwargs_from_instance(condition, _SHOW_STANDING)
        self._add("Delete", request, otherwise)

    def _add(self, verb: str, request: Raw, otherwise: Otherwise) -> None:
        self._operations.append(_Operation({verb: request}, otherwise))

    def commit(self) -> None:
        """Apply all writes: 1 request, 2 write units per KB of each item.

        Raises:
            Exception: the ``otherwise`` of the first write whose condition failed.
            Conflict: other transactions kept touching the same items.
            Throttled: DynamoDB refuses the load.
            StorageUnavailable: it failed or did not answer; whether the writes were applied is unknown.
        """
        request = {
            "TransactItems": [operation.request for operation in self._operations],
            "ClientRequestToken": str(uuid4()),
        }
        for attempt in range(CONFLICT_ATTEMPTS):
            if attempt:
                _back_off(attempt)
            try:
                client().transact_write_items(**request)
                return
            except botocore.exceptions.ClientError as error:
                code = error.response.get("Error", {}).get("Code")
                if code == "TransactionCanceledException":
                    self._raise_unless_conflict(error)
                elif code != "TransactionInProgressException":
                    raise _translated(error) from error
            except botocore.exceptions.BotoCoreError as error:
                raise _translated(error) from error
        raise Conflict("Others are changing the same thing right now; please try again.")

    def _raise_unless_conflict(self, error: botocore.exceptions.ClientError) -> None:
        reasons = cast(list[Raw], error.response.get("CancellationReasons", []))
        for operation, reason in zip(self._operations, reasons, strict=True):
            if reason.get("Code") == "ConditionalCheckFailed":
                otherwise = operation.otherwise
                raise (otherwise if isinstance(otherwise, Exception) else otherwise(reason.get("Item"))) from error
        codes = {reason.get("Code") for reason in reasons}
        if codes & _THROTTLES:
            raise Throttled("Too many requests; please try again later.") from error
        if "TransactionConflict" not in codes:
            raise error


_REFUSED = {"ConditionalCheckFailedException", "TransactionCanceledException", "TransactionConflictException"}
"""A condition failed, that of one write or of several, or another's transaction with the item is under way."""


def write_conditionally(name: str, writes: Sequence[Raw], *, otherwise: Exception) -> None:
    """Puts and deletes in another table, each with its condition, all or none: 1 request; 1 write unit per KB of a
    single one, 2 of several.

    Raises:
        Exception: ``otherwise``, where a condition failed or somebody else was writing the same.
        Throttled, StorageUnavailable: as any request.
    """
    try:
        if len(writes) > 1:
            requests = [{verb: {"TableName": name, **rest}} for each in writes for verb, rest in each.items()]
            _call("transact_write_items", TransactItems=requests)
        else:
            for verb, rest in writes[0].items():
                _call("put_item" if verb == "Put" else "delete_item", TableName=name, **rest)
    except botocore.exceptions.ClientError as error:
        code = error.response.get("Error", {}).get("Code")
        if code not in _REFUSED:
            raise
        codes = {reason.get("Code") for reason in cast(list[Raw], error.response.get("CancellationReasons", []))}
        if codes & _THROTTLES:
            raise Throttled("Too many requests; please try again later.") from error
        raise otherwise from error


def _back_off(attempt: int) -> None:
    """Full jitter (AWS Architecture Blog, "Exponential Backoff and Jitter"): losers of a conflict spread out."""
    time.sleep(random.uniform(0, CONFLICT_BACKOFF_SECONDS * 2**attempt))  # noqa: S311
