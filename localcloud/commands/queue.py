"""The dial queue: waking what is due, following how it empties, and holding numbers back."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import click
from rich.console import Group
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from localcloud.commands.living import live_view
from localcloud.commands.moments import MOMENT, MOMENT_HELP
from localcloud.commands.printing import json_option, limit_option, print_items, print_object
from localcloud.commands.remote import uses_api
from localcloud.commands.tables import Column

if TYPE_CHECKING:
    from rich.console import RenderableType

    from localcloud.commands.remote import Remote

_QUEUE = "/v1/calls/queue"
_HOLDS = f"{_QUEUE}/holds"
_COUNTED = 1000  # calls that wait of which the queue is told
_BAR = 40
_WAKE_EVERY_S = 60.0
_NEW = "not looked at"
_HOLD_COLUMNS = (
    Column("number"),
    Column("until"),
    Column("reason", least=12),
    Column("held_at"),
    Column("held_by", least=12),
)
_ESSENTIAL = ("number", "until", "reason")


@click.command()
@click.option("--watch", "is_watched", is_flag=True, help="Follow it live until no call is due any more.")
@json_option
@uses_api
def process_call_queue(api: Remote, *, is_watched: bool, as_json: bool) -> None:
    """Wake the calls that are due now, and say what waits and why; harmless when repeated.

    The dispatcher does the same every minute; use this to see at once what a change of settings does. Of the
    queue the first 1,000 calls are counted.

    With --watch it is drawn anew every two seconds, or told in a line every ten in a pipe, until no call is
    due any more: calls of a later time go on waiting. The exit code is 1 while dialing is stopped.
    """
    queue = _Queue(api)
    found = queue.read()
    if is_watched:
        hint = "the queue goes on by itself; `kill-switch on` stops all dialing"
        found = live_view(queue.read, _drawn, _line, _is_over, hint=hint)
    print_object(found, as_json=as_json)
    if is_watched and found["stopped"]:
        click.echo(f"dialing is stopped: {found['stopped']}", err=True)
        raise SystemExit(1)


@click.group()
def holds() -> None:
    """Hold numbers back for a time, and release them; whoever must never be called: `suppressions add`."""


@holds.command("list")
@limit_option
@json_option
@uses_api
def list_holds(api: Remote, *, limit: int, as_json: bool) -> None:
    """List the numbers that are held back now."""
    print_items(api.items(_HOLDS, limit), _HOLD_COLUMNS, _ESSENTIAL, as_json=as_json)


@holds.command()
@click.argument("number")
@click.option("--country", help="Where a national number is read (ISO 3166, such as US).")
@click.option("--until", type=MOMENT, help=f"When it may be dialed again, {MOMENT_HELP}.")
@click.option("--reason", default="", help="Why, for people.")
@json_option
@uses_api
def add(  # noqa: PLR0913  one parameter for each option
    api: Remote, *, number: str, country: str | None, until: str | None, reason: str, as_json: bool
) -> None:
    """Hold NUMBER back: from now on nothing dials it until --until, or until it is released.

    Example: holds add +14155550123 --until 2027-03-03T08:00 --reason "On holiday."
    """
    body = {"number": number, "country": country, "until": until, "reason": reason}
    print_object(api.ask("POST", _HOLDS, body).body, as_json=as_json)


@holds.command()
@click.argument("number")
@json_option
@uses_api
def release(api: Remote, *, number: str, as_json: bool) -> None:
    """Let NUMBER (as +14155550123) be dialed again, and wake the calls that waited for it."""
    api.ask("DELETE", f"{_HOLDS}/{quote(number, safe='+')}")
    print_object({"number": number, "released": True}, as_json=as_json)


class _Queue:
    """Reads what waits, and wakes what is due: at first, and again each minute."""

    def __init__(self, api: Remote) -> None:
        self._api = api
        self._woken = 0
        self._most = 0
        self._woken_at: datetime | None = None

    def read(self) -> dict[str, Any]:
        """Give how many calls wait, are due and were woken, and why they wait."""
        now = datetime.now(UTC)
        if self._woken_at is None or (now - self._woken_at).total_seconds() >= _WAKE_EVERY_S:
            self._woken += self._api.ask("POST", f"{_QUEUE}/process").body["woken"]
            self._woken_at = now
        waiting = self._api.items(_QUEUE, _COUNTED)
        due = [call for call in waiting if datetime.fromisoformat(call["due_at"]) <= now]
        self._most = max(self._most, len(due))
        return {
            "woken": self._woken,
            "waiting": len(waiting),
            "due": len(due),
            "most_due": self._most,
            "stopped": self._stop(due),
            "lanes": dict(Counter(call["lane"] for call in waiting)),
            "reasons": dict(Counter(_reason(call) for call in waiting)),
        }

    def _stop(self, due: list[dict[str, Any]]) -> str | None:
        """Say what stops all dialing, when calls are due."""
        switch = self._api.ask("GET", "/v1/settings").body["kill_switch"] if due else {"on": False}
        return str(switch["reason"] or "kill_switch") if switch["on"] else None


def _reason(call: dict[str, Any]) -> str:
    return call["decision"]["reason"] if call["decision"] else _NEW


def _is_over(found: dict[str, Any]) -> bool:
    return not found["due"] or found["stopped"] is not None


def _line(found: dict[str, Any]) -> str:
    why = ", ".join(f"{reason} {count}" for reason, count in found["reasons"].items())
    return f"{found['due']} due, {found['waiting']} waiting{f' ({why})' if why else ''}"


def _drawn(found: dict[str, Any]) -> RenderableType:
    begun = found["most_due"] - found["due"]
    bar = Table.grid(padding=(0, 1))
    bar.add_row(ProgressBar(found["most_due"] or 1, begun, width=_BAR), f"{found['due']:,} calls are due")
    table = Table(box=None, pad_edge=False)
    table.add_column("why they wait")
    table.add_column("calls", justify="right")
    for reason, count in sorted(found["reasons"].items(), key=lambda pair: -pair[1]):
        table.add_row(reason, f"{count:,}")
    lanes = "  ".join(f"{lane} {count:,}" for lane, count in found["lanes"].items())
    return Group(Text("the dial queue", style="bold"), bar, Text(lanes), table)
