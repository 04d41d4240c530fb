"""Campaigns on a virtual clock with faults keep every promise, and the judge sees it when they do not."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from fakes.campaigns import FakeMembers
from simulation.__main__ import main
from simulation.events import Kind
from simulation.judge import Verdict
from simulation.recording import RecordingNumbers
from simulation.run import Plan, simulate
from simulation.violations import Violation

from chalicelib.calls.domain import deciding
from chalicelib.calls.ports.telephony import PlaceOrder
from chalicelib.calls.services import dialing, dispatching, pacing, permission, slots, spreading
from chalicelib.scheduling.domain import members

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulation.run import Outcome

_MANY = Plan(contacts=300, seed=4, live_calls=20)
_BUDGETED = Plan(
    contacts=40,
    seed=4,
    faults=0.1,
    live_calls=6,
    calls_per_day=25,
    micros_per_day=5_000_000,
    longest=timedelta(hours=9),
)
_FEW = Plan(contacts=80, seed=4, faults=0.1, calls_per_second=2, live_calls=4, longest=timedelta(hours=4))


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    """A run of 300 people with faults."""
    return simulate(_MANY)


def test_every_promise_is_kept(outcome: Outcome) -> None:
    """Workers die, messages and callbacks come late, twice or never: no call is lost, or made twice."""
    assert outcome.verdict.violations == ()
    assert outcome.is_ok


def test_the_run_meets_what_it_is_about(outcome: Outcome) -> None:
    """It has deaths, lost answers, opt-outs, stops and retries: without them it would prove nothing."""
    happened = outcome.trouble
    assert happened["workers killed"] > 50
    assert happened["callbacks lost"] > 20
    assert happened["answers lost"]
    assert happened["orders turned away"]
    counts = outcome.counts
    assert counts[Kind.OPTED_OUT]
    assert counts[Kind.STOPPED] > 2
    assert counts[Kind.SUPPRESSED] > counts[Kind.OPTED_OUT]
    assert {event.attempt for event in outcome.product.log.of(Kind.DIALED)} == {0, 1, 2, 3}
    assert {event.campaign_id for event in outcome.product.log.of(Kind.DIALED)} > {""}


@pytest.fixture(scope="module")
def budgeted() -> Outcome:
    """A run in which each day has fewer calls than are wanted, with faults."""
    return simulate(_BUDGETED)


def test_budgets_are_kept(budgeted: Outcome) -> None:
    """Though workers die: no more is spent than allowed, and each holds what the log says that calls cost."""
    assert budgeted.trouble["workers killed"]
    assert any(pot.span == "2026-10-31" for pot in budgeted.product.calls.shelf.budgets)
    assert [each for each in budgeted.verdict.violations if each.rule != "I2"] == []


def test_budgets_bind(budgeted: Outcome) -> None:
    """The first day is used up to its last call, and the next day's calls wait for it."""
    days = Counter(event.at.date() for event in budgeted.product.log.of(Kind.DIALED))
    assert len(days) == 2
    assert max(days.values()) == _BUDGETED.calls_per_day


def _lavish(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(permission, "purse_of", lambda *_: None)


def test_the_judge_sees_who_spends_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody asks what is left."""
    _lavish(monkeypatch)
    assert simulate(_BUDGETED).verdict.count("I10")


def test_the_same_seed_is_the_same_run() -> None:
    """A run can be repeated to find out what went wrong in it; another seed is another run."""
    plan = Plan(contacts=30, seed=5, faults=0.1, longest=timedelta(hours=2))
    first, second, other = (_told(each) for each in (plan, plan, replace(plan, seed=6)))
    assert first == second
    assert first != other


def _told(plan: Plan) -> list[tuple[Any, ...]]:
    events = simulate(plan).product.log.events
    return [(event.at, event.kind, event.number, event.detail) for event in events]


def _open_at_any_hour(patch: pytest.MonkeyPatch) -> None:
    checks = deciding.checks
    patch.setattr(
        deciding, "checks", lambda facts: (each for each in checks(facts) if each.reason != "outside_hours")
    )


def _deaf(patch: pytest.MonkeyPatch) -> None:
    status = RecordingNumbers.status
    patch.setattr(
        RecordingNumbers, "status", lambda self, number: replace(status(self, number), suppressed_at=None)
    )
    patch.setattr("simulation.recording.FakeBook.commit_dial", _commit_whatever)
    patch.setattr("simulation.operators._SUPPRESSED_ONE_IN", 2)


def _commit_whatever(self: Any, call: Any, *_more: Any, **_options: Any) -> Any:
    self.shelf.calls[call.id] = replace(call, version=call.version + 1)
    return dialing.Commit.DONE


def _blind(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(dialing, "_carrier_unavailable", _ask_again)


def _ask_again(calls: Any, call: Any, _error: Exception) -> None:
    calls.telephony.place(PlaceOrder(call.id, call.number, call.line, 60))


def _restless(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(dialing, "_stop_of_now", lambda *_: None)
    patch.setattr("chalicelib.calls.services.permission.stop_of", lambda *_: None)
    patch.setattr("chalicelib.scheduling.services.admitting.dialing_stop", lambda *_: None)


def _hasty(patch: pytest.MonkeyPatch) -> None:
    for module in (pacing, dispatching, spreading):
        patch.setattr(module, "rhythms_of", lambda *_: [])


def _crowded(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(slots, "_pools", lambda _terms: {})


def _impatient(patch: pytest.MonkeyPatch) -> None:
    retry_at = members.retry_at
    patch.setattr(members, "retry_at", lambda *given: retry_at(*given) and given[-1])


def _forgetful(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(FakeMembers, "_count", lambda *_: None)


@pytest.mark.parametrize(
    ("broken", "rule"),
    [
        (_open_at_any_hour, "I3"),
        (_deaf, "I4"),
        (_restless, "I4"),
        (_blind, "I1"),
        (_hasty, "I5"),
        (_crowded, "I5"),
        (_impatient, "I9"),
        (_forgetful, "I7"),
    ],
)
def test_the_judge_sees_a_broken_product(
    broken: Callable[[pytest.MonkeyPatch], None], rule: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No hours, no opt-outs, no stops; a blind retry; no pace, no cap, no gaps: each is named."""
    broken(monkeypatch)
    assert simulate(_FEW).verdict.count(rule)


def test_the_command_tells_programs() -> None:
    """It prints one JSON object, and its status says that every promise was kept."""
    told = CliRunner().invoke(main, ["--contacts", "5", "--json"])
    assert told.exit_code == 0, told.output
    assert json.loads(told.stdout)["ok"]


def test_the_command_fails_when_a_promise_is_broken(
    outcome: Outcome, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It names what was broken by which events, and its status is 1; as it is when there was no end."""
    broken = replace(outcome, verdict=Verdict(9, (Violation("I3", "dialed out of hours", (7,)),)))
    for run, words in (
        (broken, "I3 dialed out of hours, events 7"),
        (replace(outcome, is_done=False), "end"),
    ):
        monkeypatch.setattr("simulation.__main__.simulate", lambda *_, run=run: run)
        told = CliRunner().invoke(main, [])
        assert told.exit_code == 1
        assert words in told.stdout
