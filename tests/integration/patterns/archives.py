"""Exports, imports and farewells."""

from presence.projections.upkeep import CleanUpBoard, GoOnWithExport, GoOnWithImport, RemoveAccount
from presence.services import upkeep
from presence.storage import archives
from tests.integration.patterns.typical import KEY, PATTERNS, Act, Typical, pattern, request, well
from tests.integration.things import made
from tests.support.api import Client

SIZE = {"size": 1000}


def an_export(user: Client) -> str:
    return made(user.post("/user_account/exports"))


def a_done_export(user: Client) -> str:
    export_id = an_export(user)
    upkeep.run(GoOnWithExport(user.user_id, export_id))
    return export_id


def a_started_import(user: Client, content: bytes) -> str:
    import_id = made(user.post("/user_account/imports", {"size": len(content)}))
    archives.put(archives.import_key(import_id), content)
    well(user.post(f"/user_account/imports/{import_id}/start"))
    return import_id


PATTERNS["`POST /user_account/exports`"] = request("POST", "/user_account/exports", {})
PATTERNS["`POST /user_account/exports` with an `Idempotency-Key`"] = request("POST", "/user_account/exports", {}, **KEY)


@pattern("`POST /user_account/exports` while one is at work")
def _(at: Typical) -> Act:
    an_export(at.user)
    return lambda: an_export(at.user)


@pattern("`GET /user_account/exports`, of 3")
def _(at: Typical) -> Act:
    for _ in range(3):
        a_done_export(at.user)
    return lambda: well(at.user.get("/user_account/exports"))


@pattern("`GET /user_account/exports/{export_id}`")
def _(at: Typical) -> Act:
    export_id = a_done_export(at.user)
    return lambda: well(at.user.get(f"/user_account/exports/{export_id}"))


PATTERNS["`POST /user_account/imports`"] = request("POST", "/user_account/imports", SIZE)


@pattern("`GET /user_account/imports`, of 3")
def _(at: Typical) -> Act:
    for _ in range(3):
        made(at.user.post("/user_account/imports", SIZE))
    return lambda: well(at.user.get("/user_account/imports"))


@pattern("`GET /user_account/imports/{import_id}`")
def _(at: Typical) -> Act:
    import_id = made(at.user.post("/user_account/imports", SIZE))
    return lambda: well(at.user.get(f"/user_account/imports/{import_id}"))


@pattern("`POST /user_account/imports/{import_id}/start`")
def _(at: Typical) -> Act:
    import_id = made(at.user.post("/user_account/imports", SIZE))
    return lambda: well(at.user.post(f"/user_account/imports/{import_id}/start"))


@pattern("`POST /user_account/imports/{import_id}/start` again")
def _(at: Typical) -> Act:
    import_id = made(at.user.post("/user_account/imports", SIZE))
    well(at.user.post(f"/user_account/imports/{import_id}/start"))
    return lambda: well(at.user.post(f"/user_account/imports/{import_id}/start"))


PATTERNS["`DELETE /user_account`, whatever is in it"] = request("DELETE", "/user_account")


@pattern("`GoOnWithExport`, a board of 1,000 pins and a small one")
def _(at: Typical) -> Act:
    at.a_big_board(1000)
    export_id = an_export(at.user)
    return lambda: upkeep.run(GoOnWithExport(at.user.user_id, export_id))


@pattern("`GoOnWithExport`, done before")
def _(at: Typical) -> Act:
    export_id = a_done_export(at.user)
    return lambda: upkeep.run(GoOnWithExport(at.user.user_id, export_id))


@pattern("`GoOnWithImport`, a board of 1,000 pins and a small one")
def _(at: Typical) -> Act:
    at.a_big_board(1000)
    content = archives.get(archives.export_key(a_done_export(at.user)))
    other = at.another_user()
    import_id = a_started_import(other, content)
    return lambda: upkeep.run(GoOnWithImport(other.user_id, import_id))


@pattern("`GoOnWithImport`, an archive that is refused")
def _(at: Typical) -> Act:
    import_id = a_started_import(at.user, b"not an archive")
    return lambda: upkeep.run(GoOnWithImport(at.user.user_id, import_id))


@pattern("`RemoveAccount`, the first turn")
def _(at: Typical) -> Act:
    well(at.user.delete("/user_account"))
    return lambda: upkeep.run(RemoveAccount(at.user.user_id))


@pattern("`RemoveAccount`, the last turn")
def _(at: Typical) -> Act:
    well(at.user.delete("/user_account"))
    upkeep.run(RemoveAccount(at.user.user_id))
    upkeep.run(CleanUpBoard(at.board))
    return lambda: upkeep.run(RemoveAccount(at.user.user_id))


@pattern("`RemoveAccount`, done before")
def _(at: Typical) -> Act:
    return lambda: upkeep.run(RemoveAccount("1234567890123456789"))
