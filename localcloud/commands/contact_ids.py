"""Which contact is meant: its id, or one of its numbers in place of it."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import click

from localcloud.commands.contact_options import CONTACTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from localcloud.commands.remote import Remote

_ARGUMENTS = ("contact_id", "other_id")
_FIRST = "+"  # numbers begin with it, ids never


def finds_contacts(command: Callable[..., Any]) -> Callable[..., Any]:
    """Let a command take a number, such as +14155550132, in place of a contact's id; below `uses_api`."""

    @functools.wraps(command)
    def with_ids(api: Remote, **options: Any) -> Any:
        found = {name: _id_of(api, options[name]) for name in _ARGUMENTS if options.get(name)}
        return command(api, **(options | found))

    return with_ids


def _id_of(api: Remote, word: str) -> str:
    if not word.startswith(_FIRST):
        return word
    found = api.items(CONTACTS, 1, phone=word)
    if not found:
        raise click.ClickException(f"no contact has the number {word}")
    return str(found[0]["id"])
