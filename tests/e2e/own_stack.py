"""A whole local cloud of its own: other ports and state than the checkout's."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from e2e.world import LINES, Stack

from localcloud import operations
from localcloud.api import Api
from localcloud.sample_data import load_sample_data
from localcloud.workspace import Workspace, read_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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


def workspace_in(root: Path) -> Workspace:
    """Copy the checkout's sources to a folder, with state of its own; built wheels are shared."""
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


@contextmanager
def running_in(workspace: Workspace, say: Callable[[str], None] = lambda _: None) -> Iterator[Stack]:
    """Have the stack up, with sample data; nothing of it is left running, also when it does not come up."""
    try:
        operations.bring_up(workspace, surroundings(), say)
        yield _stack(workspace)
    finally:
        operations.take_down(workspace)


def _stack(workspace: Workspace) -> Stack:
    endpoints = read_json(workspace.endpoints)
    api = Api(endpoints["api_url"], endpoints["admin_token"])
    return Stack(workspace, endpoints, api, load_sample_data(api, LINES[0]), LINES[0])
