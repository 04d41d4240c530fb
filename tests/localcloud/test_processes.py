from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import time
import urllib.request

import psutil
import pytest

from localcloud import processes
from localcloud.programs import Program
from localcloud.settings import free_port
from localcloud.workspace import BusyError, Workspace, read_json, write_json

pytestmark = pytest.mark.enable_socket

SERVER = textwrap.dedent(
    """
    import http.server, subprocess, sys
    stubborn = "import signal, time; signal.signal(15, lambda *_: 0); time.sleep(60)"
    child = subprocess.Popen([sys.executable, "-c", stubborn])
    print("listening", flush=True)
    address = ("127.0.0.1", int(sys.argv[1]))
    http.server.HTTPServer(address, http.server.SimpleHTTPRequestHandler).serve_forever()
    """
)


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    """Give an empty checkout; whatever a test started is stopped at its end, with little patience."""
    monkeypatch.setattr(processes, "_STOP_SECONDS", 0.5)
    workspace = Workspace(tmp_path)
    workspace.prepare()
    yield workspace
    processes.stop(workspace, "server")


def _program(*, port=None, variable="1", source=SERVER):
    port = port or free_port()
    environment = {"PATH": os.environ["PATH"], "VARIABLE": variable}
    return Program("server", port, (sys.executable, "-c", source, str(port)), environment, "/")


def _started(workspace, program):
    processes.ensure_running(workspace, program)
    processes.wait_ready(workspace, program)
    return processes.find(workspace, "server")


def test_program_answers_once_ready(workspace):
    """Waiting ends when the program answers, and its output is in its log."""
    program = _program()
    _started(workspace, program)
    with urllib.request.urlopen(program.health_url) as answer:
        assert answer.status == 200
    assert "listening" in processes.log_tail(workspace, "server")


def test_starting_again_changes_nothing(workspace):
    """A program that runs as wanted is left alone."""
    program = _program()
    first = _started(workspace, program)
    assert processes.ensure_running(workspace, program) is False
    assert processes.find(workspace, "server").pid == first.pid


def test_changed_program_is_restarted(workspace):
    """A program whose command or environment changed is replaced."""
    program = _program()
    first = _started(workspace, program)
    changed = _program(port=program.port, variable="2")
    assert processes.ensure_running(workspace, changed) is True
    processes.wait_ready(workspace, changed)
    assert processes.find(workspace, "server").pid != first.pid


def test_stopping_leaves_no_orphans(workspace):
    """Stopping ends the program's children too, even one that ignores the polite signal."""
    process = _started(workspace, _program())
    family = [process, *process.children(recursive=True)]
    assert len(family) == 2
    assert processes.stop(workspace, "server") is True
    assert not [
        member for member in family if member.is_running() and member.status() != psutil.STATUS_ZOMBIE
    ]
    assert processes.stop(workspace, "server") is False


def test_a_dead_process_that_nobody_collects_is_not_waited_for(workspace, monkeypatch):
    """In a container the parent of orphans may collect them late, or never."""
    monkeypatch.setattr(processes, "_STOP_SECONDS", 20.0)
    source = (
        "import subprocess, time; print(subprocess.Popen(['sleep', '60']).pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", source], stdout=subprocess.PIPE) as careless:
        pid = int(careless.stdout.readline())
        record = {"pid": pid, "started": psutil.Process(pid).create_time()}
        write_json(workspace.pid("server"), record)
        began = time.monotonic()
        assert processes.stop(workspace, "server") is True
        assert time.monotonic() - began < 5
        assert psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
        careless.kill()


def test_recycled_process_id_is_not_ours(workspace):
    """A pid file whose id now belongs to another process is ignored: neither found nor stopped."""
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        write_json(workspace.pid("server"), {"pid": stranger.pid, "started": 1.0, "launch": "x"})
        assert processes.find(workspace, "server") is None
        assert processes.stop(workspace, "server") is False
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"pid": "x"}', '{"pid": 999999999, "started": 1}'])
def test_useless_pid_file_is_tolerated(workspace, content):
    """A pid file that is empty, broken or names nobody does not keep the program from starting."""
    workspace.pid("server").parent.mkdir(exist_ok=True)
    workspace.pid("server").write_text(content)
    assert _started(workspace, _program()) is not None


def test_failure_to_start_shows_the_log(workspace):
    """A program that ends at once is reported with what it said."""
    program = _program(source="raise SystemExit('the reason')")
    processes.ensure_running(workspace, program)
    with pytest.raises(processes.StartFailedError, match="the reason"):
        processes.wait_ready(workspace, program)


def test_pid_file_holds_no_command_line(workspace):
    """The recorded launch is a fingerprint: tokens on a command line are not written down."""
    program = _program(variable="secret-token")
    _started(workspace, program)
    assert "secret-token" not in workspace.pid("server").read_text()
    assert read_json(workspace.pid("server"))["launch"]


def test_one_command_at_a_time(workspace):
    """While one command starts or stops, a second one is refused with advice."""
    with workspace.exclusive(), pytest.raises(BusyError, match="wait"), Workspace(workspace.root).exclusive():
        pass


def test_state_is_private(workspace):
    """Folders and written files can be read by their owner only."""
    write_json(workspace.endpoints, {"admin_token": "t"})
    assert workspace.endpoints.stat().st_mode & 0o077 == 0
    assert workspace.cloud.stat().st_mode & 0o077 == 0
