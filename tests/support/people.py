"""Users to act in tests."""

from itertools import count

from presence.services import accounts
from tests.support.api import Client

_numbers = count(1)


def a_name() -> str:
    """A username that nobody has had yet."""
    return f"user_{next(_numbers)}"


def a_user(name: str = "") -> Client:
    """A user who has signed in, with a token that has all scopes."""
    name = name or a_name()
    profile = accounts.sign_in("https://issuer.example", f"subject-of-{name}", name)
    return Client(profile.id, profile.username)
