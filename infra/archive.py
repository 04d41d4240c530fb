"""Turns a folder into a reproducible zip with bytecode; what the folder holds is decided elsewhere.

Bytecode lies beside its source in `__pycache__` as unchecked hash-based files: the interpreter loads them
without comparing times (which a zip resets) or hashes, and sources stay for tracebacks. `compileall -b` would
put them where the import system prefers the source, and so would gain nothing.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from infra.failures import PackagingError

if TYPE_CHECKING:
    from pathlib import Path

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip can hold
_FILE_MODE = 0o100644 << 16
_DEFLATE_LEVEL = 6


@dataclass(frozen=True)
class Artifact:
    """One zip and its measures: number of files, bytes unzipped and zipped, sha256 of the zip."""

    path: Path
    files: int
    unzipped: int
    zipped: int
    sha256: str


class CompileFailedError(PackagingError):
    """A source that would ship does not compile."""


def add_bytecode(folder: Path, installed_as: str) -> None:
    """Compile every source below `folder`, recording `installed_as` in place of its path.

    One fresh process with a fixed hash seed compiles all files in order: how marshal shares equal constants
    depends on what was compiled before, and would otherwise differ from build to build.
    """
    command = [sys.executable, "-I", "-m", "compileall", "-q", "-j1", "--invalidation-mode", "unchecked-hash"]
    command += ["-s", str(folder), "-p", installed_as, str(folder)]
    environment = {"PATH": os.environ.get("PATH", ""), "PYTHONHASHSEED": "0"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if done.returncode:
        raise CompileFailedError(done.stdout.strip() or done.stderr.strip())


def write_zip(folder: Path, target: Path, prefix: str = "") -> Artifact:
    """Zip `folder` into `target` below `prefix`, with names sorted and times and modes fixed."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    partial = target.with_name(f"{target.name}.{os.getpid()}.partial")
    with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED, compresslevel=_DEFLATE_LEVEL) as archive:
        for path in paths:
            entry = zipfile.ZipInfo(f"{prefix}{path.relative_to(folder).as_posix()}", _EPOCH)
            entry.external_attr = _FILE_MODE
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, path.read_bytes(), compresslevel=_DEFLATE_LEVEL)
    partial.replace(target)
    return measured(target)


def measured(path: Path) -> Artifact:
    """Measure an existing zip."""
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
    content = path.read_bytes()
    unzipped = sum(entry.file_size for entry in entries)
    return Artifact(path, len(entries), unzipped, len(content), hashlib.sha256(content).hexdigest())
