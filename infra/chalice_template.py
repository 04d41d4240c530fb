"""Runs `chalice package` on a staged copy and completes its template; the zips are `infra.artifacts`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from infra.failures import PackagingError
from infra.stack.template import merge_template

if TYPE_CHECKING:
    from infra.layout import Architecture, Checkout

# Chalice wants a region to be set, and asks it nothing; the template keeps AWS::Region.
_REGION = "us-east-1"


class TemplateFailedError(PackagingError):
    """Chalice could not build the template, or built one that the stack does not fit."""


def build_template(checkout: Checkout, architecture: Architecture, target: Path) -> None:
    """Write the SAM template of the whole stack to `target`; it names `app.zip` and `layer.zip` beside it."""
    with tempfile.TemporaryDirectory(prefix="template-") as name:
        stage, output = Path(name, "stage"), Path(name, "output")
        _stage(checkout, stage)
        merge = stage / "merge.json"
        merge.write_text(json.dumps(merge_template(checkout, architecture)))
        _chalice_package(stage, merge, output)
        template = json.loads((output / "sam.json").read_text())
    _complete(template)
    target.write_text(
        json.dumps(template, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8"
    )


def _stage(checkout: Checkout, stage: Path) -> None:
    # Without requirements Chalice packs none: the layer holds them.
    (stage / ".chalice").mkdir(parents=True)
    (stage / "requirements.txt").touch()
    for path in [
        checkout.chalice / "config.json",
        *checkout.chalice.glob("policy-*.json"),
        *checkout.sources(),
    ]:
        copy = stage / path.relative_to(checkout.root)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)


def _chalice_package(stage: Path, merge: Path, output: Path) -> None:
    program = "import sys; from chalice.cli import main; sys.exit(main())"
    command = [sys.executable, "-c", program, "package", "--stage", "main"]
    command += ["--merge-template", str(merge), str(output)]
    # Importing the application must not depend on who packages it: a clean environment, no bytecode left.
    environment = {"PATH": os.environ.get("PATH", ""), "HOME": str(stage), "AWS_DEFAULT_REGION": _REGION}
    environment |= {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0"}
    done = subprocess.run(command, cwd=stage, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise TemplateFailedError(f"chalice package failed:\n{done.stderr.strip() or done.stdout.strip()}")


def _complete(template: dict[str, Any]) -> None:
    for name, resource in template["Resources"].items():
        if resource.get("Type") is None:
            raise TemplateFailedError(
                f"{name} is configured but the application does not declare it: "
                "give the handler that name, or remove it from .chalice/config.json"
            )
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = "./app.zip"
            resource["Properties"].pop("Tags", None)
