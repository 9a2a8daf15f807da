"""What clients get of exports and imports. Beside ``views``, which every function imports."""

from presence.domain import clock
from presence.domain.entities import Job
from presence.http.views import View
from presence.services import exports, imports


def export(value: Job) -> View:
    view = _job(value)
    if address := exports.download(value):
        view["download"] = {**address._asdict(), "bytes": value.size}
    return view


def import_(value: Job) -> View:
    view = _job(value)
    view["failure"] = value.failure
    if totals := imports.totals(value):
        view["total"] = {"boards": totals.boards, "pins": totals.pins, "follows": totals.follows}
    if address := imports.upload(value):
        view["upload"] = {**address._asdict(), "bytes": value.size}
    return view


def _job(value: Job) -> View:
    return {
        "id": value.id,
        "status": value.status,
        "created_at": value.created_at,
        "expires_at": clock.timestamp(value.expires_at),
        "finished_at": value.finished_at,
        "progress": {"boards": value.boards, "pins": value.pins, "follows": value.follows},
    }
