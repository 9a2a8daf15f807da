"""Everything that can go wrong for a caller, by type. ``presence.http.errors`` maps each type to its answer."""


class PresenceError(Exception):
    """Base of all errors a caller can meet. ``str(error)`` is safe to show."""


class InvalidParameter(PresenceError):
    """A field or parameter breaks a rule. The message names both."""

    def __init__(self, name: str, rule: str) -> None:
        super().__init__(f"Invalid request: '{name}' {rule}")
        self.name = name


class BoardNameInvalid(PresenceError):
    """A board's name breaks a rule."""

    def __init__(self, name: str, rule: str) -> None:
        super().__init__(f"Invalid board name: '{name}' {rule}")


class BoardNameTaken(PresenceError):
    """Another board of the same owner has this name (or one with the same slug)."""


class NotAuthenticated(PresenceError):
    """There is no valid token."""


class ScopeMissing(PresenceError):
    """The token lacks scopes that the request needs."""

    def __init__(self, *missing: str) -> None:
        super().__init__(f"Authorization failed: the token lacks the scope {', '.join(missing)}")


class NotPermitted(PresenceError):
    """The caller may see the thing but not do this to it."""


class UserNotFound(PresenceError):
    """No such user, or hidden from the caller."""

    def __init__(self) -> None:
        super().__init__("User not found.")


class UserMoved(PresenceError):
    """The user has another name by now. Their things are found under it, at the same place."""

    def __init__(self, username: str) -> None:
        super().__init__(f"This user is called {username} now.")
        self.username = username


class UsernameTaken(PresenceError):
    """Somebody else has the username, had it until lately, or has one that looks the same."""

    def __init__(self) -> None:
        super().__init__("Invalid request: 'username' is taken, or looks like one that is")


class FollowRequestNotFound(PresenceError):
    """The user is there, but does not ask to follow the caller."""

    def __init__(self) -> None:
        super().__init__("There is no follow request from this user.")


class BoardNotFound(PresenceError):
    """No such board, or hidden from the caller."""

    def __init__(self, message: str = "Board not found.") -> None:
        super().__init__(message)


class BoardMerged(PresenceError):
    """The board was merged into another one, which the caller may see."""

    def __init__(self, board_id: str, into: str) -> None:
        super().__init__(f"This board was merged into board {into}.")
        self.board_id = board_id
        self.into = into


class PinNotFound(PresenceError):
    """No such pin, or hidden from the caller."""

    def __init__(self, pin_id: str | None = None) -> None:
        """Of many pins the message names the one."""
        super().__init__(f"Pin {pin_id} not found." if pin_id else "Pin not found.")


class SectionNotFound(PresenceError):
    """No such section on this board."""

    def __init__(self, message: str = "Board section not found.") -> None:
        super().__init__(message)


class ExportNotFound(PresenceError):
    """The caller has no such export, or not any more."""

    def __init__(self) -> None:
        super().__init__("Export not found.")


class ImportNotFound(PresenceError):
    """The caller has no such import, or not any more."""

    def __init__(self) -> None:
        super().__init__("Import not found.")


class TopicNotFound(PresenceError):
    """There is no topic with this id."""

    def __init__(self) -> None:
        super().__init__("Topic not found; /discover/topics lists them all.")


class CollaboratorNotFound(PresenceError):
    """The user is there, but not among the board's collaborators."""

    def __init__(self) -> None:
        super().__init__("This user is not a collaborator of the board.")


class InvitationNotFound(PresenceError):
    """No such invitation or link; or it is over, used up, revoked, or hidden from the caller."""

    def __init__(self) -> None:
        super().__init__("Invitation not found.")


class JoinRequestNotFound(PresenceError):
    """Nobody of this name asks to join the board."""

    def __init__(self) -> None:
        super().__init__("Join request not found.")


class RouteNotFound(PresenceError):
    """No route has this path."""


class MethodNotAllowed(PresenceError):
    """The path exists, the method does not."""

    def __init__(self, allowed: tuple[str, ...]) -> None:
        super().__init__(f"Method not allowed; this path takes {', '.join(allowed)}.")
        self.allowed = allowed


class Conflict(PresenceError):
    """Somebody else changed the same thing at the same time; trying again is safe."""


class LimitReached(PresenceError):
    """A documented limit (boards per user, sections per board) is reached."""


class PreconditionFailed(PresenceError):
    """``If-Match`` does not name the current version."""

    def __init__(self) -> None:
        super().__init__("If-Match does not name the current version; read it again before you change it.")


class PayloadTooLarge(PresenceError):
    """The body or the batch is over the limit."""


class IdempotencyKeyReused(PresenceError):
    """The same ``Idempotency-Key`` came with another request."""

    def __init__(self) -> None:
        super().__init__("This Idempotency-Key was used with another request; use a new key for a new request.")


class Throttled(PresenceError):
    """The database refuses more work for now; ``Retry-After`` says when to come back."""


class StorageUnavailable(PresenceError):
    """The database failed or did not answer; whether a write took effect is unknown and a retry is safe."""
