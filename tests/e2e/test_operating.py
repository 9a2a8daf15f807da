"""The commands that see to discovery, run on the deployed system like anybody runs them."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.e2e.client import Http, Stack
from tests.e2e.test_live import eventually
from tools import cloud


def run(command: str, directory: Path) -> str:
    """What it tells when it is done, and done well."""
    path = os.pathsep.join(str(cloud.ROOT / each) for each in ("", "layers/presence/python"))
    done = subprocess.run(
        [sys.executable, "-m", "tools", command, str(directory)],
        cwd=cloud.ROOT,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def an_indexed_board(stack: Stack, alice: Http, name: str) -> str:
    board_id: str = alice.post("/boards", {"name": name}).json["id"]
    assert eventually(lambda: stack.is_indexed(board_id))
    return board_id


def test_lost_indexes_are_made_anew_by_the_deployment(
    stack: Stack, cloud_directory: Path, alice: Http, a_name: str
) -> None:
    board_id = an_indexed_board(stack, alice, a_name)
    stack.lose_indexes()
    assert not stack.is_indexed(board_id)

    assert run("reindex", cloud_directory).count("done") >= 1
    assert stack.is_indexed(board_id)
    assert "0 differences" in run("drift", cloud_directory)


def test_what_the_indexer_gave_up_is_read_from_the_stream_and_indexed(
    stack: Stack, cloud_directory: Path, alice: Http, a_name: str
) -> None:
    board_id = an_indexed_board(stack, alice, a_name)
    stack.lose_indexes()
    give_up(stack, cloud_directory, board_id)

    assert "indexer: 1 records processed" in run("redrive", cloud_directory)
    assert stack.is_indexed(board_id)
    assert "records processed" not in run("redrive", cloud_directory)


def give_up(stack: Stack, cloud_directory: Path, board_id: str) -> None:
    """Leave the message that Lambda would, of the record of a new board."""
    deployed = cloud.load(cloud_directory)
    assert deployed
    function = deployed.functions["indexer"]
    [mapping] = deployed.client("lambda").list_event_source_mappings(FunctionName=function)["EventSourceMappings"]
    streams, arn = deployed.client("dynamodbstreams"), mapping["EventSourceArn"]
    [shard] = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    number = next(
        record["dynamodb"]["SequenceNumber"]
        for record in records(streams, arn, shard["ShardId"])
        if record["dynamodb"]["Keys"]["pk"]["S"] == f"BOARD#{board_id}" and "NewImage" in record["dynamodb"]
    )
    message = {
        "DDBStreamBatchInfo": {
            "shardId": shard["ShardId"],
            "startSequenceNumber": number,
            "endSequenceNumber": number,
            "approximateArrivalOfLastRecord": "2026-01-01T00:00:00.000Z",
            "batchSize": 1,
        }
    }
    queues = deployed.client("sqs")
    name = mapping["DestinationConfig"]["OnFailure"]["Destination"].rpartition(":")[2]
    url = queues.get_queue_url(QueueName=name)["QueueUrl"]
    queues.send_message(QueueUrl=url, MessageBody=json.dumps(message))


def records(streams: Any, arn: str, shard_id: str) -> list[Any]:
    """All that the shard has."""
    kind = "TRIM_HORIZON"
    iterator = streams.get_shard_iterator(StreamArn=arn, ShardId=shard_id, ShardIteratorType=kind)["ShardIterator"]
    found: list[Any] = []
    while page := streams.get_records(ShardIterator=iterator):
        if not page["Records"]:
            return found
        found += page["Records"]
        iterator = page["NextShardIterator"]
    return found
