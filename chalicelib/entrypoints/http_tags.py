"""REST routes of tags."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalice.app import Blueprint

from chalicelib.bootstrap import container
from chalicelib.crm.schemas.jobs import JobView
from chalicelib.crm.schemas.tags import TagIn, TagList, TagMergeIn, TagPatch, TagView
from chalicelib.crm.services import tagging, tags
from chalicelib.crm.services.counting import tag_counts
from chalicelib.entrypoints.middleware import NoQuery, Request, route
from chalicelib.system.domain.tokens import Scope

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.crm.domain.jobs import Job
    from chalicelib.crm.domain.tags import Tag

bp = Blueprint(__name__)
_TAGS = "/v1/crm/tags"
_TAG = _TAGS + "/{tag_id}"
_ABSENT = {"tag_not_found": 404}
_TAKEN = {"tag_exists": 409}


@route(
    bp,
    "POST",
    _TAGS,
    scope=Scope.OPERATOR,
    body=TagIn,
    returns=TagView,
    status=201,
    errors=_TAKEN | {"tag_limit_reached": 409},
    example={"name": "VIP", "colour": "#2563eb"},
)
def create_tag(request: Request[TagIn, NoQuery]) -> TagView:
    """Create a tag; `tag_exists` names the one that has the name in `details.tag_id`."""
    tag = tags.create_tag(container().crm, request.body.new_tag(), request.new_id("tag"))
    return _view(tag, {})


@route(bp, "GET", _TAGS, scope=Scope.VIEWER, returns=TagList)
def list_tags(_request: Request[None, NoQuery]) -> dict[str, list[TagView]]:
    """List every tag by name, with how many contacts have it; the count follows a change in seconds."""
    crm = container().crm
    counts = tag_counts(crm)
    return {"items": [_view(tag, counts) for tag in tags.list_tags(crm)]}


@route(bp, "GET", _TAG, scope=Scope.VIEWER, returns=TagView, errors=_ABSENT)
def get_tag(request: Request[None, NoQuery]) -> TagView:
    """Read a tag."""
    return _counted(tags.get_tag(container().crm, request.path["tag_id"]))


@route(
    bp,
    "PATCH",
    _TAG,
    scope=Scope.OPERATOR,
    body=TagPatch,
    returns=TagView,
    errors=_ABSENT | _TAKEN,
    guarded=True,
    example={"name": "Gold"},
)
def change_tag(request: Request[TagPatch, NoQuery]) -> TagView:
    """Change a tag; its contacts have the new name at once."""
    tag_id, changes = request.path["tag_id"], request.body.changes()
    return _counted(tags.change_tag(container().crm, tag_id, changes, request.expected_version))


@route(
    bp,
    "DELETE",
    _TAG,
    scope=Scope.OPERATOR,
    returns=JobView,
    status=202,
    errors=_ABSENT,
    guarded=True,
)
def delete_tag(request: Request[None, NoQuery]) -> Job:
    """Delete a tag: nobody sees it any more, and the job of the answer takes it from its contacts."""
    return tagging.delete_tag(container().crm, request.path["tag_id"], request.expected_version)


@route(
    bp,
    "POST",
    _TAG + "/merge",
    scope=Scope.OPERATOR,
    body=TagMergeIn,
    returns=JobView,
    status=202,
    errors=_ABSENT | {"same_tag": 400, "unknown_tag": 400},
    example={"into": "VIP"},
)
def merge_tag(request: Request[TagMergeIn, NoQuery]) -> Job:
    """Merge a tag into another: the job of the answer gives its contacts the other, and then deletes it."""
    crm = container().crm
    (into,) = tags.tag_ids(crm, [request.body.into])
    return tagging.merge_tags(crm, request.path["tag_id"], into, job_id=request.new_id("job"))


def _counted(tag: Tag) -> TagView:
    return _view(tag, tag_counts(container().crm))


def _view(tag: Tag, counts: Mapping[str, int]) -> TagView:
    return TagView(**vars(tag), count=counts.get(tag.id, 0))
