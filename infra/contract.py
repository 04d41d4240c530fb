"""The API's contract, kept in docs/: written from the code, compared with it, and with the last release.

python -m infra.contract write            docs/openapi.json from the code
python -m infra.contract check            the file is the code's, and breaks of the release are announced
python -m infra.contract breaking OLD NEW what clients of OLD can no longer rely on
python -m infra.contract release          make today's contract the released one
"""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from chalicelib.entrypoints.middleware import ROUTES
from chalicelib.entrypoints.openapi import build_document
from infra.breaking import breaking_changes

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
CURRENT, RELEASED = ROOT / "docs" / "openapi.json", ROOT / "docs" / "openapi.released.json"
UPGRADING = ROOT / "UPGRADING.md"
_MAX_LINES = 40
_NOTHING = object()
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def document_of_code() -> dict[str, Any]:
    """Build the document from every route of the application."""
    importlib.import_module("app")  # importing it is what fills the registry of routes
    return build_document(ROUTES)


def differences(old: Any, new: Any, place: str = "") -> Iterator[str]:
    """Name every place where two JSON values differ: `-` is only in the old one, `+` only in the new one."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted({*old, *new}):
            step = key.replace("~", "~0").replace("/", "~1")
            yield from differences(old.get(key, _NOTHING), new.get(key, _NOTHING), f"{place}/{step}")
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for number, pair in enumerate(zip(old, new, strict=True)):
            yield from differences(*pair, f"{place}/{number}")
    elif old != new:
        yield from _sides(old, new, place)


def unannounced(released: dict[str, Any], current: dict[str, Any], upgrading: str) -> list[str]:
    """List the breaking changes since the release that the page about upgrading does not name."""
    return [change for change in breaking_changes(released, current) if f"`{change}`" not in upgrading]


def _sides(old: Any, new: Any, place: str) -> Iterator[str]:
    for sign, value in (("-", old), ("+", new)):
        if value is not _NOTHING:
            yield f"{sign} {place}: {json.dumps(value)[:200]}"


def _read(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document


def _write(path: Path, document: dict[str, Any]) -> None:
    path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    click.echo(f"wrote {path.relative_to(ROOT)}")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Keep the API's contract."""


@main.command()
def write() -> None:
    """Write docs/openapi.json from the code."""
    _write(CURRENT, document_of_code())


@main.command()
def release() -> None:
    """Make today's contract the released one: run it when a version is tagged."""
    _write(RELEASED, _read(CURRENT))


@main.command()
def check() -> None:
    """Fail when docs/openapi.json is not the code's, or a break since the release is not announced."""
    current = json.loads(json.dumps(document_of_code()))
    if lines := list(differences(_read(CURRENT), current)):
        click.echo("\n".join(lines[:_MAX_LINES]))
        raise click.ClickException(
            f"docs/openapi.json is not the code's: {len(lines)} differences; `make openapi`"
        )
    if missing := unannounced(_read(RELEASED), current, UPGRADING.read_text(encoding="utf-8")):
        click.echo("\n".join(f"- `{change}`" for change in missing))
        raise click.ClickException(
            "these break clients of the released API: undo them, or put the lines above into UPGRADING.md"
        )
    click.echo("the contract is the code's, and every break since the release is announced")


@main.command()
@click.argument("old", type=_FILE)
@click.argument("new", type=_FILE)
def breaking(old: Path, new: Path) -> None:
    """Name what clients of OLD can no longer rely on in NEW; fail when there is anything."""
    found = breaking_changes(_read(old), _read(new))
    click.echo("\n".join(found) or "nothing breaks")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
