"""Tags of contacts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from localcloud.commands.changing import confirm, given, send, yes_option
from localcloud.commands.jobs import no_follow_option, settle
from localcloud.commands.printing import json_option, print_items, print_object
from localcloud.commands.remote import RemoteAnswer, uses_api
from localcloud.commands.tables import Column

if TYPE_CHECKING:
    from localcloud.commands.remote import Remote

_TAGS = "/v1/crm/tags"
_LOOK = "tags list"
_COLUMNS = (Column("id"), Column("name"), Column("colour"), Column("count"), Column("description", least=16))
_ESSENTIAL = ("name", "count", "id")


@click.group()
def tags() -> None:
    """List, create, change, delete and merge tags; TAG is a tag's name or id.

    Contacts get them by `contacts change --add-tag`, or many at once by `bulk tag`.
    """


@tags.command("list")
@json_option
@uses_api
def list_tags(api: Remote, *, as_json: bool) -> None:
    """List all tags by name, each with how many contacts have it."""
    print_items(_all(api), _COLUMNS, _ESSENTIAL, as_json=as_json)


@tags.command()
@click.argument("name")
@click.option("--colour", help="Such as #2563eb.")
@click.option("--description", help="What it is for; for people.")
@json_option
@uses_api
def create(api: Remote, *, as_json: bool, **options: Any) -> None:
    """Create a tag; no two tags have the same name, whatever its case and accents.

    Example: tags create VIP --colour "#b45309" --description "Answer first"
    """
    print_object(api.ask("POST", _TAGS, given(options)).body, as_json=as_json)


@tags.command()
@click.argument("tag")
@click.option("--name", help="The new name; contacts keep the tag.")
@click.option("--colour", help="Such as #2563eb.")
@click.option("--description", help="What it is for; for people.")
@json_option
@uses_api
def change(api: Remote, *, tag: str, as_json: bool, **options: Any) -> None:
    """Change what is given of a tag."""
    seen = _seen(api, tag)
    body = given(options)
    if not body:
        raise click.UsageError("Say what to change; see --help.")
    print_object(send(api, "PATCH", _path(seen), seen, body, look=_LOOK), as_json=as_json)


@tags.command()
@click.argument("tag")
@yes_option
@no_follow_option
@json_option
@uses_api
def delete(api: Remote, *, tag: str, yes: bool, no_follow: bool, as_json: bool) -> None:
    """Delete a tag: nobody sees it any more, and a job takes it from its contacts."""
    seen = _seen(api, tag)
    confirm(f"Delete the tag {seen.body['name']}, which {seen.body['count']} contacts have?", yes=yes)
    settle(api, send(api, "DELETE", _path(seen), seen, look=_LOOK), waits=not no_follow, as_json=as_json)


@tags.command()
@click.argument("tag")
@click.argument("into")
@yes_option
@no_follow_option
@json_option
@uses_api
def merge(api: Remote, *, tag: str, into: str, yes: bool, no_follow: bool, as_json: bool) -> None:  # noqa: PLR0913
    """Merge TAG into the tag INTO: a job gives its contacts the other one, and deletes it then."""
    seen = _seen(api, tag)
    confirm(f"Merge the tag {seen.body['name']} into {into}?", yes=yes)
    job = api.ask("POST", f"{_path(seen)}/merge", {"into": into}).body
    settle(api, job, waits=not no_follow, as_json=as_json)


def _all(api: Remote) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.ask("GET", _TAGS).body["items"]
    return found


def _seen(api: Remote, word: str) -> RemoteAnswer:
    """Read a tag by its name or id; what is neither is left to the API to refuse."""
    by_name = {tag["name"].casefold(): tag["id"] for tag in _all(api)}
    return api.ask("GET", f"{_TAGS}/{by_name.get(word.casefold(), word)}")


def _path(seen: RemoteAnswer) -> str:
    return f"{_TAGS}/{seen.body['id']}"
