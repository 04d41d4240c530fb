"""Text messages: what was written to and by contacts, and writing to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from localcloud.commands.changing import given
from localcloud.commands.contact_ids import finds_contacts
from localcloud.commands.contact_options import CONTACTS
from localcloud.commands.printing import json_option, limit_option, print_items, print_object
from localcloud.commands.remote import uses_api
from localcloud.commands.tables import Column

if TYPE_CHECKING:
    from localcloud.commands.remote import Remote

_MESSAGES = "/v1/calls/messages"
_COLUMNS = (
    Column("id"),
    Column("direction"),
    Column("state"),
    Column("body", least=16),
    Column("reason", least=8),
    Column("number"),
    Column("segments"),
    Column("created_at"),
)
_ESSENTIAL = ("direction", "state", "body", "created_at", "id")


@click.group()
def messages() -> None:
    """List, send and show text messages.

    A contact is named by its id, or by one of its numbers as +14155550132.
    """


@messages.command("list")
@click.argument("contact_id")
@limit_option
@json_option
@uses_api
@finds_contacts
def list_messages(api: Remote, *, contact_id: str, limit: int, as_json: bool) -> None:
    """List the text messages with a contact, both ways, newest first."""
    found = api.items(f"{CONTACTS}/{contact_id}/messages", limit)
    print_items(found, _COLUMNS, _ESSENTIAL, as_json=as_json)


@messages.command()
@click.argument("to")
@click.argument("body", required=False)
@click.option("--template", "template_id", help="A stored template instead of a text.")
@click.option("--set", "variables", multiple=True, metavar="NAME=TEXT", help="A variable of the text.")
@click.option("--line", help="Which of our numbers writes. Default: the first.")
@json_option
@uses_api
def send(api: Remote, *, to: str, variables: tuple[str, ...], as_json: bool, **wish: str | None) -> None:
    """Send a text message to a contact's id, or to a number.

    Example: messages send +14155550132 "Hello {{ first_name }}, see you on Friday."
    """
    if (wish["body"] is None) == (wish["template_id"] is None):
        raise click.UsageError("Give either a text or --template.")
    whom = {"contact_id" if to.startswith("contact_") else "number": to}
    sent = given(wish) | whom | {"variables": dict(_pair(each) for each in variables)}
    print_object(api.ask("POST", _MESSAGES, sent).body, as_json=as_json)


@messages.command()
@click.argument("message_id")
@json_option
@uses_api
def show(api: Remote, *, message_id: str, as_json: bool) -> None:
    """Show a text message, and what became of it."""
    print_object(api.ask("GET", f"{_MESSAGES}/{message_id}").body, as_json=as_json)


def _pair(text: str) -> tuple[str, str]:
    name, found, value = text.partition("=")
    if not found:
        raise click.UsageError(f"--set takes NAME=TEXT, not {text}.")
    return name, value
