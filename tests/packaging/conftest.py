"""One package for all tests here: built into a temporary folder and unpacked as Lambda does."""

from __future__ import annotations

import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from infra.artifacts import build_application, build_layer
from infra.chalice_template import build_template
from infra.layout import Checkout, this_machine

if TYPE_CHECKING:
    from infra.archive import Artifact

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Built:
    """The two zips, where they are unpacked (`task` is /var/task, `opt` is /opt), and the template."""

    application: Artifact
    layer: Artifact
    task: Path
    opt: Path
    template: dict[str, Any]

    def functions(self) -> dict[str, dict[str, Any]]:
        """Properties of every function, by logical name."""
        resources = self.template["Resources"]
        return {n: r["Properties"] for n, r in resources.items() if r["Type"] == "AWS::Serverless::Function"}


@pytest.fixture(scope="session")
def checkout() -> Checkout:
    """Give this checkout."""
    return Checkout(ROOT)


@pytest.fixture(scope="session")
def built(checkout, tmp_path_factory) -> Built:
    """Give the package of this checkout."""
    folder = tmp_path_factory.mktemp("package")
    layer = build_layer(checkout, this_machine(), folder / "layer.zip")
    application = build_application(checkout, folder / "app.zip")
    build_template(checkout, this_machine(), folder / "template.json")
    for artifact, name in ((application, "task"), (layer, "opt")):
        with zipfile.ZipFile(artifact.path) as archive:
            archive.extractall(folder / name)
    template = json.loads((folder / "template.json").read_text())
    return Built(application, layer, folder / "task", folder / "opt", template)


@pytest.fixture(scope="session")
def template(built) -> dict[str, Any]:
    """Give the packaged template."""
    return built.template
