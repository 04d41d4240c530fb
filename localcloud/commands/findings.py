"""What calls came to: the model asked again, and values that were found taken into the contact's record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from localcloud.commands.calls import CALLS, calls
from localcloud.commands.moments import MOMENT, MOMENT_HELP
from localcloud.commands.printing import json_option, print_items, print_object
from localcloud.commands.remote import uses_api
from localcloud.commands.tables import Column

if TYPE_CHECKING:
    from localcloud.commands.remote import Remote

_PROPOSALS = (
    Column("field"),
    Column("maps_to"),
    Column("value"),
    Column("state"),
    Column("turn"),
    Column("said", least=20),
)
_VERDICTS = click.Choice(["accept", "refuse"])


@calls.command()
@click.argument("call_id")
@json_option
@uses_api
def analyse(api: Remote, *, call_id: str, as_json: bool) -> None:
    """Have the model read a call again whose analysis failed."""
    call = api.ask("POST", f"{CALLS}/{call_id}/analysis").body
    shown = {name: call[name] for name in ("id", "state", "outcome")}
    print_object(call if as_json else shown, as_json=as_json)


@calls.command("analyse-all")
@click.option("--from", "since", type=MOMENT, required=True, help=f"Accepted not before, {MOMENT_HELP}.")
@click.option("--to", "until", type=MOMENT, required=True, help="Accepted before; written likewise.")
@json_option
@uses_api
def analyse_all(api: Remote, *, since: str, until: str, as_json: bool) -> None:
    """Have every call of a span read again whose analysis failed, such as after an outage."""
    print_object(api.ask("POST", f"{CALLS}/analyses", {"from": since, "to": until}).body, as_json=as_json)


@calls.command()
@click.argument("call_id")
@json_option
@uses_api
def proposals(api: Remote, *, call_id: str, as_json: bool) -> None:
    """List what was found in a call for its contact, and what was decided about it."""
    found: list[dict[str, Any]] = api.ask("GET", f"{CALLS}/{call_id}").body["proposals"]
    print_items(found, _PROPOSALS, ("field", "value", "state"), as_json=as_json)


@calls.command()
@click.argument("call_id")
@click.argument("field")
@click.argument("decision", type=_VERDICTS)
@json_option
@uses_api
def decide(api: Remote, *, call_id: str, field: str, decision: str, as_json: bool) -> None:
    """Accept or refuse what was found in a call for its contact.

    Example: calls decide call_0197… email accept
    """
    path = f"{CALLS}/{call_id}/proposals/{field}"
    print_object(api.ask("POST", path, {"decision": decision}).body, as_json=as_json)
