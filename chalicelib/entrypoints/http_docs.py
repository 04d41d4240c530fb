"""The API's description for programs (OpenAPI) and for people (a page that needs nothing from elsewhere)."""

from __future__ import annotations

import functools
import hashlib
import json
from typing import Any

from chalice.app import Blueprint, Response

from chalicelib.entrypoints.middleware import ROUTES, NoQuery, Reply, Request, route
from chalicelib.entrypoints.static_files import CONSOLE, Folder

_MAX_AGE_SECONDS = 300
_VENDORED_MAX_AGE_SECONDS = 7 * 24 * 3600
# Swagger UI sets styles on its elements and has its icons in its style sheet as data addresses, hence the
# exceptions for styles and images; scripts are files of ours only.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_PAGE = Folder(CONSOLE / "docs", _POLICY)
_VENDORED = Folder(CONSOLE / "vendor" / "swagger-ui", _POLICY, f"public, max-age={_VENDORED_MAX_AGE_SECONDS}")

bp = Blueprint(__name__)


@route(bp, "GET", "/v1/openapi.json", scope=None, returns=dict[str, Any], limited=False)
def get_openapi(_request: Request[None, NoQuery]) -> Reply:
    """Read this description of the API (OpenAPI 3.1)."""
    document, tag = _document()
    return Reply(document, headers={"ETag": tag, "Cache-Control": f"public, max-age={_MAX_AGE_SECONDS}"})


@bp.route("/docs", methods=["GET"])  # type: ignore[untyped-decorator]  # Chalice
def docs_page() -> Response:
    """Give the page that shows the API and tries it."""
    return _PAGE.answer("index.html", bp.current_request)


@bp.route("/docs/{name}", methods=["GET"])  # type: ignore[untyped-decorator]  # Chalice
def docs_file(name: str) -> Response:
    """Give one of the page's own files."""
    return _PAGE.answer(name, bp.current_request)


@bp.route("/docs/vendor/{name}", methods=["GET"])  # type: ignore[untyped-decorator]  # Chalice
def vendored_file(name: str) -> Response:
    """Give one of Swagger UI's files."""
    return _VENDORED.answer(name, bp.current_request)


@functools.cache
def _document() -> tuple[dict[str, Any], str]:
    """Build the document once a process, with the tag of its content."""
    from chalicelib.entrypoints.openapi import build_document  # noqa: PLC0415  few requests ask for it

    document = build_document(ROUTES)
    return document, f'"{hashlib.sha256(json.dumps(document).encode()).hexdigest()[:32]}"'
