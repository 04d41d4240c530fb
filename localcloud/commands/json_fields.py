"""Fields of a thing as people give them: a JSON file, `--set NAME=VALUE`, or both."""

from __future__ import annotations

import json
from typing import IO, TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

fields_file = click.argument("file", type=click.File(encoding="utf-8"), required=False)
fields_option = click.option(
    "--set", "pairs", multiple=True, help="One field: NAME=VALUE, as JSON or as plain text; may be repeated."
)


def given_fields(
    file: IO[str] | None, pairs: Sequence[str], what: str, but: Collection[str]
) -> dict[str, Any]:
    """Read the fields of a `what`; of a file's, those in `but` are left out, which nobody can give."""
    fields = _read(file, but) if file else {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not sign:
            raise click.UsageError(f"{pair!r} is no NAME=VALUE.")
        fields[name] = plain_or_json(value)
    if not fields:
        raise click.UsageError(f"Say what the {what} has: give FILE or --set; see --help.")
    return fields


def _read(file: IO[str], but: Collection[str]) -> dict[str, Any]:
    try:
        fields = json.load(file)
    except ValueError as error:
        raise click.ClickException(f"{file.name} is no JSON: {error}") from error
    if not isinstance(fields, dict):
        raise click.ClickException(f"{file.name} is no JSON object.")
    return {name: value for name, value in fields.items() if name not in but}


def plain_or_json(text: str) -> Any:
    """Read JSON where it is JSON and no number of a telephone; else it is text."""
    if text.startswith("+"):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text
