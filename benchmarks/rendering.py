"""Prints reports: tables for people, plain when piped; measuring is elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table

if TYPE_CHECKING:
    from rich.console import Console

    from benchmarks.figures import Figure, Report

_WHOLE = 1000


def show(console: Console, report: Report) -> None:
    """Print one report."""
    table = Table(title=report.title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    table.add_column("", no_wrap=True)
    for heading in ("measured", "budget", "", "÷ base line"):
        table.add_column(heading, justify="right", no_wrap=True)
    for figure in report.figures:
        table.add_row(*_cells(figure))
    console.print(table)
    console.print(f"{report.measured_with}\n", style="dim")


def _cells(figure: Figure) -> tuple[str, ...]:
    verdict = {True: "[green]kept[/]", False: "[red]over[/]", None: ""}[figure.within]
    budget = "" if figure.budget is None else f"≤ {_number(figure.budget)} {figure.unit}"
    ratio = "" if figure.ratio is None else f"{figure.ratio:.2f}"
    return figure.name, f"{_number(figure.value)} {figure.unit}", budget, verdict, ratio


def _number(value: float) -> str:
    if float(value).is_integer() or abs(value) >= _WHOLE:
        return f"{value:,.0f}"
    return f"{value:.2f}" if abs(value) < 1 else f"{value:.1f}"
