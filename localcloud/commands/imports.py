"""Imports that were begun: listed, read, cancelled, and their rejected rows."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from localcloud.commands.csv_files import join_parts
from localcloud.commands.import_contacts import IMPORTS, print_import, write_rejected
from localcloud.commands.printing import json_option, limit_option, print_items, print_object
from localcloud.commands.remote import uses_api
from localcloud.commands.tables import Column

if TYPE_CHECKING:
    from localcloud.commands.remote import Remote

_COLUMNS = (
    Column("id"),
    Column("file_name", least=16),
    Column("state"),
    Column("validate_only"),
    Column("rows_total"),
    Column("created_by", least=12),
    Column("created_at"),
    Column("finished_at"),
)
_ESSENTIAL = ("id", "state", "file_name", "created_at")


@click.group()
def imports() -> None:
    """Look at imports of contacts, cancel them, fetch rejected rows; `import-contacts` begins one."""


@imports.command("list")
@limit_option
@json_option
@uses_api
def list_imports(api: Remote, *, limit: int, as_json: bool) -> None:
    """List imports, newest first."""
    print_items(api.items(IMPORTS, limit), _COLUMNS, _ESSENTIAL, as_json=as_json)


@imports.command()
@click.argument("import_id")
@json_option
@uses_api
def show(api: Remote, *, import_id: str, as_json: bool) -> None:
    """Show one import: the fields of its columns, counts so far, and the first errors."""
    print_import(api.ask("GET", f"{IMPORTS}/{import_id}").body, as_json=as_json)


@imports.command()
@click.argument("import_id")
@json_option
@uses_api
def cancel(api: Remote, *, import_id: str, as_json: bool) -> None:
    """Stop one import after the rows that are worked on now; what is imported stays."""
    print_import(api.ask("POST", f"{IMPORTS}/{import_id}/cancel").body, as_json=as_json)


@imports.command()
@click.argument("import_id")
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@json_option
@uses_api
def rejected(api: Remote, *, import_id: str, file: Path | None, as_json: bool) -> None:
    """Write the rows of one import that were not imported as CSV, to FILE or the standard output.

    Two columns more say the row's number and what is wrong. Mend the file and import it: rows that are
    already in are not doubled.
    """
    if file is not None:
        count = write_rejected(api, import_id, file)
        print_object({"file": str(file), "rows": count}, as_json=as_json)
        return
    if as_json:
        raise click.UsageError("Give a FILE with --json.")
    join_parts(sys.stdout, api.texts(f"{IMPORTS}/{import_id}/rejected"))
