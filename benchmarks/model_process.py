"""The model server in another process, with one answer and a known delay before its first token."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import requests

from localcloud.settings import LOOPBACK, free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

_START_S, _POLL_S, _STOP_S = 15.0, 0.05, 5.0


class NotStartedError(RuntimeError):
    """The model server did not answer in time."""


@contextmanager
def model_server(answer: str, first_token_ms: float) -> Iterator[str]:
    """Run the server and give its address, ending in `/v1`."""
    port = free_port()
    command = [sys.executable, "-m", "localcloud.model_server", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        base = f"http://{LOOPBACK}:{port}"
        _wait(f"{base}/control/health")
        prepare_model(base, answer, first_token_ms)
        yield f"{base}/v1"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(_STOP_S)


def prepare_model(base: str, answer: str, first_token_ms: float, tokens_per_second: float = 0) -> None:
    """Have the server at `base` give this answer to every turn, at this pace (0: tokens at once)."""
    pace = {"first_token_ms": first_token_ms, "tokens_per_second": tokens_per_second}
    _put(f"{base}/control/timing", pace)
    _put(f"{base}/control/script", [{"name": "benchmark", "when": {}, "say": answer}])


def _put(url: str, body: Any) -> None:
    requests.put(url, json=body, timeout=5).raise_for_status()


def _wait(url: str) -> None:
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline:
        try:
            if requests.get(url, timeout=1).ok:
                return
        except requests.ConnectionError:
            time.sleep(_POLL_S)
    raise NotStartedError(url)
