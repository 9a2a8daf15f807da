"""From a router to a Lambda handler: authenticate, check scopes, call the endpoint, turn errors into answers."""

import os
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.api_gateway import Response
from aws_lambda_powertools.metrics import MetricUnit

from presence import started
from presence.domain.entities import Viewer
from presence.domain.errors import BoardMerged
from presence.http import description, errors, viewer
from presence.http.call import Call
from presence.http.routing import PREFIX, Route, Router
from presence.policies import scopes
from presence.storage import table

logger = Logger()
metrics = Metrics()

type Handler = Callable[[dict[str, Any], Any], dict[str, Any]]

_ANYONE = Viewer("", "", frozenset())


def serve(router: Router, *, environment: tuple[str, ...]) -> Handler:
    """The Lambda handler of a family's routes.

    Raises:
        KeyError: at init, a variable of ``environment`` is missing.
    """
    for name in environment:
        os.environ[name]
    table.client()  # made during init, where Lambda gives a whole processor
    app = APIGatewayHttpResolver()
    for route in router.routes:
        rule = PREFIX + route.path.replace("{", "<").replace("}", ">")
        app.route(rule, method=route.method, compress=True)(_endpoint(app, route))
    app.not_found(lambda _: _failed(app, description.missing(app.current_event.http_method, app.current_event.path)))

    def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        return app.resolve(event, context)

    started()
    return handler


def _endpoint(app: APIGatewayHttpResolver, route: Route) -> Callable[..., Response[Any]]:
    def run(**path: str) -> Response[Any]:
        event: dict[str, Any] = app.current_event.raw_event
        query: str = event.get("rawQueryString") or ""
        try:
            caller = viewer.from_event(event) if route.scopes else _ANYONE
            scopes.require(caller, route.scopes)
            response: Response[Any] = route.endpoint(Call(event, route, path, caller))
        except BoardMerged as error:
            if path.get("board_id") != error.board_id:
                return _failed(app, error)
            return errors.moved(error, _address(route, path | {"board_id": error.into}, query))
        except Exception as error:  # noqa: BLE001 - whatever it is, the client gets our error body

            def moved_to(username: str) -> str:
                return _address(route, path | {"username": username}, _renamed(route, query, username))

            return _failed(app, error, moved_to)
        return response

    return run


def _address(route: Route, path: dict[str, str], query: str) -> str:
    """Of a request to the same route."""
    return PREFIX + route.path.format(**path) + (f"?{query}" if query else "")


def _renamed(route: Route, query: str, username: str) -> str:
    """A query with the name that a user has now, where the route has it name one."""
    naming = {param.name for param in route.params if param.names_user}
    if not naming:
        return query
    told = parse_qsl(query, keep_blank_values=True)
    return urlencode([(name, username if name in naming else value) for name, value in told])


def _failed(app: APIGatewayHttpResolver, error: Exception, moved_to: Callable[[str], str] = str) -> Response[Any]:
    request_id: str = app.current_event.raw_event["requestContext"]["requestId"]
    response = errors.response(error, request_id, moved_to=moved_to)
    if response.status_code >= 500:
        logger.exception("Request failed", request_id=request_id)
        count(type(error).__name__)
    return response


def count(fault: str) -> None:
    """One more fault of ours, as a metric to alarm on."""
    metrics.add_metric(name="Faults", unit=MetricUnit.Count, value=1)
    metrics.add_metadata(key="fault", value=fault)
    metrics.flush_metrics()
