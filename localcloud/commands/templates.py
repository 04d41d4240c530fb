"""Call templates: how a kind of call is held, version by version."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

import click

from localcloud.commands.changing import confirm, send, yes_option
from localcloud.commands.contact_ids import finds_contacts
from localcloud.commands.json_fields import fields_file, fields_option, given_fields
from localcloud.commands.printing import json_option, limit_option, print_items, print_object
from localcloud.commands.remote import uses_api
from localcloud.commands.tables import Column

if TYPE_CHECKING:
    from collections.abc import Sequence

    from localcloud.commands.remote import Remote

_TEMPLATES = "/v1/calls/templates"
_COLUMNS = (
    Column("id"),
    Column("name", least=12),
    Column("version"),
    Column("transport"),
    Column("on_machine"),
    Column("transfer_to"),
    Column("record"),
    Column("greeting", least=20),
    Column("prompt_id"),
)
_ESSENTIAL = ("id", "name", "version", "transport")
_VERSIONS = (Column("version"), Column("updated_at"), Column("name", least=12), Column("greeting", least=20))
_ESSENTIAL_OF_VERSIONS = ("version", "updated_at", "name")
_NOT_GIVEN = ("id", "version", "created_at", "updated_at")


@click.group()
def templates() -> None:
    """List, read, create, change, try out and delete call templates."""


@templates.command("list")
@json_option
@uses_api
def list_templates(api: Remote, *, as_json: bool) -> None:
    """List call templates by name."""
    found = api.ask("GET", _TEMPLATES).body["items"]
    print_items(found, _COLUMNS, _ESSENTIAL, as_json=as_json)


@templates.command()
@click.argument("template_id")
@click.option("--version", "number", type=click.IntRange(min=1), help="An earlier version.")
@json_option
@uses_api
def show(api: Remote, *, template_id: str, number: int | None, as_json: bool) -> None:
    """Show a call template, or an earlier version of it, also when it was deleted."""
    path = f"{_TEMPLATES}/{template_id}" + (f"/versions/{number}" if number else "")
    print_object(api.ask("GET", path).body, as_json=as_json)


@templates.command()
@fields_file
@fields_option
@json_option
@uses_api
def create(api: Remote, *, file: IO[str] | None, pairs: Sequence[str], as_json: bool) -> None:
    """Create a call template from FILE (JSON; - is the input), from --set, or from both.

    Example: templates create --set name=Check-up --set prompt_id=prompt_0197…
    --set "greeting=Hello {{ first_name }}."
    """
    print_object(
        api.ask("POST", _TEMPLATES, given_fields(file, pairs, "template", _NOT_GIVEN)).body, as_json=as_json
    )


@templates.command()
@click.argument("template_id")
@fields_file
@fields_option
@json_option
@uses_api
def update(
    api: Remote, *, template_id: str, file: IO[str] | None, pairs: Sequence[str], as_json: bool
) -> None:
    """Make a new version of a call template: fields of FILE (JSON) and --set change, all others stay.

    Example: templates update template_0197… --set on_machine=hang_up --set max_duration_s=300
    """
    path = f"{_TEMPLATES}/{template_id}"
    changes = given_fields(file, pairs, "template", _NOT_GIVEN)
    seen = api.ask("GET", path)
    body = {name: value for name, value in seen.body.items() if name not in _NOT_GIVEN} | changes
    look = f"templates show {template_id}"
    print_object(send(api, "PUT", path, seen, body, look=look), as_json=as_json)


@templates.command()
@click.argument("template_id")
@limit_option
@json_option
@uses_api
def versions(api: Remote, *, template_id: str, limit: int, as_json: bool) -> None:
    """List the versions of a call template, newest first, also when it was deleted."""
    found = api.items(f"{_TEMPLATES}/{template_id}/versions", limit)
    print_items(found, _VERSIONS, _ESSENTIAL_OF_VERSIONS, as_json=as_json)


@templates.command()
@click.argument("template_id")
@click.option("--contact", "contact_id", help="Fill it in for this contact: its id, or +14155550132.")
@click.option("--name", help="Fill it in for somebody of this name.")
@click.option(
    "--direction", type=click.Choice(["inbound", "outbound"]), default="outbound", help="Who calls whom."
)
@json_option
@uses_api
@finds_contacts
def render(  # noqa: PLR0913  one parameter for each option
    api: Remote, *, template_id: str, contact_id: str | None, name: str | None, direction: str, as_json: bool
) -> None:
    """Show every text of a call template filled in; nobody is called."""
    if contact_id and name:
        raise click.UsageError("Give either --contact or --name.")
    body: dict[str, Any] = {"direction": direction}
    body |= {"contact_id": contact_id} if contact_id else {}
    body |= {"sample": {"name": name}} if name else {}
    found = api.ask("POST", f"{_TEMPLATES}/{template_id}/render", body).body
    if as_json:
        print_object(found, as_json=True)
        return
    texts = {field: text for field, text in found["texts"].items() if text}
    print_object({**texts, "first_words": found["first_words"]}, as_json=False)
    click.echo(f"\n{found['instructions']}")


@templates.command()
@click.argument("template_id")
@yes_option
@json_option
@uses_api
def delete(api: Remote, *, template_id: str, yes: bool, as_json: bool) -> None:
    """Delete a call template that nothing uses; its versions stay readable."""
    path = f"{_TEMPLATES}/{template_id}"
    seen = api.ask("GET", path)
    confirm(f"Delete the call template {seen.body['name']!r}?", yes=yes)
    send(api, "DELETE", path, seen, look=f"templates show {template_id}")
    print_object({"id": template_id, "deleted": True}, as_json=as_json)
