"""REST routes of the members of campaigns: adding, looking at, exporting and taking them out."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from chalice.app import Blueprint

from chalicelib.bootstrap import container
from chalicelib.crm.schemas.jobs import JobView
from chalicelib.crm.services import imports
from chalicelib.crm.services.tags import tag_ids_to_find
from chalicelib.entrypoints.middleware import NoQuery, Reply, Request, next_link, route
from chalicelib.kernel.actors import actor
from chalicelib.kernel.logs import log
from chalicelib.kernel.paging import Page
from chalicelib.scheduling.schemas.members import (
    MAX_EXPORT,
    MemberList,
    MembersExportQuery,
    MembersFile,
    MembersIn,
    MembersQuery,
    MemberStoryView,
    MemberView,
    RequeueIn,
    member_view,
    members_csv,
    story_view,
)
from chalicelib.scheduling.services import adding, membership, requeueing
from chalicelib.system.domain.tokens import Scope

if TYPE_CHECKING:
    from chalicelib.crm.domain.jobs import Job

bp = Blueprint(__name__)
_CAMPAIGN = "/v1/scheduling/campaigns/{campaign_id}"
_MEMBERS = _CAMPAIGN + "/members"
_MEMBER = _MEMBERS + "/{contact_id}"
_FILE_NAME = "members.csv"
_NO_CAMPAIGN = {"campaign_not_found": 404}
_MISSING = {**_NO_CAMPAIGN, "member_not_found": 404}
_FILES = {"import_not_found": 404, "import_not_done": 409, "file_missing": 409, "import_running": 409}
_MAX_BODY_BYTES = 4_500_000  # a million characters, of four bytes each at most; Lambda takes six megabytes


@route(
    bp,
    "POST",
    _MEMBERS,
    scope=Scope.OPERATOR,
    body=MembersIn,
    returns=JobView,
    status=202,
    errors={**_NO_CAMPAIGN, **_FILES, "unknown_tag": 400, "campaign_over": 409},
    max_body_bytes=_MAX_BODY_BYTES,
    example={"filter": {"status": "lead", "tag": "spring"}},
)
def add_members(request: Request[MembersIn, NoQuery]) -> Job:
    """Add members to a campaign that is not stopped, also while it runs.

    A completed campaign calls them when it is started again. A job adds them, whatever their number: read its
    progress and its results. `tag` and `filter` concern the contacts that are there now. `csv` imports its
    rows; those without a number are among the rejected rows of the import that the job names. Each contact
    becomes a member once; whoever is one stays as it is.
    """
    scheduling, campaign_id = container().scheduling, request.path["campaign_id"]
    job_id = request.new_id("job")
    import_id = _begin_import(request, request.body.csv) if request.body.csv else None
    wish = request.body.wish(partial(tag_ids_to_find, scheduling.calls.crm), import_id)
    return adding.start_adding(scheduling, campaign_id, wish, job_id)


@route(
    bp,
    "GET",
    _MEMBERS,
    scope=Scope.VIEWER,
    query=MembersQuery,
    returns=MemberList,
    errors=_NO_CAMPAIGN,
)
def list_members(request: Request[None, MembersQuery]) -> Page[dict[str, Any]]:
    """List the members of a campaign; with a filter a page may be short, and more may follow."""
    scheduling, query = container().scheduling, request.query
    where = query.where()
    page = membership.list_members(
        scheduling, request.path["campaign_id"], where, query.page_size, request.start
    )
    names = membership.names_of(scheduling, page.items)
    return Page([member_view(member, names) for member in page.items], page.next_start)


@route(
    bp,
    "GET",
    _MEMBERS + "/export",
    scope=Scope.OPERATOR,
    query=MembersExportQuery,
    returns=str,
    media_type="text/csv",
    errors=_NO_CAMPAIGN,
)
def export_members(request: Request[None, MembersExportQuery]) -> Reply:
    """Export members with what came of their calls as CSV, up to 1,000 rows an answer.

    While there may be more, the header `Link` leads to the next rows.
    """
    scheduling, query, campaign_id = container().scheduling, request.query, request.path["campaign_id"]
    page = membership.export_members(scheduling, campaign_id, query.where(), MAX_EXPORT, query.after)
    names = membership.names_of(scheduling, page.items)
    text = members_csv(page.items, names, bom=query.bom and query.after is None)
    log("members.exported", actor=actor(), campaign_id=campaign_id, members=len(page.items))
    return Reply(text, headers=next_link(query, "after", page.next_start, frozenset({"bom"})))


@route(
    bp,
    "POST",
    _MEMBERS + "/requeue",
    scope=Scope.OPERATOR,
    body=RequeueIn,
    returns=JobView,
    status=202,
    errors={**_NO_CAMPAIGN, "campaign_over": 409},
    example={"reason": "no_time_allowed"},
)
def requeue_members(request: Request[RequeueIn, NoQuery]) -> Job:
    """Have members called once more who were skipped, or are done: those of a reason or an outcome.

    A job does it, whatever their number. The rules are asked about each again: whoever opted out, or must not
    be called for another reason, is skipped again. A completed campaign calls them when it is started again.
    """
    campaign_id, job_id = request.path["campaign_id"], request.new_id("job")
    return requeueing.start_requeueing(container().scheduling, campaign_id, request.body.where(), job_id)


@route(bp, "GET", _MEMBER, scope=Scope.VIEWER, returns=MemberStoryView, errors=_MISSING)
def get_member(request: Request[None, NoQuery]) -> dict[str, Any]:
    """Read a member with each of its calls: what came of it, and why it was dialed, or was not."""
    scheduling = container().scheduling
    story = membership.member_story(scheduling, request.path["campaign_id"], request.path["contact_id"])
    return story_view(story, membership.names_of(scheduling, [story.member]))


@route(
    bp,
    "POST",
    _MEMBER + "/skip",
    scope=Scope.OPERATOR,
    returns=MemberView,
    errors={**_MISSING, "member_in_call": 409, "members_changed": 409},
    idempotent=False,
)
def skip_member(request: Request[None, NoQuery]) -> dict[str, Any]:
    """Have a member not called any more; a call that waits to be dialed is called off."""
    scheduling = container().scheduling
    member = membership.skip_member(scheduling, request.path["campaign_id"], request.path["contact_id"])
    return member_view(member, membership.names_of(scheduling, [member]))


@route(
    bp,
    "DELETE",
    _MEMBER,
    scope=Scope.OPERATOR,
    returns=None,
    status=204,
    errors={**_MISSING, "member_called": 409, "members_changed": 409},
    guarded=True,
)
def remove_member(request: Request[None, NoQuery]) -> None:
    """Take somebody out of a campaign who was not called yet; whoever was is skipped instead."""
    path = request.path
    membership.remove_member(
        container().scheduling, path["campaign_id"], path["contact_id"], request.expected_version
    )


def _begin_import(request: Request[MembersIn, NoQuery], file: MembersFile) -> str:
    """Begin to import the file, for a campaign that takes members; the same one when it is asked again."""
    crm, import_id = container().crm, request.new_id("import")
    if crm.imports.get(import_id) is None:
        adding.refuse_adding(container().scheduling, request.path["campaign_id"])
    return imports.begin_import(crm, import_id, _FILE_NAME, file.wish(), file.content.encode()).id
