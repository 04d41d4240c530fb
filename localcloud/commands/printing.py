"""How commands print what the API answers: a table for people, plain lines for pipes, JSON for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_COPIED = "id"  # people copy it into the next command: it stays in one piece

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
limit_option = click.option(
    "--limit", type=click.IntRange(min=1), default=50, show_default=True, help="How many at most."
)


def print_items(items: Sequence[dict[str, Any]], columns: Sequence[str], *, as_json: bool) -> None:
    """Print a list: JSON, a table when somebody looks, tab-separated lines when it is piped."""
    if as_json:
        click.echo(json.dumps(items, indent=1, ensure_ascii=False))
        return
    rows = [[_cell(item.get(column)) for column in columns] for item in items]
    console = Console(highlight=False, markup=False)
    if console.is_terminal:
        _print_table(console, columns, rows)
    else:
        for row in [list(columns), *rows]:
            click.echo("\t".join(_one_line(row)))


def print_object(item: dict[str, Any], *, as_json: bool) -> None:
    """Print one thing: JSON, or a line for each field."""
    if as_json:
        click.echo(json.dumps(item, indent=1, ensure_ascii=False))
        return
    width = max(map(len, item), default=0)
    for name, value in item.items():
        click.echo(f"{name.ljust(width)}  {_cell(value)}".rstrip())


def _print_table(console: Console, columns: Sequence[str], rows: list[list[str]]) -> None:
    table = Table(box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold", no_wrap=column == _COPIED)
    for row in rows:
        table.add_row(*row)
    console.print(table)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _one_line(row: Iterable[str]) -> list[str]:
    return [cell.replace("\t", " ").replace("\n", " ") for cell in row]
