"""A local cloud of its own: this checkout's sources, other ports and state, shared wheels and environment."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import requests

from benchmarks.product import REGION
from benchmarks.unpacked import CHECKOUT
from localcloud import operations
from localcloud.api import Api
from localcloud.sample_data import load_sample_data
from localcloud.workspace import Workspace, read_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from localcloud.sample_data import SampleData

TIME_SCALE = 40
_SOURCES = (
    "chalicelib",
    "infra",
    "localcloud",
    ".chalice",
    "app.py",
    "requirements.in",
    "requirements.txt",
    "pyproject.toml",
)
_SHARED = ("cloud-venv", "wheels", "layers")
_PATIENCE_S, _POLL_S = 60.0, 0.2


class CallStuckError(RuntimeError):
    """A call's books were not closed in time."""


@dataclass(frozen=True)
class Deployed:
    """The running stack as its users see it."""

    workspace: Workspace
    endpoints: dict[str, str]
    api: Api
    data: SampleData

    @property
    def model(self) -> str:
        """The model server's address, without `/v1`."""
        return self.endpoints["model_url"].removesuffix("/v1")

    def script(self, number: str, script: dict[str, Any]) -> None:
        """Tell the person at a number what to do."""
        url = f"{self.endpoints['phone_network_url']}/control/callees/{number}"
        requests.put(url, json=script, timeout=10).raise_for_status()

    def hold_call(self, contact_id: str, template_id: str) -> dict[str, Any]:
        """Place a call and give it once its books are closed; nothing disturbs it while it lasts."""
        wish = {"contact_id": contact_id, "template_id": template_id}
        already = self._network("health")["last_seq"]
        call_id = self.api.post("/v1/calls/initiate", wish)["id"]
        self._network("log", since=already, kind="call.ended", wait=_PATIENCE_S)
        deadline = time.monotonic() + _PATIENCE_S
        while time.monotonic() < deadline:
            call: dict[str, Any] = self.api.get(f"/v1/calls/{call_id}")
            if call["finished_at"]:
                return call
            time.sleep(_POLL_S)
        raise CallStuckError(call_id)

    def log(self, call_sid: str) -> list[dict[str, Any]]:
        """Give the carrier's log of a call."""
        events: list[dict[str, Any]] = self._network("log", call_sid=call_sid)["events"]
        return events

    def _network(self, path: str, **query: Any) -> Any:
        url = f"{self.endpoints['phone_network_url']}/control/{path}"
        return requests.get(url, params=query, timeout=_PATIENCE_S + 10).json()

    def function_logs(self) -> Iterator[tuple[str, str]]:
        """Give every line that the functions logged, with the name of its log group."""
        logs = self._client("logs")
        for group in logs.describe_log_groups()["logGroups"]:
            name = group["logGroupName"]
            pages = logs.get_paginator("filter_log_events").paginate(logGroupName=name)
            for event in (event for page in pages for event in page["events"]):
                yield from ((name, line) for line in event["message"].splitlines())

    def _client(self, service: Any) -> Any:
        port = read_json(self.workspace.local / "ports.json")["ministack"]
        keys: dict[str, Any] = {
            "aws_access_key_id": "test",
            "aws_secret_access_key": "test",
            "region_name": REGION,
        }
        return boto3.client(service, endpoint_url=f"http://127.0.0.1:{port}", **keys)


@contextmanager
def deployed() -> Iterator[Deployed]:
    """Bring a stack up in a temporary folder, and take it down."""
    with tempfile.TemporaryDirectory(prefix="bench-stack-") as name:
        workspace = _workspace(Path(name))
        environ = {"PATH": os.environ["PATH"], "LOCALCLOUD_TIME_SCALE": str(TIME_SCALE)}
        try:
            operations.bring_up(workspace, environ, lambda _: None)
            yield _connected(workspace)
        finally:
            operations.take_down(workspace)


def _connected(workspace: Workspace) -> Deployed:
    endpoints = read_json(workspace.endpoints)
    api = Api(endpoints["api_url"], endpoints["admin_token"])
    health = requests.get(f"{endpoints['phone_network_url']}/control/health", timeout=5).json()
    return Deployed(workspace, endpoints, api, load_sample_data(api, health["numbers"][0]))


def _workspace(root: Path) -> Workspace:
    for name in _SOURCES:
        source = CHECKOUT.root / name
        if source.is_dir():
            shutil.copytree(source, root / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, root / name)
    (root / ".local").mkdir()
    for shared in _SHARED:
        (CHECKOUT.local / shared).mkdir(parents=True, exist_ok=True)
        (root / ".local" / shared).symlink_to(CHECKOUT.local / shared)
    return Workspace(root)
