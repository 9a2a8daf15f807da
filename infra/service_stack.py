from collections.abc import Mapping, Sequence
from typing import Any

from aws_cdk import CfnOutput, Duration, RemovalPolicy, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sqs as sqs
from aws_cdk.aws_apigatewayv2 import IHttpRouteAuthorizer
from aws_cdk.aws_apigatewayv2_authorizers import HttpJwtAuthorizer
from aws_cdk.aws_lambda_event_sources import DynamoEventSource, SqsDlq
from constructs import Construct

from infra import assets
from infra.acknowledgments import acknowledge
from infra.data_stack import DataStack
from infra.function import Function
from infra.http_api import HttpApi
from infra.settings import Settings
from infra.sign_in import SignIn
from layers.vendor import build as vendor
from presence.projections.filters import INDEXER_FILTERS, UPKEEP_FILTERS

READ = ("GetItem", "BatchGetItem", "Query")
WRITE = ("PutItem", "UpdateItem", "DeleteItem")
LAG_ALARM = Duration.minutes(10)
"""How far a reader may be behind the stream. It keeps records for 24 hours."""


class ServiceStack(Stack):
    """The API, who may call it, and what follows each change of the table."""

    def __init__(self, scope: Construct, name: str, *, data: DataStack, settings: Settings, **stack: Any) -> None:
        super().__init__(scope, name, **stack)
        table = data.table
        shared = {"TABLE_NAME": table.table_name, "MEDIA_URL": data.media_url}
        uploads = {"MEDIA_BUCKET": data.media_bucket.bucket_name}
        archives = {"ARCHIVE_BUCKET": data.archive_bucket.bucket_name}
        signed = {"BOOKMARK_SECRET": _bookmark_secret(self)}
        runtime = _runtime(self, settings)
        # API Gateway gives up after 30 s: a client should get our answer before that.
        answering = Duration.seconds(20)

        boards = Function(self, "boards", environment=shared | signed, timeout=answering, **runtime)
        boards.allow(table, *READ, *WRITE)

        pins = Function(self, "pins", environment=shared | signed | uploads, timeout=answering, **runtime)
        pins.allow(table, *READ, *WRITE)
        pins.allow_media("PutObject")

        storing = uploads | archives
        account = Function(self, "account", environment=shared | signed | storing, timeout=answering, **runtime)
        account.allow(table, *READ, *WRITE)
        account.allow_media("PutObject")
        # What it signs an address for, it must be allowed itself.
        account.allow_archives("GetObject", "exports")
        account.allow_archives("PutObject", "imports")

        people = Function(self, "people", environment=shared | signed, timeout=answering, **runtime)
        people.allow(table, *READ, *WRITE)

        collaboration = Function(self, "collaboration", environment=shared | signed, timeout=answering, **runtime)
        collaboration.allow(table, *READ, *WRITE)

        following = shared | uploads | archives | {"ARCHIVE_SECRET": _archive_secret(self)}
        upkeep = Function(self, "upkeep", environment=following, timeout=Duration.minutes(5), **runtime)
        upkeep.allow(table, *READ, *WRITE)
        upkeep.allow_media("DeleteObject")
        for action in ("DeleteObject", "GetObject", "PutObject"):
            upkeep.allow_archives(action, "exports")
        for action in ("DeleteObject", "GetObject"):
            upkeep.allow_archives(action, "imports")
        failures = _follow(table, upkeep, filters=UPKEEP_FILTERS, batch_size=100)

        indexes = {"DISCOVERY_TABLE_NAME": data.discovery_table.table_name}
        discovery = Function(self, "discovery", environment=shared | signed | indexes, timeout=answering, **runtime)
        discovery.allow(table, *READ)
        discovery.allow(data.discovery_table, "BatchGetItem", "Query")
        unindexed = _indexer(self, data, environment={"TABLE_NAME": table.table_name} | indexes, runtime=runtime)

        authorizer: IHttpRouteAuthorizer
        if settings.issuer:
            authorizer = HttpJwtAuthorizer("Tokens", settings.issuer, jwt_audience=list(settings.audience))
        else:
            # Cognito waits 5 s for its triggers.
            sign_in = Function(self, "sign_in", environment=shared, timeout=Duration.seconds(5), **runtime)
            sign_in.allow(table, "GetItem", "PutItem")
            authorizer = SignIn(self, "SignIn", trigger=sign_in).authorizer

        api = HttpApi(
            self,
            "Api",
            families={
                "boards": boards,
                "pins": pins,
                "account": account,
                "people": people,
                "collaboration": collaboration,
                "discovery": discovery,
            },
            fallback=account,
            authorizer=authorizer,
            settings=settings,
        )
        _alarm(self, "ServerErrors", api.metric_server_error(statistic="sum"))
        _alarm(self, "Unreadable", _metric("Unreadable", service="storage", statistic="sum"))
        _alarm(self, "UpkeepFailures", failures.metric_approximate_number_of_messages_visible())
        _alarm(self, "IndexerFailures", unindexed.metric_approximate_number_of_messages_visible())
        CfnOutput(self, "ApiId", value=api.api_id)
        CfnOutput(self, "ApiUrl", value=api.api_endpoint)


def _indexer(stack: Stack, data: DataStack, *, environment: dict[str, str], runtime: Mapping[str, Any]) -> sqs.Queue:
    """Keep the discovery indexes true to the table. What it cannot bring in ends up in the returned queue."""
    indexer = Function(stack, "indexer", environment=environment, timeout=Duration.minutes(5), **runtime)
    # It alone scans: to make the indexes anew.
    indexer.allow(data.table, *READ, "Scan", *WRITE)
    indexer.allow(data.discovery_table, "BatchGetItem", "Query", "Scan", "PutItem", "DeleteItem")
    findable_after = _metric("FindableAfter", service="indexer", statistic="max")
    _alarm(indexer, "FindableAfter", findable_after, threshold=LAG_ALARM.to_seconds())
    # The more documents a batch has, the more of them share a word's list, which is written once for all.
    return _follow(data.table, indexer, filters=INDEXER_FILTERS, batch_size=1000, window=Duration.seconds(2))


def _runtime(stack: Stack, settings: Settings) -> dict[str, Any]:
    """What all functions run on. The local cloud runs them right on this machine, so it gets its wheels."""
    local = settings.local_endpoint is not None
    platform = vendor.HOST if local else vendor.LAMBDA_PLATFORM
    layers = {"ThirdParty": assets.third_party(platform=platform), "Presence": assets.package()}
    return {
        "architecture": lambda_.Architecture.X86_64 if local else lambda_.Architecture.ARM_64,
        "layers": [lambda_.LayerVersion(stack, f"{name}Layer", code=it) for name, it in layers.items()],
    }


def _bookmark_secret(stack: Stack) -> str:
    """Resolved at deployment, so that no cold start waits for Secrets Manager. Who may read a function's settings
    may then read it, but it signs only paging positions, which grant nothing: what they lead to is decided anew.
    """
    return _secret(stack, "BookmarkSecret", "Rotating it voids the bookmarks in use, for no gain.")


def _archive_secret(stack: Stack) -> str:
    """Whoever knows it can make archives that this deployment takes for its own, so it outlives the stack, and only
    the function that makes and reads archives has it.
    """
    return _secret(stack, "ArchiveSecret", "Rotating it voids the archives that users keep (docs/adr/0012).", keep=True)


def _secret(stack: Stack, name: str, why_not_rotated: str, *, keep: bool = False) -> str:
    secret = secretsmanager.Secret(
        stack,
        name,
        generate_secret_string=secretsmanager.SecretStringGenerator(password_length=64, exclude_punctuation=True),
        removal_policy=RemovalPolicy.RETAIN if keep else RemovalPolicy.DESTROY,
    )
    acknowledge(secret, {"AwsSolutions-SMG4": why_not_rotated})
    return secret.secret_value.unsafe_unwrap()


def _follow(
    table: dynamodb.Table,
    function: Function,
    *,
    filters: Sequence[dict[str, Any]],
    batch_size: int,
    window: Duration | None = None,
) -> sqs.Queue:
    """Feed the table's changes to the function. A batch it cannot process ends up in the returned queue.

    A stream takes two readers, and a reader five filters; there are two.
    """
    failures = sqs.Queue(
        function,
        "Failures",
        enforce_ssl=True,
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        retention_period=Duration.days(14),
    )
    function.add_event_source(
        DynamoEventSource(
            table,
            starting_position=lambda_.StartingPosition.TRIM_HORIZON,
            filters=[lambda_.FilterCriteria.filter(pattern) for pattern in filters],
            batch_size=batch_size,
            max_batching_window=window,
            report_batch_item_failures=True,
            bisect_batch_on_error=True,
            # By default a record that cannot be processed blocks its shard for 24 hours and then vanishes.
            retry_attempts=10,
            max_record_age=Duration.hours(6),
            on_failure=SqsDlq(failures),
        )
    )
    lag = function.metric("IteratorAge", statistic="max", period=Duration.minutes(5))
    _alarm(function, "Lag", lag, threshold=LAG_ALARM.to_milliseconds())
    acknowledge(failures, {"AwsSolutions-SQS3": "It is itself where failures end up."})
    return failures


def _metric(name: str, *, service: str, statistic: str) -> cloudwatch.Metric:
    """One that our code writes to its log."""
    return cloudwatch.Metric(
        namespace="Presence",
        metric_name=name,
        dimensions_map={"service": service},
        statistic=statistic,
        period=Duration.minutes(5),
    )


def _alarm(scope: Construct, name: str, metric: cloudwatch.Metric, *, threshold: float = 1) -> None:
    cloudwatch.Alarm(
        scope,
        f"{name}Alarm",
        metric=metric,
        threshold=threshold,
        evaluation_periods=1,
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
    )
