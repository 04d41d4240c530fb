"""Keeps MiniStack's state on disk while it runs; MiniStack itself saves only when it is stopped gently."""

# ruff: noqa: SLF001 - a patch reaches what is not meant to be reached

from __future__ import annotations

import logging
import os
import threading
import time
from typing import TYPE_CHECKING, Any

from ministack import app
from ministack.core.persistence import save_state

if TYPE_CHECKING:
    from collections.abc import Callable

_log = logging.getLogger("localcloud.autosave")
_INTERVAL_VARIABLE = "LOCALCLOUD_AUTOSAVE_SECONDS"
_DEFAULT_INTERVAL_SECONDS = 2.0
# Saving shares one interpreter with serving: it takes at most a fifth of the time, however large the state.
_REST_FACTOR = 4.0
_ATTEMPTS = 5


class _Activity:
    """Counts requests, so that an idle stack is not written again and again."""

    def __init__(self) -> None:
        self.count = 0


def save_continuously() -> None:
    """Save changed state every two seconds, or less often when saving takes long."""
    activity = _Activity()
    app.app = _counting(app.app, activity)
    interval = float(os.environ.get(_INTERVAL_VARIABLE, _DEFAULT_INTERVAL_SECONDS))
    threading.Thread(target=_loop, args=(interval, activity), daemon=True, name="autosave").start()


def _counting(serve: Callable[..., Any], activity: _Activity) -> Callable[..., Any]:
    async def counted(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if not str(scope.get("path", "")).startswith("/_ministack"):
            activity.count += 1
        await serve(scope, receive, send)

    return counted


def _loop(interval: float, activity: _Activity) -> None:
    saved = 0
    while True:
        time.sleep(interval)
        if activity.count == saved:
            continue
        saved = activity.count  # requests that arrive meanwhile are saved next time
        started = time.perf_counter()
        save_now()
        time.sleep((time.perf_counter() - started) * _REST_FACTOR)


def save_now() -> None:
    """Write every service's state that can be read; one that is being changed is tried again."""
    for service, read in app._build_persistence_save_dict().items():
        state = _settled(service, read)
        if state is not None:
            save_state(service, state)


def _settled(service: str, read: Callable[[], Any]) -> Any:
    for _ in range(_ATTEMPTS):
        try:
            return read()
        except RuntimeError:  # a dictionary changed while it was copied
            continue
    _log.warning("autosave.skipped service=%s: it kept changing", service)
    return None
