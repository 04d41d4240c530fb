"""Whatever happens to calls, in any order, wherever workers die: budgets are what calls claim, and hold."""

from __future__ import annotations

from typing import Any

from fakes.budgets import recounted
from fakes.calls import NOW, FakeCalls, furnished
from fakes.carrier import Fuse, Killed
from fakes.crm import FakeCrm
from fakes.workers import Workers
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.calls.domain.budgets import ALL, TOTAL, Amount, Pot
from chalicelib.calls.domain.calls import Report
from chalicelib.calls.domain.dial_plans import DialPlan, Limits
from chalicelib.calls.services.progress import record_report
from chalicelib.calls.services.queue import cancel_waiting
from chalicelib.calls.services.requests import CallWish, request_call
from chalicelib.kernel.clock import FixedClock
from chalicelib.kernel.errors import AppError
from chalicelib.kernel.money import micros
from chalicelib.kernel.phones import E164
from chalicelib.system.domain.settings import Budgets
from chalicelib.system.services.settings import change_settings

_CALLS = 4
_WHICH = st.integers(0, _CALLS - 1)
_FUSES = st.none() | st.integers(1, 30)
_STEPS = st.one_of(
    st.tuples(st.just("request"), _WHICH, st.sampled_from(["", "c1"])),
    st.tuples(st.just("attend"), _WHICH, _FUSES),
    st.tuples(st.just("finish"), _WHICH, _FUSES),
    st.tuples(st.just("report"), _WHICH, st.sampled_from(["ringing", "in-progress", "completed", "busy"])),
    st.tuples(st.just("cancel"), _WHICH, st.none()),
    st.tuples(st.just("wait"), st.sampled_from([30, 61, 700, 13 * 3600]), st.none()),
    st.tuples(st.just("mood"), _WHICH, st.sampled_from(["accept", "refuse", "busy", "lost", "unheard"])),
)
_MONEY = st.none() | st.integers(0, micros("0.9"))
_COUNT = st.none() | st.integers(0, 3)


class World:
    """Calls with budgets, and what can happen to them."""

    def __init__(self, budgets: Budgets, limits: Limits) -> None:
        clock = FixedClock(NOW)
        self.fuse = Fuse()
        self.calls = FakeCalls(clock, FakeCrm(clock))
        furnished(self.calls, max_duration_s=60, transfer_to=None)
        change_settings(self.calls.system, {"budgets": budgets}, None)
        self.calls.plans.put(DialPlan("c1", "Spring", limits=limits))
        self.workers = Workers(self.calls, self.fuse)

    def go(self, step: str, which: int, how: Any) -> None:
        """Let one thing happen; a worker may die of it."""
        self.fuse.length, self.fuse.burnt = None, 0
        try:
            getattr(self, step)(which, how)
        except (Killed, AppError):
            return

    def request(self, which: int, campaign_id: str) -> None:
        """Ask for a call."""
        number = E164(f"+1415555{2700 + which}")
        wish = CallWish("template_1", number=number, call_id=f"call_{which}", campaign_id=campaign_id)
        request_call(self.calls, wish)

    def attend(self, which: int, fuse: int | None) -> None:
        """Look at a call, with a fuse."""
        self.fuse.length = fuse
        self.workers.attend(f"call_{which}")

    def finish(self, which: int, fuse: int | None) -> None:
        """Close the books of a call, with a fuse."""
        self.fuse.length = fuse
        self.workers.finish(f"call_{which}")

    def report(self, which: int, status: str) -> None:
        """Have the carrier report what it has."""
        for each in self.calls.telephony.accepted:
            if each.order.call_id == f"call_{which}":
                report = Report(status, each.sid, self.calls.clock.now(), duration_s=which * 20)
                record_report(self.calls, each.order.call_id, report)

    def cancel(self, which: int, _how: None) -> None:
        """Withdraw a call."""
        cancel_waiting(self.calls, f"call_{which}")

    def wait(self, seconds: int, _how: None) -> None:
        """Let time pass."""
        self.calls.clock.advance(seconds=seconds)

    def mood(self, _which: int, mood: str) -> None:
        """Have the carrier do this from now on."""
        self.calls.telephony.moods = [mood]


@given(
    budgets=st.builds(Budgets, st.none() | st.integers(0, micros("0.4")), _MONEY, _COUNT),
    limits=st.builds(Limits, _MONEY, _COUNT, _MONEY, _COUNT),
    steps=st.lists(_STEPS, max_size=30),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_budgets_hold(budgets: Budgets, limits: Limits, steps: list[tuple[str, int, Any]]) -> None:
    """After each step the sums are a recount of the calls, and none is above its limit."""
    world = World(budgets, limits)
    for step in [*(("request", which, "c1") for which in range(2)), *steps]:
        world.go(*step)
        shelf = world.calls.shelf
        held = {pot: amount for pot, amount in shelf.budgets.items() if any(amount)}
        claimed = recounted(shelf.calls.values())
        assert held == {pot: amount for pot, amount in claimed.items() if any(amount)}
        for pot, amount in held.items():
            assert _is_within(budgets, limits, pot, amount), (pot, amount)


def _is_within(budgets: Budgets, limits: Limits, pot: Pot, amount: Amount) -> bool:
    if pot.name == ALL:
        money, calls = budgets.per_day_micros, budgets.calls_per_day
    elif pot.span == TOTAL:
        money, calls = limits.micros, limits.calls
    else:
        money, calls = limits.micros_per_day, limits.calls_per_day
    within = money is None or amount.micros <= money
    return within and (calls is None or amount.calls <= calls)
