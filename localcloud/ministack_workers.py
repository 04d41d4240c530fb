"""How MiniStack starts, keeps and warms the processes that run functions; not how events reach them."""

# ruff: noqa: SLF001 - a patch reaches what is not meant to be reached

from __future__ import annotations

import functools
import hashlib
import logging
import os
import shutil
import tempfile
import threading
import time
import types
import zipfile
from pathlib import Path
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

_log = logging.getLogger("localcloud.workers")
_LOG_WAIT_SECONDS = 0.003
_LOG_QUIET_SECONDS = 0.002
_WARM_VARIABLE = "LOCALCLOUD_WARM"
_LOOK_SECONDS = 0.5
_UNPACKED_KEPT = 6

# A function's sys.path ends with MiniStack's own environment, whose packages would stand in for ones that
# were not packaged. Lambda has nothing of the kind.
_ISOLATION = """\
import sys
sys.path[:] = [entry for entry in sys.path if "site-packages" not in entry and "dist-packages" not in entry]
"""
_FAILURE = '{"status": "error", "error": str(e), "trace": traceback.format_exc()}'
_KEPT_FAILURE = '{"status": "ok", "failed": str(e), "trace": traceback.format_exc()}'


class PatchVoidError(RuntimeError):
    """MiniStack's code no longer contains what a patch replaces."""


def wait_briefly_for_logs() -> None:
    """Answer an invocation without log lines after 3 ms; MiniStack waits 50 ms for a first line."""
    drain = lambda_runtime.Worker._drain_stderr_bounded
    lambda_runtime.Worker._drain_stderr_bounded = functools.partialmethod(
        drain, first_line_wait=_LOG_WAIT_SECONDS, idle_confirm=_LOG_QUIET_SECONDS
    )


def isolate_functions() -> None:
    """Hide MiniStack's packages from functions, so that only what is packaged can be imported."""
    lambda_runtime._PYTHON_WORKER_SCRIPT = _ISOLATION + lambda_runtime._PYTHON_WORKER_SCRIPT


def keep_environments_after_errors() -> None:
    """Let a function's process live on after an exception, as on Lambda; MiniStack ends it each time."""
    script = lambda_runtime._PYTHON_WORKER_SCRIPT
    if script.count(_FAILURE) != 1:
        raise PatchVoidError("the worker no longer reports a handler's exception in the known way")
    lambda_runtime._PYTHON_WORKER_SCRIPT = script.replace(_FAILURE, _KEPT_FAILURE)
    invoke = lambda_runtime.Worker.invoke

    @functools.wraps(invoke)
    def reporting_failure(worker: Any, *arguments: Any, **options: Any) -> Any:
        response = invoke(worker, *arguments, **options)
        if "failed" in response:
            return response | {"status": "error", "error": response["failed"]}
        return response

    lambda_runtime.Worker.invoke = reporting_failure


class _UnpackedOnce(zipfile.ZipFile):
    """A zip whose contents are unpacked once; later extractions become a symbolic link to them.

    It names no members: MiniStack resolves the path of each for every process that starts, a second of the
    interpreter that all requests share. What is unpacked is kept inside its folder by `zipfile` itself.
    """

    def namelist(self) -> list[str]:
        """Give nothing to look through."""
        return []

    def extractall(self, path: Any = None, members: Any = None, pwd: Any = None) -> None:
        target = Path(path)
        if members is not None or any(target.iterdir()):
            super().extractall(path, super().namelist() if members is None else members, pwd)
            return
        target.rmdir()
        target.symlink_to(self._unpacked(), target_is_directory=True)

    def _unpacked(self) -> Path:
        content = Path(str(self.filename)).read_bytes()
        folder = Path(tempfile.gettempdir(), "unpacked", hashlib.sha256(content).hexdigest())
        if not folder.exists():
            folder.parent.mkdir(parents=True, exist_ok=True)
            partial = Path(tempfile.mkdtemp(dir=folder.parent))
            super().extractall(partial, super().namelist())
            _publish(partial, folder)
        return folder


def _publish(partial: Path, folder: Path) -> None:
    try:
        partial.rename(folder)
    except OSError:  # another worker was first
        shutil.rmtree(partial)


def unpack_code_once() -> None:
    """Share unpacked code between workers; MiniStack unpacks all of it for each, 0.7 s for our layer."""
    lambda_runtime.zipfile = types.SimpleNamespace(**{**vars(zipfile), "ZipFile": _UnpackedOnce})


def remove_leftovers() -> None:
    """Delete what killed processes left in the temporary folder, and unpacked code of old deployments."""
    temporary = Path(tempfile.gettempdir())
    unpacked = sorted(temporary.glob("unpacked/*"), key=lambda folder: folder.stat().st_mtime)
    for folder in [*temporary.glob("ministack-lambda-*"), *unpacked[:-_UNPACKED_KEPT]]:
        shutil.rmtree(folder, ignore_errors=True)


def warm_functions() -> None:
    """Start environments before they are needed, as provisioned concurrency does.

    LOCALCLOUD_WARM names parts of function names and how many: `-Hook-=1,-WebsocketMessage-=2`.
    """
    wanted = [entry.split("=") for entry in os.environ.get(_WARM_VARIABLE, "").split(",") if "=" in entry]
    if wanted:
        counts = {part: int(count) for part, count in wanted}
        threading.Thread(target=_keep_warm, args=(counts,), daemon=True, name="warm").start()


def _keep_warm(counts: dict[str, int]) -> None:
    while True:
        time.sleep(_LOOK_SECONDS)
        for part, count in counts.items():
            for record in list(lambda_svc._functions._data.values()):
                if part in record["config"]["FunctionName"]:
                    _warm(record["config"], record.get("code_zip"), count)


def _warm(config: dict[str, Any], code: bytes | None, count: int) -> None:
    key = lambda_runtime._worker_key(config["FunctionName"], config, "$LATEST")
    if not code or len(lambda_runtime._workers.get(key, ())) >= count:
        return
    leased = [lambda_runtime.acquire_worker(config["FunctionName"], config, code)[0] for _ in range(count)]
    try:
        for worker in leased:
            lambda_runtime.ensure_spawned(worker)
    except RuntimeError as error:
        _log.warning("warm.failed function=%s error=%s", config["FunctionName"], error)
    finally:
        for worker in leased:
            lambda_runtime.release_worker(worker)
