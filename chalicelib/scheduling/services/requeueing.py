"""Having members called once more who were skipped, or are done, for a reason that an operator names.

A job does it, however many they are. Nothing is decided here of whether they may be called: the rules are
asked about each of them again, and whoever must not be called is skipped again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib.calls.domain.outcomes import Outcome as CallOutcome
from chalicelib.crm.domain.jobs import REQUEUE_MEMBERS, Job, Outcome, Result, Step
from chalicelib.crm.services.jobs import start_job
from chalicelib.kernel.clock import cut_to_millis
from chalicelib.scheduling.domain.member_lists import MemberFilter
from chalicelib.scheduling.domain.members import CHUNK, ERASED, MemberChange, MemberState, wait_again
from chalicelib.scheduling.services.adding import announce
from chalicelib.scheduling.services.campaigns import get_campaign
from chalicelib.scheduling.services.members import check_takes_members

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from chalicelib.scheduling.domain.members import Member
    from chalicelib.scheduling.ports.scheduling import SchedulingPorts

_AT_ONCE = 500  # members that one step sees to; their results are one row


def start_requeueing(scheduling: SchedulingPorts, campaign_id: str, where: MemberFilter, job_id: str) -> Job:
    """Start a job that puts members back to waiting; with the same id again it is the same job.

    Only those who are skipped or done. Raises `NotFound` with code `campaign_not_found`, `Conflict` with code
    `campaign_over` when the campaign is stopped, or ends in this moment.
    """
    crm = scheduling.calls.crm
    if crm.jobs.get(job_id) is None:
        campaign = get_campaign(scheduling, campaign_id)
        check_takes_members(campaign)
        announce(scheduling, campaign, job_id)
    arguments = {"campaign_id": campaign_id, "filter": _as_arguments(where)}
    return start_job(crm, REQUEUE_MEMBERS, arguments, (), job_id)


def requeue_step(scheduling: SchedulingPorts, job: Job) -> Step:
    """Put the next members of a job back to waiting, up to 500; it can be done again after a crash.

    Whoever waits again by then, from before the crash, is not among the job's results.
    """
    campaign_id = str(job.arguments["campaign_id"])
    check_takes_members(get_campaign(scheduling, campaign_id))
    where = _filter_of(job.arguments["filter"])
    page = scheduling.members.page(campaign_id, _AT_ONCE, job.cursor, where)
    over = [member for member in page.items if member.is_over]
    chunks = [over[start : start + CHUNK] for start in range(0, len(over), CHUNK)]
    results = [result for chunk in chunks for result in _requeued(scheduling, chunk)]
    if page.next_start is None:
        scheduling.campaigns.end_adding(campaign_id, job.id)
    return Step(tuple(results), page.next_start)


def _requeued(scheduling: SchedulingPorts, members: Sequence[Member]) -> list[Result]:
    now = cut_to_millis(scheduling.clock.now())
    changes = [MemberChange(member, wait_again(member, now)) for member in members]
    wanted = [change for change in changes if change.new != change.old]
    stored = {member.contact_id for member in scheduling.members.save(wanted)}
    return [_result(member, is_done=member.contact_id in stored) for member in members]


def _result(member: Member, *, is_done: bool) -> Result:
    if is_done:
        return Result(member.contact_id, Outcome.DONE)
    return Result(
        member.contact_id, Outcome.UNCHANGED, ERASED, "Its contact was erased, or it was changed just now."
    )


def _as_arguments(where: MemberFilter) -> dict[str, str]:
    return {name: str(value) for name, value in vars(where).items() if value is not None}


def _filter_of(arguments: Mapping[str, Any]) -> MemberFilter:
    state, outcome = arguments.get("state"), arguments.get("last_outcome")
    return MemberFilter(
        state=MemberState(state) if state else None,
        reason=arguments.get("reason"),
        variant=arguments.get("variant"),
        last_outcome=CallOutcome(outcome) if outcome else None,
    )
