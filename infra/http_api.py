import json
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import cast

from aws_cdk import Duration
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk.aws_apigatewayv2_integrations import HttpLambdaIntegration
from constructs import Construct

from infra.acknowledgments import acknowledge
from infra.settings import Settings
from presence.http.routing import PREFIX


class HttpApi(apigateway.HttpApi):
    """The routes that the code declares, each behind the authorizer unless it asks for no scope."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        families: Mapping[str, lambda_.IFunction],
        fallback: lambda_.IFunction,
        authorizer: apigateway.IHttpRouteAuthorizer,
        settings: Settings,
    ) -> None:
        super().__init__(
            scope,
            name,
            create_default_stage=False,
            cors_preflight=_cors(settings.cors_origins),
            # Answers what no route matches, in the API's own words. Anybody may ask, so it has no authorizer.
            default_integration=_integration("fallback", fallback),
        )
        for family, function in families.items():
            integration = _integration(family, function)
            for route in import_module(f"{family}.routes").router.routes:
                # Which scopes a route needs is checked in the function: a gateway's list of scopes means any of them.
                self.add_routes(
                    path=PREFIX + route.path,
                    methods=[apigateway.HttpMethod(route.method)],
                    integration=integration,
                    authorizer=authorizer if route.scopes else None,
                )
        _stage(self, settings)
        acknowledge(self, {"AwsSolutions-APIG4": "The catch-all and routes without scopes are meant for anybody."})


def _integration(name: str, function: lambda_.IFunction) -> HttpLambdaIntegration:
    # One permission per function: one per route would outgrow the function's policy (20 KB).
    return HttpLambdaIntegration(name, function, scope_permission_to_route=False)


def _cors(origins: Sequence[str]) -> apigateway.CorsPreflightOptions | None:
    if not origins:
        return None
    return apigateway.CorsPreflightOptions(
        allow_origins=list(origins),
        allow_methods=[apigateway.CorsHttpMethod(method) for method in ("GET", "POST", "PATCH", "DELETE")],
        allow_headers=["Authorization", "Content-Type", "If-Match", "If-None-Match", "Idempotency-Key"],
        expose_headers=["ETag", "Location", "Retry-After"],
        max_age=Duration.hours(1),
    )


def _stage(api: apigateway.HttpApi, settings: Settings) -> None:
    throttle = apigateway.ThrottleSettings(rate_limit=settings.throttle_rate, burst_limit=settings.throttle_burst)
    stage = apigateway.HttpStage(api, "Stage", http_api=api, stage_name="$default", auto_deploy=True, throttle=throttle)
    access_log = logs.LogGroup(api, "AccessLogs", retention=logs.RetentionDays.ONE_MONTH)
    fields = {
        "requestId": "$context.requestId",
        "time": "$context.requestTime",
        "ip": "$context.identity.sourceIp",
        "route": "$context.routeKey",
        "status": "$context.status",
        "milliseconds": "$context.responseLatency",
        "authorizerError": "$context.authorizer.error",
        "integrationError": "$context.integrationErrorMessage",
    }
    resource = cast(apigateway.CfnStage, stage.node.default_child)
    resource.access_log_settings = apigateway.CfnStage.AccessLogSettingsProperty(
        destination_arn=access_log.log_group_arn, format=json.dumps(fields)
    )
