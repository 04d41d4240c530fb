"""Work that goes on at the other end is followed with a bar for people, and a line now and then in a pipe."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.progress import Task

_EVERY_S = 0.5
_LINE_EVERY_S = 10.0
INTERRUPTED = 130  # what shells say of a program that Ctrl-C has ended


@dataclass(frozen=True)
class Standing:
    """How far some work is; a `total` of None is not known yet."""

    state: str
    done: int
    total: int | None
    is_over: bool


def follow(
    read: Callable[[], dict[str, Any]],
    standing: Callable[[dict[str, Any]], Standing],
    *,
    noun: str,
    hint: str,
) -> dict[str, Any]:
    """Read until the work is over, show how far it is on the error stream, and give what was read last.

    Ctrl-C ends the following only, with exit code 130; it and a failure to read print `hint`, which says how
    to go on.
    """
    with _goes_on(hint), shown_progress(noun) as show:
        while True:
            found = read()
            now = standing(found)
            show(now)
            if now.is_over:
                return found
            time.sleep(_EVERY_S)


@contextmanager
def shown_progress(noun: str) -> Iterator[Callable[[Standing], None]]:
    """Give a function that shows how far work is: a bar on a terminal, else a line every ten seconds."""
    console = Console(stderr=True, highlight=False)
    if not console.is_terminal:
        yield _Lines(noun)
        return
    with Progress(*_columns(noun), console=console, transient=True) as progress:
        task = progress.add_task("", total=None)

        def show(now: Standing) -> None:
            progress.update(task, description=now.state, completed=now.done, total=now.total)

        yield show


class _Lines:
    """Says how far work is at times, for logs."""

    def __init__(self, noun: str) -> None:
        self._noun = noun
        self._next = time.monotonic() + _LINE_EVERY_S

    def __call__(self, now: Standing) -> None:
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + _LINE_EVERY_S
            total = "" if now.total is None else f" of {now.total}"
            click.echo(f"{now.state}: {now.done}{total} {self._noun}", err=True)


class _Speed(ProgressColumn):
    """How many a second."""

    def __init__(self, noun: str) -> None:
        super().__init__()
        self._noun = noun

    def render(self, task: Task) -> Text:
        """Draw it; nothing while it is not known."""
        return Text(f"{task.speed:,.0f} {self._noun}/s" if task.speed else "")


def _columns(noun: str) -> tuple[ProgressColumn, ...]:
    return (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(noun),
        _Speed(noun),
        TimeElapsedColumn(),
    )


@contextmanager
def _goes_on(hint: str) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        click.echo(hint, err=True)
        raise SystemExit(INTERRUPTED) from None
    except click.ClickException:
        click.echo(hint, err=True)
        raise
