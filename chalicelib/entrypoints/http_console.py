"""The operator's console: static files; what they show comes from the REST API with the user's token."""

from __future__ import annotations

import functools
from pathlib import Path

from chalice.app import Blueprint, Response

_FOLDER = Path(__file__).parents[1] / "console"
_TYPES = {"html": "text/html", "css": "text/css", "js": "text/javascript"}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-ancestors 'none'"
)

bp = Blueprint(__name__)


@bp.route("/console", methods=["GET"])  # type: ignore[untyped-decorator]  # Chalice
def start_page() -> Response:
    """Give the start page."""
    return _file("index.html")


@bp.route("/console/{name}", methods=["GET"])  # type: ignore[untyped-decorator]  # Chalice
def file(name: str) -> Response:
    """Give one of the page's files."""
    return _file(name)


def _file(name: str) -> Response:
    content = _files().get(name)
    if content is None:
        return Response("There is no such page.", status_code=404, headers={"Content-Type": "text/plain"})
    kind = _TYPES[name.rpartition(".")[2]]
    headers = {"Content-Type": f"{kind}; charset=utf-8", "Content-Security-Policy": _POLICY}
    return Response(content, headers=headers)


@functools.cache
def _files() -> dict[str, str]:
    """Read every file once, so that a name can only be one of ours."""
    return {
        path.name: path.read_text(encoding="utf-8") for path in _FOLDER.iterdir() if path.suffix[1:] in _TYPES
    }
