"""Why somebody sees a board, and what another privacy would mean."""

from tests.integration.patterns.typical import PATTERNS, Act, Typical, pattern, request, well
from tests.integration.things import a_board
from tests.support.social import follow_board

PATTERNS["`GET /boards/{board_id}/visibility`"] = request("GET", "/boards/{board_id}/visibility")


@pattern("`GET /boards/{board_id}/visibility?viewer=username`")
def _(at: Typical) -> Act:
    viewer = at.another_user()
    return lambda: well(at.user.get(f"/boards/{at.board}/visibility?viewer={viewer.username}"))


PATTERNS["`POST /boards/{board_id}/visibility/preview`, nobody follows it, nothing was saved"] = request(
    "POST", "/boards/{board_id}/visibility/preview", {"privacy": "SECRET"}
)


@pattern("`POST /boards/{board_id}/visibility/preview`, 30 followers, 30 copies on boards of theirs")
def _(at: Typical) -> Act:
    for _ in range(30):
        follower = at.another_user()
        follow_board(follower, at.board)
        well(follower.post(f"/pins/{at.pin}/save", {"board_id": a_board(follower)}))
    return lambda: well(at.user.post(f"/boards/{at.board}/visibility/preview", {"privacy": "SECRET"}))
