"""Calls: which there are, one of them, what is said while it goes on, and what an operator does about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from localcloud.commands.cells import readable
from localcloud.commands.contact_ids import finds_contacts
from localcloud.commands.moments import MOMENT, MOMENT_HELP
from localcloud.commands.printing import json_option, limit_option, print_items, print_object, section
from localcloud.commands.remote import uses_api
from localcloud.commands.tables import Column
from localcloud.commands.watching import print_turns, watch_call

if TYPE_CHECKING:
    from localcloud.commands.remote import Remote

CALLS = "/v1/calls"
_COLUMNS = (
    Column("id"),
    Column("direction"),
    Column("state"),
    Column("outcome"),
    Column("number"),
    Column("created_at"),
    Column("duration_s"),
    Column("reason", least=12),
    Column("contact_id"),
    Column("template_id"),
)
_ESSENTIAL = ("id", "state", "outcome", "created_at", "number")
_LIVE = (
    Column("id"),
    Column("direction"),
    Column("state"),
    Column("number"),
    Column("answered_at"),
    Column("created_at"),
    Column("contact_id"),
)
_ESSENTIAL_OF_LIVE = ("id", "state", "number", "created_at")
_COSTS = (Column("kind"), Column("quantity"), Column("unit"), Column("amount"))
_VALUES = (Column("key"), Column("value"), Column("turn"), Column("said", least=20))
_EVENTS = (Column("at"), Column("kind"), Column("detail", least=16))
_TOLD_APART = ("turns", "events", "analysis", "cost_lines", "decision", "usage")
_STATES = click.Choice(["queued", "dialing", "unknown", "ringing", "in_progress", "ended"])


@click.group()
def calls() -> None:
    """List and read calls, follow one that goes on, note something about it, end it."""


@calls.command("list")
@click.option("--state", type=_STATES, help="Only calls in this state.")
@click.option("--direction", type=click.Choice(["inbound", "outbound"]), help="Only these.")
@click.option("--outcome", help="Only calls that came to this, such as no_answer.")
@click.option("--contact", "contact_id", help="Only calls with this contact: its id, or +14155550132.")
@click.option("--template", "template_id", help="Only calls that this call template holds.")
@click.option("--from", "since", type=MOMENT, help=f"Accepted not before, {MOMENT_HELP}.")
@click.option("--to", "until", type=MOMENT, help="Accepted before; written likewise.")
@click.option("--oldest-first", is_flag=True, help="Begin with the oldest.")
@limit_option
@json_option
@uses_api
@finds_contacts
def list_calls(
    api: Remote, *, contact_id: str | None, limit: int, oldest_first: bool, as_json: bool, **filters: Any
) -> None:
    """List calls by the time of their acceptance, newest first; all filters hold together."""
    span = {"from": filters.pop("since"), "to": filters.pop("until")}
    sort = "created_at" if oldest_first else None
    found = api.items(CALLS, limit, sort=sort, contact_id=contact_id, **span, **filters)
    print_items(found, _COLUMNS, _ESSENTIAL, as_json=as_json)


@calls.command()
@json_option
@uses_api
def live(api: Remote, *, as_json: bool) -> None:
    """List the calls that are going on now, newest first."""
    found = api.ask("GET", f"{CALLS}/live").body
    print_items(found["items"], _LIVE, _ESSENTIAL_OF_LIVE, as_json=as_json)
    if found["more"]:
        click.echo("and others", err=True)


@calls.command()
@click.argument("call_id")
@json_option
@uses_api
def show(api: Remote, *, call_id: str, as_json: bool) -> None:
    """Show a call: what it came to, what was said, what happened, what it cost."""
    call = api.ask("GET", f"{CALLS}/{call_id}").body
    if as_json:
        print_object(call, as_json=True)
        return
    print_object(_without(call, *_TOLD_APART), as_json=False)
    _print_findings(call)
    section("what was said")
    print_turns(call["turns"])
    section("what happened")
    print_items(call["events"], _EVENTS, ("at", "kind", "detail"), as_json=False)
    if call["cost_lines"]:
        section("cost, in micro-dollars")
        print_items(call["cost_lines"], _COSTS, ("kind", "amount"), as_json=False)


@calls.command()
@click.argument("call_id")
@json_option
@uses_api
def watch(api: Remote, *, call_id: str, as_json: bool) -> None:
    """Print what is said in a call while it is said, until it ends.

    Ctrl-C ends the watching, not the call. With --json all turns are printed at the end.
    """
    turns = watch_call(api, f"{CALLS}/{call_id}", quiet=as_json)
    if as_json:
        print_items(turns, (), as_json=True)
        return
    call = api.ask("GET", f"{CALLS}/{call_id}").body
    told = [call["state"], call["outcome"], call["reason"]]
    click.secho(", ".join(filter(None, told)), bold=True)


@calls.command("hang-up")
@click.argument("call_id")
@json_option
@uses_api
def hang_up(api: Remote, *, call_id: str, as_json: bool) -> None:
    """End a call: one that waits at once, one that goes on through the carrier."""
    call = api.ask("POST", f"{CALLS}/{call_id}/hangup").body
    shown = {name: call[name] for name in ("id", "state", "outcome", "reason")}
    print_object(call if as_json else shown, as_json=as_json)


@calls.command()
@click.argument("call_id")
@click.argument("body")
@json_option
@uses_api
def note(api: Remote, *, call_id: str, body: str, as_json: bool) -> None:
    """Add a note about a call to its contact.

    Example: calls note call_0197… "Sounded unsure about the price."
    """
    print_object(api.ask("POST", f"{CALLS}/{call_id}/notes", {"body": body}).body, as_json=as_json)


def _print_findings(call: dict[str, Any]) -> None:
    decision, analysis = call["decision"], call["analysis"]
    if decision:
        click.echo(f"decision: {decision['verdict']}, {decision['explanation']}")
    if analysis is None:
        return
    section(f"what it came to, by {analysis['source']}")
    click.echo(analysis["summary"])
    click.echo(f"sentiment: {analysis['sentiment']}; intents: {readable(analysis['intents'])}")
    _print_left_behind(analysis)
    if analysis["extracted"]:
        print_items(analysis["extracted"], _VALUES, ("key", "value"), as_json=False)


def _print_left_behind(analysis: dict[str, Any]) -> None:
    found = analysis["findings"]
    if analysis["state"] == "failed":
        click.echo(f"not read by the model ({analysis['error']}); calls analyse asks it again")
    if found["outcome"]:
        click.echo(f"result: {found['outcome']}")
    for item in analysis["action_items"]:
        due = f", by {item['due_on']}" if item["due_on"] else ""
        click.echo(f"to do: {item['text']} ({item['owner']}{due})")
    if found["callback"]:
        click.echo(f"to be called back: {found['callback']['at']}")
    for fact in found["facts"]:
        click.echo(f"learnt: {fact['key']} = {fact['value']}")


def _without(item: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in item.items() if name not in names}
