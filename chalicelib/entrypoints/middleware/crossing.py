"""Requests from pages of other origins (CORS): only those that the operator has listed may read answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalice.app import Response

from chalicelib.bootstrap import container
from chalicelib.entrypoints.middleware.requests import header_of

if TYPE_CHECKING:
    from collections.abc import Iterable

_SENT = "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match"
_READ = (
    "Deprecation, ETag, Idempotent-Replayed, Link, RateLimit, RateLimit-Policy, Retry-After, "
    "Sunset, X-Request-Id"
)
_PREFLIGHT_SECONDS = 600


def allowance(incoming: Any) -> dict[str, str]:
    """Give the headers that let the page read the answer; none when its origin is not listed."""
    listed = container().settings.cors_origins
    if not listed:
        return {}
    origin = header_of(incoming, "origin")
    if origin is None or origin not in listed:
        return {"Vary": "Origin"}
    return {
        "Vary": "Origin",
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Expose-Headers": _READ,
    }


def preflight(incoming: Any, methods: Iterable[str]) -> Response:
    """Answer the browser's question whether it may send a request at all."""
    headers = {}
    if "Access-Control-Allow-Origin" in allowance(incoming):
        headers = {
            "Access-Control-Allow-Methods": ", ".join(methods),
            "Access-Control-Allow-Headers": _SENT,
            "Access-Control-Max-Age": str(_PREFLIGHT_SECONDS),
        }
    return Response("", status_code=204, headers=headers)
