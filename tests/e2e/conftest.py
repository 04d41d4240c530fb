"""A whole local cloud of its own for these tests: other ports and state than the checkout's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from e2e.own_stack import running_in, workspace_in

if TYPE_CHECKING:
    from e2e.world import Stack

    from localcloud.workspace import Workspace


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave to the end what kills workers: a call whose worker died is live until that is certain."""
    items.sort(key=lambda item: item.get_closest_marker("last") is not None)


@pytest.fixture(autouse=True)
def _sockets(socket_enabled: None) -> None:
    """These tests speak over the wire."""


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A copy of the checkout's sources with state of its own; built wheels are shared."""
    return workspace_in(tmp_path_factory.mktemp("stack"))


@pytest.fixture(scope="session")
def running(workspace: Workspace) -> Any:
    """The stack, up for the whole session; nothing of it is left running, also when it does not come up."""
    with running_in(workspace) as stack:
        yield stack


@pytest.fixture
def stack(running: Stack) -> Stack:
    """The stack with a well-behaved network and model, and people who are not yet scripted."""
    running.control("POST", "/reset")
    running.model("POST", "/reset")
    return running
