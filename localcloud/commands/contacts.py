"""Contacts: found, created, changed, deleted, merged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from localcloud.commands.changing import confirm, given, send, yes_option
from localcloud.commands.contact_ids import finds_contacts
from localcloud.commands.contact_options import (
    ADDRESS,
    CONTACTS,
    contact_details,
    contact_filters,
    details_of,
    sort_option,
)
from localcloud.commands.contact_pages import calls, show, timeline
from localcloud.commands.personal_data import erase, personal_data
from localcloud.commands.printing import json_option, limit_option, print_items, print_object
from localcloud.commands.remote import RemoteAnswer, uses_api
from localcloud.commands.tables import Column

if TYPE_CHECKING:
    from localcloud.commands.remote import Remote

_COLUMNS = (
    Column("id"),
    Column("name", least=14),
    Column("phone"),
    Column("company", least=12),
    Column("status"),
    Column("tags", least=10),
    Column("owner", least=10),
    Column("email", least=16),
    Column("updated_at"),
)
_ESSENTIAL = ("id", "name", "phone", "status")
_CLEARABLE = ("email", "company", "title", "address", "time_zone", "preferred_channel", "owner")
_EMPTIABLE = ("other_phones", "preferred_times", "tags")


@click.group()
def contacts() -> None:
    """Find, create and change contacts; show, merge and erase them.

    A phone number belongs to one contact at most, and can stand for its id: contacts show +14155550132.
    National numbers need --country.
    """


@contacts.command("list")
@click.option("--phone", help="Whoever has this number, such as +14155550132.")
@contact_filters
@sort_option
@limit_option
@json_option
@uses_api
def list_contacts(api: Remote, *, limit: int, as_json: bool, **filters: Any) -> None:
    """List contacts, the newest first unless --sort says otherwise; all filters hold together.

    Example: contacts list --status customer --tag VIP --sort name
    """
    print_items(api.items(CONTACTS, limit, **filters), _COLUMNS, _ESSENTIAL, as_json=as_json)


@contacts.command()
@click.argument("words", nargs=-1, required=True)
@contact_filters
@limit_option
@json_option
@uses_api
def search(api: Remote, *, words: tuple[str, ...], limit: int, as_json: bool, **filters: Any) -> None:
    """Find contacts by the beginnings of WORDS of their name, company or email, or by digits of a number.

    Case and accents do not matter. Example: contacts search gar cer
    """
    found = api.items(CONTACTS, limit, q=" ".join(words), **filters)
    print_items(found, _COLUMNS, _ESSENTIAL, as_json=as_json)


@contacts.command()
@click.argument("name")
@click.argument("phone")
@contact_details
@click.option("--tag", "tags", multiple=True, help="A tag, by name; may be repeated.")
@json_option
@uses_api
def create(api: Remote, *, tags: tuple[str, ...], as_json: bool, **details: Any) -> None:
    """Create a contact NAME with the number PHONE; refused when another contact has the number.

    Example: contacts create "Ada Lovelace" "(415) 555-2671" --country US --tag VIP
    """
    body = details_of(api, details) | ({"tags": list(tags)} if tags else {})
    print_object(api.ask("POST", CONTACTS, body).body, as_json=as_json)


@contacts.command()
@click.argument("contact_id")
@click.option("--name", help="The new name.")
@click.option("--phone", help="The new number.")
@contact_details
@click.option("--add-tag", "added", multiple=True, help="A tag more; may be repeated.")
@click.option("--remove-tag", "removed", multiple=True, help="A tag less; may be repeated.")
@click.option(
    "--clear",
    "cleared",
    multiple=True,
    type=click.Choice([*_CLEARABLE, *_EMPTIABLE]),
    help="A detail to take away; may be repeated.",
)
@click.option(
    "--version", type=int, help="The version that you have seen: refused when it has changed since."
)
@json_option
@uses_api
@finds_contacts
def change(api: Remote, *, contact_id: str, version: int | None, as_json: bool, **options: Any) -> None:
    """Change the details that are given, and leave the others as they are.

    Example: contacts change contact_0197… --status customer --add-tag VIP --clear title --field budget=500
    """
    _check_cleared(options)
    path = f"{CONTACTS}/{contact_id}"
    seen = api.ask("GET", path)
    body = _changes(api, options, seen.body)
    if not body:
        raise click.UsageError("Say what to change; see --help.")
    if version is not None:
        seen = RemoteAnswer(seen.body, f'"{version}"')
    changed = send(api, "PATCH", path, seen, body, look=f"contacts show {contact_id}")
    print_object(changed, as_json=as_json)


@contacts.command()
@click.argument("contact_id")
@yes_option
@json_option
@uses_api
@finds_contacts
def delete(api: Remote, *, contact_id: str, yes: bool, as_json: bool) -> None:
    """Delete a contact with its notes; its numbers are free, and its waiting calls are not placed.

    What calls said stays with the calls, and consents stay as evidence: `contacts erase` takes all of it.
    """
    path = f"{CONTACTS}/{contact_id}"
    seen = api.ask("GET", path)
    confirm(f"Delete {seen.body['name']} ({seen.body['phone']})?", yes=yes)
    send(api, "DELETE", path, seen, look=f"contacts show {contact_id}")
    print_object({"id": contact_id, "deleted": True}, as_json=as_json)


@contacts.command()
@click.argument("contact_id")
@click.argument("other_id")
@yes_option
@json_option
@uses_api
@finds_contacts
def merge(api: Remote, *, contact_id: str, other_id: str, yes: bool, as_json: bool) -> None:
    """Merge OTHER_ID into CONTACT_ID, which keeps its details and gets numbers, tags and what it lacks.

    Notes, consents and calls of both stay. The other id leads to this contact from then on.
    """
    path = f"{CONTACTS}/{contact_id}"
    seen, other = api.ask("GET", path), api.ask("GET", f"{CONTACTS}/{other_id}").body
    confirm(f"Merge {other['name']} ({other['phone']}) into {_told(seen.body)}?", yes=yes)
    body, look = {"from": other_id}, f"contacts show {contact_id}"
    print_object(send(api, "POST", f"{path}/merge", seen, body, look=look), as_json=as_json)


def _told(contact: dict[str, Any]) -> str:
    return f"{contact['name']} ({contact['phone']})"


def _check_cleared(options: dict[str, Any]) -> None:
    """Refuse what is cleared and given at once; tags that are added to none are the only ones then."""
    for name in options["cleared"]:
        parts = ADDRESS if name == "address" else (name,)
        if any(options.get(part) not in (None, ()) for part in parts):
            raise click.UsageError(f"Give {name} or clear it, not both.")


def _changes(api: Remote, options: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    body = details_of(api, options)
    body |= {name: [] if name in _EMPTIABLE else None for name in options["cleared"]}
    if given(options, "added", "removed"):
        kept = [tag for tag in body.get("tags", before["tags"]) if tag not in options["removed"]]
        body["tags"] = [*kept, *(tag for tag in options["added"] if tag not in kept)]
    return body


for command in (show, timeline, calls, erase, personal_data):
    contacts.add_command(command)
