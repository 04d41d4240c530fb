"""What the judge reads of a run on the deployed stack: the carrier's log, and what the product's API says."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from deployed.plan import GAPS, MAX_ATTEMPTS
from simulation.carrier_log import events_of
from simulation.events import Event, Kind
from simulation.judge import Verdict, judge
from simulation.rules import Books, Rules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from e2e.world import Stack

_GRACE = timedelta(seconds=1)  # an order may be under way to the carrier for so long
_AT_ONCE = 4
_OVER = frozenset({"done", "skipped"})


@dataclass(frozen=True)
class Evidence:
    """All that is known of a campaign in the end; `caught` are calls of which nobody can know yet."""

    campaign: dict[str, Any]
    members: list[dict[str, Any]]
    calls: list[dict[str, Any]]
    network: list[dict[str, Any]]
    suppressions: dict[str, str]
    caught: frozenset[str] = frozenset()

    def verdict(self, acts: Sequence[Event]) -> Verdict:
        """Hold everything against the promises."""
        events = events_of(self.network, self._decided, [*acts, *self._memberships(), *self._opt_outs()])
        rules = Rules(max_attempts=MAX_ATTEMPTS, gaps=GAPS, grace=_GRACE)
        return judge(events, rules, self._books())

    @property
    def _decided(self) -> list[dict[str, Any]]:
        return [call for call in self.calls if call["id"] not in self.caught]

    def _memberships(self) -> list[Event]:
        """Tell who was added, and who is done with."""
        found, now = [], datetime.now(UTC)
        for member in self.members:
            if member["call_id"] in self.caught and member["state"] == "calling":
                continue
            facts = {"campaign_id": self.campaign["id"], "contact_id": member["contact_id"]}
            added_at = datetime.fromisoformat(member["added_at"])
            found.append(Event(0, added_at, Kind.ADDED, number=member["number"], **facts))
            if member["state"] in _OVER:
                found.append(Event(0, now, Kind.CLOSED, detail=member["state"], **facts))
        return found

    def _opt_outs(self) -> list[Event]:
        """Tell of those who said that they do not want to be called again."""
        refused = {call["number"] for call in self.calls if call["outcome"] == "opted_out"}
        since = {number: self.suppressions.get(number) for number in refused}
        return [
            Event(0, datetime.fromisoformat(at) if at else datetime.now(UTC), Kind.OPTED_OUT, number=number)
            for number, at in since.items()
        ]

    def _books(self) -> Books:
        sums: dict[str, int] = self.campaign["members"]
        recount = {"total": len(self.members)}
        for name in ("waiting", "calling", "done", "skipped"):
            recount[name] = sum(member["state"] == name for member in self.members)
        return Books(frozenset(self.suppressions), sums, recount)


def gather(stack: Stack, campaign_id: str, acts: Sequence[Event], caught: frozenset[str]) -> Evidence:
    """Read everything; of calls that were answered the cost too, which lists do not have."""
    one = f"/v1/scheduling/campaigns/{campaign_id}"
    calls = _every(stack, "/v1/calls", campaign_id=campaign_id)
    answered = [call["id"] for call in calls if call["answered_at"]]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        costs = dict(zip(answered, pool.map(lambda each: _cost(stack, each), answered), strict=True))
        numbers = sorted({event.number for event in acts if event.number} | _refused(calls))
        held = dict(zip(numbers, pool.map(lambda each: _suppressed_at(stack, each), numbers), strict=True))
    return Evidence(
        stack.api.get(one),
        _every(stack, f"{one}/members"),
        [{**call, "cost": costs.get(call["id"], 0)} for call in calls],
        stack.log(),
        {number: at for number, at in held.items() if at},
        caught,
    )


def _refused(calls: Sequence[dict[str, Any]]) -> set[str]:
    return {call["number"] for call in calls if call["outcome"] == "opted_out"}


def _cost(stack: Stack, call_id: str) -> int:
    return int(stack.ask("GET", f"/v1/calls/{call_id}").json()["cost"])


def _suppressed_at(stack: Stack, number: str) -> str:
    answer = stack.ask("GET", f"/v1/calls/suppressions/{number}")
    return str(answer.json()["suppressed_at"]) if answer.ok else ""


def _every(stack: Stack, path: str, **query: str) -> list[dict[str, Any]]:
    """Read a list to its end, page by page."""
    found: list[dict[str, Any]] = []
    token: dict[str, str] = {}
    while True:
        page = stack.api.get(path, page_size="100", **query, **token)
        found += page["items"]
        if page["next_page_token"] is None:
            return found
        token = {"page_token": page["next_page_token"]}
