"""How commands change what has a version: they read it, send its version, and ask before anything is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from localcloud.commands.remote import RefusedError

if TYPE_CHECKING:
    from localcloud.commands.remote import Remote, RemoteAnswer

yes_option = click.option("--yes", is_flag=True, help="Do not ask.")
_OVERTAKEN = "version_changed"


def confirm(question: str, *, yes: bool) -> None:
    """Ask on the error stream unless `yes`; anything but a yes ends the command with exit code 1."""
    if not yes:
        click.confirm(question, abort=True, err=True)


def send(  # noqa: PLR0913  a request, the version it is for, and where to look
    api: Remote, method: str, path: str, seen: RemoteAnswer, body: Any = None, *, look: str
) -> Any:
    """Change what was `seen` in that version only, and give the answer's body.

    When somebody was faster, the refusal says to look again, by the command `look`.
    """
    try:
        return api.ask(method, path, body, headers={"If-Match": seen.etag}).body
    except RefusedError as refusal:
        if refusal.code != _OVERTAKEN:
            raise
        advice = f"somebody else changed it in between: look at it with `{look}`, then decide again"
        raise RefusedError(f"{refusal.message}\n{advice}", refusal.code) from refusal


def given(options: dict[str, Any], *names: str) -> dict[str, Any]:
    """Give those options that were typed; without names, of all."""
    wanted = names or tuple(options)
    return {name: options[name] for name in wanted if options[name] not in (None, ())}
