"""One operation: its words, what it takes, what it answers, and where its answer leads."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from chalicelib.entrypoints.middleware.streaming import MEDIA_TYPE as EVENT_STREAM
from chalicelib.entrypoints.openapi.examples import answer_example
from chalicelib.entrypoints.openapi.groups import group_of
from chalicelib.entrypoints.openapi.headers import success_headers
from chalicelib.entrypoints.openapi.links import links_of
from chalicelib.entrypoints.openapi.names import operation_id
from chalicelib.entrypoints.openapi.parameters import parameters_of
from chalicelib.entrypoints.openapi.problem_schema import problems_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalicelib.entrypoints.middleware import Route
    from chalicelib.entrypoints.openapi.schemas import Schemas

_JSON = "application/json"
_UNCHANGED = "304"


def operation_of(route: Route, routes: Sequence[Route], schemas: Schemas) -> dict[str, Any]:
    """Describe a route; `routes` are those that its answer may lead to."""
    described: dict[str, Any] = {
        "operationId": operation_id(route),
        "tags": [group_of(route)],
        "summary": route.summary.rstrip(".").replace("`", ""),
        "description": _description(route),
        "security": [{"bearer": [route.scope.value]}] if route.scope else [],
        "parameters": parameters_of(route, schemas.query(route.query)),
    }
    if route.body is not None:
        described["requestBody"] = _body(route, schemas)
    described["responses"] = _answers(route, routes, schemas)
    if route.deprecated:
        described["deprecated"] = True
    return described


def _description(route: Route) -> str:
    scope = f"Needs a token of scope `{route.scope}`." if route.scope else "Needs no token."
    ended = ""
    if route.deprecated:
        ended = f"Stops on {route.deprecated.sunset.isoformat()}; see {route.deprecated.link}."
    return "\n\n".join(filter(None, (route.description, scope, ended)))


def _body(route: Route, schemas: Schemas) -> dict[str, Any]:
    media = {"schema": schemas.sent(route.body)}
    if route.example is not None:
        media["example"] = route.example
    texts = {media_type: {"schema": {"type": "string"}} for media_type in route.texts}
    return {"required": route.body_required, "content": {_JSON: media, **texts}}


def _answers(route: Route, routes: Sequence[Route], schemas: Schemas) -> dict[str, Any]:
    answers = {str(route.status): _success(route, routes, schemas), **problems_of(route)}
    if route.other_status:
        given = answers[str(route.status)]
        plain = {"description": f"{HTTPStatus(route.other_status).phrase}.", "headers": given["headers"]}
        other = answers.setdefault(str(route.other_status), plain)
        other["content"] = other.get("content", {}) | given["content"]
    if route.method == "GET":
        names = ("ETag", "X-Request-Id")
        kept = {name: value for name, value in success_headers(route).items() if name in names}
        answers[_UNCHANGED] = {"description": "Not changed since the `ETag` that was sent.", "headers": kept}
    return {status: answers[status] for status in sorted(answers)}


def _content(route: Route, routes: Sequence[Route], schemas: Schemas) -> dict[str, Any]:
    schema = schemas.given(route.returns)
    if "$ref" not in schema:
        return {"schema": schema}
    return {"schema": schema, "example": answer_example(route, routes, schema, schemas.components)}


def _success(route: Route, routes: Sequence[Route], schemas: Schemas) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "description": f"{HTTPStatus(route.status).phrase}.",
        "headers": success_headers(route),
    }
    if route.returns is None:
        return answer
    content = _content(route, routes, schemas)
    answer["content"] = {route.media_type: content}
    if route.events:
        answer["content"][EVENT_STREAM] = {"schema": {"type": "string"}}
    if links := links_of(route, content.get("example"), routes):
        answer["links"] = links
    return answer
