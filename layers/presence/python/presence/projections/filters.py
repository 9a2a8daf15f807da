"""Which stream records wake which function. Filtered records cost nothing, so these name all that matters and no more.

https://docs.aws.amazon.com/lambda/latest/dg/with-ddb-filtering.html
"""

from typing import Any

UPKEEP_FILTERS: list[dict[str, Any]] = [
    {"dynamodb": {"NewImage": {"kind": {"S": ["board", "section", "profile"]}, "deleted": {"BOOL": [True]}}}},
    {"dynamodb": {"NewImage": {"kind": {"S": ["pin", "pin_batch", "merge", "tie", "board_follow"]}}}},
    {"dynamodb": {"NewImage": {"kind": {"S": ["export", "import"]}, "status": {"S": ["queued", "running"]}}}},
    {"dynamodb": {"NewImage": {"crowded": {"N": [{"exists": True}]}}}},
    {
        "eventName": ["REMOVE"],
        "dynamodb": {"OldImage": {"kind": {"S": ["pin", "trash", "upload_reference", "upload_unused"]}}},
    },
]
"""At most 5: the quota of an event source mapping."""

INDEXER_FILTERS: list[dict[str, Any]] = [
    {"dynamodb": {"NewImage": {"kind": {"S": ["board", "board_follow", "pin", "profile", "sweep", "rebuild"]}}}},
    {"eventName": ["REMOVE"], "dynamodb": {"OldImage": {"kind": {"S": ["board", "board_follow", "pin", "profile"]}}}},
]
