"""Starts, finds and stops the programs of the local cloud; what they are is `localcloud.programs`."""

from __future__ import annotations

import contextlib
import hashlib
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import psutil

from localcloud.failures import LocalCloudError
from localcloud.workspace import read_json, write_json

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from localcloud.programs import Program
    from localcloud.workspace import Workspace

_START_SECONDS = 60.0
_STOP_SECONDS = 15.0
_ORPHAN_SECONDS = 1.0  # what a program left has nobody to work for
_POLL_SECONDS = 0.05
_PROBE_SECONDS = 2.0
_SAME_START_SECONDS = 1.0  # psutil's start times of one process differ by rounding only
_LOG_TAIL_LINES = 15

# Programs started by this very process: when they end, nobody else collects their exit status.
_own_children: dict[int, subprocess.Popen[bytes]] = {}


class StartFailedError(LocalCloudError):
    """A program ended or stayed silent instead of becoming ready; the message ends with its log."""


def ensure_running(workspace: Workspace, program: Program) -> bool:
    """Start `program` unless it runs with the same command and environment; tells whether it started."""
    process = find(workspace, program.name)
    if process is not None:
        if read_json(workspace.pid(program.name)).get("launch") == _launch(program):
            return False
        stop(workspace, program.name)
    _spawn(workspace, program)
    return True


def find(workspace: Workspace, name: str) -> psutil.Process | None:
    """Find the process that this checkout started under `name`; a recycled id is not mistaken for it."""
    record = read_json(workspace.pid(name))
    try:
        process = psutil.Process(int(record["pid"]))
        started = process.create_time()
        alive = process.status() != psutil.STATUS_ZOMBIE
    except (KeyError, ValueError, TypeError, psutil.Error):
        return None
    same = abs(started - float(record.get("started", 0))) < _SAME_START_SECONDS
    return process if alive and same else None


def wait_ready(workspace: Workspace, program: Program, tick: Callable[[], None] = lambda: None) -> None:
    """Wait until the program answers its health address; StartFailedError carries the log otherwise."""
    deadline = time.monotonic() + _START_SECONDS
    while not answers(program.health_url):
        if find(workspace, program.name) is None:
            raise StartFailedError(
                f"{program.name} ended while starting\n{log_tail(workspace, program.name)}"
            )
        if time.monotonic() > deadline:
            raise StartFailedError(f"{program.name} did not answer\n{log_tail(workspace, program.name)}")
        tick()
        time.sleep(_POLL_SECONDS)


def answers(url: str) -> bool:
    """Whether the address answers 200."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=_PROBE_SECONDS) as response:
            return bool(response.status == 200)  # noqa: PLR2004
    except (OSError, urllib.error.URLError, ValueError):
        return False


def stop(workspace: Workspace, name: str) -> bool:
    """Stop a program and everything that it started; tells whether it ran."""
    process = find(workspace, name)
    if process is not None:
        _end(process)
    workspace.pid(name).unlink(missing_ok=True)
    return process is not None


def stop_all(workspace: Workspace, names: Sequence[str]) -> list[str]:
    """Stop the named programs at once; returns those that ran."""
    with ThreadPoolExecutor(max_workers=max(1, len(names))) as pool:
        ran = list(pool.map(lambda name: stop(workspace, name), names))
    _reap()
    return [name for name, did in zip(names, ran, strict=True) if did]


def log_tail(workspace: Workspace, name: str, lines: int = _LOG_TAIL_LINES) -> str:
    """Return the last lines of a program's log."""
    try:
        text = workspace.log(name).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-lines:])


def _reap() -> None:
    """Collect the exit status of children of this very process that have ended."""
    for pid, child in list(_own_children.items()):
        if child.poll() is not None:
            del _own_children[pid]


def _spawn(workspace: Workspace, program: Program) -> None:
    _reap()
    path = workspace.log(program.name)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as log:
        child = subprocess.Popen(
            program.command,
            cwd=workspace.root,
            env=program.environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            umask=0o077,  # logs and state hold phone numbers and transcripts
        )
    _own_children[child.pid] = child
    started = psutil.Process(child.pid).create_time()
    record = {"pid": child.pid, "started": started, "launch": _launch(program)}
    write_json(workspace.pid(program.name), record)


def _launch(program: Program) -> str:
    # A fingerprint, not the text: command lines hold the simulated account's token.
    parts = [*program.command, *(f"{k}={v}" for k, v in sorted(program.environment.items()))]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _end(process: psutil.Process) -> None:
    # The leader first, so that it can save and close; then whatever of its session is left.
    group = process.pid
    family = [process, *_children(process)]
    with contextlib.suppress(psutil.Error):
        process.terminate()
    if not (_have_ended([process], _STOP_SECONDS) and _have_ended(family, _ORPHAN_SECONDS)):
        with contextlib.suppress(OSError):
            os.killpg(group, signal.SIGKILL)
        _have_ended(family, _PROBE_SECONDS)
    if own := _own_children.pop(process.pid, None):
        own.poll()


def _have_ended(family: Sequence[psutil.Process], within: float) -> bool:
    """Wait until all have ended, whether or not their parent, in a container any, has collected them."""
    deadline = time.monotonic() + within
    while any(_lives(member) for member in family):
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL_SECONDS)
    return True


def _lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return list(process.children(recursive=True))
    except psutil.Error:
        return []
