"""What an unanswered attempt of a campaign costs, with pace and live calls limited, and how fast it is."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

from moto import mock_aws

from benchmarks.empty_account import create_resources
from benchmarks.figures import Figure, Report
from benchmarks.ledger import Entry, Ledger
from benchmarks.product import container
from chalicelib.calls.domain.calls import Report as CarrierReport
from chalicelib.calls.domain.templates import CallTemplate
from chalicelib.calls.services.dialing import attend
from chalicelib.calls.services.finishing import finish_call
from chalicelib.calls.services.progress import record_report
from chalicelib.crm.domain.contacts import NewContact
from chalicelib.crm.services.contacts import create_contact
from chalicelib.kernel.clock import FixedClock
from chalicelib.kernel.ids import new_id
from chalicelib.kernel.phones import E164
from chalicelib.scheduling.domain.campaigns import Campaign
from chalicelib.scheduling.domain.members import MemberState, new_member
from chalicelib.scheduling.services.campaigns import create_campaign
from chalicelib.scheduling.services.launching import start_campaign
from chalicelib.scheduling.services.ticking import tick
from chalicelib.system.domain.settings import Caps, DayHours, Hours, Pace
from chalicelib.system.services.settings import change_settings

if TYPE_CHECKING:
    from chalicelib.bootstrap import Container
    from chalicelib.calls.ports.telephony import PlaceOrder

_MEMBERS = 40
_CALLS_A_SECOND, _LIVE = 10, _MEMBERS
_RING_S = 20


@dataclass(frozen=True)
class _Carrier:
    """Takes every order."""

    def place(self, order: PlaceOrder) -> str:
        return f"CA{order.call_id.rpartition('_')[2]}"


@dataclass(frozen=True)
class _Attempts:
    """What so many attempts asked of AWS, by phase, and how many seconds they took."""

    phases: dict[str, Entry]
    calls: int
    seconds: float


def measure() -> Report:
    """Call every member of a campaign once."""
    attempts = _attempts()
    total = sum(attempts.phases.values(), Entry())
    figures = [Figure("attempt of a campaign: write units", total.write_units / attempts.calls, "WU")]
    for name, entry in attempts.phases.items():
        figures.append(Figure(f"  {name}", entry.write_units / attempts.calls, "WU"))
    figures += [
        Figure("attempt of a campaign: writes", total.writes / attempts.calls, ""),
        Figure("attempt of a campaign: read units", total.read_units / attempts.calls, "RU"),
        Figure("attempts a second, one after the other", attempts.calls / attempts.seconds, "/s"),
    ]
    return Report(
        "attempts of a campaign that nobody answers",
        f"the real use cases and repositories on moto, {attempts.calls} members, {_CALLS_A_SECOND} calls a "
        "second and live calls limited; moto, and the counting, take most of the time",
        figures,
    )


def _attempts() -> _Attempts:
    ledger = Ledger()
    with mock_aws(), ledger.installed():
        root = container(queue_url=create_resources())
        clock = FixedClock(root.clock.now())
        root.clock = clock
        root.calls.telephony = cast("Any", _Carrier())
        root.scheduling.schedules = cast("Any", _NoSchedules())
        run = _Run(root, clock, ledger)
        campaign_id = run.started()
        began = time.perf_counter()
        called = run.called(campaign_id)
        return _Attempts(ledger.closed(), called, time.perf_counter() - began)


class _NoSchedules:
    """Schedules that are never on; the benchmark ticks by itself."""

    def enable(self, campaign_id: str, starts_at: object) -> None:
        pass

    def is_paused(self, _campaign_id: str) -> bool:
        return False

    def remove(self, campaign_id: str) -> None:
        pass


class _Run:
    """Fills a campaign, starts it, and does what queues and carrier would."""

    def __init__(self, root: Container, clock: FixedClock, ledger: Ledger) -> None:
        self._root, self._clock, self._ledger = root, clock, ledger

    def started(self) -> str:
        """Make a campaign with its members and start it; give its id."""
        all_day = Hours(*(DayHours("00:00", "24:00"),) * 7)
        limits = {"pace": Pace(_CALLS_A_SECOND), "caps": Caps(_LIVE), "hours": all_day}
        change_settings(self._root.calls.system, limits, None)
        now = self._clock.now()
        template = CallTemplate(new_id("template"), "Sales call", "Hello.", new_id("prompt"), now)
        self._root.calls.templates.create(template)
        campaign = Campaign(new_id("campaign"), "Spring", template.id, now, "benchmark")
        create_campaign(self._root.scheduling, campaign)
        contacts = [
            create_contact(self._root.crm, NewContact(f"Person {place}", E164(f"+1212555{place:04d}")))
            for place in range(_MEMBERS)
        ]
        members = [new_member(campaign, each.id, each.phone, now) for each in contacts]
        self._root.scheduling.members.add(members)
        start_campaign(self._root.scheduling, campaign.id)
        return campaign.id

    def called(self, campaign_id: str) -> int:
        """Call everybody once; give how many calls there were."""
        self._tick(campaign_id, "admission")
        page = self._root.scheduling.members.calling(campaign_id, _MEMBERS)
        call_ids = [member.call_id for member in page.items if member.state is MemberState.CALLING]
        for call_id in call_ids:
            self._clock.advance(seconds=1 / _CALLS_A_SECOND + 0.1)
            with self._ledger.phase("dial"):
                attend(self._root.calls, call_id)
        self._clock.advance(seconds=_RING_S)
        for call_id in call_ids:
            self._end(call_id)
        self._tick(campaign_id, "collection")
        return len(call_ids)

    def _end(self, call_id: str) -> None:
        sid = f"CA{call_id.rpartition('_')[2]}"
        with self._ledger.phase("callback"):
            record_report(self._root.calls, call_id, CarrierReport("no-answer", sid, self._clock.now()))
        with self._ledger.phase("post-call"):
            finish_call(self._root.calls, call_id)

    def _tick(self, campaign_id: str, phase: str) -> None:
        now = self._clock.now()
        with self._ledger.phase(phase):
            tick(self._root.scheduling, campaign_id, now + timedelta(seconds=1))
