"""What is remembered of a contact: facts that calls have taught or people have written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from localcloud.commands.changing import confirm, send, yes_option
from localcloud.commands.contact_ids import finds_contacts
from localcloud.commands.contact_options import CONTACTS
from localcloud.commands.printing import json_option, limit_option, print_items, print_object
from localcloud.commands.remote import uses_api
from localcloud.commands.tables import Column

if TYPE_CHECKING:
    from localcloud.commands.remote import Remote

_COLUMNS = (
    Column("id"),
    Column("key"),
    Column("value", least=16),
    Column("learned_at"),
    Column("corrected_by"),
    Column("said", least=16),
    Column("call_id"),
)
_ESSENTIAL = ("key", "value", "id")


@click.group()
def memory() -> None:
    """List, add, correct and delete what is remembered of a contact, by its id or one of its numbers."""


@memory.command("list")
@click.argument("contact_id")
@limit_option
@json_option
@uses_api
@finds_contacts
def list_facts(api: Remote, *, contact_id: str, limit: int, as_json: bool) -> None:
    """List what is remembered of a contact, the fact learned last first."""
    print_items(api.items(_path(contact_id), limit), _COLUMNS, _ESSENTIAL, as_json=as_json)


@memory.command()
@click.argument("contact_id")
@click.argument("key")
@click.argument("value")
@json_option
@uses_api
@finds_contacts
def add(api: Remote, *, contact_id: str, key: str, value: str, as_json: bool) -> None:
    """Write a fact, which no call overwrites.

    Example: contacts memory add +14155550132 preferred_day "Thursdays after four"
    """
    body = {"key": key, "value": value}
    print_object(api.ask("POST", _path(contact_id), body).body, as_json=as_json)


@memory.command()
@click.argument("contact_id")
@click.argument("fact_id")
@click.argument("value")
@json_option
@uses_api
@finds_contacts
def correct(api: Remote, *, contact_id: str, fact_id: str, value: str, as_json: bool) -> None:
    """Correct what a fact says; no call overwrites it from then on."""
    path = f"{_path(contact_id)}/{fact_id}"
    body = {"value": value}
    after = send(api, "PUT", path, api.ask("GET", path), body, look=_look(contact_id))
    print_object(after, as_json=as_json)


@memory.command()
@click.argument("contact_id")
@click.argument("fact_id")
@yes_option
@json_option
@uses_api
@finds_contacts
def delete(api: Remote, *, contact_id: str, fact_id: str, yes: bool, as_json: bool) -> None:
    """Delete a fact; only a later call can teach it again."""
    path = f"{_path(contact_id)}/{fact_id}"
    seen = api.ask("GET", path)
    confirm(f"Forget that {seen.body['key']} is {seen.body['value']!r}?", yes=yes)
    send(api, "DELETE", path, seen, look=_look(contact_id))
    print_object({"id": fact_id, "deleted": True}, as_json=as_json)


def _path(contact_id: str) -> str:
    return f"{CONTACTS}/{contact_id}/memory"


def _look(contact_id: str) -> str:
    return f"contacts memory list {contact_id}"
