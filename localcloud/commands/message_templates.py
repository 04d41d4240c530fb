"""Templates of text messages, to read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from localcloud.commands.printing import json_option, print_items, print_object
from localcloud.commands.remote import uses_api
from localcloud.commands.tables import Column

if TYPE_CHECKING:
    from localcloud.commands.remote import Remote

_TEMPLATES = "/v1/calls/message-templates"
_COLUMNS = (Column("id"), Column("name"), Column("text", least=20), Column("version"))


@click.group("message-templates")
def message_templates() -> None:
    """List and show templates of text messages."""


@message_templates.command("list")
@json_option
@uses_api
def list_templates(api: Remote, *, as_json: bool) -> None:
    """List the templates of text messages by name."""
    found = api.ask("GET", _TEMPLATES).body["items"]
    print_items(found, _COLUMNS, ("id", "name"), as_json=as_json)


@message_templates.command()
@click.argument("template_id")
@json_option
@uses_api
def show(api: Remote, *, template_id: str, as_json: bool) -> None:
    """Show a template of text messages."""
    print_object(api.ask("GET", f"{_TEMPLATES}/{template_id}").body, as_json=as_json)
