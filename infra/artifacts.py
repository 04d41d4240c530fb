"""Builds the two zips, the application and the layer of its dependencies; not the template."""

from __future__ import annotations

import hashlib
import shutil
import sys
import tempfile
import zipfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from infra import geocoder, prune, shipping
from infra.archive import Artifact, add_bytecode, measured, write_zip
from infra.wheels import shipped_wheels

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.layout import Architecture, Checkout

_PURELIB = (".data/purelib/", ".data/platlib/")
_RECIPE = (
    *(
        "archive.py",
        "artifacts.py",
        "endpoints.py",
        "geocoder.py",
        "lazy_names.py",
        "outlines.py",
        "prune.py",
    ),
    *("shipping.py", "wheels.py"),
)


def build_application(checkout: Checkout, target: Path) -> Artifact:
    """Zip app.py and chalicelib with bytecode; Lambda unpacks it to /var/task."""
    with _workspace() as folder:
        for source in checkout.sources():
            copy = folder / source.relative_to(checkout.root)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, copy)
        add_bytecode(folder, "/var/task")
        return write_zip(folder, target)


def build_layer(checkout: Checkout, architecture: Architecture, target: Path) -> Artifact:
    """Zip the pruned dependencies with bytecode, once per lock file and recipe; Lambda unpacks it to /opt."""
    cached = checkout.local / "layers" / f"{_layer_key(checkout, architecture)}.zip"
    if not cached.exists():
        cached.parent.mkdir(parents=True, exist_ok=True)
        _write_layer(checkout, architecture, cached)
    shutil.copyfile(cached, target)
    return measured(target)


def _write_layer(checkout: Checkout, architecture: Architecture, target: Path) -> None:
    with _workspace() as folder:
        for wheel in shipped_wheels(checkout, architecture):
            _unpack(wheel, folder)
        add_bytecode(folder, "/opt/python")
        write_zip(folder, target, prefix="python/")


def _unpack(wheel: Path, folder: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        for name in filter(prune.ships, archive.namelist()):
            path = folder / _installed_name(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(shipping.shipped(name, archive.read(name)))
        if geocoder.MODULE in archive.namelist():
            (folder / geocoder.MODULE).write_text(geocoder.reduced_geocoder(wheel), encoding="utf-8")


def _installed_name(name: str) -> str:
    for marker in _PURELIB:
        if marker in name:
            return name.partition(marker)[2]
    return name


def _layer_key(checkout: Checkout, architecture: Architecture) -> str:
    recipe = [Path(__file__).parent / name for name in _RECIPE]
    inputs = [checkout.root / "requirements.in", checkout.root / "requirements.txt", *recipe]
    digest = hashlib.sha256(f"{architecture} {sys.version}".encode())
    for path in inputs:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:32]


@contextmanager
def _workspace() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="package-") as name:
        yield Path(name)
