"""The one way to declare a REST route: token, validation, errors and headers around one line.

    bp = Blueprint(__name__)

    @route(bp, "POST", "/v1/crm/contacts", scope=Scope.OPERATOR,
           body=ContactIn, returns=ContactView, status=201)
    def create_contact(request: Request[ContactIn, NoQuery]) -> Contact:
        '''Create a contact.'''
        return services.create_contact(container().crm, request.body.new_contact())

The first line of the handler's docstring is the summary in `ROUTES`, the registry of all routes.
A handler returns anything with the fields of `returns` (a domain value will do), or a `Reply` around
it to set headers or another status. It refuses by raising the kernel's errors; `problems` renders them.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, Generic, TypeVar

from chalice.app import Response
from pydantic import BaseModel, ConfigDict, TypeAdapter

from chalicelib.entrypoints.authorizer import authorize
from chalicelib.entrypoints.problems import (
    Refused,
    checked,
    internal_problem,
    problem_of,
    problem_of_chalice,
    status_of,
)
from chalicelib.kernel.errors import AppError, Forbidden
from chalicelib.kernel.ids import new_id
from chalicelib.kernel.logs import log, log_context, log_failure
from chalicelib.system.domain.tokens import ANONYMOUS, Principal, Scope

MAX_BODY_BYTES = 256 * 1024
_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}

BodyT = TypeVar("BodyT")
QueryT = TypeVar("QueryT")


class NoQuery(BaseModel):
    """The query of a route that takes none: any parameter is refused."""

    model_config = ConfigDict(extra="forbid")


@dataclass(frozen=True)
class Request(Generic[BodyT, QueryT]):
    """A request that has passed: who asks, the path's parameters, and validated body and query."""

    principal: Principal
    request_id: str
    path: dict[str, str]
    body: BodyT
    query: QueryT


@dataclass(frozen=True)
class Reply:
    """An answer with headers or a status of its own; `status` None means the route's."""

    body: Any
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)


Handler = Callable[[Request[Any, Any]], object]
HandlerT = TypeVar("HandlerT", bound=Handler)


@dataclass(frozen=True)
class Route:
    """What is declared about a route; `scope` None means open to anyone, `returns` None no body."""

    method: str
    path: str
    scope: Scope | None
    body: type[BaseModel] | None
    query: type[BaseModel]
    returns: Any
    status: int
    name: str
    summary: str


ROUTES: list[Route] = []


def route(  # noqa: PLR0913  a route is declared whole, in one place
    bp: Any,
    method: str,
    path: str,
    *,
    scope: Scope | None,
    returns: Any,
    body: type[BaseModel] | None = None,
    query: type[BaseModel] = NoQuery,
    status: int = 200,
) -> Callable[[HandlerT], HandlerT]:
    """Register a handler on a Chalice blueprint under `/api` + `path`.

    `scope` is the least scope of the bearer's token (None: no token asked); `body` and `query` are
    the models that validate; `returns` is a model or type to which the result is converted by its
    attributes; `status` is the status of success. A field `version` in the answer gives an `ETag`.
    """

    def register(handler: HandlerT) -> HandlerT:
        summary = (handler.__doc__ or "").partition("\n")[0]
        name = getattr(handler, "__name__", "")
        declared = Route(method, path, scope, body, query, returns, status, name, summary)
        ROUTES.append(declared)

        @functools.wraps(handler)
        def view(**parameters: str) -> Response:
            return _answer(declared, handler, bp.current_request, parameters)

        bp.route(path, methods=[method], **_chalice_options(declared))(view)
        return handler

    return register


def finish(incoming: Any, get_response: Callable[[Any], Response]) -> Response:
    """Wrap every REST answer: problems for what Chalice refuses, common headers, one log line.

    `app.py` registers it as Chalice's middleware for `http`.
    """
    start = perf_counter()
    request_id = request_id_of(incoming)
    answer = get_response(incoming)
    if not isinstance(answer.body, str):
        answer = problem_of_chalice(answer, request_id)
    answer.headers = {**answer.headers, **_HEADERS, "X-Request-Id": request_id}
    log(
        "http.answered",
        request_id=request_id,
        method=getattr(incoming, "method", ""),
        route=getattr(incoming, "path", ""),
        status=answer.status_code,
        ms=round((perf_counter() - start) * 1000, 1),
    )
    return answer


def request_id_of(incoming: Any) -> str:
    """Give API Gateway's id of the request, or the invocation's."""
    context = getattr(incoming, "context", None) or {}
    invocation = getattr(getattr(incoming, "lambda_context", None), "aws_request_id", "")
    return context.get("requestId") or invocation or new_id("request")


def _chalice_options(declared: Route) -> dict[str, Any]:
    return {
        "authorizer": None if declared.scope is None else authorize,
        "content_types": [] if declared.body is None else ["application/json"],
    }


def _answer(declared: Route, handler: Handler, incoming: Any, parameters: dict[str, str]) -> Response:
    request_id = request_id_of(incoming)
    with log_context(request_id=request_id):
        try:
            request = _read(declared, incoming, parameters)
            return _render(declared, handler(request))
        except AppError as error:
            log("http.refused", code=error.code, status=status_of(error))
            return problem_of(error, request_id)
        except Exception as error:  # noqa: BLE001  the outermost guard: logged here, hidden from the caller
            log_failure("http.failed", error, route=f"{declared.method} {declared.path}")
            return internal_problem(request_id)


def _read(declared: Route, incoming: Any, parameters: dict[str, str]) -> Request[Any, Any]:
    return Request(
        principal=_principal(declared.scope, incoming.context.get("authorizer") or {}),
        request_id=request_id_of(incoming),
        path=parameters,
        query=checked(declared.query, _query_values(incoming.query_params)),
        body=declared.body and checked(declared.body, _body_bytes(incoming)),
    )


def _principal(needed: Scope | None, claims: dict[str, str]) -> Principal:
    """Read what the authorizer attached; without it nobody passes, even if the gateway is set up wrongly."""
    if needed is None:
        return ANONYMOUS
    if not claims.get("principalId"):
        raise Refused(401, "unauthenticated", "Send a valid token: Authorization: Bearer aics_…")
    principal = Principal(claims["principalId"], claims["name"], Scope(claims["scope"]))
    if not principal.scope.covers(needed):
        raise Forbidden(
            f"This needs a token of scope {needed}; yours has {principal.scope}.",
            code="scope_missing",
        )
    return principal


def _query_values(given: Any) -> dict[str, Any]:
    """Give each parameter's value, or the list of them when it was given more than once."""
    lists = {name: given.getlist(name) for name in given or ()}
    return {name: values[0] if len(values) == 1 else values for name, values in lists.items()}


def _body_bytes(incoming: Any) -> bytes:
    raw = incoming.raw_body
    content = raw if isinstance(raw, bytes) else raw.encode()
    if len(content) > MAX_BODY_BYTES:
        raise Refused(413, "body_too_large", f"The body may have {MAX_BODY_BYTES} bytes at most.")
    return content


def _render(declared: Route, result: object) -> Response:
    reply = result if isinstance(result, Reply) else Reply(result)
    version = getattr(reply.body, "version", None)
    tag = {"ETag": f'"{version}"'} if isinstance(version, int) else {}
    return Response(
        body=_json(declared.returns, reply.body),
        status_code=reply.status or declared.status,
        headers={"Content-Type": "application/json", **tag, **reply.headers},
    )


def _json(returns: Any, body: Any) -> str:
    if returns is None:
        return ""
    adapter = _adapter(returns)
    return adapter.dump_json(adapter.validate_python(body, from_attributes=True)).decode()


@functools.cache
def _adapter(returns: Any) -> TypeAdapter[Any]:
    return TypeAdapter(returns)
