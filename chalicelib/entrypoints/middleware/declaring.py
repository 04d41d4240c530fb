"""Declarations: what is said of a route, once, and its registration with Chalice."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from inspect import cleandoc
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar, Unpack

from chalicelib.entrypoints.authorizer import authorize
from chalicelib.entrypoints.middleware import answering, crossing
from chalicelib.entrypoints.middleware.requests import NoQuery, Request

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from chalice.app import Response
    from pydantic import BaseModel

    from chalicelib.entrypoints.middleware.streaming import Events
    from chalicelib.system.domain.tokens import Scope

Handler = Callable[[Request[Any, Any]], object]
HandlerT = TypeVar("HandlerT", bound=Handler)


@dataclass(frozen=True)
class Deprecation:
    """When a route was deprecated (RFC 9745), when it will stop (RFC 8594), and where to read of it."""

    since: date
    sunset: date
    link: str


class Details(TypedDict, total=False):
    """What else is declared, with the names and meanings of `Route`'s fields."""

    body: type[BaseModel]
    query: type[BaseModel]
    status: int
    errors: Mapping[str, int]
    example: Any
    idempotent: bool
    guarded: bool
    heeds_version: bool
    creates: bool
    limited: bool
    max_body_bytes: int
    texts: Mapping[str, str]
    media_type: str
    other_status: int
    deprecated: Deprecation
    events: Events


@dataclass(frozen=True, kw_only=True)
class Route:
    """What is declared about a route.

    `scope` is the least scope of the bearer's token (None: no token is asked). `body` and `query` are the
    models that validate, `example` is a body. `returns` is a model or type to which the result is converted
    by its attributes (`str`: text of `media_type`; None: no body); `status` is the status of success, and
    `other_status` another one that the same answer may have. `errors` are the codes with which the handler
    may refuse, beyond those of the middleware, and their statuses.

    `idempotent` honours `Idempotency-Key` (the default for POST); `guarded` demands `If-Match`, except where
    the route also `creates` what is not there yet; `heeds_version` takes it where it is sent; `limited`
    counts requests against the limits; `max_body_bytes` is how long a body may be. `texts` are other media
    types of a body, each with the field of `body` that it is the value of. A field `version` of the answer's
    model gives an `ETag`. `events` tells an answer as server-sent events where `Accept` asks for them.
    """

    method: str
    path: str
    scope: Scope | None
    returns: Any
    name: str
    summary: str
    description: str
    body: type[BaseModel] | None = None
    query: type[BaseModel] = NoQuery
    status: int = 200
    errors: Mapping[str, int] = field(default_factory=dict)
    example: Any = None
    idempotent: bool = False
    guarded: bool = False
    heeds_version: bool = False
    creates: bool = False
    limited: bool = True
    max_body_bytes: int = answering.MAX_BODY_BYTES
    texts: Mapping[str, str] = field(default_factory=dict)
    media_type: str = "application/json"
    other_status: int | None = None
    deprecated: Deprecation | None = None
    events: Events | None = None

    @property
    def versioned(self) -> bool:
        """Tell whether its answer carries the version of one thing."""
        return "version" in getattr(self.returns, "model_fields", {})

    @property
    def body_required(self) -> bool:
        """Tell whether a body must be sent; a POST whose fields may all be left out needs none."""
        fields = self.body.model_fields.values() if self.body else ()
        return self.method != "POST" or any(each.is_required() for each in fields)


ROUTES: list[Route] = []


def route(
    bp: Any, method: str, path: str, *, scope: Scope | None, returns: Any, **details: Unpack[Details]
) -> Callable[[HandlerT], HandlerT]:
    """Register a handler on a Chalice blueprint under `/api` + `path`; `Route` says what the details mean."""
    details.setdefault("idempotent", method == "POST")

    def register(handler: HandlerT) -> HandlerT:
        summary, _, description = cleandoc(handler.__doc__ or "").partition("\n")
        declared = Route(
            method=method,
            path=path,
            scope=scope,
            returns=returns,
            name=getattr(handler, "__name__", ""),
            summary=summary,
            description=description.strip(),
            **details,
        )
        ROUTES.append(declared)
        _mount(bp, declared, handler)
        return handler

    return register


def _mount(bp: Any, declared: Route, handler: Handler) -> None:
    @functools.wraps(handler)
    def view(**parameters: str) -> Response:
        return answering.answer(declared, handler, bp.current_request, parameters)

    bp.route(declared.path, methods=[declared.method], **_chalice_options(declared))(view)
    if not any(each.path == declared.path for each in ROUTES[:-1]):
        bp.route(declared.path, methods=["OPTIONS"])(_preflight(bp, declared.path))


def _preflight(bp: Any, path: str) -> Callable[..., Response]:
    def preflight(**_parameters: str) -> Response:
        methods = [each.method for each in ROUTES if each.path == path]
        return crossing.preflight(bp.current_request, methods)

    return preflight


def _chalice_options(declared: Route) -> dict[str, Any]:
    return {
        "authorizer": None if declared.scope is None else authorize,
        "content_types": [] if declared.body is None else ["application/json", *declared.texts],
    }
