from typing import Any

from presence.storage.index import leaving
from presence.storage.models import Item
from tests.infra.conftest import Stacks


def _only(resources: list[Any]) -> Any:
    (resource,) = resources
    return resource


def _table(stacks: Stacks, *, streams: bool = True) -> Any:
    """The main table has a stream, the discovery table has none."""
    return _only([each for each in stacks.all_of("AWS::DynamoDB::Table") if ("StreamSpecification" in each) is streams])


def _key_schema(attributes: dict[str, Any]) -> list[dict[str, str]]:
    hash_key = next(it.attr_name for it in attributes.values() if it.is_hash_key)
    range_key = next(it.attr_name for it in attributes.values() if it.is_range_key)
    return [
        {"AttributeName": hash_key, "KeyType": "HASH"},
        {"AttributeName": range_key, "KeyType": "RANGE"},
    ]


def test_table_has_the_key_of_the_models(stacks: Stacks) -> None:
    table = _table(stacks)
    assert table["KeySchema"] == _key_schema(Item.get_attributes())


def test_table_has_the_indexes_of_the_models_and_no_other(stacks: Stacks) -> None:
    table = _table(stacks)
    deployed = {index["IndexName"]: index for index in table["GlobalSecondaryIndexes"]}
    assert deployed.keys() == Item._indexes.keys()
    for name, index in Item._indexes.items():
        assert deployed[name]["KeySchema"] == _key_schema(index.Meta.attributes)
        assert deployed[name]["Projection"] == {"ProjectionType": "ALL"}


def test_table_expires_items_by_the_attribute_of_the_models(stacks: Stacks) -> None:
    table = _table(stacks)
    assert table["TimeToLiveSpecification"] == {"AttributeName": Item.expires_at.attr_name, "Enabled": True}


def test_table_is_billed_by_request_streams_both_images_and_can_be_restored(stacks: Stacks) -> None:
    table = _table(stacks)
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["StreamSpecification"] == {"StreamViewType": "NEW_AND_OLD_IMAGES"}
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["DeletionProtectionEnabled"] is True


def test_table_and_media_outlive_their_stack(stacks: Stacks) -> None:
    for kind in ("AWS::DynamoDB::Table", "AWS::S3::Bucket"):
        for resource in stacks.data.find_resources(kind).values():
            kept = kind != "AWS::DynamoDB::Table" or "StreamSpecification" in resource["Properties"]
            expected = "Retain" if kept else "Delete"
            assert resource["DeletionPolicy"] == resource["UpdateReplacePolicy"] == expected


def test_what_is_derived_has_the_key_of_the_table_and_nothing_of_its_own_to_lose(stacks: Stacks) -> None:
    discovery = _table(stacks, streams=False)
    assert discovery["KeySchema"] == _key_schema(Item.get_attributes())
    assert discovery["BillingMode"] == "PAY_PER_REQUEST"
    assert discovery["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
    assert leaving({}).keys() == {"expires_at"}
    assert "GlobalSecondaryIndexes" not in discovery


def test_buckets_are_private_encrypted_and_refuse_plain_http(stacks: Stacks) -> None:
    buckets = stacks.all_of("AWS::S3::Bucket")
    assert len(buckets) == 2
    for bucket in buckets:
        assert all(bucket["PublicAccessBlockConfiguration"].values())
        assert bucket["BucketEncryption"]
    refusals = [
        statement
        for policy in stacks.all_of("AWS::S3::BucketPolicy")
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Deny"
    ]
    assert [each["Condition"] for each in refusals] == 2 * [{"Bool": {"aws:SecureTransport": "false"}}]


def test_archives_are_deleted_after_a_week_and_images_never(stacks: Stacks) -> None:
    rules = [bucket.get("LifecycleConfiguration", {}).get("Rules") for bucket in stacks.all_of("AWS::S3::Bucket")]
    (archives,) = [rule for rule in rules if rule]
    (rule,) = archives
    assert (rule["Status"], rule["ExpirationInDays"]) == ("Enabled", 7)
    assert rule["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 7}


def test_media_is_seen_through_the_distribution_only(stacks: Stacks) -> None:
    readers = [
        statement["Principal"]
        for policy in stacks.all_of("AWS::S3::BucketPolicy")
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Allow"
    ]
    assert readers == [{"Service": "cloudfront.amazonaws.com"}]
