"""Entry point of ``cdk``. The only place where configuration enters: ``cdk deploy -c name=value``."""

import os

from aws_cdk import App, Environment, Validations
from cdk_nag import AwsSolutionsChecks

from infra.data_stack import DataStack
from infra.service_stack import ServiceStack
from infra.settings import Settings


def build(app: App) -> tuple[DataStack, ServiceStack]:
    settings = _settings(app)
    environment = Environment(
        account=os.environ.get("CDK_DEFAULT_ACCOUNT"), region=os.environ.get("CDK_DEFAULT_REGION")
    )
    data = DataStack(app, "PresenceData", settings=settings, env=environment)
    service = ServiceStack(app, "PresenceService", data=data, settings=settings, env=environment)
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    return data, service


def _settings(app: App) -> Settings:
    def read(name: str) -> str | None:
        value = app.node.try_get_context(name)
        return None if value is None else str(value)

    def read_list(name: str) -> tuple[str, ...]:
        return tuple(filter(None, (part.strip() for part in (read(name) or "").split(","))))

    return Settings(
        throttle_rate=int(read("throttle_rate") or Settings.throttle_rate),
        throttle_burst=int(read("throttle_burst") or Settings.throttle_burst),
        cors_origins=read_list("cors_origins"),
        issuer=read("issuer"),
        audience=read_list("audience"),
        local_endpoint=read("local_endpoint"),
    )


if __name__ == "__main__":
    app = App()
    build(app)
    app.synth()
