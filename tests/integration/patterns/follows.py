"""Whom and what one follows, requests, blocks, and what follows from the stream for them."""

from presence.projections.upkeep import CountBoardFollowers, CountFollowers, UndoBoardFollows
from presence.services import upkeep
from tests.integration.patterns.typical import Act, Typical, pattern, well
from tests.integration.seeding import add_board_follows, add_people, add_ties, old_id
from tests.integration.things import a_board
from tests.support.api import Client
from tests.support.social import approve, block, follow, follow_board
from tests.support.stored import make_private

FOLLOWING = "/user_account/following"
REQUESTS = "/user_account/follow_requests"
BLOCKS = "/user_account/blocks"
MANY = 60
A_BATCH = 99
"""As many as one transaction counts."""


def people(at: Typical, how_many: int = MANY) -> list[str]:
    ids = [old_id() for _ in range(how_many)]
    add_people(at.cloud, ids)
    return ids


def boards_of(user: Client, how_many: int) -> list[str]:
    return [a_board(user, name=f"A typical board {number:06}") for number in range(how_many)]


def follow_many(at: Typical) -> None:
    add_ties(at.cloud, [(at.user.user_id, other) for other in people(at)], following="approved", counted=True)


def be_followed_by_many(at: Typical) -> None:
    add_ties(at.cloud, [(other, at.user.user_id) for other in people(at)], following="approved", counted=True)


@pattern("`GET /users/{username}/followers`, 25 of many")
def _(at: Typical) -> Act:
    be_followed_by_many(at)
    reader = at.another_user()
    return lambda: well(reader.get(f"/users/{at.user.username}/followers"))


@pattern("`GET /users/{username}/following`, 25 of many")
def _(at: Typical) -> Act:
    follow_many(at)
    reader = at.another_user()
    return lambda: well(reader.get(f"/users/{at.user.username}/following"))


@pattern("`GET /user_account/followers`, 25 of many")
def _(at: Typical) -> Act:
    be_followed_by_many(at)
    return lambda: well(at.user.get("/user_account/followers"))


@pattern("`DELETE /user_account/followers/{username}`")
def _(at: Typical) -> Act:
    other = at.another_user()
    follow(other, at.user)
    return lambda: well(at.user.delete(f"/user_account/followers/{other.username}"))


@pattern("`GET /user_account/following`, 25 of many")
def _(at: Typical) -> Act:
    follow_many(at)
    return lambda: well(at.user.get(FOLLOWING))


@pattern("`GET /user_account/following`, on to the owners of 3 followed boards")
def _(at: Typical) -> Act:
    follow(at.user, at.another_user())
    for _ in range(3):
        follow_board(at.user, boards_of(at.another_user(), 1)[0])
    return lambda: well(at.user.get(FOLLOWING))


@pattern("`GET /user_account/following/boards`, 25 of many that are followed")
def _(at: Typical) -> Act:
    boards = boards_of(at.another_user(), 30)
    add_board_follows(at.cloud, [(at.user.user_id, board) for board in boards], counted=True)
    return lambda: well(at.user.get(f"{FOLLOWING}/boards"))


@pattern("`GET /user_account/following/boards`, 25 of many of a followed user")
def _(at: Typical) -> Act:
    other = at.another_user()
    boards_of(other, 30)
    follow(at.user, other)
    return lambda: well(at.user.get(f"{FOLLOWING}/boards"))


@pattern("`GET /user_account/following/boards`, 10 of 10 followed users")
def _(at: Typical) -> Act:
    for _ in range(10):
        other = at.another_user()
        boards_of(other, 1)
        follow(at.user, other)
    return lambda: well(at.user.get(f"{FOLLOWING}/boards"))


@pattern("`POST /user_account/following/boards/{board_id}`")
def _(at: Typical) -> Act:
    (board,) = boards_of(at.another_user(), 1)
    return lambda: follow_board(at.user, board)


@pattern("`DELETE /user_account/following/boards/{board_id}`")
def _(at: Typical) -> Act:
    (board,) = boards_of(at.another_user(), 1)
    follow_board(at.user, board)
    return lambda: well(at.user.delete(f"{FOLLOWING}/boards/{board}"))


@pattern("`DELETE /user_account/following/boards/{board_id}`, of a followed user")
def _(at: Typical) -> Act:
    other = at.another_user()
    (board,) = boards_of(other, 1)
    follow(at.user, other)
    return lambda: well(at.user.delete(f"{FOLLOWING}/boards/{board}"))


@pattern("`POST /user_account/following/{username}`")
def _(at: Typical) -> Act:
    other = at.another_user()
    return lambda: follow(at.user, other)


@pattern("`POST /user_account/following/{username}`, again")
def _(at: Typical) -> Act:
    other = at.another_user()
    follow(at.user, other)
    return lambda: follow(at.user, other)


@pattern("`POST /user_account/following/{username}`, a private profile")
def _(at: Typical) -> Act:
    other = at.another_user()
    make_private(other)
    return lambda: follow(at.user, other)


@pattern("`DELETE /user_account/following/{username}`")
def _(at: Typical) -> Act:
    other = at.another_user()
    follow(at.user, other)
    return lambda: well(at.user.delete(f"{FOLLOWING}/{other.username}"))


@pattern("`GET /user_account/follow_requests`, 25 of many")
def _(at: Typical) -> Act:
    add_ties(at.cloud, [(other, at.user.user_id) for other in people(at)], following="requested")
    return lambda: well(at.user.get(REQUESTS))


def who_asks(at: Typical) -> Client:
    other = at.another_user()
    make_private(at.user)
    follow(other, at.user)
    return other


@pattern("`POST /user_account/follow_requests/{username}`")
def _(at: Typical) -> Act:
    other = who_asks(at)
    return lambda: approve(at.user, other)


@pattern("`DELETE /user_account/follow_requests/{username}`")
def _(at: Typical) -> Act:
    other = who_asks(at)
    return lambda: well(at.user.delete(f"{REQUESTS}/{other.username}"))


@pattern("`GET /user_account/blocks`, 25 of many")
def _(at: Typical) -> Act:
    add_ties(at.cloud, [(at.user.user_id, other) for other in people(at)], blocks=True)
    return lambda: well(at.user.get(BLOCKS))


@pattern("`POST /user_account/blocks/{username}`")
def _(at: Typical) -> Act:
    other = at.another_user()
    return lambda: block(at.user, other)


@pattern("`POST /user_account/blocks/{username}`, each follows the other")
def _(at: Typical) -> Act:
    other = at.another_user()
    follow(at.user, other)
    follow(other, at.user)
    return lambda: block(at.user, other)


@pattern("`DELETE /user_account/blocks/{username}`")
def _(at: Typical) -> Act:
    other = at.another_user()
    block(at.user, other)
    return lambda: well(at.user.delete(f"{BLOCKS}/{other.username}"))


@pattern("`CountFollowers`, of one follower")
def _(at: Typical) -> Act:
    other = at.another_user()
    follow(other, at.user)
    return lambda: upkeep.run(CountFollowers(at.user.user_id, (other.user_id,)))


@pattern("`CountFollowers`, of 99 followers in one batch")
def _(at: Typical) -> Act:
    ids = tuple(people(at, A_BATCH))
    add_ties(at.cloud, [(other, at.user.user_id) for other in ids], following="approved")
    return lambda: upkeep.run(CountFollowers(at.user.user_id, ids))


@pattern("`CountFollowers`, counted before")
def _(at: Typical) -> Act:
    ids = tuple(people(at, 1))
    add_ties(at.cloud, [(other, at.user.user_id) for other in ids], following="approved", counted=True)
    return lambda: upkeep.run(CountFollowers(at.user.user_id, ids))


@pattern("`CountBoardFollowers`, of 99 followers in one batch")
def _(at: Typical) -> Act:
    ids = tuple(people(at, A_BATCH))
    add_board_follows(at.cloud, [(other, at.board) for other in ids])
    return lambda: upkeep.run(CountBoardFollowers(at.board, ids))


@pattern("`UndoBoardFollows`, of 3 boards and of 1")
def _(at: Typical) -> Act:
    other = at.another_user()
    theirs = boards_of(other, 3)
    for board in theirs:
        follow_board(at.user, board)
    follow_board(other, at.board)
    return lambda: upkeep.run(UndoBoardFollows(at.user.user_id, other.user_id, "9" * 19))
