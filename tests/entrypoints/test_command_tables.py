"""What people read on terminals of 80 and 120 columns, and what programs read from a pipe."""

from __future__ import annotations

import json
import re

import pytest

from chalicelib.entrypoints import http_audit
from chalicelib.kernel.changes import Action
from chalicelib.system.domain.audit import AuditEntry
from chalicelib.system.domain.deliveries import Answer
from chalicelib.system.domain.failures import FailedWork, WorkQueue
from chalicelib.system.services.deliveries import deliver
from localcloud.commands.cells import changes, readable

WIDTHS = pytest.mark.parametrize("width", [80, 120])
ADDRESS = "https://crm.example.com/hooks/calls"
ID = re.compile(r"[a-z]+_[0-9a-f]{32}")


def _plain(result):
    """Give what is printed as lines, without styles."""
    assert result.exit_code == 0, result.output
    return re.sub(r"\x1b\[[0-9;]*m", "", result.stdout).splitlines()


def _made(run, *words):
    return json.loads(run(*words, "--json").stdout)


@pytest.fixture
def hook(run):
    """Create a webhook for two kinds of events."""
    return _made(run, "webhooks", "create", ADDRESS, "--event", "settings.*", "--event", "call.*")


def _entry(system, clock, number, before, after):
    clock.advance(seconds=1)
    system.audit.add(
        AuditEntry(
            id=f"audit_{str(number) * 32}",
            at=clock.now(),
            actor=f"token:token_{'1' * 32}",
            action=Action.UPDATED,
            object_kind="contact",
            object_id=f"contact_{str(number) * 32}",
            before=before,
            after=after,
        )
    )


@WIDTHS
def test_tokens_take_a_line_each(run, width):
    """Id, scope and time stay in one piece, the width is kept, and a revoked one can be seen as such."""
    made = [_made(run, "tokens", "create", name, "--scope", "operator", "--days", "9") for name in "ab"]
    run("tokens", "revoke", made[0]["id"])
    heading, *lines = _plain(run("tokens", "list", terminal=width))
    assert len(lines) == 3
    assert max(map(len, [heading, *lines])) <= width
    assert lines[1].split()[:3] == [made[0]["id"], "a", "operator"]
    assert "2026-03-03" in lines[1]
    assert "2026-03-03" not in lines[0]
    assert "revoked_at" in heading


def test_a_wide_terminal_shows_whole_times(run):
    """As `2026-03-12 12:00:00`; the heading says that they are UTC."""
    _made(run, "tokens", "create", "a", "--scope", "operator", "--days", "9")
    heading, *lines = _plain(run("tokens", "list", terminal=160))
    assert "expires_at (UTC)" in heading
    assert "2026-03-12 12:00:00" in lines[0]


@WIDTHS
def test_webhooks_can_be_told_apart(run, hook, width):
    """The address is readable, yes and no are whole; lists are lists, not JSON."""
    heading, *lines = _plain(run("webhooks", "list", terminal=width))
    assert max(map(len, [heading, *lines])) <= width
    assert lines[0].startswith(hook["id"])
    assert "yes" in lines[0].split()
    assert "[" not in "".join(lines)
    assert len(lines) <= 3


def test_a_wide_terminal_shows_lists_as_lists(run, hook):
    """Kinds of events stand beside each other."""
    assert "settings.*, call.*" in "\n".join(_plain(run("webhooks", "list", terminal=200)))
    assert "settings.*, call.*" in "\n".join(_plain(run("webhooks", "enable", hook["id"], terminal=80)))


@WIDTHS
def test_failed_work_takes_a_line_each(run, system, clock, width):
    """Queue and id are whole; the cause may take more lines."""
    body = json.dumps({"v": 1, "kind": "finish", "call_id": "call_1"})
    work = FailedWork(
        f"failed_{'1' * 32}", WorkQueue.POST_CALL, "finish", f"call_{'1' * 32}", body, clock.now()
    )
    system.failures.keep(work)
    heading, *lines = _plain(run("failed-work", "list", terminal=width))
    assert len(lines) == 1
    assert max(len(heading), len(lines[0])) <= width
    assert {work.id, "post_call"} <= set(lines[0].split())
    shown = _made(run, "failed-work", "show", work.id)
    assert (shown["id"], shown["message"]["kind"]) == (work.id, "finish")


@WIDTHS
def test_an_audit_entry_tells_each_changed_field(run, system, clock, width):
    """Who, when and what, then `field: before → after`; what did not change is not told."""
    _entry(
        system,
        clock,
        1,
        {"name": "Ana", "tags": [], "kept": 1},
        {"name": "Bea", "tags": ["a", "b"], "kept": 1},
    )
    lines = _plain(run("audit", terminal=width))
    assert lines == [
        "times are UTC",
        f"2026-03-03 12:00:01  updated  contact:contact_{'1' * 32}",
        f"  by token:token_{'1' * 32}",
        "    name: Ana → Bea",
        "    tags: (none) → a, b",
    ]
    assert max(map(len, lines)) <= width


def test_the_history_of_settings_tells_each_changed_field(run):
    """With the reason; a part of a section by its path."""
    run("settings", "set", 'pace={"calls_per_second": 3}', "--reason", "slowly")
    lines = _plain(run("settings", "history", terminal=80))
    assert lines[1].startswith("2026-03-03 12:00:00  version 2  by token:")
    assert lines[2:] == ["  slowly", "    pace.calls_per_second: (none) → 3"]


def test_a_pipe_has_everything(run, system, clock):
    """Tab-separated, with whole instants and JSON."""
    _entry(system, clock, 1, {"name": "Ana"}, {"name": "Bea"})
    heading, line = run("audit").stdout.splitlines()
    assert heading.split("\t") == ["at", "actor", "action", "object_kind", "object_id", "before", "after"]
    cells = line.split("\t")
    assert (cells[0], cells[5], cells[6]) == (
        "2026-03-03T12:00:01.000Z",
        '{"name": "Ana"}',
        '{"name": "Bea"}',
    )


@pytest.mark.parametrize("words", [("webhooks", "list"), ("failed-work", "list"), ("audit",)])
def test_nothing_is_said_to_be_nothing(run, words):
    """On a terminal no lone heading; what is said goes to the error stream, and JSON stays JSON."""
    result = run(*words, terminal=80)
    assert (result.stdout, result.stderr) == ("", "nothing here\n")
    piped = run(*words)
    assert (len(piped.stdout.splitlines()), piped.stderr) == (1, "nothing here\n")
    assert (run(*words, "--json").stdout, run(*words, "--json").stderr) == ("[]\n", "")


@WIDTHS
def test_deliveries_say_why_they_failed(run, hook, container, width):
    """The receiver's last status, or the kind of failure."""
    container.system.sender.answers = [Answer(503, ms=7, excerpt="not now"), Answer(None, error="timeout")]
    for _ in range(2):
        ping = _made(run, "webhooks", "ping", hook["id"])
        deliver(container.system, hook["id"], ping["id"])
    heading, *lines = _plain(run("webhooks", "deliveries", hook["id"], terminal=width))
    assert "last_answer" in heading
    assert max(map(len, [heading, *lines])) <= width
    shown = {word for line in lines for word in line.split()}
    assert {"503", "timeout"} <= shown


def test_changes_are_told_by_field():
    """Created, changed and removed; one that is null here and missing there is no change."""
    assert changes({}, {"name": "Ana", "note": None}) == ["name: (none) → Ana"]
    assert changes({"a": {"b": True, "c": 1}}, {"a": {"b": False, "c": 1}}) == ["a.b: yes → no"]
    assert changes({"a": "x\ny"}, {}) == ["a: x y → (none)"]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("2026-11-22T22:06:01.123Z", "2026-11-22 22:06:01"),
        ("2026-11-22", "2026-11-22"),
        (["settings.*", "call.*"], "settings.*, call.*"),
        (True, "yes"),
        (None, ""),
        ({"a": 1}, '{"a": 1}'),
    ],
)
def test_values_are_written_for_people(value, shown):
    """Times, lists, yes and no; anything else is JSON."""
    assert readable(value) == shown


@pytest.fixture
def parts(line, system, clock, monkeypatch):
    """Have five entries, exported by twos; give what is sent."""
    monkeypatch.setattr(http_audit, "MAX_EXPORT", 2)
    for number in range(1, 6):
        _entry(system, clock, number, {}, {"name": f"Ana,\n{number}"})
    return line.sent


def test_the_audit_log_is_written_into_a_file(run, parts, tmp_path):
    """All entries under one heading, part by part, filtered as asked."""
    file = tmp_path / "audit.csv"
    result = run("audit", "--csv", str(file), "--from", "2026-03-03T12:00:02Z")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", f"4 entries in {file}\n")
    text = file.read_text(encoding="utf-8")
    assert text.count("object_kind") == 1
    assert [found[0] for found in re.findall(r"audit_(\d)", text)] == ["5", "4", "3", "2"]
    assert len(parts) == 2


def test_a_file_that_is_not_whole_is_not_there(run, tmp_path):
    """What was refused leaves no file, and a file that cannot be written is told."""
    file = tmp_path / "audit.csv"
    assert run("audit", "--csv", str(file), "--from", "yesterday").exit_code == 1
    assert list(tmp_path.iterdir()) == []
    result = run("audit", "--csv", str(tmp_path / "nowhere" / "audit.csv"))
    assert (result.exit_code, "cannot be written" in result.stderr) == (1, True)
