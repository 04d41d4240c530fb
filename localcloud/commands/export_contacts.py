"""Contacts as a CSV file, whole and filtered, part after part."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from localcloud.commands.changing import given
from localcloud.commands.contact_options import CONTACTS, contact_filters
from localcloud.commands.csv_files import join_parts, new_file
from localcloud.commands.following import Standing, shown_progress
from localcloud.commands.printing import json_option, print_object
from localcloud.commands.remote import uses_api

if TYPE_CHECKING:
    from typing import IO

    from localcloud.commands.remote import Remote

_BOM = "\ufeff"


@click.command("export-contacts")
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@contact_filters
@click.option("--bom", is_flag=True, help="Begin with a byte order mark, by which Excel knows UTF-8.")
@json_option
@uses_api
def export_contacts(api: Remote, *, file: Path | None, bom: bool, as_json: bool, **filters: Any) -> None:
    """Export contacts as CSV into FILE, or to the standard output, the oldest first.

    All filters hold together. No cell is taken for a formula, and importing the file again loses nothing.

    \b
    Examples:
      export-contacts contacts.csv
      export-contacts customers.csv --status customer --tag VIP --bom
    """  # noqa: D301  the command line keeps lines behind a backspace
    if file is None:
        if as_json:
            raise click.UsageError("Give a FILE with --json.")
        _write(sys.stdout, api, bom=bom, filters=filters)
        return
    with new_file(file) as out:
        count = _write(out, api, bom=bom, filters=filters)
    print_object({"file": str(file), "contacts": count}, as_json=as_json)


def _write(out: IO[str], api: Remote, *, bom: bool, filters: dict[str, Any]) -> int:
    out.write(_BOM if bom else "")
    with shown_progress("contacts") as show:
        parts = api.texts(f"{CONTACTS}/export", **given(filters))
        return join_parts(
            out, parts, lambda count: show(Standing("exporting", count, total=None, is_over=False))
        )
