from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What may differ from one deployment to another. ``infra/app.py`` reads it from the CDK context."""

    throttle_rate: int = 1000
    """Requests per second that the API takes in the long run, over all of its callers."""
    throttle_burst: int = 2000
    cors_origins: tuple[str, ...] = ()
    """Web origins whose pages may call the API."""
    issuer: str | None = None
    """Whose tokens are accepted. None: those of a user pool of our own."""
    audience: tuple[str, ...] = ()
    local_endpoint: str | None = None
    """Where the local cloud answers. None: this is AWS."""

    def __post_init__(self) -> None:
        if (self.issuer is None) != (not self.audience):
            raise ValueError("issuer and audience are given together or not at all")
