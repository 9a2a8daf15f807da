"""What clients get of a board beside itself: who sees it and why, and what became of many pins."""

from collections.abc import Iterable

from presence.http.views import View
from presence.services.audience import Affected, Explanation, Preview
from presence.services.bulk import Outcome
from presence.services.pins import Placed


def explanation(explained: Explanation) -> View:
    return {
        "viewer": explained.username,
        "can_see": explained.can_see,
        "listed": explained.is_listed,
        "decided_by": explained.chain[-1].rule,
        "rules": [ruling._asdict() for ruling in explained.chain],
    }


def visibility_change(preview: Preview) -> View:
    return {
        "audience_before": preview.before,
        "audience_after": preview.after,
        "loses": _affected(preview.loses),
        "gains": _affected(preview.gains),
        "and_more": preview.and_more,
        "members_keep": preview.seen.board.collaborator_count,
        "saved_copies": {
            "public_count": len(preview.copies),
            "items": [_saved_copy(placed) for placed in preview.copies],
            "and_more": preview.more_copies,
        },
    }


def _affected(affected: Affected) -> View:
    return {"people": affected.usernames, "follower_count": affected.follower_count}


def _saved_copy(placed: Placed) -> View:
    return {"pin_id": placed.id, "board_id": placed.board.id, "username": placed.seen.owner_name}


def outcomes(values: Iterable[Outcome]) -> View:
    """What became of many pins."""
    return {"items": [{"id": each.id, "pin_id": each.pin_id, "duplicate_of": each.duplicate_of} for each in values]}
