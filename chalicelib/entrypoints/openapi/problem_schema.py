"""Refusals as the document describes them: one schema, and for each status the codes that it can have."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from chalicelib.entrypoints.middleware.problems import standard_errors, title_of
from chalicelib.entrypoints.openapi.examples import problem_references
from chalicelib.entrypoints.openapi.headers import problem_headers

if TYPE_CHECKING:
    from chalicelib.entrypoints.middleware import Route

PROBLEM_NAME = "Problem"
_MEDIA_TYPE = "application/problem+json"
_TEXT = {"type": "string"}
_ERROR = {
    "type": "object",
    "title": "FieldProblem",
    "description": "One field that cannot be accepted.",
    "properties": {
        "pointer": {"type": "string", "description": "The field, as a JSON pointer (RFC 6901)."},
        "detail": {"type": "string", "description": "What is wrong with it, and what to do."},
    },
    "required": ["pointer", "detail"],
}
PROBLEM: dict[str, Any] = {
    "type": "object",
    "title": PROBLEM_NAME,
    "description": "Why a request was refused (RFC 9457).",
    "properties": {
        "type": {"type": "string", "description": "Always about:blank: `code` tells problems apart."},
        "title": {**_TEXT, "description": "The status in words."},
        "status": {"type": "integer", "description": "The HTTP status."},
        "detail": {**_TEXT, "description": "What is wrong and what to do, for people."},
        "code": {**_TEXT, "description": "What is wrong, for programs: it never changes."},
        "request_id": {**_TEXT, "description": "Names the request in our logs."},
        "errors": {
            "type": "array",
            "items": _ERROR,
            "description": "Every field that cannot be accepted, 100 at most.",
        },
        "details": {
            "type": "object",
            "additionalProperties": True,
            "description": "What the code has to say.",
        },
    },
    "required": ["type", "title", "status", "detail", "code", "request_id"],
}


def problems_of(route: Route) -> dict[str, Any]:
    """Describe each status with which a route can refuse, with all of its codes."""
    codes: defaultdict[int, set[str]] = defaultdict(set)
    for code, status in {**standard_errors(route), **route.errors}.items():
        codes[status].add(code)
    return {str(status): _problem(status, sorted(codes[status])) for status in sorted(codes)}


def _problem(status: int, codes: list[str]) -> dict[str, Any]:
    code = {"code": {"enum": codes}}
    schema = {"$ref": f"#/components/schemas/{PROBLEM_NAME}", "properties": code}
    return {
        "description": f"{title_of(status)}: {', '.join(f'`{each}`' for each in codes)}.",
        "headers": problem_headers(status),
        "content": {_MEDIA_TYPE: {"schema": schema, "examples": problem_references(status, codes)}},
    }
