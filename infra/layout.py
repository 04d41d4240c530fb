"""Where a checkout keeps what packaging reads and writes; no packaging step lives here."""

from __future__ import annotations

import hashlib
import platform
import sys
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_SOURCE_ROOTS = ("app.py", "chalicelib")
_STAMPED_ROOTS = (*_SOURCE_ROOTS, ".chalice/config.json", "infra", "requirements.in", "requirements.txt")


class Architecture(StrEnum):
    """The processor a package is built for, in Lambda's words."""

    X86_64 = "x86_64"
    ARM64 = "arm64"


def this_machine() -> Architecture:
    """Return the processor of the machine that this runs on."""
    arm = platform.machine().lower() in {"arm64", "aarch64"}
    return Architecture.ARM64 if arm else Architecture.X86_64


@dataclass(frozen=True)
class Checkout:
    """One working copy of the project; every path below is derived from its root."""

    root: Path

    @property
    def build(self) -> Path:
        """The folder of finished artifacts."""
        return self.root / "build"

    @property
    def local(self) -> Path:
        """The folder of caches and of the local cloud's state; git ignores it."""
        return self.root / ".local"

    @property
    def chalice(self) -> Path:
        """The folder of Chalice's configuration and of the functions' policies."""
        return self.root / ".chalice"

    def sources(self) -> Iterator[Path]:
        """List the files that ship: the application and its static files, sorted."""
        return _files(self.root, _SOURCE_ROOTS)

    def fingerprint(self, architecture: Architecture) -> str:
        """Hash everything that a package is made from; equal hashes mean equal packages."""
        policies = sorted(self.chalice.glob("policy-*.json"))
        digest = hashlib.sha256(f"{architecture} {sys.version}\n".encode())
        for path in [*_files(self.root, _STAMPED_ROOTS), *policies]:
            digest.update(f"{path.relative_to(self.root)}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
        return digest.hexdigest()


def _files(root: Path, names: Iterable[str]) -> Iterator[Path]:
    for name in names:
        path = root / name
        if path.is_dir():
            yield from sorted(p for p in path.rglob("*") if p.is_file() and _ships(p.relative_to(path)))
        elif path.is_file():
            yield path


def _ships(relative: Path) -> bool:
    return not any(part == "__pycache__" or part.startswith(".") for part in relative.parts)
