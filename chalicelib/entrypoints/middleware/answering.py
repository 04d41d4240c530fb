"""From a request to its answer: who asks, may they, what do they send, what came of it."""

from __future__ import annotations

import functools
import json
from dataclasses import replace
from datetime import UTC, datetime, time
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

from chalice.app import Response
from pydantic import TypeAdapter

from chalicelib.bootstrap import container
from chalicelib.entrypoints.middleware import conditions, limiting, repeating, streaming
from chalicelib.entrypoints.middleware.problems import (
    Refused,
    checked,
    internal_problem,
    problem_of,
    standard_errors,
    status_of,
)
from chalicelib.entrypoints.middleware.requests import Reply, Request, header_of, request_id_of
from chalicelib.kernel.actors import SYSTEM, acting_as
from chalicelib.kernel.errors import AppError, Forbidden, Invalid
from chalicelib.kernel.logs import log, log_context, log_failure
from chalicelib.kernel.paging import Page
from chalicelib.kernel.schemas import PageQuery
from chalicelib.system.domain.tokens import ANONYMOUS, Principal, Scope

if TYPE_CHECKING:
    from chalicelib.entrypoints.middleware.declaring import Deprecation, Handler, Route
    from chalicelib.entrypoints.middleware.requests import Seed

MAX_BODY_BYTES = 256 * 1024


def answer(declared: Route, handler: Handler, incoming: Any, parameters: dict[str, str]) -> Response:
    """Serve a request; whatever happens, the answer is one that the route has declared."""
    headers = _sunset_headers(declared.deprecated)
    request_id = request_id_of(incoming)
    with log_context(request_id=request_id):
        try:
            given = _serve(declared, handler, incoming, parameters, headers)
        except AppError as error:
            given = _refusal(declared, error, request_id)
        except Exception as error:  # noqa: BLE001  the outermost guard: logged here, hidden from the caller
            log_failure("http.failed", error, route=f"{declared.method} {declared.path}")
            given = internal_problem(request_id)
    given.headers |= headers
    return given


def _serve(
    declared: Route, handler: Handler, incoming: Any, parameters: dict[str, str], headers: dict[str, str]
) -> Response:
    principal = _principal(declared.scope, incoming.context.get("authorizer") or {})
    limiting.count(declared, principal, incoming, headers)
    _check_scope(declared.scope, principal)
    request = _read(declared, principal, incoming, parameters)
    key = repeating.key_of(declared, incoming)
    with acting_as(f"token:{principal.token_id}" if principal.token_id else SYSTEM):
        if key is None:
            given = _perform(declared, handler, request)
        else:
            act = functools.partial(_seeded, declared, handler, request)
            given = repeating.once(declared, request, key, incoming, act)
    return conditions.unless_known(incoming, streaming.as_asked(declared, incoming, given))


def _refusal(declared: Route, error: AppError, request_id: str) -> Response:
    log("http.refused", code=error.code, status=status_of(error))
    if error.code not in {**standard_errors(declared), **declared.errors}:
        log("http.undeclared", code=error.code, route=f"{declared.method} {declared.path}")
    return problem_of(error, request_id)


def _principal(needed: Scope | None, claims: dict[str, str]) -> Principal:
    """Read what the authorizer attached; without it nobody passes, even if the gateway is set up wrongly."""
    if needed is None:
        return ANONYMOUS
    if not claims.get("principalId"):
        raise Refused(401, "unauthenticated", "Send a valid token: Authorization: Bearer aics_…")
    return Principal(claims["principalId"], claims["name"], Scope(claims["scope"]))


def _check_scope(needed: Scope | None, principal: Principal) -> None:
    if needed is not None and not principal.scope.covers(needed):
        raise Forbidden(
            f"This needs a token of scope {needed}; yours has {principal.scope}.",
            code="scope_missing",
        )


def _read(
    declared: Route, principal: Principal, incoming: Any, parameters: dict[str, str]
) -> Request[Any, Any]:
    query = checked(declared.query, _query_values(incoming.query_params))
    return Request(
        principal=principal,
        request_id=request_id_of(incoming),
        path=parameters,
        query=query,
        body=declared.body and checked(declared.body, _body_of(declared, incoming)),
        expected_version=conditions.expected_version(declared, incoming),
        start=_start(declared, parameters, query),
    )


def _query_values(given: Any) -> dict[str, Any]:
    """Give each parameter's value, or the list of them when it was given more than once."""
    lists = {name: given.getlist(name) for name in given or ()}
    return {name: values[0] if len(values) == 1 else values for name, values in lists.items()}


def _body_of(declared: Route, incoming: Any) -> bytes:
    """Give the body as JSON, also when it is sent as the text of one of its fields."""
    content = _body_bytes(declared, incoming)
    media_type = (header_of(incoming, "content-type") or "").partition(";")[0].strip().lower()
    field = declared.texts.get(media_type)
    return content if field is None else json.dumps({field: content.decode()}).encode()


def _body_bytes(declared: Route, incoming: Any) -> bytes:
    try:
        content: bytes = incoming.raw_body
    except UnicodeEncodeError:
        raise Invalid("The body is not UTF-8.", code="bad_json") from None
    if len(content) > declared.max_body_bytes:
        raise Refused(413, "body_too_large", f"The body may have {declared.max_body_bytes} bytes at most.")
    return content or (b"" if declared.body_required else b"{}")


def _start(declared: Route, parameters: dict[str, str], query: Any) -> str | None:
    if not isinstance(query, PageQuery) or query.page_token is None:
        return None
    listing, filters = _listing(declared, parameters, query)
    return container().page_tokens.read(listing, filters, query.page_token)


def _listing(declared: Route, parameters: dict[str, str], query: PageQuery) -> tuple[str, dict[str, Any]]:
    """Name the list that a page token belongs to: the route, the path and all filters."""
    filters = query.model_dump(mode="json", exclude={"page_token", "page_size"})
    return declared.name, {**{f"path.{name}": value for name, value in parameters.items()}, **filters}


def _seeded(declared: Route, handler: Handler, request: Request[Any, Any], seed: Seed) -> Response:
    return _perform(declared, handler, replace(request, seed=seed))


def _perform(declared: Route, handler: Handler, request: Request[Any, Any]) -> Response:
    result = handler(request)
    reply = result if isinstance(result, Reply) else Reply(result)
    content = _page(declared, request, reply.body) if isinstance(reply.body, Page) else reply.body
    body = _rendered(declared.returns, content)
    version = getattr(content, "version", None) if declared.versioned else None
    return Response(
        body=body,
        status_code=reply.status or declared.status,
        headers={
            "Content-Type": _content_type(declared),
            **conditions.tag_of(version, declared.method, body),
            **reply.headers,
        },
    )


def _page(declared: Route, request: Request[Any, Any], page: Page[Any]) -> dict[str, Any]:
    token = None
    if page.next_start is not None:
        listing, filters = _listing(declared, request.path, request.query)
        token = container().page_tokens.write(listing, filters, page.next_start)
    return {**vars(page), "next_page_token": token}


def _content_type(declared: Route) -> str:
    return f"{declared.media_type}; charset=utf-8" if declared.returns is str else declared.media_type


def _rendered(returns: Any, content: Any) -> str:
    if returns is None:
        return ""
    if returns is str:
        return str(content)
    adapter = _adapter(returns)
    return adapter.dump_json(adapter.validate_python(content, from_attributes=True)).decode()


@functools.cache
def _adapter(returns: Any) -> TypeAdapter[Any]:
    return TypeAdapter(returns)


def _sunset_headers(deprecated: Deprecation | None) -> dict[str, str]:
    if deprecated is None:
        return {}
    since, sunset = (datetime.combine(day, time(), UTC) for day in (deprecated.since, deprecated.sunset))
    return {
        "Deprecation": f"@{int(since.timestamp())}",
        "Sunset": format_datetime(sunset, usegmt=True),
        "Link": f'<{deprecated.link}>; rel="deprecation"',
    }
