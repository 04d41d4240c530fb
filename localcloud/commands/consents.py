"""What contacts allow and forbid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from localcloud.commands.changing import given
from localcloud.commands.contact_ids import finds_contacts
from localcloud.commands.contact_options import CONTACTS
from localcloud.commands.moments import MOMENT, MOMENT_HELP
from localcloud.commands.printing import json_option, limit_option, print_items, print_object
from localcloud.commands.remote import uses_api
from localcloud.commands.tables import Column

if TYPE_CHECKING:
    from localcloud.commands.remote import Remote

_COLUMNS = (
    Column("kind"),
    Column("answer"),
    Column("at"),
    Column("source"),
    Column("wording", least=20),
    Column("reference", least=12),
    Column("recorded_by", least=10),
    Column("id"),
)
_ESSENTIAL = ("kind", "answer", "at", "source")
_KINDS = click.Choice(["automated_calls", "marketing_calls", "sms", "email", "recording"])
_SOURCES = click.Choice(["web_form", "paper", "call", "sms", "email", "import", "operator", "other"])


@click.group()
def consents() -> None:
    """Record what contacts allow and forbid, and read it; what is recorded is never changed.

    A contact is named by its id, or by one of its numbers as +14155550132.
    """


@consents.command("list")
@click.argument("contact_id")
@limit_option
@json_option
@uses_api
@finds_contacts
def list_consents(api: Remote, *, contact_id: str, limit: int, as_json: bool) -> None:
    """List a contact's consents, the one recorded last first; `contacts show` tells what holds now."""
    found = api.items(_path(contact_id), limit)
    print_items(found, _COLUMNS, _ESSENTIAL, as_json=as_json)


@consents.command()
@click.argument("contact_id")
@click.argument("kind", type=_KINDS)
@click.argument("answer", type=click.Choice(["granted", "revoked"]))
@click.option("--source", type=_SOURCES, required=True, help="Where the answer was given.")
@click.option("--wording", help="What was shown or said; a grant needs this or --reference.")
@click.option("--reference", help="The recording, call or document that proves it.")
@click.option("--number", help="The number that it was given for, such as +14155550132.")
@click.option("--at", type=MOMENT, help=f"When it was given, {MOMENT_HELP}. Default: now.")
@json_option
@uses_api
@finds_contacts
def record(api: Remote, *, contact_id: str, as_json: bool, **consent: Any) -> None:
    """Record that a contact granted or revoked something.

    Revoking automated_calls suppresses all numbers of the contact: nothing dials them from then on.

    Example: consents record contact_0197… automated_calls granted --source web_form --wording "Yes, call me."
    """
    recorded = api.ask("POST", _path(contact_id), given(consent)).body
    print_object(recorded, as_json=as_json)
    if recorded["suppressed_numbers"] and not as_json:
        click.echo(f"not dialed: {', '.join(recorded['suppressed_numbers'])}", err=True)


def _path(contact_id: str) -> str:
    return f"{CONTACTS}/{contact_id}/consents"
