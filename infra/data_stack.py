from collections.abc import Mapping
from typing import Any

from aws_cdk import CfnOutput, Duration, RemovalPolicy, Stack
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.acknowledgments import acknowledge
from infra.settings import Settings
from presence.storage.models import Item

MEDIA_ARN = "PresenceMediaArn"
ARCHIVES_ARN = "PresenceArchivesArn"
SCHEMA = Item._get_schema()  # noqa: SLF001 (PynamoDB has no public way to ask)


class DataStack(Stack):
    """What must outlive every deployment: the table, the uploaded images with the address they are seen at, and for
    some days the archives. What is derived from the table lies beside it.
    """

    def __init__(self, scope: Construct, name: str, *, settings: Settings, **stack: Any) -> None:
        super().__init__(scope, name, **stack)
        self.table = _table(self)
        self.discovery_table = _discovery_table(self)
        self.media_bucket = _media_bucket(self)
        self.archive_bucket = _archive_bucket(self)
        if settings.local_endpoint:
            self.media_url = f"{settings.local_endpoint}/{self.media_bucket.bucket_name}"
        else:
            self.media_url = f"https://{_distribution(self, self.media_bucket).distribution_domain_name}"
        CfnOutput(self, "TableName", value=self.table.table_name)
        CfnOutput(self, "DiscoveryTableName", value=self.discovery_table.table_name)
        CfnOutput(self, "MediaBucketName", value=self.media_bucket.bucket_name)
        CfnOutput(self, "MediaBucketArn", value=self.media_bucket.bucket_arn, export_name=MEDIA_ARN)
        CfnOutput(self, "ArchiveBucketName", value=self.archive_bucket.bucket_name)
        CfnOutput(self, "ArchiveBucketArn", value=self.archive_bucket.bucket_arn, export_name=ARCHIVES_ARN)


def _table(stack: Stack) -> dynamodb.Table:
    """Keys and indexes come from the models: the table has no other definition."""
    table = dynamodb.Table(
        stack,
        "Table",
        **_key(SCHEMA),
        billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
        stream=dynamodb.StreamViewType.NEW_AND_OLD_IMAGES,
        time_to_live_attribute=Item.expires_at.attr_name,
        point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
            point_in_time_recovery_enabled=True
        ),
        deletion_protection=True,
        removal_policy=RemovalPolicy.RETAIN,
    )
    for index in SCHEMA["global_secondary_indexes"]:
        projection = dynamodb.ProjectionType(index["projection"]["ProjectionType"])
        table.add_global_secondary_index(index_name=index["index_name"], projection_type=projection, **_key(index))
    return table


def _discovery_table(stack: Stack) -> dynamodb.Table:
    """The discovery indexes: made from the table's stream, and made again from the table whenever they are lost."""
    table = dynamodb.Table(
        stack,
        "Discovery",
        **_key(SCHEMA),
        billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
        time_to_live_attribute=Item.expires_at.attr_name,
        removal_policy=RemovalPolicy.DESTROY,
    )
    acknowledge(table, {"AwsSolutions-DDB3": "All of it can be made again from the main table."})
    return table


def _key(schema: Mapping[str, Any]) -> dict[str, Any]:
    roles = {"HASH": "partition_key", "RANGE": "sort_key"}
    return {
        roles[part["KeyType"]]: dynamodb.Attribute(name=part["AttributeName"], type=dynamodb.AttributeType.STRING)
        for part in schema["key_schema"]
    }


def _media_bucket(stack: Stack) -> s3.Bucket:
    bucket = s3.Bucket(
        stack,
        "Media",
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        encryption=s3.BucketEncryption.S3_MANAGED,
        enforce_ssl=True,
        removal_policy=RemovalPolicy.RETAIN,
    )
    acknowledge(bucket, {"AwsSolutions-S1": "Public images: a log of each view costs more than it tells."})
    return bucket


def _archive_bucket(stack: Stack) -> s3.Bucket:
    """Of what users take along or bring. It is apart from the images, which the whole world may see."""
    bucket = s3.Bucket(
        stack,
        "Archives",
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        encryption=s3.BucketEncryption.S3_MANAGED,
        enforce_ssl=True,
        lifecycle_rules=[
            s3.LifecycleRule(expiration=Duration.days(7), abort_incomplete_multipart_upload_after=Duration.days(7))
        ],
        removal_policy=RemovalPolicy.RETAIN,
    )
    acknowledge(bucket, {"AwsSolutions-S1": "Objects live for a week, and each is fetched by its owner alone."})
    return bucket


def _distribution(stack: Stack, bucket: s3.Bucket) -> cloudfront.Distribution:
    """Serves the private bucket to everyone. It lies in this stack because bucket and distribution name each other."""
    distribution = cloudfront.Distribution(
        stack,
        "MediaDistribution",
        default_behavior=cloudfront.BehaviorOptions(
            origin=origins.S3BucketOrigin.with_origin_access_control(bucket),
            viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
            # Uploads never change, and come from strangers: browsers must not guess another type than the one stored.
            cache_policy=cloudfront.CachePolicy.CACHING_OPTIMIZED,
            response_headers_policy=cloudfront.ResponseHeadersPolicy.SECURITY_HEADERS,
        ),
        http_version=cloudfront.HttpVersion.HTTP2_AND_3,
    )
    acknowledge(
        distribution,
        {
            "AwsSolutions-CFR1": "Images are for the whole world.",
            "AwsSolutions-CFR2": "Static images: there is nothing behind it for a web application firewall to guard.",
            "AwsSolutions-CFR3": "A log of each view costs more than it tells.",
            "AwsSolutions-CFR4": "The certificate of *.cloudfront.net fixes the protocol; a domain brings its own.",
        },
    )
    return distribution
