"""A whole local cloud of its own for these tests: other ports and state than the checkout's."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from e2e.world import LINES, Stack

from localcloud import operations
from localcloud.api import Api
from localcloud.sample_data import load_sample_data
from localcloud.workspace import Workspace, read_json

CHECKOUT = Path(__file__).parents[2]
FOLDERS = ("chalicelib", "infra", "localcloud", ".chalice")
SOURCES = (*FOLDERS, "app.py", "requirements.in", "requirements.txt", "pyproject.toml")
TIME_SCALE = "8"
NO_LIMIT = "1000000"


def surroundings() -> dict[str, str]:
    """Give the environment that the stack of these tests is brought up in, each time."""
    return {
        "PATH": os.environ["PATH"],
        "LOCALCLOUD_TIME_SCALE": TIME_SCALE,
        "LOCALCLOUD_NUMBERS": ",".join(LINES),
        "TOKEN_REQUESTS_PER_MINUTE": NO_LIMIT,
        "ADDRESS_REQUESTS_PER_MINUTE": NO_LIMIT,
    }


@pytest.fixture(autouse=True)
def _sockets(socket_enabled: None) -> None:
    """These tests speak over the wire."""


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A copy of the checkout's sources with state of its own; built wheels are shared."""
    root = tmp_path_factory.mktemp("stack")
    for name in SOURCES:
        source = CHECKOUT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy2
        copy(source, root / name)
    local = CHECKOUT / ".local"
    (root / ".local").mkdir()
    for shared in ("cloud-venv", "wheels", "layers"):
        (local / shared).mkdir(parents=True, exist_ok=True)
        (root / ".local" / shared).symlink_to(local / shared)
    return Workspace(root)


@pytest.fixture(scope="session")
def running(workspace: Workspace) -> Any:
    """The stack, up for the whole session; nothing of it is left running, also when it does not come up."""
    try:
        operations.bring_up(workspace, surroundings(), lambda _: None)
        yield _stack(workspace)
    finally:
        operations.take_down(workspace)


def _stack(workspace: Workspace) -> Stack:
    endpoints = read_json(workspace.endpoints)
    api = Api(endpoints["api_url"], endpoints["admin_token"])
    return Stack(workspace, endpoints, api, load_sample_data(api, LINES[0]), LINES[0])


@pytest.fixture
def stack(running: Stack) -> Stack:
    """The stack with a well-behaved network and model, and people who are not yet scripted."""
    running.control("POST", "/reset")
    running.model("POST", "/reset")
    return running
