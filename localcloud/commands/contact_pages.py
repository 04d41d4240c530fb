"""What is known of one contact: details, what it allows, what is to be done, what happened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from localcloud.commands.cells import readable
from localcloud.commands.contact_ids import finds_contacts
from localcloud.commands.contact_options import CONTACTS
from localcloud.commands.printing import json_option, limit_option, print_items, print_object
from localcloud.commands.remote import uses_api
from localcloud.commands.suppressions import find_suppressions
from localcloud.commands.tables import Column

if TYPE_CHECKING:
    from localcloud.commands.remote import Remote

_LATEST = 10
_MAX_TASKS = 100


def _what(entry: dict[str, Any]) -> str:
    """Say in a line what an entry of the timeline is about."""
    match entry["kind"]:
        case "note":
            return f"{entry['note']['kind']}: {entry['note']['body']}".partition("\n")[0]
        case "consent":
            return f"{entry['consent']['kind']} {entry['consent']['answer']}"
        case "call":
            return _call(entry["call"])
        case "message":
            return " ".join(
                filter(None, (entry["message"][name] for name in ("direction", "state", "reason")))
            )
    return ""


def _call(call: dict[str, Any]) -> str:
    lasted = None if call["duration_s"] is None else f"{call['duration_s']} s"
    return ", ".join(part for part in (call["direction"], call["outcome"], lasted) if part)


_TIMELINE = (Column("at"), Column("kind"), Column("what", least=24, of=_what), Column("id"))
_TASKS = (Column("due_at"), Column("body", least=24), Column("id"))
_CONSENTS = (Column("kind"), Column("answer"), Column("at"))
_CALLS = (
    Column("id"),
    Column("direction"),
    Column("state"),
    Column("outcome"),
    Column("created_at"),
    Column("answered_at"),
    Column("finished_at"),
)
_KINDS = ["note", "consent", "call", "message"]
_ESSENTIAL_OF_TIMELINE = ("at", "kind", "what")
_ESSENTIAL_OF_CALLS = ("id", "direction", "state", "outcome", "created_at")


@click.command()
@click.argument("contact_id")
@json_option
@uses_api
@finds_contacts
def show(api: Remote, *, contact_id: str, as_json: bool) -> None:
    """Show a contact: details, numbers that are not dialed, what it allows now, open tasks, the latest."""
    path = f"{CONTACTS}/{contact_id}"
    contact = api.ask("GET", path).body
    found = {
        "contact": contact,
        "suppressions": find_suppressions(api, [contact["phone"], *contact["other_phones"]]),
        "consents": api.ask("GET", f"{path}/consents", query={"page_size": 1}).body["current"],
        "tasks": [task for task in api.items(f"{path}/notes", _MAX_TASKS, kind="task") if not task["done"]],
        "timeline": api.items(f"{path}/timeline", _LATEST),
    }
    if as_json:
        print_object(found, as_json=True)
        return
    _print_all(found)


@click.command()
@click.argument("contact_id")
@click.option("--kind", type=click.Choice(_KINDS), help="Only entries of this kind.")
@limit_option
@json_option
@uses_api
@finds_contacts
def timeline(api: Remote, *, contact_id: str, kind: str | None, limit: int, as_json: bool) -> None:
    """List what happened with a contact, newest first: notes, consents, finished calls, messages."""
    found = api.items(f"{CONTACTS}/{contact_id}/timeline", limit, kind=kind)
    print_items(found, _TIMELINE, _ESSENTIAL_OF_TIMELINE, as_json=as_json)


@click.command()
@click.argument("contact_id")
@limit_option
@json_option
@uses_api
@finds_contacts
def calls(api: Remote, *, contact_id: str, limit: int, as_json: bool) -> None:
    """List a contact's calls, newest first, with those of contacts that were merged into it."""
    found = api.items(f"{CONTACTS}/{contact_id}/calls", limit)
    print_items(found, _CALLS, _ESSENTIAL_OF_CALLS, as_json=as_json)


def _print_all(found: dict[str, Any]) -> None:
    print_object(_readable(found["contact"]), as_json=False)
    for each in found["suppressions"]:
        told = (
            each["number"],
            f"since {readable(each['suppressed_at'])} UTC",
            each["source"],
            each["reason"],
        )
        click.echo(f"not dialed: {', '.join(filter(None, told))}")
    consents = [{"kind": kind, **current} for kind, current in found["consents"].items()]
    sections = (
        ("consents", consents, _CONSENTS, ("kind", "answer", "at")),
        ("open tasks", found["tasks"], _TASKS, ("due_at", "body")),
        ("latest", found["timeline"], _TIMELINE, _ESSENTIAL_OF_TIMELINE),
    )
    for heading, items, columns, essential in sections:
        click.echo(f"\n{heading}" if items else f"\n{heading}: none")
        if items:
            print_items(items, columns, essential, as_json=False)


def _readable(contact: dict[str, Any]) -> dict[str, Any]:
    """Write what has parts in a line each, also in a pipe: lists, address, custom fields, preferred times."""
    address = (contact["address"] or {}).values()
    fields = contact["custom_fields"].items()
    times = contact["preferred_times"]
    return contact | {
        **{name: readable(contact[name]) for name in ("other_phones", "tags")},
        "address": ", ".join(part for part in address if part).replace("\n", ", "),
        "custom_fields": ", ".join(f"{key}: {readable(value)}" for key, value in fields),
        "preferred_times": ", ".join(f"{'/'.join(t['days'])} {t['start']}-{t['end']}" for t in times),
    }
