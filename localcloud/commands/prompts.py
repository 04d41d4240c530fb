"""Prompts: the instructions that lead the model, version by version."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

import click

from localcloud.commands.changing import confirm, send, yes_option
from localcloud.commands.contact_ids import finds_contacts
from localcloud.commands.json_fields import fields_file, fields_option, given_fields, plain_or_json
from localcloud.commands.printing import json_option, limit_option, print_items, print_object
from localcloud.commands.remote import uses_api
from localcloud.commands.tables import Column

if TYPE_CHECKING:
    from collections.abc import Sequence

    from localcloud.commands.remote import Remote

_PROMPTS = "/v1/ai/templates"
_ALL = 1_000  # more than there can be
_COLUMNS = (
    Column("id"),
    Column("name", least=12),
    Column("version"),
    Column("published_version"),
    Column("updated_at"),
    Column("description", least=12),
    Column("text", least=20),
)
_ESSENTIAL = ("id", "name", "version", "published_version")
_VERSIONS = (Column("version"), Column("updated_at"), Column("name", least=12), Column("text", least=20))
_ESSENTIAL_OF_VERSIONS = ("version", "updated_at", "name")
_NOT_GIVEN = ("id", "version", "published_version", "is_draft", "created_at", "updated_at")
_draft_option = click.option("--draft", is_flag=True, help="Calls do not use it until it is published.")


@click.group()
def prompts() -> None:
    """List, read, write, try out, publish and delete prompts."""


@prompts.command("list")
@click.option("--search", default="", help="Words that stand in name, description or text.")
@json_option
@uses_api
def list_prompts(api: Remote, *, search: str, as_json: bool) -> None:
    """List prompts by name."""
    found = api.items(_PROMPTS, _ALL, q=search or None)
    print_items(found, _COLUMNS, _ESSENTIAL, as_json=as_json)


@prompts.command()
@click.argument("prompt_id")
@click.option("--version", "number", type=click.IntRange(min=1), help="An earlier version.")
@json_option
@uses_api
def show(api: Remote, *, prompt_id: str, number: int | None, as_json: bool) -> None:
    """Show a prompt's newest version, or an earlier one, also when the prompt was deleted."""
    path = f"{_PROMPTS}/{prompt_id}" + (f"/versions/{number}" if number else "")
    print_object(api.ask("GET", path).body, as_json=as_json)


@prompts.command()
@fields_file
@fields_option
@_draft_option
@json_option
@uses_api
def create(api: Remote, *, file: IO[str] | None, pairs: Sequence[str], draft: bool, as_json: bool) -> None:
    """Create a prompt from FILE (JSON; - is the input), from --set, or from both.

    Example: prompts create --set name=Follow-up --set "text=You call {{ contact.name }}."
    """
    body = given_fields(file, pairs, "prompt", _NOT_GIVEN) | {"publish": not draft}
    print_object(api.ask("POST", _PROMPTS, body).body, as_json=as_json)


@prompts.command()
@click.argument("prompt_id")
@fields_file
@fields_option
@_draft_option
@json_option
@uses_api
def update(  # noqa: PLR0913  one parameter for each option
    api: Remote,
    *,
    prompt_id: str,
    file: IO[str] | None,
    pairs: Sequence[str],
    draft: bool,
    as_json: bool,
) -> None:
    """Make a new version of a prompt: fields of FILE (JSON) and --set change, all others stay.

    Example: prompts update prompt_0197… --draft --set "text=You call {{ contact.name }}. Be brief."
    """
    path = f"{_PROMPTS}/{prompt_id}"
    changes = given_fields(file, pairs, "prompt", _NOT_GIVEN)
    seen = api.ask("GET", path)
    body = {name: value for name, value in seen.body.items() if name not in _NOT_GIVEN}
    wanted = body | changes | {"publish": not draft}
    print_object(send(api, "PUT", path, seen, wanted, look=f"prompts show {prompt_id}"), as_json=as_json)


@prompts.command()
@click.argument("prompt_id")
@limit_option
@json_option
@uses_api
def versions(api: Remote, *, prompt_id: str, limit: int, as_json: bool) -> None:
    """List the versions of a prompt, newest first, also when it was deleted."""
    found = api.items(f"{_PROMPTS}/{prompt_id}/versions", limit)
    print_items(found, _VERSIONS, _ESSENTIAL_OF_VERSIONS, as_json=as_json)


@prompts.command()
@click.argument("prompt_id")
@click.option("--version", "number", type=click.IntRange(min=1), help="Which; else the newest.")
@json_option
@uses_api
def publish(api: Remote, *, prompt_id: str, number: int | None, as_json: bool) -> None:
    """Have calls use a version of a prompt from now on."""
    body = {"version": number}
    print_object(api.ask("POST", f"{_PROMPTS}/{prompt_id}/publish", body).body, as_json=as_json)


@prompts.command()
@click.argument("prompt_id")
@json_option
@uses_api
def rollback(api: Remote, *, prompt_id: str, as_json: bool) -> None:
    """Have calls use the version that they used before the present one."""
    print_object(api.ask("POST", f"{_PROMPTS}/{prompt_id}/rollback").body, as_json=as_json)


@prompts.command()
@click.argument("prompt_id")
@click.option("--contact", "contact_id", help="Fill it in for this contact: its id, or +14155550132.")
@click.option("--name", help="Fill it in for somebody of this name.")
@click.option("--value", "values", multiple=True, help="A variable: NAME=VALUE; may be repeated.")
@click.option("--version", "number", type=click.IntRange(min=1), help="Which; else the newest.")
@json_option
@uses_api
@finds_contacts
def render(  # noqa: PLR0913  one parameter for each option
    api: Remote,
    *,
    prompt_id: str,
    contact_id: str | None,
    name: str | None,
    values: Sequence[str],
    number: int | None,
    as_json: bool,
) -> None:
    """Show a prompt filled in; nobody is called."""
    if contact_id and name:
        raise click.UsageError("Give either --contact or --name.")
    body: dict[str, Any] = {"version": number, "variables": dict(map(_pair, values))}
    body |= {"contact_id": contact_id} if contact_id else {}
    body |= {"sample": {"name": name}} if name else {}
    found = api.ask("POST", f"{_PROMPTS}/{prompt_id}/render", body).body
    if as_json:
        print_object(found, as_json=True)
        return
    click.echo(found["instructions"])
    same, whole = found["stable_chars"], len(found["instructions"])
    click.echo(
        f"\nversion {found['version']}; the first {same} of {whole} characters are in every call the same"
    )


@prompts.command()
@click.argument("prompt_id")
@yes_option
@json_option
@uses_api
def delete(api: Remote, *, prompt_id: str, yes: bool, as_json: bool) -> None:
    """Delete a prompt that no call template uses; its versions stay readable."""
    path = f"{_PROMPTS}/{prompt_id}"
    seen = api.ask("GET", path)
    confirm(f"Delete the prompt {seen.body['name']!r}?", yes=yes)
    send(api, "DELETE", path, seen, look=f"prompts show {prompt_id}")
    print_object({"id": prompt_id, "deleted": True}, as_json=as_json)


def _pair(pair: str) -> tuple[str, Any]:
    name, sign, value = pair.partition("=")
    if not sign:
        raise click.UsageError(f"{pair!r} is no NAME=VALUE.")
    return name, plain_or_json(value)
