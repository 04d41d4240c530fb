"""Campaigns: which there are, what would come of one, having it dial and not, and how far it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from localcloud.commands.campaign_views import drawn, is_still, line_of, print_preview, status_of
from localcloud.commands.changing import confirm, yes_option
from localcloud.commands.jobs import no_follow_option, settle
from localcloud.commands.living import live_view
from localcloud.commands.printing import json_option, limit_option, print_items, print_object
from localcloud.commands.remote import uses_api
from localcloud.commands.tables import Column

if TYPE_CHECKING:
    from localcloud.commands.remote import Remote

_CAMPAIGNS = "/v1/scheduling/campaigns"
_ID = "campaign_"
_SEARCHED = 1000  # campaigns among which a name is looked for
_DONE = "completed"
_COLUMNS = (
    Column("id"),
    Column("name", least=12),
    Column("state"),
    Column("priority"),
    Column("live_calls"),
    Column("start_at"),
    Column("stop_at"),
    Column("created_at"),
)
_ESSENTIAL = ("id", "name", "state")
_watch_option = click.option(
    "--watch", "is_watched", is_flag=True, help="Follow it live until nothing of it moves any more."
)


@click.group()
def campaign() -> None:
    """Look at campaigns, try them, start, pause, resume and stop them, and follow how far they are.

    CAMPAIGN is an id, or the whole name of one of the latest 1,000. What the words mean: docs/campaigns.md.

    Example: campaign start "Spring check-ups" --watch
    """


@campaign.command("list")
@limit_option
@json_option
@uses_api
def list_campaigns(api: Remote, *, limit: int, as_json: bool) -> None:
    """List campaigns, newest first."""
    print_items(api.items(_CAMPAIGNS, limit), _COLUMNS, _ESSENTIAL, as_json=as_json)


@campaign.command()
@click.argument("campaign")
@json_option
@uses_api
def show(api: Remote, *, campaign: str, as_json: bool) -> None:
    """Show all of a campaign: how it is set up, where its members stand, how far it is."""
    found = api.ask("GET", _path(api, campaign)).body
    shown = found if as_json else {name: value for name, value in found.items() if name != "preview"}
    print_object(shown, as_json=as_json)


@campaign.command()
@click.argument("campaign")
@json_option
@uses_api
def preview(api: Remote, *, campaign: str, as_json: bool) -> None:
    """Say what would come of a campaign if it started, or went on, now; nothing is changed.

    Its rules are run on a virtual clock: who is called and who is not, from when until when, at which cost.
    """
    path = _path(api, campaign)
    act = "resume" if api.ask("GET", path).body["state"] == "paused" else "start"
    found = api.ask("POST", f"{path}/{act}", query={"validate_only": "true"}).body["preview"]
    if as_json:
        print_object(found, as_json=True)
    else:
        print_preview(found)


@campaign.command()
@click.argument("campaign")
@_watch_option
@json_option
@uses_api
def start(api: Remote, *, campaign: str, is_watched: bool, as_json: bool) -> None:
    """Start a campaign, now or at its start time; look at `campaign preview` first."""
    _act(api, campaign, "start", is_watched=is_watched, as_json=as_json)


@campaign.command()
@click.argument("campaign")
@json_option
@uses_api
def pause(api: Remote, *, campaign: str, as_json: bool) -> None:
    """Pause a campaign: nothing of it is dialed from now on; calls that go on, go on."""
    _act(api, campaign, "pause", is_watched=False, as_json=as_json)


@campaign.command()
@click.argument("campaign")
@_watch_option
@json_option
@uses_api
def resume(api: Remote, *, campaign: str, is_watched: bool, as_json: bool) -> None:
    """Have a paused campaign go on."""
    _act(api, campaign, "resume", is_watched=is_watched, as_json=as_json)


@campaign.command()
@click.argument("campaign")
@yes_option
@json_option
@uses_api
def stop(api: Remote, *, campaign: str, yes: bool, as_json: bool) -> None:
    """Stop a campaign for good: nothing of it is dialed from now on, and what waits is called off."""
    path = _path(api, campaign)
    if not yes:
        found = api.ask("GET", path).body
        confirm(f"Stop “{found['name']}” for good ({line_of(found)})?", yes=False)
    _act(api, path.rpartition("/")[2], "stop", is_watched=False, as_json=as_json)


@campaign.command()
@click.argument("campaign")
@_watch_option
@json_option
@uses_api
def status(api: Remote, *, campaign: str, is_watched: bool, as_json: bool) -> None:
    """Say how far a campaign is, and why nobody is being dialed if so.

    With --watch it is drawn anew every two seconds, or told in a line every ten in a pipe, until nothing of
    it moves any more; the exit code is then 0 if it was completed, and 1 if it was paused or stopped.
    """
    path = _path(api, campaign)
    if is_watched:
        _watch(api, path, as_json=as_json)
    _print_status(api.ask("GET", path).body, as_json=as_json)


@campaign.command()
@click.argument("campaign")
@click.option("--reason", help="Why they are skipped, as `campaign show` has it: no_time_allowed, …")
@click.option("--outcome", help="How their last call ended: no_answer, …")
@no_follow_option
@json_option
@uses_api
def requeue(api: Remote, *, campaign: str, as_json: bool, **options: Any) -> None:
    """Have members called once more who were skipped, or are done, for a reason or an outcome.

    The rules are asked about each again: whoever opted out is skipped again. A job does it. A completed
    campaign calls them when it is started again.

    Example: campaign requeue "Spring check-ups" --reason no_time_allowed
    """
    body = {name: options[name] for name in ("reason", "outcome") if options[name]}
    if not body:
        raise click.UsageError("say whom: give --reason, --outcome, or both.")
    job = api.ask("POST", f"{_path(api, campaign)}/members/requeue", body).body
    settle(api, job, waits=not options["no_follow"], as_json=as_json)


def _act(api: Remote, given: str, act: str, *, is_watched: bool, as_json: bool) -> None:
    path = _path(api, given)
    found = api.ask("POST", f"{path}/{act}").body
    if is_watched:
        _watch(api, path, as_json=as_json)
    _print_status(found, as_json=as_json)


def _watch(api: Remote, path: str, *, as_json: bool) -> None:
    """Follow a campaign until it does not move any more, and end the command."""
    hint = f"the campaign goes on; pause it with `campaign pause {path.rpartition('/')[2]}`"
    found = live_view(lambda: _read(api, path), drawn, line_of, is_still, hint=hint)
    _print_status(found, as_json=as_json)
    raise SystemExit(0 if found["state"] == _DONE else 1)


def _read(api: Remote, path: str) -> dict[str, Any]:
    found: dict[str, Any] = api.ask("GET", path).body
    return found


def _print_status(found: dict[str, Any], *, as_json: bool) -> None:
    print_object(status_of(found), as_json=as_json)


def _path(api: Remote, given: str) -> str:
    """Give the address of a campaign that was named by its id or its name."""
    if given.startswith(_ID):
        return f"{_CAMPAIGNS}/{given}"
    wanted = given.casefold()
    named = [each["id"] for each in api.items(_CAMPAIGNS, _SEARCHED) if each["name"].casefold() == wanted]
    if len(named) != 1:
        said = "there is no campaign" if not named else f"{len(named)} campaigns have the name"
        raise click.UsageError(f"{said} {given!r}: give an id; `campaign list` shows them.")
    return f"{_CAMPAIGNS}/{named[0]}"
