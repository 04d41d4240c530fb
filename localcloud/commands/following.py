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

from localcloud.commands.remote import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.progress import Task

_EVERY_S = 0.5
_LINE_EVERY_S = 10.0
_ABSENT = "_not_found"  # how the codes end that say that there is no such thing
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
    has_end: bool = True,
) -> dict[str, Any]:
    """Read until the work is over, show how far it is on the error stream, and give what was read last.

    Ctrl-C ends the following only, with exit code 130; it and a failure to read print `hint`, which says how
    to go on, unless there is no such work. Without `has_end` nobody knows how much there is to do: what is
    counted are findings.
    """
    shown = shown_progress(noun) if has_end else _shown_findings(noun)
    with _goes_on(hint), shown as show:
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


@contextmanager
def _shown_findings(noun: str) -> Iterator[Callable[[Standing], None]]:
    """Give a function that says what was found: a line that changes, else one at the start and the end."""
    console = Console(stderr=True, highlight=False, markup=False)
    if not console.is_terminal:
        yield _Ends(noun)
        return
    with console.status("") as status:
        yield lambda now: status.update(_found(now, noun))


class _Ends:
    """Says what was found at the start and at the end, for logs."""

    def __init__(self, noun: str) -> None:
        self._noun = noun
        self._is_first = True

    def __call__(self, now: Standing) -> None:
        if self._is_first or now.is_over:
            click.echo(_found(now, self._noun), err=True)
        self._is_first = False


def _found(now: Standing, noun: str) -> str:
    return f"{now.state}, {noun}{'' if now.is_over else ' so far'}: {now.done}"


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
    except click.ClickException as error:
        if not (isinstance(error, RefusedError) and error.code.endswith(_ABSENT)):
            click.echo(hint, err=True)
        raise
