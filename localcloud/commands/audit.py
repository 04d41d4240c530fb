"""The audit log: who did what to which object."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from localcloud.commands.cells import readable
from localcloud.commands.csv_files import join_parts, new_file
from localcloud.commands.moments import MOMENT, MOMENT_HELP
from localcloud.commands.printing import json_option, limit_option, print_changes
from localcloud.commands.remote import uses_api
from localcloud.commands.tables import Column

if TYPE_CHECKING:
    from localcloud.commands.remote import Remote

_COLUMNS = tuple(map(Column, ("at", "actor", "action", "object_kind", "object_id", "before", "after")))
_AUDIT = "/v1/audit"


@click.command()
@click.option("--actor", help="Only what this one did: token:token_…, call:call_…, system.")
@click.option("--object", "subject", help="Only what was done to it: contact:contact_…")
@click.option("--from", "since", type=MOMENT, help=f"Not before, {MOMENT_HELP}.")
@click.option("--to", "until", type=MOMENT, help="Before; written likewise.")
@click.option(
    "--csv",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write all of them, whatever --limit, into this file as CSV instead.",
)
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
    file: Path | None,
    limit: int,
    as_json: bool,
) -> None:
    """List who did what to which object, newest first, personal fields masked; needs an admin's token.

    Example: audit --object contact:contact_0197… --from 2026-03-01T00:00:00Z
    """
    filters = {"actor": actor, "object": subject, "from": since, "to": until}
    if file is None:
        print_changes(api.items(_AUDIT, limit, **filters), _COLUMNS, _heading, as_json=as_json)
        return
    if as_json:
        raise click.UsageError("Give either --csv or --json.")
    with new_file(file) as out:
        count = join_parts(out, api.texts(f"{_AUDIT}/export", **filters))
    click.echo(f"{count} entries in {file}", err=True)


def _heading(entry: dict[str, Any]) -> str:
    subject = f"{entry['object_kind']}:{entry['object_id']}"
    return f"{readable(entry['at'])}  {entry['action']}  {subject}\n  by {entry['actor']}"
