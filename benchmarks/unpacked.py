"""The package as Lambda lays it out: built from this checkout and unpacked into a temporary folder."""

from __future__ import annotations

import json
import tempfile
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from infra.layout import Checkout, this_machine
from infra.package import build_package

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.package import Package

CHECKOUT = Checkout(Path(__file__).resolve().parents[1])


@dataclass(frozen=True)
class Unpacked:
    """The package, and where its zips lie unpacked: `task` is /var/task, `layer` is /opt/python."""

    package: Package
    task: Path
    layer: Path

    def functions(self) -> dict[str, dict[str, Any]]:
        """Return the properties of every function, by logical name."""
        template = json.loads((self.package.folder / "template.json").read_text())
        resources: dict[str, dict[str, Any]] = template["Resources"]
        return {
            name: resource["Properties"]
            for name, resource in resources.items()
            if resource["Type"] == "AWS::Serverless::Function"
        }


@contextmanager
def unpacked() -> Iterator[Unpacked]:
    """Build what changed, and unpack it."""
    package = build_package(CHECKOUT, this_machine())
    with tempfile.TemporaryDirectory(prefix="bench-package-") as name:
        folder = Path(name)
        for artifact in package.artifacts:
            with zipfile.ZipFile(artifact.path) as archive:
                archive.extractall(folder / artifact.path.stem)
        yield Unpacked(package, folder / "app", folder / "layer" / "python")
