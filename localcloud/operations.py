"""The steps behind the commands: bring everything up, take it down, tell what runs; prints nothing."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from localcloud import deployer, processes
from localcloud.failures import LocalCloudError
from localcloud.numbers import point_numbers
from localcloud.programs import Program, cloud_python, programs
from localcloud.settings import Settings, load_settings
from localcloud.workspace import Workspace, read_json

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PROGRAMS = ("ministack", "proxy", "phone_network", "model_server")
REQUIRED = ("proxy", "ministack")  # a provider of one's own may replace the other two


class NotPreparedError(LocalCloudError):
    """The environment for MiniStack is missing."""


@dataclass(frozen=True)
class Up:
    """What `bring_up` did: addresses, programs started, whether the stack changed, seconds it took."""

    endpoints: dict[str, str]
    started: list[str]
    changed: bool
    seconds: float


def bring_up(workspace: Workspace, environ: Mapping[str, str], say: Callable[[str], None]) -> Up:
    """Start what does not run, deploy what changed, and wait until everything answers.

    `say` receives a line of progress per step. A failed step raises a LocalCloudError.
    """
    began = time.perf_counter()
    _require_environment(workspace)
    with workspace.exclusive():
        workspace.prepare()
        settings = load_settings(workspace, environ)
        wanted = programs(workspace, settings)
        _stop_unwanted(workspace, wanted)
        started = _started(workspace, wanted, say)
        changed = _deployed(workspace, settings, wanted, say)
    endpoints = read_json(workspace.endpoints)
    return Up(endpoints, started, changed, time.perf_counter() - began)


def take_down(workspace: Workspace) -> list[str]:
    """Stop every program of this checkout; returns the names of those that ran."""
    with workspace.exclusive():
        # Whoever calls stops first: a call that lives on would only fail against what has stopped.
        callers = processes.stop_all(workspace, ["phone_network"])
        return callers + processes.stop_all(workspace, [name for name in PROGRAMS if name not in callers])


def status(workspace: Workspace) -> dict[str, Any]:
    """Tell which programs run, with memory in MB including their children, and the known addresses."""
    running = {name: _described(workspace, name) for name in PROGRAMS}
    missing = [name for name in REQUIRED if running[name] is None]
    return {
        "programs": running,
        "missing": missing,
        "endpoints": _without_token(read_json(workspace.endpoints)),
    }


def _started(workspace: Workspace, wanted: list[Program], say: Callable[[str], None]) -> list[str]:
    started = [program.name for program in wanted if processes.ensure_running(workspace, program)]
    if started:
        say(f"starting {', '.join(started)}")
    return started


def _deployed(
    workspace: Workspace, settings: Settings, wanted: list[Program], say: Callable[[str], None]
) -> bool:
    say("packaging")
    package = deployer.package_here(workspace)
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda program: processes.wait_ready(workspace, program), wanted))
    say("deploying")
    deployed = deployer.deploy(workspace, settings, package, lambda: None)
    numbers = point_numbers(settings)
    say(f"{'deployed' if deployed.changed else 'unchanged'}; numbers: {', '.join(numbers) or 'left alone'}")
    return deployed.changed


def _stop_unwanted(workspace: Workspace, wanted: list[Program]) -> None:
    names = {program.name for program in wanted}
    processes.stop_all(workspace, [name for name in PROGRAMS if name not in names])


def _require_environment(workspace: Workspace) -> None:
    if not cloud_python(workspace.root).exists():
        raise NotPreparedError(
            "MiniStack is not installed for this checkout; run `make up`, which installs it"
        )


def _described(workspace: Workspace, name: str) -> dict[str, Any] | None:
    process = processes.find(workspace, name)
    if process is None:
        return None
    family = [process, *process.children(recursive=True)]
    memory = sum(member.memory_info().rss for member in family)
    return {"pid": process.pid, "processes": len(family), "memory_mb": round(memory / 1e6)}


def _without_token(endpoints: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in endpoints.items() if name != "admin_token"}
