"""Whether somebody would be called for a campaign, by its own templates and rules."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.calls.services.explaining import Context, explain
from chalicelib.calls.services.templates import get_chosen
from chalicelib.kernel.errors import FieldError, Invalid
from chalicelib.scheduling.domain.campaigns import plan_of, stop_of_plan
from chalicelib.scheduling.domain.members import variant_of
from chalicelib.scheduling.services.campaigns import get_campaign

if TYPE_CHECKING:
    from chalicelib.calls.domain.templates import CallTemplate
    from chalicelib.calls.services.explaining import Explanation, Question
    from chalicelib.scheduling.domain.campaigns import Campaign
    from chalicelib.scheduling.ports.scheduling import SchedulingPorts


def explain_permission(scheduling: SchedulingPorts, question: Question) -> Explanation:
    """Say whether a call would be dialed; one of a campaign by its template, also before the campaign begins.

    Raises as `explain` does, and `NotFound` for a missing campaign, or `Invalid` with code `template_needed`
    when the campaign's templates have different purposes and neither template nor contact says which.
    """
    if not question.campaign_id:
        return explain(scheduling.calls, question)
    campaign = get_campaign(scheduling, question.campaign_id)
    plan = replace(plan_of(campaign), stop=stop_of_plan(campaign))
    return explain(scheduling.calls, question, Context(_template(scheduling, campaign, question), plan))


def _template(scheduling: SchedulingPorts, campaign: Campaign, question: Question) -> CallTemplate | None:
    """Give by what a contact is called, else what stands for the campaign; None: another is asked about."""
    if question.template_id:
        return None
    if question.contact_id:
        member = scheduling.members.get(campaign.id, question.contact_id)
        return get_chosen(
            scheduling.calls, member.variant if member else variant_of(campaign, question.contact_id)
        )
    templates = [get_chosen(scheduling.calls, choice) for choice in campaign.choices]
    if len({each.purpose for each in templates}) > 1:
        where = FieldError("/template_id", "Say which of the campaign's templates is meant.")
        message = "The campaign's templates have different purposes."
        raise Invalid(message, code="template_needed", errors=(where,))
    return templates[0]
