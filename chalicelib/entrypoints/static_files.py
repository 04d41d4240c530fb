"""Files that pages are made of: read once, told apart by their content, and nothing but what lies there."""

from __future__ import annotations

import functools
import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chalice.app import Response

from chalicelib.entrypoints.middleware.conditions import unless_known

if TYPE_CHECKING:
    from collections.abc import Iterator

CONSOLE = Path(__file__).parents[1] / "console"
_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}
_PACKED = ".gz"


@dataclass(frozen=True)
class File:
    """A file as it is sent: its text, its media type, and a tag that changes with the text."""

    text: str
    kind: str
    tag: str


@dataclass(frozen=True)
class Folder:
    """A folder of pages; `policy` is their content security policy, `cache` how long browsers keep them."""

    path: Path
    policy: str
    cache: str = "no-cache"

    def answer(self, name: str, request: Any) -> Response:
        """Give a file; 304 when the browser has it already, 404 when the name is none of the folder's."""
        found = _files(self.path).get(name)
        if found is None:
            missing = {"Content-Type": "text/plain; charset=utf-8"}
            return Response("There is no such page.", status_code=404, headers=missing)
        headers = {
            "ETag": found.tag,
            "Cache-Control": self.cache,
            "Content-Type": f"{found.kind}; charset=utf-8",
            "Content-Security-Policy": self.policy,
        }
        return unless_known(request, Response(found.text, headers=headers))


@functools.cache
def _files(folder: Path) -> dict[str, File]:
    """Read every file once, so that a name can only be one of ours; packed ones are named as unpacked."""
    return {path.name.removesuffix(_PACKED): _file(path) for path in _readable(folder)}


def _readable(folder: Path) -> Iterator[Path]:
    return (path for path in folder.iterdir() if Path(path.name.removesuffix(_PACKED)).suffix in _TYPES)


def _file(path: Path) -> File:
    content = path.read_bytes()
    if path.suffix == _PACKED:
        content = gzip.decompress(content)
    suffix = Path(path.name.removesuffix(_PACKED)).suffix
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    return File(content.decode(), _TYPES[suffix], tag)
