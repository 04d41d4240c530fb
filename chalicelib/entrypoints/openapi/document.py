"""The whole document: what the API is, its operations, and the components that they share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib.entrypoints.openapi.examples import problem_examples
from chalicelib.entrypoints.openapi.groups import described_groups
from chalicelib.entrypoints.openapi.headers import HEADERS
from chalicelib.entrypoints.openapi.operations import operation_of
from chalicelib.entrypoints.openapi.parameters import PARAMETERS
from chalicelib.entrypoints.openapi.problem_schema import PROBLEM, PROBLEM_NAME
from chalicelib.entrypoints.openapi.schemas import Schemas
from chalicelib.system.domain.readiness import VERSION

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalicelib.entrypoints.middleware import Route

_DESCRIPTION = """\
Phone calls held by an AI: contacts, call templates, calls, and the system around them.

Send `Authorization: Bearer aics_...` with a token whose scope covers the operation: `viewer` reads,
`operator` also creates and calls, `admin` also governs. Fields and parameters that are not known are
refused, never ignored. Errors are problems (RFC 9457) with a stable `code`; quote `request_id` when you
report one. Answers may gain fields, and problems may gain codes, without a new version.
"""
_BEARER = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "aics_...",
    "description": "A token of this API. Each operation's description names the least scope that it asks for;"
    " programs find it as the role beside `bearer` in its `security`.",
}


def build_document(routes: Sequence[Route]) -> dict[str, Any]:
    """Describe the routes; the same routes give the same document, byte for byte."""
    schemas = Schemas(routes)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "AI Call System",
            "version": VERSION,
            "description": _DESCRIPTION,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/api", "description": "The stage, on whichever host serves this document."}],
        "security": [{"bearer": []}],
        "tags": described_groups(routes),
        "paths": _paths(routes, schemas),
        "components": {
            "schemas": {PROBLEM_NAME: PROBLEM, **schemas.components},
            "examples": problem_examples(routes),
            "parameters": PARAMETERS,
            "headers": HEADERS,
            "securitySchemes": {"bearer": _BEARER},
        },
    }


def _paths(routes: Sequence[Route], schemas: Schemas) -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for route in sorted(routes, key=lambda each: (each.path, each.method)):
        paths.setdefault(route.path, {})[route.method.lower()] = operation_of(route, routes, schemas)
    return paths
