"""Builds the deployable package into build/: template, application zip, dependency layer, and their measures.

Botocore is packaged, reduced to the services that are called: `infra.prune` explains this and other choices.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from infra.archive import Artifact
from infra.artifacts import build_application, build_layer
from infra.chalice_template import build_template
from infra.failures import PackagingError
from infra.layout import Architecture, Checkout

BUDGET_BYTES = 60_000_000  # unzipped, application and layer together
_MEGABYTE = 1_000_000
_HEADINGS = ("", "files", "MB unzipped", "MB zipped", "sha256")
_WIDTHS = (12, 6, 12, 10, 64)


@dataclass(frozen=True)
class Package:
    """What one packaging run left in build/, and whether it had to build."""

    folder: Path
    fingerprint: str
    artifacts: tuple[Artifact, ...]
    rebuilt: bool

    @property
    def unzipped(self) -> int:
        """Bytes that count against Lambda's limit and our budget."""
        return sum(artifact.unzipped for artifact in self.artifacts)


def build_package(checkout: Checkout, architecture: Architecture, *, force: bool = False) -> Package:
    """Build into build/, unless what lies there was made from the same inputs."""
    fingerprint = checkout.fingerprint(architecture)
    if not force and (kept := _kept(checkout.build, fingerprint)):
        return kept
    checkout.build.mkdir(parents=True, exist_ok=True)
    _manifest(checkout.build).unlink(missing_ok=True)
    layer = build_layer(checkout, architecture, checkout.build / "layer.zip")
    application = build_application(checkout, checkout.build / "app.zip")
    build_template(checkout, architecture, checkout.build / "template.json")
    package = Package(checkout.build, fingerprint, (application, layer), rebuilt=True)
    _manifest(checkout.build).write_text(json.dumps(_described(package, architecture), indent=1) + "\n")
    return package


def _kept(folder: Path, fingerprint: str) -> Package | None:
    try:
        manifest = json.loads(_manifest(folder).read_text())
        entries = manifest["artifacts"]
    except (OSError, ValueError, KeyError):
        return None
    if manifest.get("fingerprint") != fingerprint or not (folder / "template.json").exists():
        return None
    artifacts = tuple(Artifact(path=folder / name, **measures) for name, measures in entries.items())
    if not all(artifact.path.exists() for artifact in artifacts):
        return None
    return Package(folder, fingerprint, artifacts, rebuilt=False)


def _described(package: Package, architecture: Architecture) -> dict[str, Any]:
    measures = ("files", "unzipped", "zipped", "sha256")
    artifacts = {a.path.name: {name: getattr(a, name) for name in measures} for a in package.artifacts}
    return {"fingerprint": package.fingerprint, "architecture": architecture, "artifacts": artifacts}


def _manifest(folder: Path) -> Path:
    return folder / "manifest.json"


def summary(package: Package) -> str:
    """Render the measures as text, one artifact a line and their sum against the budget."""
    rows = [_HEADINGS, *(_row(artifact) for artifact in package.artifacts)]
    lines = [
        "  ".join(str(cell).rjust(width) for cell, width in zip(row, _WIDTHS, strict=True)) for row in rows
    ]
    total = f"{package.unzipped / _MEGABYTE:.1f} of {BUDGET_BYTES / _MEGABYTE:.0f} MB unzipped"
    return "\n".join([*lines, total])


def _row(artifact: Artifact) -> tuple[str, ...]:
    sizes = (f"{artifact.unzipped / _MEGABYTE:.1f}", f"{artifact.zipped / _MEGABYTE:.1f}")
    return (artifact.path.name, str(artifact.files), *sizes, artifact.sha256)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--arch", type=click.Choice([a.value for a in Architecture]), default="x86_64", show_default=True
)
@click.option("--root", type=click.Path(path_type=Path, exists=True), default=Path.cwd, help="The checkout.")
@click.option("--force", is_flag=True, help="Build even if nothing changed.")
def main(arch: str, root: Path, *, force: bool) -> None:
    """Package the application for Lambda into build/, from the locked requirements, wheels only."""
    started = time.perf_counter()
    try:
        package = build_package(Checkout(root.resolve()), Architecture(arch), force=force)
    except PackagingError as error:
        raise click.ClickException(str(error)) from error
    click.echo(summary(package))
    state = "built" if package.rebuilt else "unchanged"
    click.echo(f"{state} in {time.perf_counter() - started:.1f} s: {package.folder}")
    if package.unzipped > BUDGET_BYTES:
        raise click.ClickException("the package is over its budget; see infra/prune.py for what may go")


if __name__ == "__main__":
    sys.exit(main())
