"""One campaign on the deployed stack, end to end, on a bad day; judged from the carrier's log."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import requests
from deployed.evidence import Evidence, gather
from deployed.plan import PEOPLE
from deployed.trouble import CAMPAIGNS, Trouble, act
from simulation.events import Kind
from simulation.judging_limits import CALLS, LIVE, SPENT

from localcloud.api import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable

    from deployed.plan import Plan
    from e2e.world import Stack
    from simulation.judge import Verdict

_LOOK_S = 1.0
_AT_ONCE = 8
_USD_A_CALL = 1  # more than any of these calls may cost: what the budget allows must never be passed
_MICROS = 1_000_000
_OPEN = ("waiting", "calling")


@dataclass(frozen=True)
class Outcome:
    """What came of a run; `seconds` lasted its dialing."""

    plan: Plan
    evidence: Evidence
    verdict: Verdict
    is_done: bool
    seconds: float
    faults: Counter[str]
    killed: Counter[str]

    @property
    def is_ok(self) -> bool:
        """Tell whether it came to an end and every promise was kept."""
        return self.is_done and self.verdict.is_clean


def run(stack: Stack, plan: Plan, watch: Callable[[int, int], None] = lambda _done, _total: None) -> Outcome:
    """Have a campaign called to its end; `watch` is told each second how many are done with, of how many."""
    campaign_id = _prepare(stack, plan)
    trouble = Trouble(stack, plan, campaign_id)
    _limit(stack, trouble)
    stack.control("PUT", "/faults", plan.fault_rules)
    began = time.monotonic()
    try:
        stack.api.post(f"{CAMPAIGNS}/{campaign_id}/start", {})
        caught = _follow(stack, trouble, watch)
        seconds = time.monotonic() - began
    finally:
        faults = _struck(stack)
        stack.control("PUT", "/faults", {"rules": []})
        assert stack.ask("PATCH", "/v1/settings", json={"pace": None, "caps": None, "kill_switch": None}).ok
    evidence = gather(stack, campaign_id, trouble.acts, frozenset(caught or ()))
    verdict = evidence.verdict(trouble.acts)
    return Outcome(plan, evidence, verdict, caught is not None, seconds, faults, trouble.killed)


def _prepare(stack: Stack, plan: Plan) -> str:
    """Script the people, and make a campaign of all of them from a file; give its id."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        places = range(len(plan.numbers))
        list(pool.map(lambda each: stack.script(plan.numbers[each], PEOPLE[each % len(PEOPLE)]), places))
    body = {
        "name": f"Trial of {plan.members}, {plan.seed}",
        "template_id": stack.data.templates["Sales call"],
        "live_calls": plan.live_calls,
        "retries": plan.retries,
        "limits": {"calls": plan.most_calls, "usd": f"{plan.most_calls * _USD_A_CALL}.00"},
    }
    campaign_id = str(stack.api.post(CAMPAIGNS, body)["id"])
    rows = (f"Person {place},{number}" for place, number in enumerate(plan.numbers))
    file = {"content": "\n".join(["name,phone", *rows])}
    job = stack.api.post(f"{CAMPAIGNS}/{campaign_id}/members", {"csv": file})
    _wait(lambda: _members(stack, campaign_id)["total"] == plan.members, 30 + plan.members / 5, job["id"])
    return campaign_id


def _limit(stack: Stack, trouble: Trouble) -> None:
    """Put pace, live calls and budgets in force, and tell the judge of them."""
    plan = trouble.plan
    trouble.limit(plan.calls_per_second, plan.live_calls)
    most, own = plan.most_calls, trouble.campaign_id
    for name, value in ((LIVE, plan.live_calls), (CALLS, most), (SPENT, most * _USD_A_CALL * _MICROS)):
        trouble.acts.append(act(Kind.LIMITED, scope=own, name=name, value=value))


def _follow(stack: Stack, trouble: Trouble, watch: Callable[[int, int], None]) -> set[str] | None:
    """Go on until nobody is left, with trouble on the way; give the calls of which nobody can know yet.

    None: it took too long.
    """
    deadline = time.monotonic() + trouble.plan.longest_s
    while time.monotonic() < deadline:
        time.sleep(_LOOK_S)
        try:
            numbers = _members(stack, trouble.campaign_id)
        except (ApiError, requests.RequestException):  # a machine that does too much answers late
            continue
        left = sum(numbers[state] for state in _OPEN)
        watch(numbers["total"] - left, numbers["total"])
        if not left:
            return set()
        trouble.go_on(1 - left / numbers["total"])
        if left <= trouble.plan.most_caught and (caught := _caught(stack, trouble.campaign_id, left)):
            return caught
    return None


def _caught(stack: Stack, campaign_id: str, left: int) -> set[str]:
    """Give the calls of all who are left, if the worker of each died before it came to the carrier.

    The product waits for ten minutes before it is certain of that. None of them: somebody else is left too.
    """
    members = stack.api.get(f"{CAMPAIGNS}/{campaign_id}/members", state="calling", page_size="100")["items"]
    if len(members) < left:
        return set()
    ordered = " ".join(event["params"].get("Url", "") for event in stack.log(kind="rest.request"))
    calls = [stack.ask("GET", f"/v1/calls/{member['call_id']}").json() for member in members]
    if any(call.get("state") != "dialing" or call["id"] in ordered for call in calls):
        return set()
    return {call["id"] for call in calls}


def _members(stack: Stack, campaign_id: str) -> dict[str, int]:
    numbers: dict[str, int] = stack.api.get(f"{CAMPAIGNS}/{campaign_id}")["members"]
    return numbers


def _struck(stack: Stack) -> Counter[str]:
    rules: list[dict[str, Any]] = stack.control("GET", "/faults")["rules"]
    return Counter({f"{each['effect']} {each['match']}".strip(): each["struck"] for each in rules})


def _wait(probe: Callable[[], bool], within: float, what: str) -> None:
    deadline = time.monotonic() + within
    while not probe():
        if time.monotonic() > deadline:
            raise TimeoutError(what)
        time.sleep(_LOOK_S / 2)
