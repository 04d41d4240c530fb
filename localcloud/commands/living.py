"""Views that are drawn anew while something goes on: on a terminal in place, else a line at times."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.live import Live

from localcloud.commands.following import INTERRUPTED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.console import RenderableType

_EVERY_S = 2.0
_LINE_EVERY_S = 10.0


def live_view(
    read: Callable[[], dict[str, Any]],
    draw: Callable[[dict[str, Any]], RenderableType],
    line: Callable[[dict[str, Any]], str],
    is_over: Callable[[dict[str, Any]], bool],
    *,
    hint: str,
) -> dict[str, Any]:
    """Read every two seconds until it is over, show it on the error stream, and give what was read last.

    Ctrl-C ends the watching only, prints `hint`, and ends the command with exit code 130.
    """
    try:
        with _shown(draw, line) as show:
            while True:
                found = read()
                show(found)
                if is_over(found):
                    return found
                time.sleep(_EVERY_S)
    except KeyboardInterrupt:
        click.echo(hint, err=True)
        raise SystemExit(INTERRUPTED) from None


@contextmanager
def _shown(
    draw: Callable[[dict[str, Any]], RenderableType], line: Callable[[dict[str, Any]], str]
) -> Iterator[Callable[[dict[str, Any]], None]]:
    console = Console(stderr=True, highlight=False)
    if not console.is_terminal:
        yield _Lines(line)
        return
    with Live(console=console, auto_refresh=False, transient=True) as live:
        yield lambda found: live.update(draw(found), refresh=True)


class _Lines:
    """Says how far it is, at once and every ten seconds, for logs."""

    def __init__(self, line: Callable[[dict[str, Any]], str]) -> None:
        self._line = line
        self._next = 0.0

    def __call__(self, found: dict[str, Any]) -> None:
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + _LINE_EVERY_S
            click.echo(self._line(found), err=True)
