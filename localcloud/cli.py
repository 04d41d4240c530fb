"""The commands of the local cloud; what they do is in `localcloud.operations`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
from collections import deque
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from infra.failures import PackagingError
from infra.layout import Checkout, this_machine
from infra.package import build_package, summary
from localcloud import operations
from localcloud.commands import REMOTE_COMMANDS
from localcloud.demo import has_simulated_people, run_demo, run_first_call
from localcloud.failures import LocalCloudError
from localcloud.log_errors import errors_in
from localcloud.settings import SettingError, read_env_file
from localcloud.workspace import Workspace, read_json

_console = Console(highlight=False, soft_wrap=True)
_DEMO_TIME_SCALE = 4.0
_pass_workspace = click.make_pass_decorator(Workspace)
_json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")


class _WrongSettingError(click.ClickException):
    """A setting of the environment or of .env that cannot be used."""

    exit_code = 2


class _Commands(click.Group):
    """Turns the failures that a user can act on into one clear message, without a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except SettingError as error:
            raise _WrongSettingError(str(error)) from error
        except (LocalCloudError, PackagingError) as error:
            raise click.ClickException(str(error)) from error


def _up_options(command: Any) -> Any:
    env_file = click.Path(exists=True, dir_okay=False, path_type=Path)
    command = click.option(
        "--env-file", type=env_file, help="Settings, NAME=value lines. Default: .env, if there."
    )(command)
    scale = click.FloatRange(min=0, min_open=True)
    return click.option("--time-scale", type=scale, help="How many times faster people speak. Default: 1.")(
        command
    )


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--root", type=click.Path(path_type=Path, exists=True), default=Path.cwd, help="The checkout.")
@click.pass_context
def main(context: click.Context, root: Path) -> None:
    """Run the whole call system on this machine: no account, no key, bound to 127.0.0.1.

    Start it with `up` and look at `status`; `logs -f` follows what happens. State is kept in .local/ and
    survives `down`. To use real providers, set TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_FROM_NUMBERS,
    or OPENAI_API_KEY (and OPENAI_BASE_URL, OPENAI_MODEL), in the environment or in a .env file.

    up, down, status, logs, package, demo and run are for the local system. All others use the REST API of a
    running one: the local one, or any other that --url and --token name.

    Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 nothing runs.
    """
    context.obj = Workspace(root.resolve())


@main.command()
@_up_options
@_json_option
@_pass_workspace
def up(workspace: Workspace, env_file: Path | None, time_scale: float | None, *, as_json: bool) -> None:
    """Start everything and deploy what changed; safe to repeat."""
    done = _bring_up(workspace, env_file, time_scale, quiet=as_json)
    if as_json:
        click.echo(json.dumps(done.endpoints))
        return
    _print_addresses(done.endpoints)
    click.echo(f"up in {done.seconds:.1f} s; the administrator's token is in {workspace.endpoints}")


@main.command()
@_pass_workspace
def down(workspace: Workspace) -> None:
    """Stop everything; tables and files stay for the next `up`."""
    stopped = operations.take_down(workspace)
    click.echo(f"stopped {', '.join(stopped)}" if stopped else "nothing was running")


@main.command()
@_json_option
@_pass_workspace
def status(workspace: Workspace, *, as_json: bool) -> None:
    """Show what runs and where; exit code 3 when something does not run."""
    current = operations.status(workspace)
    if as_json:
        click.echo(json.dumps(current))
    else:
        _print_programs(current["programs"])
        _print_addresses(current["endpoints"])
    if current["missing"]:
        raise SystemExit(3)


@main.command()
@click.argument("name", required=False, type=click.Choice(operations.PROGRAMS))
@click.option("-f", "--follow", is_flag=True, help="Keep printing new lines until Ctrl-C.")
@click.option(
    "-n", "--lines", type=click.IntRange(min=0), default=40, show_default=True, help="Lines to begin with."
)
@click.option(
    "--errors", is_flag=True, help="The last line of each exception instead, the latest at the end."
)
@_pass_workspace
def logs(workspace: Workspace, name: str | None, lines: int, *, follow: bool, errors: bool) -> None:
    """Print the last lines of one program's log, or of all; those of the functions are in ministack."""
    if errors and follow:
        raise click.UsageError("Give either --errors or --follow.")
    names = [name] if name else operations.PROGRAMS
    paths = [path for path in map(workspace.log, names) if path.exists()]
    if not paths:
        raise click.ClickException("there is no log yet; start with `up`")
    if errors:
        _print_errors(paths, lines)
        return
    command = ["tail", f"--lines={lines}", *(["-F"] if follow else []), *map(str, paths)]
    raise SystemExit(subprocess.call(command))


def _print_errors(paths: list[Path], most: int) -> None:
    for path in paths:
        with path.open(encoding="utf-8", errors="replace") as log:
            for error in deque(errors_in(log), maxlen=most):
                click.echo(error)


@main.command()
@_pass_workspace
def package(workspace: Workspace) -> None:
    """Build the deployable package for this machine's processor into build/."""
    click.echo(summary(build_package(Checkout(workspace.root), this_machine())))


@main.command()
@_up_options
@_json_option
@_pass_workspace
def demo(workspace: Workspace, env_file: Path | None, time_scale: float | None, *, as_json: bool) -> None:
    """Start everything and hold three calls with simulated people; the last line is a report in JSON.

    An outbound call over the relay, an outbound call over Gather, and an inbound call, all at once. What runs
    already is used as it is; what must be started first lets people speak four times faster than they would,
    unless --time-scale says otherwise. Exit code 1 when a call went wrong.
    """
    endpoints = _running(workspace) if time_scale is None and env_file is None else None
    if endpoints is None:
        scale = time_scale or (None if _has_time_scale(workspace, env_file) else _DEMO_TIME_SCALE)
        endpoints = _bring_up(workspace, env_file, scale, quiet=as_json).endpoints
    report = run_demo(endpoints, _silent if as_json else click.echo)
    click.echo(json.dumps(report))
    if not report["ok"]:
        raise SystemExit(1)


@main.command()
@_up_options
@_pass_workspace
def run(workspace: Workspace, env_file: Path | None, time_scale: float | None) -> None:
    """Start everything, hold a first call, and stay until Ctrl-C, which stops everything."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        done = _bring_up(workspace, env_file, time_scale, quiet=False)
        if has_simulated_people(done.endpoints):
            run_first_call(done.endpoints, click.echo)
        _print_addresses(done.endpoints)
        click.echo("running; Ctrl-C stops everything")
        threading.Event().wait()
    except KeyboardInterrupt:
        click.echo("\nstopping")
    finally:
        operations.take_down(workspace)


for command in REMOTE_COMMANDS:
    main.add_command(command)


def _bring_up(
    workspace: Workspace, env_file: Path | None, time_scale: float | None, *, quiet: bool
) -> operations.Up:
    environ = _environ(workspace, env_file)
    if time_scale is not None:
        environ["LOCALCLOUD_TIME_SCALE"] = str(time_scale)
    if quiet or not _console.is_terminal:
        return operations.bring_up(workspace, environ, _silent if quiet else click.echo)
    with _console.status("starting") as line:
        return operations.bring_up(workspace, environ, line.update)


def _environ(workspace: Workspace, env_file: Path | None) -> dict[str, str]:
    path = env_file or workspace.root / ".env"
    written = read_env_file(path) if path.exists() else {}
    return written | os.environ


def _running(workspace: Workspace) -> dict[str, str] | None:
    """Give the addresses of what `up` has started; None when anything is missing."""
    is_up = not operations.status(workspace)["missing"]
    return (read_json(workspace.endpoints) or None) if is_up else None


def _has_time_scale(workspace: Workspace, env_file: Path | None) -> bool:
    return bool(_environ(workspace, env_file).get("LOCALCLOUD_TIME_SCALE"))


def _silent(_line: str) -> None:
    """Print nothing."""


def _print_addresses(endpoints: dict[str, Any]) -> None:
    shown = {name: value for name, value in endpoints.items() if name != "admin_token"}
    width = max(map(len, shown), default=0)
    for name, value in shown.items():
        _console.print(f"[bold]{name.ljust(width)}[/bold]  {value}")


def _print_programs(programs: dict[str, Any]) -> None:
    table = Table(box=None, pad_edge=False)
    for heading in ("program", "process", "processes", "MB"):
        table.add_column(heading)
    for name, found in programs.items():
        cells = (found["pid"], found["processes"], found["memory_mb"]) if found else ("not running", "", "")
        table.add_row(name, *map(str, cells))
    _console.print(table)
