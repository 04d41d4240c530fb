"""Conversations: writing with the AI, and reading what was said in chats and calls."""

from __future__ import annotations

import sys
from itertools import chain
from typing import TYPE_CHECKING, Any

import click

from localcloud.commands.changing import confirm, yes_option
from localcloud.commands.contact_ids import finds_contacts
from localcloud.commands.printing import json_option, limit_option, print_items, print_object, section
from localcloud.commands.remote import uses_api
from localcloud.commands.tables import Column
from localcloud.commands.watching import print_turns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from localcloud.commands.remote import Remote

_CHAT = "/v1/ai/chat"
_CONVERSATIONS = "/v1/ai/conversations"
_COLUMNS = (
    Column("id"),
    Column("channel"),
    Column("created_at"),
    Column("over"),
    Column("outcome"),
    Column("reason", least=8),
    Column("contact_id"),
    Column("template_id"),
)
_ESSENTIAL = ("channel", "created_at", "over", "id")


@click.command()
@click.argument("held_by")
@click.option("--contact", "contact_id", help="With whom the chat is. Default: somebody who is not known.")
@click.option("--message", "messages", multiple=True, help="Write this, and end; may be given repeatedly.")
@json_option
@uses_api
@finds_contacts
def chat(
    api: Remote, *, held_by: str, contact_id: str | None, messages: tuple[str, ...], as_json: bool
) -> None:
    """Write with the AI, line by line, by a call template, by a prompt, or on in a chat.

    HELD_BY is the id of any of the three. A call template greets first, unless --message begins. An empty
    line, or the end of the input, ends it.
    """
    body = _beginning(held_by) | ({"contact_id": contact_id} if contact_id else {})
    for message in messages or chain(_greeted(body), _typed()):
        answer = api.ask("POST", _CHAT, {**body, "message": message}).body
        _show_answer(answer, as_json=as_json)
        if answer["over"]:
            return
        body = {"conversation_id": answer["conversation_id"]}


@click.group()
def conversations() -> None:
    """List, show and delete conversations: chats, and calls."""


@conversations.command("list")
@click.option("--channel", type=click.Choice(["call", "chat"]), help="Only calls, or only chats.")
@click.option("--contact", "contact_id", help="Only those with this contact.")
@limit_option
@json_option
@uses_api
@finds_contacts
def list_conversations(api: Remote, *, limit: int, as_json: bool, **filters: str | None) -> None:
    """List conversations, newest first."""
    print_items(api.items(_CONVERSATIONS, limit, **filters), _COLUMNS, _ESSENTIAL, as_json=as_json)


@conversations.command()
@click.argument("conversation_id")
@json_option
@uses_api
def show(api: Remote, *, conversation_id: str, as_json: bool) -> None:
    """Show a conversation with all that was said."""
    found = api.ask("GET", f"{_CONVERSATIONS}/{conversation_id}").body
    if as_json:
        print_object(found, as_json=True)
        return
    turns = found.pop("turns")
    print_object(found, as_json=False)
    section("what was said")
    print_turns(turns)


@conversations.command()
@click.argument("conversation_id")
@yes_option
@json_option
@uses_api
def delete(api: Remote, *, conversation_id: str, yes: bool, as_json: bool) -> None:
    """Delete a chat with all that was written."""
    confirm(f"Delete {conversation_id} and all that was written in it?", yes=yes)
    api.ask("DELETE", f"{_CONVERSATIONS}/{conversation_id}")
    print_object({"id": conversation_id, "deleted": True}, as_json=as_json)


def _beginning(held_by: str) -> dict[str, Any]:
    """Say what an id stands for."""
    for prefix, field in (("chat_", "conversation_id"), ("prompt_", "prompt_id")):
        if held_by.startswith(prefix):
            return {field: held_by}
    return {"template_id": held_by}


def _greeted(body: dict[str, Any]) -> tuple[str, ...]:
    """Give the empty message to which a call template answers with its greeting."""
    return ("",) if "template_id" in body else ()


def _typed() -> Iterator[str]:
    """Give lines as they are typed, until an empty one or the end."""
    while True:
        click.echo("you: ", nl=False, err=True)
        line = sys.stdin.readline().strip()
        if not line:
            return
        yield line


def _show_answer(answer: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_object(answer, as_json=True)
        return
    for tool in answer["tools"]:
        click.echo(click.style(f"  [{tool['name']} {tool['arguments']}: {tool['result']}]", dim=True))
    click.echo(f"ai: {answer['answer']}")
    if answer["over"]:
        click.echo(click.style(f"  [over: {answer['end']} {answer['reason']}]", dim=True))
