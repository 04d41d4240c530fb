"""Notes on contacts, and what is to be done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from localcloud.commands.changing import confirm, given, send, yes_option
from localcloud.commands.contact_ids import finds_contacts
from localcloud.commands.contact_options import CONTACTS
from localcloud.commands.moments import MOMENT, MOMENT_HELP
from localcloud.commands.printing import is_looked_at, json_option, limit_option, print_items, print_object
from localcloud.commands.remote import uses_api
from localcloud.commands.tables import Column

if TYPE_CHECKING:
    from localcloud.commands.remote import Remote

_COLUMNS = (
    Column("id"),
    Column("kind"),
    Column("body", least=12),
    Column("due_at"),
    Column("done"),
    Column("pinned"),
    Column("author", least=10),
    Column("created_at"),
)
_ESSENTIAL = ("id", "kind", "body", "due_at", "done")
_TASKS = (
    Column("due_at", of=lambda task: task["note"]["due_at"]),
    Column("contact", least=14, of=lambda task: task["contact"]["name"]),
    Column("body", least=24, of=lambda task: task["note"]["body"]),
    Column("contact_id", of=lambda task: task["contact"]["id"]),
    Column("note_id", of=lambda task: task["note"]["id"]),
)
_DRAWN_TASKS = (
    Column("due_at", of=lambda task: task["note"]["due_at"]),
    Column("contact", least=8, of=lambda task: _short(task["contact"]["name"])),
    Column("body", least=14, of=lambda task: _short(task["note"]["body"])),
    Column("ids", of=lambda task: f"{task['contact']['id']}\n{task['note']['id']}"),
)
_ESSENTIAL_OF_TASKS = ("ids", "due_at", "body", "contact")
_SHOWN = 60
_KINDS = click.Choice(["call_summary", "meeting", "task", "general"])


@click.group()
def notes() -> None:
    """List, add, change and delete notes on contacts; a task is a note that is due.

    A contact is named by its id, or by one of its numbers as +14155550132.
    """


@notes.command("list")
@click.argument("contact_id")
@click.option("--kind", type=_KINDS, help="Only notes of this kind.")
@click.option("--pinned", is_flag=True, default=None, help="Only pinned notes.")
@limit_option
@json_option
@uses_api
@finds_contacts
def list_notes(api: Remote, *, contact_id: str, limit: int, as_json: bool, **filters: Any) -> None:
    """List a contact's notes, newest first."""
    wanted = filters | {"pinned": "true" if filters["pinned"] else None}
    found = api.items(_path(contact_id), limit, **wanted)
    print_items(found, _COLUMNS, _ESSENTIAL, as_json=as_json)


@notes.command()
@click.argument("contact_id")
@click.argument("body")
@click.option("--kind", type=_KINDS, help="Default: task with --due, else general.")
@click.option("--due", "due_at", type=MOMENT, help=f"When the task is due, {MOMENT_HELP}.")
@click.option("--pinned", is_flag=True, default=None, help="Pin it.")
@click.option("--call", "call_id", help="The id of the call that it is about.")
@json_option
@uses_api
@finds_contacts
def add(api: Remote, *, contact_id: str, as_json: bool, **note: Any) -> None:
    """Add a note, or a task, to a contact.

    Example: notes add contact_0197… "Send the contract." --due 2026-03-09T16:00:00Z
    """
    kind = note["kind"] or ("task" if note["due_at"] else "general")
    print_object(api.ask("POST", _path(contact_id), given(note) | {"kind": kind}).body, as_json=as_json)


@notes.command()
@click.argument("contact_id")
@click.argument("note_id")
@click.option("--body", help="The new text.")
@click.option("--kind", type=_KINDS, help="The new kind.")
@click.option("--due", "due_at", type=MOMENT, help=f"When the task is due, {MOMENT_HELP}.")
@click.option("--done/--not-done", default=None, help="Whether the task is done.")
@click.option("--pinned/--not-pinned", default=None, help="Whether it is pinned.")
@json_option
@uses_api
@finds_contacts
def change(api: Remote, *, contact_id: str, note_id: str, as_json: bool, **changes: Any) -> None:
    """Change what is given of a note, or say that a task is done."""
    body = given(changes)
    if not body:
        raise click.UsageError("Say what to change; see --help.")
    path = f"{_path(contact_id)}/{note_id}"
    look = f"notes list {contact_id}"
    print_object(send(api, "PATCH", path, api.ask("GET", path), body, look=look), as_json=as_json)


@notes.command()
@click.argument("contact_id")
@click.argument("note_id")
@yes_option
@json_option
@uses_api
@finds_contacts
def delete(api: Remote, *, contact_id: str, note_id: str, yes: bool, as_json: bool) -> None:
    """Delete a note."""
    path = f"{_path(contact_id)}/{note_id}"
    seen = api.ask("GET", path)
    confirm(f"Delete the note {seen.body['body']!r}?", yes=yes)
    send(api, "DELETE", path, seen, look=f"notes list {contact_id}")
    print_object({"id": note_id, "deleted": True}, as_json=as_json)


@click.command()
@click.option(
    "--due",
    type=click.Choice(["overdue", "today", "open"]),
    default="open",
    show_default=True,
    help="Those that are late, those of today, or all that are open and due at some time.",
)
@click.option("--time-zone", help="Where today is, such as America/New_York. Default: UTC.")
@limit_option
@json_option
@uses_api
def tasks(api: Remote, *, due: str, time_zone: str | None, limit: int, as_json: bool) -> None:
    """List open tasks of all contacts, the soonest due first.

    `notes change CONTACT_ID NOTE_ID --done` takes one off the list.
    """
    found = api.items("/v1/crm/tasks", limit, due=due, time_zone=time_zone)
    columns = _DRAWN_TASKS if is_looked_at() else _TASKS
    print_items(found, columns, _ESSENTIAL_OF_TASKS, as_json=as_json)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"


def _path(contact_id: str) -> str:
    return f"{CONTACTS}/{contact_id}/notes"
