"""REST routes of campaigns: preparing them, and having them dial or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalice.app import Blueprint

from chalicelib.bootstrap import container
from chalicelib.entrypoints.middleware import NoQuery, Request, route
from chalicelib.kernel.actors import actor
from chalicelib.kernel.clock import cut_to_millis
from chalicelib.kernel.paging import Page
from chalicelib.kernel.schemas import PageQuery
from chalicelib.scheduling.domain.members import CHUNK
from chalicelib.scheduling.schemas.campaign_numbers import CampaignAnalytics, analytics_view
from chalicelib.scheduling.schemas.campaign_previews import StartQuery
from chalicelib.scheduling.schemas.campaign_views import CampaignList, CampaignView, campaign_view
from chalicelib.scheduling.schemas.campaigns import CampaignIn, CampaignPatch, new_campaign
from chalicelib.scheduling.services import campaigns, launching
from chalicelib.scheduling.services.foretelling import preview_campaign
from chalicelib.scheduling.services.members import add_members, check_contacts
from chalicelib.scheduling.services.progress import analyse, progress_of
from chalicelib.system.domain.tokens import Scope

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalicelib.scheduling.domain.campaigns import Campaign

bp = Blueprint(__name__)
_CAMPAIGNS = "/v1/scheduling/campaigns"
_CAMPAIGN = _CAMPAIGNS + "/{campaign_id}"
_MISSING = {"campaign_not_found": 404}
_REFUSED = {"template_not_found": 404, "line_not_found": 404, "stop_before_start": 400}
_ACT = {**_MISSING, "campaign_state": 409, "campaign_changed": 409}
_EXAMPLE = {
    "name": "Spring check-ups",
    "template_id": "template_00000000000000000000000000000001",
    "live_calls": 5,
    "holidays": ["2026-12-25"],
    "retries": {"max_attempts": 3, "after": {"busy": {"times": 2, "gaps_s": [900, 3600]}}},
    "contact_ids": ["contact_00000000000000000000000000000001"],
}


@route(
    bp,
    "POST",
    _CAMPAIGNS,
    scope=Scope.OPERATOR,
    body=CampaignIn,
    returns=CampaignView,
    status=201,
    errors={**_REFUSED, "contact_not_found": 404, "members_changed": 409},
    example=_EXAMPLE,
)
def create_campaign(request: Request[CampaignIn, NoQuery]) -> CampaignView:
    """Prepare a campaign.

    It is a draft: nobody is called before it is started. When a contact is not there, nothing is made.
    """
    scheduling, now = container().scheduling, cut_to_millis(container().clock.now())
    check_contacts(scheduling.calls.crm, request.body.contact_ids)
    new = new_campaign(request.body, request.new_id("campaign"), actor(), now)
    campaign = campaigns.create_campaign(scheduling, new)
    _add(campaign, request.body.contact_ids)
    return _whole(campaign)


@route(bp, "GET", _CAMPAIGNS, scope=Scope.VIEWER, query=PageQuery, returns=CampaignList)
def list_campaigns(request: Request[None, PageQuery]) -> Page[CampaignView]:
    """List campaigns, newest first."""
    page = campaigns.list_campaigns(container().scheduling, request.query.page_size, request.start)
    return Page([campaign_view(campaign) for campaign in page.items], page.next_start)


@route(bp, "GET", _CAMPAIGN, scope=Scope.VIEWER, returns=CampaignView, errors=_MISSING)
def get_campaign(request: Request[None, NoQuery]) -> CampaignView:
    """Read a campaign, with the state of its schedule and of its members."""
    return _whole(campaigns.get_campaign(container().scheduling, request.path["campaign_id"]))


@route(
    bp,
    "PATCH",
    _CAMPAIGN,
    scope=Scope.OPERATOR,
    body=CampaignPatch,
    returns=CampaignView,
    errors={
        **_MISSING,
        **_REFUSED,
        "campaign_started": 409,
        "campaign_over": 409,
        "campaign_changed": 409,
    },
    example={"live_calls": 10, "limits": {"usd_per_day": "25.00"}},
    guarded=True,
)
def change_campaign(request: Request[CampaignPatch, NoQuery]) -> CampaignView:
    """Change a campaign, also while it runs; its template only before it starts."""
    campaign_id, changes = request.path["campaign_id"], request.body.changes()
    campaign = campaigns.change_campaign(
        container().scheduling, campaign_id, changes, request.expected_version
    )
    return _whole(campaign)


@route(
    bp,
    "DELETE",
    _CAMPAIGN,
    scope=Scope.OPERATOR,
    returns=None,
    status=204,
    errors={**_MISSING, "campaign_state": 409},
    guarded=True,
)
def delete_campaign(request: Request[None, NoQuery]) -> None:
    """Delete a campaign that is a draft or over, with its members; its calls stay."""
    campaign_id = request.path["campaign_id"]
    campaigns.delete_campaign(container().scheduling, campaign_id, request.expected_version)


@route(
    bp,
    "POST",
    _CAMPAIGN + "/start",
    scope=Scope.OPERATOR,
    query=StartQuery,
    returns=CampaignView,
    errors={**_ACT, **_REFUSED, "campaign_empty": 409},
    idempotent=False,
)
def start_campaign(request: Request[None, StartQuery]) -> CampaignView:
    """Start a campaign, now or at its start time; a completed one goes on with members that wait.

    With `validate_only` nothing is changed, and `preview` says what would come of it: who is called, who is
    skipped and why, from when until when, at which cost.
    """
    scheduling, campaign_id = container().scheduling, request.path["campaign_id"]
    if request.query.validate_only:
        return _previewed(launching.check_start(scheduling, campaign_id))
    return _whole(launching.start_campaign(scheduling, campaign_id))


@route(
    bp,
    "POST",
    _CAMPAIGN + "/pause",
    scope=Scope.OPERATOR,
    returns=CampaignView,
    errors=_ACT,
    idempotent=False,
)
def pause_campaign(request: Request[None, NoQuery]) -> CampaignView:
    """Pause a campaign: nothing of it is dialed after the answer; calls that go on, go on."""
    return _whole(launching.pause_campaign(container().scheduling, request.path["campaign_id"]))


@route(
    bp,
    "POST",
    _CAMPAIGN + "/resume",
    scope=Scope.OPERATOR,
    query=StartQuery,
    returns=CampaignView,
    errors={**_ACT, **_REFUSED, "campaign_empty": 409},
    idempotent=False,
)
def resume_campaign(request: Request[None, StartQuery]) -> CampaignView:
    """Have a paused campaign go on; with `validate_only` only say what would come of it, as for a start."""
    scheduling, campaign_id = container().scheduling, request.path["campaign_id"]
    if request.query.validate_only:
        return _previewed(launching.check_resume(scheduling, campaign_id))
    return _whole(launching.resume_campaign(scheduling, campaign_id))


@route(
    bp,
    "POST",
    _CAMPAIGN + "/stop",
    scope=Scope.OPERATOR,
    returns=CampaignView,
    errors=_ACT,
    idempotent=False,
)
def stop_campaign(request: Request[None, NoQuery]) -> CampaignView:
    """Stop a campaign for good: nothing of it is dialed after the answer, and what waits is called off."""
    return _whole(launching.stop_campaign(container().scheduling, request.path["campaign_id"]))


@route(
    bp,
    "GET",
    _CAMPAIGN + "/analytics",
    scope=Scope.VIEWER,
    returns=CampaignAnalytics,
    errors=_MISSING,
)
def read_campaign_analytics(request: Request[None, NoQuery]) -> CampaignAnalytics:
    """Read what came of a campaign: funnel, outcomes, attempts, hours, cost, its templates side by side."""
    return analytics_view(*analyse(container().scheduling, request.path["campaign_id"]))


def _add(campaign: Campaign, contact_ids: Sequence[str]) -> None:
    for start in range(0, len(contact_ids), CHUNK):
        add_members(container().scheduling, campaign, contact_ids[start : start + CHUNK])


def _whole(campaign: Campaign) -> CampaignView:
    return campaign_view(campaign, progress_of(container().scheduling, campaign))


def _previewed(campaign: Campaign) -> CampaignView:
    scheduling = container().scheduling
    progress, preview = progress_of(scheduling, campaign), preview_campaign(scheduling, campaign)
    return campaign_view(campaign, progress, preview)
