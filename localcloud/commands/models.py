"""Model providers, and the numbers of questions to models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from localcloud.commands.printing import is_looked_at, json_option, print_items, print_object
from localcloud.commands.remote import uses_api
from localcloud.commands.tables import Column

if TYPE_CHECKING:
    from datetime import datetime

    from localcloud.commands.remote import Remote

_PROVIDERS = tuple(
    map(Column, ("name", "kind", "model", "first_token_ms", "base_url", "region", "api_version"))
)
_DAY = click.DateTime(["%Y-%m-%d"])
_DOLLAR = 1_000_000


def _median(group: dict[str, Any]) -> Any:
    return group["first_token"]["p50_ms"]


def _slowest(group: dict[str, Any]) -> Any:
    return group["first_token"]["p99_ms"]


def _errors(group: dict[str, Any]) -> list[str]:
    return [f"{code} {count}" for code, count in group["errors"].items()]


_GROUPS = (
    Column("group", of=lambda group: group.get("name") or group["key"]),
    Column("requests"),
    Column("prompt_tokens"),
    Column("cached_tokens"),
    Column("answer_tokens"),
    Column("cost_microdollars"),
    Column("failed"),
    Column("fallbacks"),
    Column("first_p50_ms", of=_median),
    Column("first_p99_ms", of=_slowest),
    Column("errors", least=12, of=_errors),
)
_ESSENTIAL = ("group", "requests", "cost_microdollars", "failed", "first_p50_ms")


@click.command()
@json_option
@uses_api
def providers(api: Remote, *, as_json: bool) -> None:
    """List the model providers in the order in which they are asked; keys are not shown."""
    found = api.ask("GET", "/v1/ai/providers").body["items"]
    print_items(found, _PROVIDERS, ("name", "kind", "model"), as_json=as_json)


@click.group()
def ai() -> None:
    """See what the models did."""


@ai.command()
@click.option("--from", "first", type=_DAY, help="First day (UTC); 29 days before the last unless given.")
@click.option("--to", "last", type=_DAY, help="Last day (UTC), today unless given.")
@click.option(
    "--by",
    type=click.Choice(["day", "provider", "model", "template"]),
    default="day",
    show_default=True,
    help="What the lines are.",
)
@json_option
@uses_api
def dashboard(api: Remote, *, first: datetime | None, last: datetime | None, by: str, as_json: bool) -> None:
    """Show the numbers of questions to models: tokens, cost, latency, errors, fallbacks."""
    days = {name: day.date().isoformat() for name, day in (("from", first), ("to", last)) if day}
    found = api.ask("GET", "/v1/ai/analytics/dashboard", query={**days, "by": by}).body
    if as_json:
        print_object(found, as_json=True)
        return
    if is_looked_at():
        cost = found["whole"]["cost_microdollars"] / _DOLLAR
        click.echo(f"{found['first_day']} to {found['last_day']} (UTC): ${cost:,.2f}")
    whole = {**found["whole"], "key": "(all)"}
    print_items([whole, *found["groups"]], _GROUPS, _ESSENTIAL, as_json=False)
