"""What API Gateway answers by itself, before any function runs: problems (RFC 9457) like ours."""

from __future__ import annotations

import json
from typing import Any

_UNKNOWN_PATH = "There is no such path, or it does not take this method."
_UNAUTHENTICATED = "Send a valid token: Authorization: Bearer aics_..."
_TOO_LARGE = "The body may have 10 MB at most, packed and unpacked."
# The gateway says no less: whether a type is not taken, a coding not known, or a packed body broken.
_UNREADABLE = "Send application/json, plain or as Content-Encoding: gzip that can be unpacked."
_OUR_FAULT = "The request failed on our side."
# The authorizer's storage was silent, or it took too long: nothing was done.
_NOT_CHECKED = "The token could not be checked; try again."

# Type -> status, title, code, detail. Source: API Gateway developer guide, "Gateway response types".
_PROBLEMS = {
    "UNAUTHORIZED": (401, "Unauthorized", "unauthenticated", _UNAUTHENTICATED),
    "INVALID_SIGNATURE": (401, "Unauthorized", "unauthenticated", _UNAUTHENTICATED),
    "EXPIRED_TOKEN": (401, "Unauthorized", "unauthenticated", _UNAUTHENTICATED),
    "ACCESS_DENIED": (403, "Forbidden", "forbidden", "This token may not do that."),
    "MISSING_AUTHENTICATION_TOKEN": (404, "Not Found", "not_found", _UNKNOWN_PATH),
    "RESOURCE_NOT_FOUND": (404, "Not Found", "not_found", _UNKNOWN_PATH),
    "REQUEST_TOO_LARGE": (413, "Content Too Large", "body_too_large", _TOO_LARGE),
    "UNSUPPORTED_MEDIA_TYPE": (415, "Unsupported Media Type", "unsupported_media_type", _UNREADABLE),
    "THROTTLED": (429, "Too Many Requests", "throttled", "Too many requests; wait and try again."),
    "QUOTA_EXCEEDED": (429, "Too Many Requests", "throttled", "Too many requests; wait and try again."),
    "AUTHORIZER_FAILURE": (503, "Service Unavailable", "unavailable", _NOT_CHECKED),
    "AUTHORIZER_CONFIGURATION_ERROR": (503, "Service Unavailable", "unavailable", _NOT_CHECKED),
    "API_CONFIGURATION_ERROR": (500, "Internal Server Error", "internal_error", _OUR_FAULT),
    "INTEGRATION_FAILURE": (504, "Gateway Timeout", "gateway_timeout", "The request took too long."),
    "INTEGRATION_TIMEOUT": (504, "Gateway Timeout", "gateway_timeout", "The request took too long."),
}
_HEADERS = {
    "Content-Type": "'application/problem+json'",
    "Cache-Control": "'no-store'",
    "X-Content-Type-Options": "'nosniff'",
    "X-Request-Id": "context.requestId",
}
_LATER = {"Retry-After": "'1'"}
_MORE_HEADERS = {401: {"WWW-Authenticate": "'Bearer'"}, 429: _LATER, 503: _LATER}


def gateway_responses() -> dict[str, Any]:
    """Describe every answer as a property of the REST API.

    They belong to the API's definition: as resources of their own they would be created after its deployment,
    which would not have them, and every later import of the definition would remove them.
    """
    responses = {kind: _response(*problem) for kind, problem in _PROBLEMS.items()}
    return {"RestAPI": {"Properties": {"GatewayResponses": responses}}}


def _response(status: int, title: str, code: str, detail: str) -> dict[str, Any]:
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, "code": code}
    return {
        "StatusCode": str(status),
        "ResponseParameters": {"Headers": _HEADERS | _MORE_HEADERS.get(status, {})},
        "ResponseTemplates": {"application/json": json.dumps(body | {"request_id": "$context.requestId"})},
    }
