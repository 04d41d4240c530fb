"""Tokens of the API: who may use it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from localcloud.commands.printing import json_option, limit_option, print_items, print_object
from localcloud.commands.remote import uses_api
from localcloud.commands.tables import Column

if TYPE_CHECKING:
    from localcloud.commands.remote import Remote

_COLUMNS = (
    Column("id"),
    Column("name", least=12),
    Column("scope"),
    Column("expires_at"),
    Column("last_used_at"),
    Column("revoked_at"),
)
_ESSENTIAL = ("id", "scope", "name", "revoked_at", "expires_at")
_TOKENS = "/v1/tokens"
_MAX_DAYS, _MAX_OVERLAP_S = 3650, 86_400


@click.group()
def tokens() -> None:
    """Make, list, rotate and revoke tokens of the REST API.

    A scope includes the ones before it: viewer reads, operator also creates and calls, admin also changes
    settings and webhooks. A secret is printed once, when its token is made; it cannot be read again.
    """


@tokens.command("list")
@limit_option
@json_option
@uses_api
def list_tokens(api: Remote, *, limit: int, as_json: bool) -> None:
    """List tokens, newest first, revoked and expired ones too."""
    print_items(api.items(_TOKENS, limit), _COLUMNS, _ESSENTIAL, as_json=as_json)


@tokens.command()
@click.argument("name")
@click.option(
    "--scope", type=click.Choice(["viewer", "operator", "admin"]), required=True, help="What it may do."
)
@click.option("--days", type=click.IntRange(1, _MAX_DAYS), help="When it expires. Default: never.")
@json_option
@uses_api
def create(api: Remote, *, name: str, scope: str, days: int | None, as_json: bool) -> None:
    """Make a token called NAME and print its secret, once.

    Example: tokens create "Night shift" --scope operator --days 90
    """
    body = {"name": name, "scope": scope, "expires_in_days": days}
    print_object(api.ask("POST", _TOKENS, body).body, as_json=as_json)


@tokens.command()
@click.argument("token_id")
@click.option(
    "--overlap",
    type=click.IntRange(0, _MAX_OVERLAP_S),
    default=0,
    show_default=True,
    help="For how many seconds the old secret stays valid.",
)
@json_option
@uses_api
def rotate(api: Remote, *, token_id: str, overlap: int, as_json: bool) -> None:
    """Replace a token by a new one with the same name and scope, and print its secret, once."""
    answer = api.ask("POST", f"{_TOKENS}/{token_id}/rotate", {"overlap_seconds": overlap})
    print_object(answer.body, as_json=as_json)


@tokens.command()
@click.argument("token_id")
@json_option
@uses_api
def revoke(api: Remote, *, token_id: str, as_json: bool) -> None:
    """Make a token useless, for good; its secret can pass for another minute."""
    print_object(api.ask("DELETE", f"{_TOKENS}/{token_id}").body, as_json=as_json)


@tokens.command()
@json_option
@uses_api
def current(api: Remote, *, as_json: bool) -> None:
    """Show the token that these commands use."""
    print_object(api.ask("GET", f"{_TOKENS}/current").body, as_json=as_json)
