"""Asking for the call of a member, once for each attempt."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.calls.services.requests import CallWish, request_call
from chalicelib.kernel.errors import Forbidden, Invalid, NotFound
from chalicelib.scheduling.domain.members import CONTACT_GONE, MemberChange, never_called
from chalicelib.scheduling.services.launching import pause_campaign
from chalicelib.system.domain.settings import Stop

if TYPE_CHECKING:
    from chalicelib.kernel.errors import AppError
    from chalicelib.scheduling.domain.campaigns import Campaign
    from chalicelib.scheduling.domain.members import Member
    from chalicelib.scheduling.ports.scheduling import SchedulingPorts

_NOT_FOUND = "contact_not_found"


def ask_for_call(scheduling: SchedulingPorts, campaign: Campaign, member: Member, wake_in_s: int = 0) -> bool:
    """Ask for the call of a member's attempt, if nobody has; False when there will be none.

    A member that must not be called by now is skipped. What concerns the whole campaign, such as a template
    that is gone, pauses it, and the call is asked for when it goes on.
    """
    try:
        request_call(scheduling.calls, replace(_wish(campaign, member), wake_in_s=wake_in_s))
    except Forbidden as refusal:
        _give_up(scheduling, member, refusal.code)
    except NotFound as refusal:
        if refusal.code != _NOT_FOUND:
            _pause(scheduling, campaign, refusal)
            return False
        _give_up(scheduling, member, CONTACT_GONE)
    except Invalid as refusal:
        _pause(scheduling, campaign, refusal)
    else:
        return True
    return False


def _wish(campaign: Campaign, member: Member) -> CallWish:
    return CallWish(
        template_id=member.template_id,
        template_version=member.template_version,
        contact_id=member.contact_id,
        number=member.number,
        priority=campaign.priority,
        requested_by=f"campaign:{campaign.id}",
        call_id=member.call_id,
        campaign_id=campaign.id,
        attempt=member.attempts,
    )


def _give_up(scheduling: SchedulingPorts, member: Member, reason: str) -> None:
    scheduling.members.save([MemberChange(member, never_called(member, reason))])


def _pause(scheduling: SchedulingPorts, campaign: Campaign, refusal: AppError) -> None:
    pause_campaign(scheduling, campaign.id, Stop(refusal.code, refusal.message))
