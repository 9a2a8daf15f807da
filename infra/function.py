from collections.abc import Sequence

from aws_cdk import CfnOutput, Duration, Fn
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra import assets
from infra.acknowledgments import acknowledge
from infra.data_stack import ARCHIVES_ARN, MEDIA_ARN, SCHEMA


class Function(lambda_.Function):
    """The function of ``functions/<name>/``: its own role and log group, traced, with nothing granted yet."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        layers: Sequence[lambda_.ILayerVersion],
        architecture: lambda_.Architecture,
        environment: dict[str, str],
        timeout: Duration,
        memory_size: int = 1024,
    ) -> None:
        title = name.title().replace("_", "")
        role = iam.Role(scope, f"{title}Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        log_group = logs.LogGroup(scope, f"{title}Logs", retention=logs.RetentionDays.ONE_MONTH)
        log_group.grant_write(role)
        super().__init__(
            scope,
            f"{title}Function",
            code=assets.function(name),
            handler=f"{name}.handler.handler",
            runtime=lambda_.Runtime.PYTHON_3_13,
            architecture=architecture,
            layers=layers,
            role=role,
            timeout=timeout,
            # CPU comes with memory: at 1 GB a cold start takes half as long as at 512 MB, for the same price.
            memory_size=memory_size,
            tracing=lambda_.Tracing.ACTIVE,
            log_group=log_group,
            logging_format=lambda_.LoggingFormat.JSON,
            environment={
                "POWERTOOLS_SERVICE_NAME": name,
                "POWERTOOLS_METRICS_NAMESPACE": "Presence",
                "LOG_LEVEL": "INFO",
                **environment,
            },
        )
        self.own_role = role
        acknowledge(role, {"AwsSolutions-IAM5[Resource::*]": "X-Ray's actions take no resource."})
        acknowledge(self, {"AwsSolutions-L1": "The bytecode is compiled for, and the tests run on, this version."})
        CfnOutput(scope, f"{title}FunctionName", value=self.function_name)

    def allow(self, table: dynamodb.ITable, *actions: str) -> None:
        """Allow exactly these DynamoDB actions. Only Query is allowed on the indexes, each by name."""
        resources = [table.table_arn]
        if "Query" in actions:
            indexes = SCHEMA["global_secondary_indexes"]
            resources += [f"{table.table_arn}/index/{index['index_name']}" for index in indexes]
        self.add_to_role_policy(
            iam.PolicyStatement(actions=[f"dynamodb:{action}" for action in actions], resources=resources)
        )

    def allow_media(self, action: str) -> None:
        """Allow this S3 action on the uploaded images."""
        self._allow_objects(action, MEDIA_ARN, "*", "An image's name is chosen when it is stored.")

    def allow_archives(self, action: str, folder: str) -> None:
        """Allow this S3 action on the archives in ``exports`` or ``imports``."""
        self._allow_objects(action, ARCHIVES_ARN, f"{folder}/*", "An archive is named after what it was made for.")

    def _allow_objects(self, action: str, bucket: str, objects: str, reason: str) -> None:
        # Under its exported name, because a finding on any other kind of reference has no name to acknowledge.
        resource = f"{Fn.import_value(bucket)}/{objects}"
        self.add_to_role_policy(iam.PolicyStatement(actions=[f"s3:{action}"], resources=[resource]))
        acknowledge(self.own_role, {f"AwsSolutions-IAM5[Resource::{bucket}/{objects}]": reason})
