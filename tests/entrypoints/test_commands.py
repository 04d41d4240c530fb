"""The commands against the real routes: what people type, what is asked for, what they read."""

from __future__ import annotations

import json

import pytest
from fakes.line import URL

from chalicelib.kernel.changes import Action
from chalicelib.system.domain.audit import AuditEntry
from chalicelib.system.domain.failures import FailedWork, WorkQueue
from chalicelib.system.domain.tokens import Scope
from localcloud.commands import remote


def _read(result):
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_a_token_is_made_shown_once_and_listed(run):
    """The secret is printed by the command that makes it, and by no other."""
    made = _read(run("tokens", "create", "Night shift", "--scope", "operator", "--days", "7", "--json"))
    assert made["secret"].startswith("aics_")
    listed = run("tokens", "list")
    assert made["id"] in listed.output
    assert made["secret"] not in listed.output
    mine = _read(run("tokens", "current", "--json", token=made["secret"]))
    assert mine["id"] == made["id"]


def test_a_token_is_rotated_and_revoked(run):
    """Rotation prints the new secret; both tokens end in the list as what they are."""
    old = _read(run("tokens", "create", "ci", "--scope", "viewer", "--json"))
    new = _read(run("tokens", "rotate", old["id"], "--overlap", "60", "--json"))
    assert run("tokens", "current", token=old["secret"]).exit_code == 0
    assert _read(run("tokens", "revoke", new["id"], "--json"))["revoked_at"]
    by_id = {token["id"]: token for token in _read(run("tokens", "list", "--json"))}
    assert by_id[old["id"]]["rotated_to"] == new["id"]


def test_a_list_in_a_pipe_is_tab_separated(run):
    """A line of headings, then one line for each item; nothing is cut off or folded."""
    name = "n" * 100
    made = _read(run("tokens", "create", name, "--scope", "viewer", "--json"))
    headings, *lines = run("tokens", "list").output.splitlines()
    assert headings.split("\t")[:3] == ["id", "name", "scope"]
    assert lines[0].split("\t")[:3] == [made["id"], name, "viewer"]


def test_a_list_on_a_terminal_is_a_table(run):
    """Aligned columns, no tabs; the id is whole."""
    made = _read(run("tokens", "create", "ci", "--scope", "viewer", "--json"))
    shown = run("tokens", "list", terminal=80).output
    assert "\t" not in shown
    assert made["id"] in shown


def test_lists_follow_pages_up_to_the_limit(run, line, monkeypatch):
    """More than a page is asked for page by page, in order, and no more than wanted is read."""
    monkeypatch.setattr(remote, "_MAX_PAGE_SIZE", 2)
    names = [f"number {number}" for number in range(6)]
    for name in names:
        run("tokens", "create", name, "--scope", "viewer")
    line.sent.clear()
    listed = _read(run("tokens", "list", "--limit", "5", "--json"))
    assert [token["name"] for token in listed] == names[:0:-1]
    assert len(line.sent) == 3
    assert len(_read(run("tokens", "list", "--json"))) == 7


def test_settings_are_shown_and_changed(run):
    """What was set is shown, and the history says why."""
    after = _read(
        run("settings", "set", 'allowed_countries=["CA"]', "pace=null", "--reason", "Canada", "--json")
    )
    assert (after["version"], after["allowed_countries"]) == (2, ["CA"])
    assert _read(run("settings", "show", "--json")) == after
    [change] = _read(run("settings", "history", "--json"))
    assert (change["reason"], change["after"]) == ("Canada", {"allowed_countries": ["CA"]})
    assert 'allowed_countries  ["CA"]' in run("settings", "show").output


def test_a_change_that_somebody_overtook_is_refused(run, line, api):
    """Between reading and writing somebody else was faster: exit code 1, and theirs stands."""

    def overtake(method):
        if method == "PATCH":
            body, headers = {"caps": {"live_calls": 1}}, {"If-Match": "*"}
            api.ask("PATCH", "/v1/settings", body=body, headers=headers, scope=Scope.ADMIN)

    line.before = overtake
    late = run("settings", "set", 'pace={"calls_per_second": 3}')
    assert (late.exit_code, "version_changed" in late.output) == (1, True)
    assert _read(run("settings", "show", "--json"))["pace"] == {"calls_per_second": None}


def test_the_kill_switch_is_thrown_and_released(run):
    """One command each, whatever the version; the reason is kept."""
    assert "the kill switch is on" in run("kill-switch", "on", "--reason", "wrong script").output
    shown = _read(run("settings", "show", "--json"))
    assert shown["kill_switch"] == {"on": True, "reason": "wrong script"}
    assert shown["dialing_enabled"] is False
    assert "the kill switch is off" in run("kill-switch", "off").output
    assert _read(run("settings", "show", "--json"))["dialing_enabled"] is True


def test_the_kill_switch_needs_no_reason(run):
    """Whoever is in a hurry stops everything with three words; the status says what is."""
    assert "the kill switch is off" in run("kill-switch", "status").output
    assert "the kill switch is on" in run("kill-switch", "on").output
    shown = _read(run("kill-switch", "status", "--json"))
    assert shown == {"on": True, "reason": "", "dialing_enabled": False}
    run("kill-switch", "on", "--reason", "wrong script")
    assert "the kill switch is on: wrong script" in run("kill-switch", "status").output


def test_a_refusal_is_a_sentence_with_its_fields(run):
    """Explanation, one line for each field, the code and the request's id; exit code 1."""
    result = run("settings", "set", 'pace={"calls_per_second": 0}', "caps=[]")
    assert result.exit_code == 1
    assert "Error: Some fields cannot be accepted" in result.output
    assert "  /pace/calls_per_second: " in result.output
    assert "  /caps: " in result.output
    assert "(400 invalid_fields, request " in result.output
    assert "Traceback" not in result.output


def test_a_token_that_may_too_little_is_refused(run, token_of):
    """A viewer changes nothing."""
    result = run("kill-switch", "on", "--reason", "x", token=token_of(Scope.VIEWER))
    assert (result.exit_code, "scope_missing" in result.output) == (1, True)


@pytest.mark.parametrize(
    "words",
    [
        ("settings", "set", "pace"),
        ("settings", "set", "pace=fast"),
        ("settings", "set"),
        ("tokens", "create", "x"),
        ("tokens", "create", "x", "--scope", "root"),
        ("failed-work", "replay"),
        ("failed-work", "replay", "work_1", "--all"),
        ("failed-work", "list", "--queue", "dail"),
        ("failed-work", "replay", "--all", "--queue", "changes"),
        ("audit", "--csv", "audit.csv", "--json"),
        ("tokens", "conjure"),
    ],
)
def test_wrong_usage_is_told_before_anything_is_asked(run, line, words):
    """Exit code 2, and no request."""
    assert run(*words).exit_code == 2
    assert line.sent == []


def test_nothing_running_has_an_exit_code_of_its_own(run, line):
    """Neither a local stack that is not there nor an address where nothing answers is a traceback."""
    result = run("tokens", "list", environ={"AICS_API_URL": "", "AICS_TOKEN": ""})
    assert (result.exit_code, "make up" in result.output) == (3, True)
    line.is_cut = True
    result = run("tokens", "list")
    assert (result.exit_code, "nothing answers" in result.output) == (3, True)


def test_the_local_stack_is_used_unless_told_otherwise(run, line, tmp_path, token_of):
    """Its address and its administrator's token are read from its own file."""
    (tmp_path / ".local").mkdir()
    endpoints = {"api_url": URL, "admin_token": token_of(Scope.ADMIN)}
    (tmp_path / ".local" / "endpoints.json").write_text(json.dumps(endpoints))
    nothing = {"AICS_API_URL": "", "AICS_TOKEN": ""}
    assert run("tokens", "list", environ=nothing).exit_code == 0
    assert line.sent[-1][2] == f"Bearer {endpoints['admin_token']}"
    viewer = token_of(Scope.VIEWER)
    assert run("tokens", "current", "--token", viewer, environ=nothing).exit_code == 0
    assert line.sent[-1][2] == f"Bearer {viewer}"


def test_the_local_administrator_s_token_goes_nowhere_else(run, line, tmp_path):
    """An address without a token is wrong usage, although a local token lies there."""
    (tmp_path / ".local").mkdir()
    endpoints = {"api_url": "http://127.0.0.1:1/api", "admin_token": "aics_local"}
    (tmp_path / ".local" / "endpoints.json").write_text(json.dumps(endpoints))
    result = run("tokens", "list", "--url", URL, environ={"AICS_API_URL": "", "AICS_TOKEN": ""})
    assert result.exit_code == 2
    assert line.sent == []


def test_the_audit_log_is_filtered(run, system, clock):
    """The options are the route's filters."""
    for name in ("1", "2"):
        system.audit.add(
            AuditEntry(
                id=f"audit_{name * 32}",
                at=clock.now(),
                actor="token:token_1",
                action=Action.UPDATED,
                object_kind="contact",
                object_id=f"contact_{name}",
                before={},
                after={},
            )
        )
    options = ("--object", "contact:contact_2", "--from", "2026-01-01T00:00:00Z", "--json")
    [entry] = _read(run("audit", *options))
    assert entry["object_id"] == "contact_2"
    assert run("audit", "--from", "yesterday").exit_code == 1


def _fail(system, clock, number):
    body = json.dumps({"v": 1, "kind": "finish", "call_id": f"call_{number}"})
    work_id = f"failed_{str(number) * 32}"
    system.failures.keep(
        FailedWork(work_id, WorkQueue.POST_CALL, "finish", f"call_{number}", body, clock.now())
    )
    return work_id


def test_failed_work_is_replayed_and_discarded(run, system, clock):
    """One by one, all at once, or given up with a reason; the list shows each state."""
    first, second, third = (_fail(system, clock, number) for number in (1, 2, 3))
    assert [work["id"] for work in _read(run("failed-work", "list", "--json"))] == [third, second, first]
    assert _read(run("failed-work", "replay", first, "--json"))["state"] == "replayed"
    assert run("failed-work", "replay", first).exit_code == 1
    done = _read(run("failed-work", "discard", second, "--reason", "erased", "--json"))
    assert (done["state"], done["reason"]) == ("discarded", "erased")
    assert _read(run("failed-work", "replay", "--all", "--json")) == {"replayed": 1}
    assert _read(run("failed-work", "list", "--json")) == []
    [kept] = _read(run("failed-work", "list", "--state", "discarded", "--json"))
    assert kept["id"] == second
