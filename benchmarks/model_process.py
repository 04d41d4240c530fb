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
    from collections.abc import Iterator, Mapping

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
        prepare_model(base, {"": answer}, first_token_ms)
        yield f"{base}/v1"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(_STOP_S)


def prepare_model(base: str, answers: Mapping[str, str], first_token_ms: float) -> None:
    """Have the server at `base` answer what holds these words, at once after this time; `""`: anything."""
    _put(f"{base}/control/timing", {"first_token_ms": first_token_ms, "tokens_per_second": 0})
    rules = [
        {"name": f"benchmark {place}", "when": {"user": said} if said else {}, "say": answer}
        for place, (said, answer) in enumerate(answers.items())
    ]
    _put(f"{base}/control/script", rules)


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
