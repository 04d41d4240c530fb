"""Handing a live call over to a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from localcloud.commands.calls import CALLS, calls
from localcloud.commands.changing import given
from localcloud.commands.printing import json_option, print_object
from localcloud.commands.remote import uses_api

if TYPE_CHECKING:
    from localcloud.commands.remote import Remote


@calls.command()
@click.argument("call_id")
@click.option("--to", "number", help="Whom to dial. Default: the template's number.")
@click.option("--mode", type=click.Choice(["blind", "warm"]), help="How. Default: as the template says.")
@json_option
@uses_api
def transfer(api: Remote, *, call_id: str, as_json: bool, **options: Any) -> None:
    """Take a call from the AI and hand it to a person."""
    print_object(api.ask("POST", f"{CALLS}/{call_id}/transfer", given(options)).body, as_json=as_json)
