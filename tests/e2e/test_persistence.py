"""State survives: a restart keeps everything, a crash all but the last seconds."""

from __future__ import annotations

import signal

import psutil
from e2e.own_stack import surroundings
from e2e.world import Stack, eventually

from localcloud import operations
from localcloud.workspace import read_json


def restart(stack: Stack) -> operations.Up:
    """Bring the stack up again as it was."""
    return operations.bring_up(stack.workspace, surroundings(), lambda _: None)


def is_saved(stack: Stack, text: str) -> bool:
    """Tell whether the saved tables have this text."""
    return text in (stack.workspace.cloud / "state" / "dynamodb.json").read_text(encoding="utf-8")


def remember(stack: Stack, name: str, phone: str) -> str:
    """Create a contact; give its id."""
    return str(stack.api.post("/v1/crm/contacts", {"name": name, "phone": phone})["id"])


def test_everything_is_there_after_down_and_up(stack: Stack) -> None:
    """`down` and `up` keep addresses, token and records, and change nothing in the stack."""
    contact_id = remember(stack, "Dora Down", "+14155550151")
    operations.take_down(stack.workspace)
    done = restart(stack)
    assert done.endpoints == stack.endpoints
    assert not done.changed
    assert stack.api.get(f"/v1/crm/contacts/{contact_id}")["name"] == "Dora Down"


def test_what_callers_wait_for_is_warm_after_up(stack: Stack) -> None:
    """`up` starts the processes that a call needs at once, and clears what former ones left behind."""
    unpacked = stack.workspace.cloud / "tmp"
    before = {path.name for path in unpacked.glob("ministack-lambda-*")}
    operations.take_down(stack.workspace)
    restart(stack)
    eventually(lambda: len(stack.workers("-WebsocketMessage-")) >= 2 and stack.workers("-Hook-"))
    after = {path.name for path in unpacked.glob("ministack-lambda-*")}
    assert before
    assert not before & after


def test_a_killed_cloud_has_what_was_saved(stack: Stack) -> None:
    """SIGKILL loses at most the writes since the last autosave, some seconds before."""
    contact_id = remember(stack, "Kim Killed", "+14155550152")
    eventually(lambda: is_saved(stack, contact_id))
    leader = psutil.Process(read_json(stack.workspace.pid("ministack"))["pid"])
    children = leader.children(recursive=True)
    for process in [leader, *children]:
        process.send_signal(signal.SIGKILL)
    psutil.wait_procs(children, timeout=5)
    eventually(lambda: not leader.is_running() or leader.status() == psutil.STATUS_ZOMBIE)
    assert restart(stack).endpoints == stack.endpoints
    assert stack.api.get(f"/v1/crm/contacts/{contact_id}")["name"] == "Kim Killed"


def test_up_twice_changes_nothing(stack: Stack) -> None:
    """A second `up` starts nothing and deploys nothing."""
    done = restart(stack)
    assert (done.started, done.changed) == ([], False)
