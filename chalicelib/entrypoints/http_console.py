"""The operator's console: static files; what they show comes from the REST API with the user's token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalice.app import Blueprint

from chalicelib.entrypoints.static_files import CONSOLE, Folder

if TYPE_CHECKING:
    from chalice.app import Response

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-ancestors 'none'"
)
_FILES = Folder(CONSOLE, _POLICY)

bp = Blueprint(__name__)


@bp.route("/console", methods=["GET"])  # type: ignore[untyped-decorator]  # Chalice
def start_page() -> Response:
    """Give the start page."""
    return _FILES.answer("index.html", bp.current_request)


@bp.route("/console/{name}", methods=["GET"])  # type: ignore[untyped-decorator]  # Chalice
def file(name: str) -> Response:
    """Give one of the page's files."""
    return _FILES.answer(name, bp.current_request)
