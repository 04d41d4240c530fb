"""Webhooks: who is told of events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from localcloud.commands.printing import json_option, limit_option, print_items, print_object
from localcloud.commands.remote import ANY_VERSION, uses_api
from localcloud.commands.tables import Column

if TYPE_CHECKING:
    from localcloud.commands.remote import Remote

_WEBHOOKS = "/v1/webhooks"
_COLUMNS = (
    Column("id"),
    Column("url", least=24),
    Column("event_types", least=12),
    Column("description", least=16),
    Column("enabled"),
    Column("disabled_reason"),
    Column("created_at"),
)
_ESSENTIAL = ("id", "enabled", "url", "disabled_reason", "event_types")


def _last_answer(delivery: dict[str, Any]) -> str:
    """Say what came of the last try: the receiver's status, or why none came; empty before the first."""
    if not delivery["attempts"]:
        return ""
    last = delivery["attempts"][-1]
    return " ".join(str(part) for part in (last["status"], last["error"]) if part)


_DELIVERIES = (
    Column("id"),
    Column("event_type"),
    Column("state"),
    Column("tries"),
    Column("last_answer", of=_last_answer),
    Column("next_at"),
    Column("created_at"),
)
_ESSENTIAL_OF_DELIVERIES = ("id", "state", "last_answer", "next_at", "event_type")


@click.group()
def webhooks() -> None:
    """Have events posted to an address of yours, signed by Standard Webhooks.

    The secret that verifies the signatures is printed once, when the webhook is made.
    """


@webhooks.command("list")
@limit_option
@json_option
@uses_api
def list_webhooks(api: Remote, *, limit: int, as_json: bool) -> None:
    """List webhooks, newest first."""
    print_items(api.items(_WEBHOOKS, limit), _COLUMNS, _ESSENTIAL, as_json=as_json)


@webhooks.command()
@click.argument("address")
@click.option(
    "--event", "events", multiple=True, help="call.ended, contact.*, …; may be repeated. Default: all."
)
@click.option("--description", default="", help="Who receives it; for people.")
@json_option
@uses_api
def create(api: Remote, *, address: str, events: tuple[str, ...], description: str, as_json: bool) -> None:
    """Have events posted to ADDRESS (https, public) and print the signing secret, once.

    On the local stack an address on this machine works as well, such as http://127.0.0.1:9000/hook.

    Example: webhooks create https://crm.example.com/hook --event 'call.*'
    """
    body: dict[str, Any] = {"url": address, "description": description}
    body |= {"event_types": list(events)} if events else {}
    print_object(api.ask("POST", _WEBHOOKS, body).body, as_json=as_json)


@webhooks.command()
@click.argument("webhook_id")
@json_option
@uses_api
def ping(api: Remote, *, webhook_id: str, as_json: bool) -> None:
    """Send a test event to one webhook; `deliveries` tells what came of it."""
    print_object(api.ask("POST", f"{_WEBHOOKS}/{webhook_id}/ping").body, as_json=as_json)


@webhooks.command()
@click.argument("webhook_id")
@click.option("--state", type=click.Choice(["pending", "delivered", "failed"]), help="Only in this state.")
@limit_option
@json_option
@uses_api
def deliveries(api: Remote, *, webhook_id: str, state: str | None, limit: int, as_json: bool) -> None:
    """List what was sent to one webhook, and what came of it.

    `last_answer` is the receiver's status at the last try, or why there was none; --json has every try.
    """
    found = api.items(f"{_WEBHOOKS}/{webhook_id}/deliveries", limit, state=state)
    print_items(found, _DELIVERIES, _ESSENTIAL_OF_DELIVERIES, as_json=as_json)


@webhooks.command()
@click.argument("webhook_id")
@click.argument("delivery_id")
@json_option
@uses_api
def replay(api: Remote, *, webhook_id: str, delivery_id: str, as_json: bool) -> None:
    """Deliver once more, at once and with all tries, whether it arrived or not."""
    answer = api.ask("POST", f"{_WEBHOOKS}/{webhook_id}/deliveries/{delivery_id}/replay")
    print_object(answer.body, as_json=as_json)


@webhooks.command()
@click.argument("webhook_id")
@json_option
@uses_api
def enable(api: Remote, *, webhook_id: str, as_json: bool) -> None:
    """Send events to a webhook again, also to one that was disabled because it failed."""
    print_object(_switch(api, webhook_id, enabled=True), as_json=as_json)


@webhooks.command()
@click.argument("webhook_id")
@json_option
@uses_api
def disable(api: Remote, *, webhook_id: str, as_json: bool) -> None:
    """Send nothing more to a webhook until it is enabled; it keeps its secret."""
    print_object(_switch(api, webhook_id, enabled=False), as_json=as_json)


@webhooks.command("rotate-secret")
@click.argument("webhook_id")
@json_option
@uses_api
def rotate_secret(api: Remote, *, webhook_id: str, as_json: bool) -> None:
    """Give a webhook a new signing secret and print it, once; the old one signs as well for 24 hours."""
    print_object(api.ask("POST", f"{_WEBHOOKS}/{webhook_id}/rotate-secret").body, as_json=as_json)


@webhooks.command()
@click.argument("webhook_id")
@json_option
@uses_api
def delete(api: Remote, *, webhook_id: str, as_json: bool) -> None:
    """Delete a webhook and its secrets, for good; nothing more is sent."""
    api.ask("DELETE", f"{_WEBHOOKS}/{webhook_id}", headers=ANY_VERSION)
    print_object({"id": webhook_id, "deleted": True}, as_json=as_json)


def _switch(api: Remote, webhook_id: str, *, enabled: bool) -> Any:
    path = f"{_WEBHOOKS}/{webhook_id}"
    return api.ask("PATCH", path, {"enabled": enabled}, headers=ANY_VERSION).body
