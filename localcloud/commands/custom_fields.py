"""Definitions of custom fields of contacts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from localcloud.commands.changing import confirm, given, send, yes_option
from localcloud.commands.printing import json_option, print_items, print_object
from localcloud.commands.remote import uses_api
from localcloud.commands.tables import Column

if TYPE_CHECKING:
    from localcloud.commands.remote import Remote

_FIELDS = "/v1/crm/custom-fields"
_LOOK = "custom-fields list"
_COLUMNS = (Column("key"), Column("label", least=12), Column("kind"), Column("choices", least=16))
_ESSENTIAL = ("key", "kind", "label")
_KINDS = click.Choice(["text", "number", "date", "boolean", "choice"])


@click.group("custom-fields")
def custom_fields() -> None:
    """Define further fields of contacts; `contacts change --field KEY=VALUE` fills them."""


@custom_fields.command("list")
@json_option
@uses_api
def list_fields(api: Remote, *, as_json: bool) -> None:
    """List all definitions by key."""
    print_items(api.ask("GET", _FIELDS).body["items"], _COLUMNS, _ESSENTIAL, as_json=as_json)


@custom_fields.command()
@click.argument("key")
@click.argument("label")
@click.option("--kind", type=_KINDS, default="text", show_default=True, help="What its values are; for good.")
@click.option("--choice", "choices", multiple=True, help="One of the values of a choice; may be repeated.")
@json_option
@uses_api
def create(api: Remote, *, as_json: bool, **options: Any) -> None:
    """Define a field: KEY is its name for programs, LABEL for people.

    Example: custom-fields create plan Plan --kind choice --choice basic --choice plus
    """
    print_object(api.ask("POST", _FIELDS, given(options)).body, as_json=as_json)


@custom_fields.command()
@click.argument("key")
@click.option("--label", help="The new name for people.")
@click.option("--choice", "choices", multiple=True, help="All values of a choice; may be repeated.")
@json_option
@uses_api
def change(api: Remote, *, key: str, as_json: bool, **options: Any) -> None:
    """Change what is given of a definition; key and kind are for good."""
    body = given(options)
    if not body:
        raise click.UsageError("Say what to change; see --help.")
    path = f"{_FIELDS}/{key}"
    print_object(send(api, "PATCH", path, api.ask("GET", path), body, look=_LOOK), as_json=as_json)


@custom_fields.command()
@click.argument("key")
@yes_option
@json_option
@uses_api
def delete(api: Remote, *, key: str, yes: bool, as_json: bool) -> None:
    """Delete a definition; its values are not shown any more."""
    path = f"{_FIELDS}/{key}"
    seen = api.ask("GET", path)
    confirm(f"Delete the field {seen.body['label']}, and its values?", yes=yes)
    send(api, "DELETE", path, seen, look=_LOOK)
    print_object({"key": key, "deleted": True}, as_json=as_json)
