from __future__ import annotations

import json
import tomllib
from pathlib import Path
from threading import Event
from time import perf_counter

import pytest
from unit.kernel.test_settings import ENVIRONMENT, SECRET

from chalicelib import bootstrap
from chalicelib.kernel.clock import SystemClock
from chalicelib.system.domain.readiness import VERSION
from chalicelib.system.services.readiness import check_readiness


def _broken():
    raise ConnectionError("table arn:aws:secret is gone")


def test_ready_when_every_dependency_answers():
    """All probes passing is ready, and each is listed under its name."""
    readiness = check_readiness({"crm_table": lambda: None, "secret": lambda: {"key": 1}}, SystemClock())
    assert readiness.ready
    assert [check.name for check in readiness.checks] == ["crm_table", "secret"]


def test_one_failure_is_enough_and_is_named_without_details():
    """A failing dependency is named with the kind of its failure, and nothing of its text."""
    readiness = check_readiness({"crm_table": _broken, "secret": lambda: None}, SystemClock())
    failed, passed = readiness.checks
    assert (readiness.status, failed.ok, failed.error, passed.ok) == (
        "failing",
        False,
        "ConnectionError",
        True,
    )


def test_a_hanging_dependency_does_not_hold_up_the_answer():
    """What does not answer in time fails after that time, together for all that hang."""
    release = Event()
    start = perf_counter()
    readiness = check_readiness(
        {"a": release.wait, "b": release.wait, "c": lambda: None}, SystemClock(), seconds=0.2
    )
    took = perf_counter() - start
    release.set()
    assert [(check.name, check.ok) for check in readiness.checks] == [("a", False), ("b", False), ("c", True)]
    assert took < 0.4


def test_nothing_to_ask_is_ready():
    """No probes, no failure."""
    assert check_readiness({}, SystemClock()).ready


def test_the_version_is_the_project_s():
    """The version that the API reports is the one in pyproject.toml."""
    project = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text())
    assert project["project"]["version"] == VERSION


class _Cloud:
    """Every service, each of which answers; the secret says which providers there are."""

    def __init__(self, providers: str) -> None:
        self._secret = f'{json.dumps(SECRET)[:-1]}, "providers": {providers}}}'

    def get_secret_value(self, **_wanted):
        return {"SecretString": self._secret}

    def __getattr__(self, _method):
        return lambda **_wanted: {}


@pytest.mark.parametrize(
    ("providers", "error"),
    [
        ("[]", None),
        ('[{"name": "main", "kind": "oracle", "model": "m"}]', "ValueError"),
        ('[{"name": "main"', "JSONDecodeError"),
    ],
)
def test_providers_that_cannot_be_read_are_a_failing_dependency(monkeypatch, providers, error):
    """Everything else may answer: no conversation could be held."""
    monkeypatch.setattr(bootstrap, "configure", lambda _level: None)
    container = bootstrap.Container(ENVIRONMENT)
    monkeypatch.setattr(container, "client", lambda _service: _Cloud(providers))
    readiness = check_readiness(container.probes, SystemClock())
    failed = {check.name: check.error for check in readiness.checks if not check.ok}
    assert failed == ({"providers": error} if error else {})
