"""The suppression list: numbers that nobody dials."""

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import click
from rich.console import Console
from rich.progress import track

from localcloud.commands.csv_files import join_parts, new_file
from localcloud.commands.moments import MOMENT, MOMENT_HELP
from localcloud.commands.printing import json_option, limit_option, print_items, print_object
from localcloud.commands.remote import RefusedError, uses_api
from localcloud.commands.tables import Column

if TYPE_CHECKING:
    from collections.abc import Iterator

    from localcloud.commands.remote import Remote

_COLUMNS = (Column("number"), Column("suppressed_at"), Column("source", least=12), Column("reason", least=12))
_ERROR_COLUMNS = (Column("row"), Column("value", least=12), Column("remedy", least=20))
_ESSENTIAL = ("number", "suppressed_at", "source", "reason")
_SUPPRESSIONS = "/v1/calls/suppressions"
_DELIMITERS = ",;\t|"
_AT_ONCE = 5000
_MAX_CHARACTERS = 900_000  # of one request's content
_FAILED_CODE = 1
_NOT_SUPPRESSED = "suppression_not_found"


@click.group()
def suppressions() -> None:
    """List, add and remove numbers that nobody dials, one by one or as a file."""


@suppressions.command("list")
@click.option("--source", help="Only what this asked for: operator, import, call, call:call_…")
@click.option("--from", "since", type=MOMENT, help=f"Not before, {MOMENT_HELP}.")
@click.option("--to", "until", type=MOMENT, help="Before; written likewise.")
@limit_option
@json_option
@uses_api
def list_suppressions(  # noqa: PLR0913  one parameter for each option
    api: Remote, *, source: str | None, since: str | None, until: str | None, limit: int, as_json: bool
) -> None:
    """List suppressed numbers, newest first."""
    found = api.items(_SUPPRESSIONS, limit, **{"source": source, "from": since, "to": until})
    print_items(found, _COLUMNS, _ESSENTIAL, as_json=as_json)


@suppressions.command()
@click.argument("number")
@click.option("--country", help="Where a national number is read (ISO 3166, such as US).")
@click.option("--reason", default="", help="Why, for people.")
@json_option
@uses_api
def add(api: Remote, *, number: str, country: str | None, reason: str, as_json: bool) -> None:
    """Suppress NUMBER: from now on nothing dials it.

    Example: suppressions add "(415) 555-0123" --country US --reason "Asked in a letter."
    """
    body = {"number": number, "country": country, "reason": reason}
    print_object(api.ask("POST", _SUPPRESSIONS, body).body, as_json=as_json)


@suppressions.command()
@click.argument("number")
@click.option("--reason", required=True, help="Why it may be dialed again; kept in the audit log.")
@json_option
@uses_api
def remove(api: Remote, *, number: str, reason: str, as_json: bool) -> None:
    """Let NUMBER (as +14155550123) be dialed again; needs an admin's token.

    Do this only when the person has agreed to be called again.
    """
    api.ask("DELETE", _path(number), query={"reason": reason})
    print_object({"number": number, "released": True}, as_json=as_json)


@suppressions.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--country", help="Where national numbers are read (ISO 3166, such as US).")
@click.option("--validate-only", is_flag=True, help="Count and check, and write nothing.")
@json_option
@uses_api
def import_file(api: Remote, *, file: Path, country: str | None, validate_only: bool, as_json: bool) -> None:
    """Suppress every number of FILE: lines of numbers, a table with any delimiter, or an export.

    It is sent in pieces; when it breaks off, run it again: numbers that are there already stay as they are.
    Rows that cannot be read are listed with what to do, and make the command end with 1.
    """
    done: dict[str, Any] = {"added": 0, "already": 0, "failed": 0, "errors": []}
    pieces = list(_pieces(_table(file)))
    quiet = as_json or not Console(stderr=True).is_terminal
    for first, content in track(pieces, "importing", disable=quiet, console=Console(stderr=True)):
        body = {"content": content, "default_country": country, "validate_only": validate_only}
        _add(done, api.ask("POST", f"{_SUPPRESSIONS}/import", body).body, first)
    _print_import(done, as_json=as_json)
    if done["failed"]:
        raise click.exceptions.Exit(_FAILED_CODE)


@suppressions.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path, allow_dash=True), default="-")
@click.option("--source", help="Only what this asked for: operator, import, call, call:call_…")
@json_option
@uses_api
def export(api: Remote, *, file: Path, source: str | None, as_json: bool) -> None:
    """Write all suppressed numbers as CSV into FILE, or to the output; an import restores all of it.

    With --json it says how many numbers went into FILE.
    """
    if as_json and str(file) == "-":
        raise click.UsageError("Give either FILE or no --json: the output is CSV.")
    parts = api.texts(f"{_SUPPRESSIONS}/export", source=source)
    if str(file) == "-":
        join_parts(sys.stdout, parts)
        return
    with new_file(file) as out:
        count = join_parts(out, parts)
    if as_json:
        print_object({"file": str(file), "numbers": count}, as_json=True)
    else:
        click.echo(f"{count} numbers in {file}", err=True)


def find_suppressions(api: Remote, numbers: list[str]) -> list[dict[str, Any]]:
    """Give the suppressions of those numbers that nobody dials."""
    found = []
    for number in numbers:
        try:
            found.append(api.ask("GET", _path(number)).body)
        except RefusedError as refusal:
            if refusal.code != _NOT_SUPPRESSED:
                raise
    return found


def _path(number: str) -> str:
    return f"{_SUPPRESSIONS}/{quote(number, safe='+')}"


def _table(file: Path) -> list[list[str]]:
    """Read the rows of a file, empty ones too: places are counted by them."""
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{file} is not UTF-8; save it as CSV in UTF-8.") from error
    delimiter = max(_DELIMITERS, key=text.partition("\n")[0].count)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise click.ClickException(f"{file} is no CSV: {error}.") from error


def _pieces(rows: list[list[str]]) -> Iterator[tuple[int, str]]:
    """Cut a table into pieces that one request takes, each under the heading; with how many rows precede."""
    filled = next((place for place, row in enumerate(rows) if any(row)), len(rows))
    has_heading = filled < len(rows) and not any(letter.isdecimal() for letter in "".join(rows[filled]))
    heading = rows[filled] if has_heading else ["number"]
    first = filled + has_heading
    while first < len(rows):
        last, content = _piece(heading, rows, first)
        yield first - 1, content
        first = last


def _piece(heading: list[str], rows: list[list[str]], first: int) -> tuple[int, str]:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(heading)
    last = first
    while last < len(rows) and last - first < _AT_ONCE and out.tell() < _MAX_CHARACTERS:
        writer.writerow(rows[last])
        last += 1
    return last, out.getvalue()


def _add(done: dict[str, Any], piece: dict[str, Any], before: int) -> None:
    for name in ("added", "already", "failed"):
        done[name] += piece[name]
    done["errors"] += [{**error, "row": error["row"] + before} for error in piece["errors"]]


def _print_import(done: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_object(done, as_json=True)
        return
    print_object({name: value for name, value in done.items() if name != "errors"}, as_json=False)
    if done["errors"]:
        print_items(done["errors"], _ERROR_COLUMNS, ("row", "value", "remedy"), as_json=False)
