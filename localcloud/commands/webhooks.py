"""Webhooks: who is told of events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from localcloud.commands.printing import json_option, limit_option, print_items, print_object
from localcloud.commands.remote import uses_api

if TYPE_CHECKING:
    from localcloud.commands.remote import Remote

_COLUMNS = ("id", "url", "event_types", "description", "enabled", "disabled_reason", "created_at")
_DELIVERIES = ("id", "event_type", "state", "tries", "next_at", "created_at")
_WEBHOOKS = "/v1/webhooks"


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
    print_items(api.items(_WEBHOOKS, limit), _COLUMNS, as_json=as_json)


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
    """List what was sent to one webhook, and what came of it."""
    found = api.items(f"{_WEBHOOKS}/{webhook_id}/deliveries", limit, state=state)
    print_items(found, _DELIVERIES, as_json=as_json)
