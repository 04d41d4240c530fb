"""A call's transcript as lines, and followed while it grows."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import click

from localcloud.commands.following import INTERRUPTED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from localcloud.commands.remote import Remote

_EVERY_S = 1.0
_SPEAKER = len("caller")
_UNTOLD = (None, "", "none")  # an intent of `none` is that nothing was wanted


def speech(turn: dict[str, Any]) -> Iterator[str]:
    """Write a turn as lines: what the caller said, what was done, what was answered and heard."""
    if turn["said"]:
        yield _line("caller", "cyan", turn["said"])
    for run in turn["tools"]:
        yield _line("", "yellow", f"{run['name']} {run['arguments']}: {run['result']}")
    if turn["answer"]:
        yield _line("agent", "green", turn["answer"])
    if turn["heard"] is not None:
        yield _line("", "magenta", f"was talked over after: {turn['heard'].strip() or '(nothing)'}")


def print_turns(turns: Sequence[dict[str, Any]]) -> None:
    """Print a transcript that grows no more: what was said and done, and what was made of each turn."""
    for turn in turns:
        for line in (*speech(turn), *_remarks(turn)):
            click.echo(line)


def _remarks(turn: dict[str, Any]) -> Iterator[str]:
    """Tell why a turn ended so, and how the caller's words sounded, where it is known."""
    known = {name: turn.get(name) for name in ("reason", "sentiment", "intent")}
    told = "; ".join(f"{name}: {value}" for name, value in known.items() if value not in _UNTOLD)
    if told:
        yield " " * _SPEAKER + f"  {click.style(told, dim=True)}"


def watch_call(api: Remote, path: str, *, quiet: bool = False) -> list[dict[str, Any]]:
    """Follow a call's transcript until nothing more can come, printing what is new; give its turns."""
    turns: dict[int, dict[str, Any]] = {}
    printed: dict[int, int] = {}
    since = 0
    try:
        while True:
            told = api.ask("GET", f"{path}/transcript", query={"since": since}).body
            for turn in told["turns"]:
                turns[turn["number"]] = turn
                lines = list(speech(turn))
                _print(lines[printed.get(turn["number"], 0) :], quiet=quiet)
                printed[turn["number"]] = len(lines)
            if not told["more"]:
                return [turns[number] for number in sorted(turns)]
            since = told["next_since"]
            time.sleep(_EVERY_S)
    except KeyboardInterrupt:
        click.echo("the call goes on; `calls hang-up` ends it", err=True)
        raise SystemExit(INTERRUPTED) from None


def _print(lines: list[str], *, quiet: bool) -> None:
    for line in lines if not quiet else ():
        click.echo(line)


def _line(speaker: str, colour: str, text: str) -> str:
    return f"{click.style(speaker.rjust(_SPEAKER), fg=colour, bold=True)}  {' '.join(text.split())}"
