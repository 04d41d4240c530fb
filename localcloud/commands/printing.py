"""How commands print what the API answers: a table for people, plain lines for pipes, JSON for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console

from localcloud.commands.cells import changes, whole
from localcloud.commands.nesting import field_lines
from localcloud.commands.tables import table_of, whole_row

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from localcloud.commands.tables import Column

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
limit_option = click.option(
    "--limit", type=click.IntRange(min=1), default=50, show_default=True, help="How many at most."
)


def print_items(
    items: Sequence[dict[str, Any]],
    columns: Sequence[Column],
    essential: Sequence[str] = (),
    *,
    as_json: bool,
) -> None:
    """Print a list: JSON, a table when somebody looks, tab-separated lines when it is piped.

    `essential` names the columns that a narrow terminal keeps, the most important first (`table_of`).
    """
    console = _console()
    if as_json:
        _print_json(items)
    elif not console.is_terminal:
        _print_lines(items, columns)
    elif not items:
        _say_nothing_is_here()
    else:
        console.print(table_of(columns, items, essential, console.width))


def print_changes(
    items: Sequence[dict[str, Any]],
    columns: Sequence[Column],
    heading: Callable[[dict[str, Any]], str],
    *,
    as_json: bool,
) -> None:
    """Print a list of changes: as `print_items`, but a heading and a line for each field on a terminal."""
    console = _console()
    if as_json or not console.is_terminal or not items:
        print_items(items, columns, as_json=as_json)
        return
    click.echo("times are UTC")
    for item in items:
        click.echo(heading(item))
        for line in changes(item["before"], item["after"]):
            click.echo(f"    {line}")


def print_object(item: dict[str, Any], *, as_json: bool, remarks: Mapping[str, str] | None = None) -> None:
    """Print one thing: JSON, or a line for each field, with what `remarks` says of it at the end.

    The parts of a field stand below it when somebody looks; in a pipe they are JSON in its line.
    """
    if as_json:
        _print_json(item)
    elif _console().is_terminal:
        for line in field_lines(item, remarks):
            click.echo(line)
    else:
        _print_fields(item, remarks or {})


def section(title: str) -> None:
    """Print a heading, with an empty line before it."""
    click.echo("")
    click.secho(title, bold=True)


def is_looked_at() -> bool:
    """Tell whether somebody reads the output on a terminal."""
    return _console().is_terminal


def _console() -> Console:
    return Console(highlight=False, markup=False)


def _print_json(value: Any) -> None:
    click.echo(json.dumps(value, indent=1, ensure_ascii=False))


def _print_fields(item: dict[str, Any], remarks: Mapping[str, str]) -> None:
    width = max(map(len, item), default=0)
    for name, value in item.items():
        click.echo(f"{name.ljust(width)}  {whole(value)}  {remarks.get(name, '')}".rstrip())


def _print_lines(items: Sequence[dict[str, Any]], columns: Sequence[Column]) -> None:
    for row in [[column.name for column in columns], *(whole_row(columns, item) for item in items)]:
        click.echo("\t".join(row))
    if not items:
        _say_nothing_is_here()


def _say_nothing_is_here() -> None:
    click.echo("nothing here", err=True)
