"""The caller's own account, its archives, the API's description, and what is asked of paths that no route has."""

from typing import Any

from aws_lambda_powertools.event_handler.api_gateway import Response

from presence.domain.entities import Job
from presence.http import account_views, description
from presence.http.call import Call, no_content
from presence.http.params import BOOKMARK, FIELDS, PAGE_SIZE
from presence.http.routing import Router
from presence.policies.scopes import Scope
from presence.services import accounts, exports, imports, keeping, profiles
from presence.services.uploading import Upload

router = Router()

# An archive holds all that a user owns, what is secret included.
EXPORT = (
    Scope.BOARDS_READ,
    Scope.BOARDS_READ_SECRET,
    Scope.PINS_READ,
    Scope.PINS_READ_SECRET,
    Scope.USER_ACCOUNTS_READ,
)
IMPORT = tuple(Scope)
READ_BOARDS = (Scope.BOARDS_READ,)
WRITE_BOARDS = (Scope.BOARDS_READ, Scope.BOARDS_WRITE)
READ_PINS = (Scope.BOARDS_READ, Scope.PINS_READ)
WRITE_PINS = (Scope.BOARDS_READ, Scope.BOARDS_WRITE, Scope.PINS_READ, Scope.PINS_WRITE)
PAGING = (PAGE_SIZE, BOOKMARK, FIELDS)


@router.get("/user_account", scopes=(Scope.USER_ACCOUNTS_READ,), answer="Account", params=(FIELDS,), etag=True)
def get_account(call: Call) -> Any:
    """Get the caller's profile."""
    profile = profiles.own(call.viewer)
    return call.one(account_views.account(profile), profile.version)


@router.patch(
    "/user_account",
    scopes=(Scope.USER_ACCOUNTS_READ, Scope.USER_ACCOUNTS_WRITE),
    body="AccountUpdate",
    answer="Account",
)
def update_account(call: Call) -> Any:
    """Change the caller's profile; a former username leads to the new one for 30 days."""
    changes, uploads = _changes(call.body())
    profile = profiles.update(call.viewer, changes, new_uploads=uploads, version=call.if_match())
    return call.one(account_views.account(profile), profile.version)


def _changes(draft: Any) -> tuple[dict[str, Any], list[Upload]]:
    """What of the profile is to change, and the pictures to store for it."""
    changes = {name: value for name, value in draft.given().items() if value is not None or name not in _NEVER_WITHOUT}
    uploads: list[Upload] = []
    if "featured_board_ids" in changes:
        changes["featured_board_ids"] = tuple(changes["featured_board_ids"] or ())
    for name in ("avatar", "banner"):
        if changes.get(name):
            from presence.http import pictures  # noqa: PLC0415 - only needed here

            changes[name], stored = pictures.read_one(changes[name], name)
            uploads += stored
    return changes, uploads


_NEVER_WITHOUT = ("username", "is_private", "hidden_from_search")
"""Clients send null for what their user left unset."""


@router.delete("/user_account", scopes=(Scope.USER_ACCOUNTS_READ, Scope.USER_ACCOUNTS_WRITE))
def delete_account(call: Call) -> Any:
    """Delete the caller's account with everything that they own."""
    accounts.delete(call.viewer)
    return no_content()


@router.post("/user_account/exports", scopes=EXPORT, body="ExportCreate", answer="Export")
def create_export(call: Call) -> Any:
    """Begin an export of everything the caller owns; while one is at work, get that one."""
    call.body()
    return call.once(lambda receipt: exports.request(call.viewer, receipt), _export)


@router.get("/user_account/exports", scopes=EXPORT, answer="ExportPage", params=PAGING)
def list_exports(call: Call) -> Any:
    """List the caller's exports of the last seven days, the latest first."""
    return call.page(exports.list_own(call.viewer, call.page_request()), account_views.export)


@router.get("/user_account/exports/{export_id}", scopes=EXPORT, answer="Export", params=(FIELDS,), etag=True)
def get_export(call: Call) -> Any:
    """Get an export: how far it is and, once it is done, where its archive is."""
    return call.one(*_export(exports.get(call.viewer, call.id("export_id"))))


@router.post("/user_account/imports", scopes=IMPORT, body="ImportCreate", answer="Import")
def create_import(call: Call) -> Any:
    """Prepare an import: the archive is put where the answer says, then the import is started."""
    size = call.body().size
    return call.once(lambda receipt: imports.request(call.viewer, size=size, receipt=receipt), _import)


@router.get("/user_account/imports", scopes=IMPORT, answer="ImportPage", params=PAGING)
def list_imports(call: Call) -> Any:
    """List the caller's imports of the last seven days, the latest first."""
    return call.page(imports.list_own(call.viewer, call.page_request()), account_views.import_)


@router.get("/user_account/imports/{import_id}", scopes=IMPORT, answer="Import", params=(FIELDS,), etag=True)
def get_import(call: Call) -> Any:
    """Get an import: how far it is, or why it failed."""
    return call.one(*_import(imports.get(call.viewer, call.id("import_id"))))


@router.post("/user_account/imports/{import_id}/start", scopes=IMPORT, body="ImportStart", answer="Import")
def start_import(call: Call) -> Any:
    """Start an import whose archive is uploaded."""
    import_id = call.id("import_id")
    call.body()
    return call.once(lambda receipt: imports.start(call.viewer, import_id, receipt), _import)


@router.get("/user_account/trash/boards", scopes=READ_BOARDS, answer="TrashedBoardPage", params=PAGING)
def list_trashed_boards(call: Call) -> Any:
    """List the boards that the caller deleted and can restore, the latest deleted first."""
    return call.page(keeping.list_trashed_boards(call.viewer, call.page_request()), account_views.trashed_board)


@router.delete("/user_account/trash/boards/{board_id}", scopes=WRITE_BOARDS)
def purge_board(call: Call) -> Any:
    """Delete a board in the trash for good, with its sections and pins."""
    keeping.purge_board(call.viewer, call.id("board_id"))
    return no_content()


@router.get("/user_account/trash/pins", scopes=READ_PINS, answer="TrashedPinPage", params=PAGING)
def list_trashed_pins(call: Call) -> Any:
    """List the deleted pins that the caller added and can restore, the latest deleted first."""
    return call.page(keeping.list_trashed_pins(call.viewer, call.page_request()), account_views.trashed_pin)


@router.delete("/user_account/trash/pins/{pin_id}", scopes=WRITE_PINS)
def purge_pin(call: Call) -> Any:
    """Delete a pin in the trash for good."""
    keeping.purge_pin(call.viewer, call.id("pin_id"))
    return no_content()


@router.get("/openapi.json", answer="OpenAPI")
def get_description(call: Call) -> Any:
    """Get this API's OpenAPI description."""
    return Response(200, "application/json", description.text(), {"Cache-Control": "public, max-age=300"})


def _export(job: Job) -> tuple[dict[str, Any], int]:
    return account_views.export(job), job.step


def _import(job: Job) -> tuple[dict[str, Any], int]:
    return account_views.import_(job), job.step
