"""Headers of answers as the document describes them, and which answers have which."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from chalicelib.entrypoints.middleware import Route

_UNAUTHENTICATED, _THROTTLED, _UNAVAILABLE = 401, 429, 503


def _header(description: str, example: str, pattern: str | None = None) -> dict[str, Any]:
    schema = {"type": "string", "examples": [example]} | ({"pattern": pattern} if pattern else {})
    return {"description": description, "schema": schema}


HEADERS: dict[str, Any] = {
    "Deprecation": _header("When the operation was deprecated (RFC 9745).", "@1767225600", r"^@[0-9]+$"),
    "ETag": _header(
        "The version of what was answered, for `If-Match` and `If-None-Match`.",
        '"3"',
        r'^(W/)?"[^"]+"$',
    ),
    "Idempotent-Replayed": _header("`true` when the kept answer is given again.", "true", "^true$"),
    "Link": _header("Where to read about the deprecation.", '<https://calls.example.com>; rel="deprecation"'),
    "RateLimit": _header(
        "Requests that remain, and seconds until they are more, for each limit.", '"token";r=599;t=60'
    ),
    "RateLimit-Policy": _header("Each limit: requests, and the seconds in which.", '"token";q=600;w=60'),
    "Retry-After": _header("Seconds to wait before the next try.", "1", "^[0-9]+$"),
    "Sunset": _header("When the operation will stop (RFC 8594).", "Thu, 31 Dec 2026 23:59:59 GMT"),
    "WWW-Authenticate": _header("How to authenticate.", "Bearer"),
    "X-Request-Id": _header("Names the request in our logs.", "01aee1e1-6d8b-4d0c-a6f7-2f3f4c5b6a70"),
}


def success_headers(route: Route) -> dict[str, Any]:
    """Give the headers of a route's success."""
    names = ["X-Request-Id"]
    if route.method == "GET" or route.versioned:
        names.append("ETag")
    if route.limited:
        names += ["RateLimit", "RateLimit-Policy"]
    if route.idempotent:
        names.append("Idempotent-Replayed")
    if route.deprecated:
        names += ["Deprecation", "Sunset", "Link"]
    return _references(names)


def problem_headers(status: int) -> dict[str, Any]:
    """Give the headers of a refusal with this status."""
    names = ["X-Request-Id"]
    if status == _UNAUTHENTICATED:
        names.append("WWW-Authenticate")
    if status in {_THROTTLED, _UNAVAILABLE}:
        names.append("Retry-After")
    return _references(names)


def _references(names: list[str]) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in sorted(names)}
