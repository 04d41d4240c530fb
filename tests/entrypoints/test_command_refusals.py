"""What commands say when an address, a token or a setting is not what somebody takes it for."""

from __future__ import annotations

import json

import pytest

from chalicelib.calls.services import dialing
from chalicelib.system.domain.failures import WorkQueue
from localcloud.commands.failed_work import _QUEUES, _REPLAYABLE


@pytest.mark.parametrize(
    "url", ["not-a-url", "calls.example.com/api", "ftp://calls.example.com", "http://", "http://["]
)
def test_what_is_no_address_is_wrong_usage(run, line, url):
    """Told before anything is asked, with what an address looks like."""
    result = run("tokens", "list", "--url", url)
    assert (result.exit_code, "https://calls.example.com/api" in result.output) == (2, True)
    assert line.sent == []


@pytest.mark.parametrize(
    "answer",
    [(403, b'{"message":"Forbidden"}'), (404, b"404: Not Found"), (200, b"<html>Welcome</html>")],
)
def test_a_forgotten_stage_is_guessed(run, line, answer):
    """What gateways and web sites answer elsewhere than at the API."""
    line.instead = answer
    result = run("tokens", "list")
    assert (result.exit_code, "ends with the stage, such as /api" in result.output) == (1, True)


def test_other_failures_blame_no_address(run, line):
    """A gateway that has lost its function is at the right place."""
    line.instead = (502, b"")
    assert "stage" not in run("tokens", "list").output


@pytest.mark.parametrize(
    "problem", [{"code": "local_cloud_down", "detail": "it is down"}, {"code": "local_cloud_down"}]
)
def test_a_problem_of_what_stands_between_is_told(run, line, problem):
    """A proxy that has lost the API knows no id of a request."""
    line.instead = (502, json.dumps(problem).encode())
    result = run("tokens", "list")
    assert (result.exit_code, "(502 local_cloud_down)" in result.output) == (1, True)
    assert problem.get("detail", "") in result.output


@pytest.mark.parametrize(
    "content",
    [b"", b'{"code": "unauthenticated", "detail": "Send a valid token", "status": 401, "request_id": "r"}'],
)
def test_a_refused_token_says_how_to_give_one(run, line, content):
    """Whether or not the API explains itself."""
    line.instead = (401, content)
    result = run("tokens", "list")
    assert result.exit_code == 1
    assert "give one with --token, or set AICS_TOKEN" in result.output


@pytest.fixture
def half_obeyed(monkeypatch):
    """Have the system act upon a part of its settings only, as a newer section may begin."""
    monkeypatch.setattr("chalicelib.system.schemas.settings.ENFORCED", ("kill_switch", "allowed_countries"))


@pytest.mark.usefixtures("half_obeyed")
def test_settings_that_nothing_obeys_are_marked(run):
    """Those that are acted upon are not."""
    rows = {row.split()[0]: row for row in run("settings", "show").stdout.splitlines()}
    marked = {name for name, row in rows.items() if row.endswith("not acted upon yet)")}
    assert marked == {"pace", "caps", "budgets", "hours", "retention"}


@pytest.mark.usefixtures("half_obeyed")
def test_setting_what_nothing_obeys_warns(run):
    """On the error stream, and only of what was changed."""
    result = run("settings", "set", "pace=null", 'allowed_countries=["CA"]', "--json")
    assert (result.exit_code, result.stderr) == (0, "pace is kept (not acted upon yet)\n")
    assert run("settings", "set", 'allowed_countries=["US"]').stderr == ""


def test_the_help_says_how_soon_calls_go_on(run):
    """As many a minute as the dispatcher wakes."""
    shown = " ".join(run("kill-switch", "off", "--help").output.split())
    assert f"each minute up to {dialing.SWEEP_LIMIT} waiting calls" in shown


def test_every_queue_can_be_chosen():
    """The choices are the API's; batches of changes cannot be replayed."""
    assert set(_QUEUES) == set(WorkQueue)
    assert set(WorkQueue) - set(_REPLAYABLE) == {WorkQueue.CHANGES}
