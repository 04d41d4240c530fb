from __future__ import annotations

import pytest

from chalicelib.system.domain.readiness import VERSION


def _silent():
    raise ConnectionRefusedError("10.0.0.7 port 8000")


def test_health_needs_no_token_and_no_dependency(api, container):
    """The check answers with the version although every dependency is down."""
    container.probes = {"crm_table": _silent}
    answer = api.get("/health", scope=None)
    assert (answer.status, answer.body) == (200, {"status": "ok", "version": VERSION})


def test_ready_when_all_dependencies_are(api, container):
    """Each dependency is listed with its time in milliseconds."""
    container.probes = {"crm_table": lambda: None, "dial_queue": lambda: None}
    answer = api.get("/health/ready", scope=None)
    assert answer.status == 200
    assert answer.body["status"] == "ok"
    assert [(check["name"], check["ok"], check["error"]) for check in answer.body["checks"]] == [
        ("crm_table", True, None),
        ("dial_queue", True, None),
    ]
    assert all(check["ms"] >= 0 for check in answer.body["checks"])


def test_not_ready_when_one_is_not(api, container):
    """A failing dependency makes it 503, and its address stays private."""
    container.probes = {"crm_table": _silent, "dial_queue": lambda: None}
    answer = api.get("/health/ready", scope=None)
    assert (answer.status, answer.body["status"]) == (503, "failing")
    assert [check["error"] for check in answer.body["checks"]] == ["ConnectionRefusedError", None]


@pytest.mark.parametrize("path", ["/health", "/health/ready"])
def test_health_takes_no_parameters(api, path):
    """Unknown parameters are refused here as anywhere."""
    assert api.get(f"{path}?verbose=1", scope=None).status == 400
