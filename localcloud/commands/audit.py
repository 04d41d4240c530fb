"""The audit log: who did what to which object."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from localcloud.commands.printing import json_option, limit_option, print_items
from localcloud.commands.remote import uses_api

if TYPE_CHECKING:
    from localcloud.commands.remote import Remote

_COLUMNS = ("at", "actor", "action", "object_kind", "object_id", "before", "after")


@click.command()
@click.option("--actor", help="Only what this one did: token:token_…, call:call_…, system.")
@click.option("--object", "subject", help="Only what was done to it: contact:contact_…")
@click.option("--from", "since", help="Not before this instant, such as 2026-03-03T08:00:00Z.")
@click.option("--to", "until", help="Before this instant.")
@limit_option
@json_option
@uses_api
def audit(  # noqa: PLR0913  one parameter for each option
    api: Remote,
    *,
    actor: str | None,
    subject: str | None,
    since: str | None,
    until: str | None,
    limit: int,
    as_json: bool,
) -> None:
    """List who did what to which object, newest first, personal fields masked; needs an admin's token.

    Example: audit --object contact:contact_0197… --from 2026-03-01T00:00:00Z
    """
    filters = {"actor": actor, "object": subject, "from": since, "to": until}
    print_items(api.items("/v1/audit", limit, **filters), _COLUMNS, as_json=as_json)
