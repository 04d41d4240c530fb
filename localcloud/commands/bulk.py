"""One action on many contacts, by their ids or by a filter; a job does it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from localcloud.commands.changing import confirm, given, yes_option
from localcloud.commands.contact_options import CONTACTS, STATUSES, contact_filters
from localcloud.commands.jobs import no_follow_option, settle
from localcloud.commands.printing import json_option, print_object
from localcloud.commands.remote import uses_api

if TYPE_CHECKING:
    from collections.abc import Callable

    from localcloud.commands.remote import Remote

_BULK = f"{CONTACTS}/bulk"
_OURS = ("ids", "everybody", "validate_only", "no_follow", "as_json")


def _targets(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command what says on which contacts it acts, and how."""
    options = (
        click.option("--id", "ids", multiple=True, help="A contact; may be repeated, instead of filters."),
        contact_filters,
        click.option("--all", "everybody", is_flag=True, help="All contacts, instead of ids and filters."),
        click.option("--validate-only", is_flag=True, help="Change nothing; tell how many are concerned."),
        no_follow_option,
        json_option,
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.group()
def bulk() -> None:
    """Tag, untag, assign, delete many contacts or set their status; Ctrl-C leaves the job running.

    Name contacts by --id, by filters that hold together, or by --all. Try with --validate-only first.

    Example: bulk tag "Spring offer" --status customer --company "Garcia Ceramics"
    """


@bulk.command()
@click.argument("name")
@_targets
@uses_api
def tag(api: Remote, *, name: str, **options: Any) -> None:
    """Give contacts the tag NAME."""
    _run(api, "tag", name, options)


@bulk.command()
@click.argument("name")
@_targets
@uses_api
def untag(api: Remote, *, name: str, **options: Any) -> None:
    """Take the tag NAME from contacts."""
    _run(api, "untag", name, options)


@bulk.command()
@click.argument("new_owner")
@_targets
@uses_api
def assign(api: Remote, *, new_owner: str, **options: Any) -> None:
    """Let NEW_OWNER look after contacts; '' is nobody."""
    _run(api, "assign", new_owner or None, options)


@bulk.command("set-status")
@click.argument("new_status", type=click.Choice(STATUSES))
@_targets
@uses_api
def set_status(api: Remote, *, new_status: str, **options: Any) -> None:
    """Give contacts the status NEW_STATUS."""
    _run(api, "set_status", new_status, options)


@bulk.command()
@_targets
@yes_option
@uses_api
def delete(api: Remote, *, yes: bool, **options: Any) -> None:
    """Delete contacts with their notes; asks after it has counted them."""
    if options["everybody"]:
        raise click.UsageError("Deleting takes ids or filters, not --all.")
    if not (yes or options["validate_only"]):
        counted = api.ask("POST", _BULK, _body("delete", None, options) | {"validate_only": True}).body
        confirm(f"Delete {_counted(counted)}?", yes=False)
    _run(api, "delete", None, options)


def _run(api: Remote, action: str, value: str | None, options: dict[str, Any]) -> None:
    body = _body(action, value, options)
    if options["validate_only"]:
        counted = api.ask("POST", _BULK, body | {"validate_only": True}).body
        counted.pop("job")
        print_object(counted, as_json=options["as_json"])
        return
    job = api.ask("POST", _BULK, body).body["job"]
    settle(api, job, waits=not options["no_follow"], as_json=options["as_json"])


def _body(action: str, value: str | None, options: dict[str, Any]) -> dict[str, Any]:
    ids = list(options["ids"])
    filters = given({name: option for name, option in options.items() if name not in _OURS})
    if [bool(ids), bool(filters), options["everybody"]].count(True) != 1:
        raise click.UsageError("Name contacts by --id, by filters, or by --all.")
    body: dict[str, Any] = {"action": action} | ({"value": value} if value is not None else {})
    return body | ({"ids": ids} if ids else {"filter": filters})


def _counted(counted: dict[str, Any]) -> str:
    least = "more than " if counted["is_more"] else ""
    return f"{least}{counted['concerned']} contacts"
