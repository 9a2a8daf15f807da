"""How requests are read: types are strict, unknown fields ignored, a broken rule named by field."""

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from presence.domain.errors import InvalidParameter, PresenceError


class Request(BaseModel):
    """A request's body. Clients send read-only and unknown fields along: they are dropped."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True, str_strip_whitespace=True)

    @classmethod
    def read(cls, body: bytes) -> Self:
        """
        Raises:
            PresenceError: what ``broken_rule`` makes of the first thing that is wrong.
        """
        try:
            return cls.model_validate_json(body)
        except ValidationError as error:
            # Without input or context: a message must not repeat megabytes of a picture.
            first = error.errors(include_url=False, include_input=False, include_context=False)[0]
            path = ".".join(str(part) for part in first["loc"] if part not in _SOURCE_TYPES)
            raise cls.broken_rule(path or "body", _rule(first["msg"])) from None

    @classmethod
    def broken_rule(cls, field: str, rule: str) -> PresenceError:
        return InvalidParameter(field, rule)

    def given(self) -> dict[str, Any]:
        """The fields that the client sent, null included."""
        return {name: getattr(self, name) for name in self.model_fields_set}


_SOURCE_TYPES = frozenset(
    {"image_url", "image_base64", "multiple_image_urls", "multiple_image_base64", "video_id", "pin_url"}
)


def _rule(message: str) -> str:
    """ "String should have at most 100 characters" reads on after the field's name."""
    message = message.removeprefix("Value error, ").replace("Field required", "is required")
    for noun in ("String ", "Input ", "List ", "Value "):
        message = message.removeprefix(noun)
    return message
