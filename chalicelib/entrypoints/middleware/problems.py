"""Refusals as HTTP answers (RFC 9457, application/problem+json); the codes that every route has in common."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from chalice.app import Response
from pydantic import BaseModel, ValidationError

from chalicelib.entrypoints.middleware.wording import remedy
from chalicelib.kernel.errors import (
    AppError,
    Conflict,
    FieldError,
    Forbidden,
    Invalid,
    NotFound,
    Unavailable,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.entrypoints.middleware.declaring import Route

MAX_FIELD_ERRORS = 100
_STATUS: Mapping[type[AppError], int] = {
    Invalid: 400,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    Unavailable: 503,
}
_STATUS_OF_CODE = {"version_changed": 412, "if_match_required": 428}
_TITLES = {413: "Content Too Large", 422: "Unprocessable Content"}
_CODES = {405: "method_not_allowed", 415: "unsupported_media_type"}
_REFUSED_TYPE = "Send application/json."


class Refused(AppError):
    """A refusal that only HTTP knows, such as a missing token or a body that is too large."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message, code=code)
        self.status = status


def problem_of(error: AppError, request_id: str) -> Response:
    """Render a refusal of ours: status by its class, with its code, field errors and details."""
    body = _problem(status_of(error), error.code, error.message, request_id)
    if error.errors:
        body["errors"] = [
            {"pointer": each.pointer, "detail": each.detail} for each in error.errors[:MAX_FIELD_ERRORS]
        ]
    if error.details:
        body["details"] = error.details
    return _response(body, _headers(error))


def internal_problem(request_id: str) -> Response:
    """Render a fault of ours: the log knows the reason, the answer only the request's id."""
    detail = "The request failed on our side; quote the request_id when you report it."
    return _response(_problem(500, "internal_error", detail, request_id), {})


def problem_of_chalice(answer: Response, request_id: str) -> Response:
    """Render what Chalice itself refuses: a method or a media type that a route does not take."""
    status = answer.status_code
    code = _CODES.get(status)
    if code is None:
        return internal_problem(request_id)
    detail = _REFUSED_TYPE if status == HTTPStatus.UNSUPPORTED_MEDIA_TYPE else str(answer.body["Message"])
    return _response(_problem(status, code, detail, request_id), dict(answer.headers))


def status_of(error: AppError) -> int:
    """Give the HTTP status of a refusal."""
    if isinstance(error, Refused):
        return error.status
    if error.code in _STATUS_OF_CODE:
        return _STATUS_OF_CODE[error.code]
    return next((status for kind, status in _STATUS.items() if isinstance(error, kind)), 500)


def title_of(status: int) -> str:
    """Give a status in the words of RFC 9110, which older Pythons do not know all of."""
    return _TITLES.get(status, HTTPStatus(status).phrase)


def standard_errors(declared: Route) -> dict[str, int]:
    """Give the codes with which the middleware itself may refuse a request of this route."""
    codes = {"invalid_fields": 400, "internal_error": 500, "storage_unavailable": 503, "unavailable": 503}
    codes["gateway_timeout"] = 504  # given by API Gateway
    if declared.limited:
        codes |= {"rate_limited": 429, "throttled": 429}
    if declared.scope:
        codes |= {"unauthenticated": 401, "scope_missing": 403, "forbidden": 403}
    if declared.body:
        codes |= {"bad_json": 400, "body_too_large": 413, "unsupported_media_type": 415}
    if declared.idempotent:
        codes |= {"bad_idempotency_key": 400, "idempotency_in_flight": 409, "idempotency_key_reused": 422}
    if declared.guarded or declared.heeds_version:
        codes["version_changed"] = 412
    if declared.guarded:
        codes["if_match_required"] = 428
    return codes


def checked(model: type[BaseModel], values: Mapping[str, Any] | bytes) -> BaseModel:
    """Validate a query (mapping of texts) or a body (JSON text, where "5" is no number and true no 1).

    Raises `Invalid` with code `bad_json`, or `invalid_fields` with every field error by JSON pointer.
    """
    try:
        if isinstance(values, bytes):
            return model.model_validate_json(values, strict=True)
        return model.model_validate(values)
    except ValidationError as error:
        place = "field" if isinstance(values, bytes) else "parameter"
        raise _invalid(error, model, place) from None


def _invalid(error: ValidationError, model: type[BaseModel], place: str) -> Invalid:
    found = error.errors(include_url=False, include_input=False)
    if found[0]["type"] == "json_invalid":
        return Invalid(f"The body is not JSON: {found[0]['ctx']['error']}.", code="bad_json")
    return Invalid(
        f"Some {place}s cannot be accepted; see errors.",
        code="invalid_fields",
        errors=tuple(FieldError(_pointer(each["loc"]), remedy(each, model, place)) for each in found),
    )


def _pointer(location: tuple[int | str, ...]) -> str:
    """Write a place as a JSON pointer (RFC 6901); the whole document is the empty pointer."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in location)


def _problem(status: int, code: str, detail: str, request_id: str) -> dict[str, Any]:
    return {
        "type": "about:blank",
        "title": title_of(status),
        "status": status,
        "detail": detail,
        "code": code,
        "request_id": request_id,
    }


def _headers(error: AppError) -> dict[str, str]:
    if isinstance(error, Unavailable):
        return {"Retry-After": "1" if error.retryable else "30"}
    if error.code == "idempotency_in_flight":
        return {"Retry-After": "1"}
    if isinstance(error, Refused) and error.status == HTTPStatus.UNAUTHORIZED:
        return {"WWW-Authenticate": "Bearer"}
    return {}


def _response(body: dict[str, Any], headers: dict[str, str]) -> Response:
    return Response(
        body=json.dumps(body, separators=(",", ":")),
        status_code=body["status"],
        headers={**headers, "Content-Type": "application/problem+json"},
    )
