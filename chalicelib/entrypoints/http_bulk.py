"""REST routes that act on many contacts, or make one of two."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from chalice.app import Blueprint

from chalicelib.bootstrap import container
from chalicelib.crm.schemas.bulk import BulkIn, BulkView, MergeIn
from chalicelib.crm.schemas.contacts import ContactView
from chalicelib.crm.schemas.jobs import JobView
from chalicelib.crm.services import bulk
from chalicelib.crm.services.merging import merge_contact as merge
from chalicelib.crm.services.tags import tag_ids, tag_ids_to_find
from chalicelib.entrypoints.http_contacts import shown_contacts
from chalicelib.entrypoints.middleware import NoQuery, Reply, Request, route
from chalicelib.system.domain.tokens import Scope

if TYPE_CHECKING:
    from chalicelib.crm.domain.bulk import BulkCount
    from chalicelib.crm.domain.contacts import Contact
    from chalicelib.crm.domain.jobs import Job

bp = Blueprint(__name__)


@route(
    bp,
    "POST",
    "/v1/crm/contacts/bulk",
    scope=Scope.OPERATOR,
    body=BulkIn,
    returns=BulkView,
    status=202,
    other_status=200,
    errors={"unknown_tag": 400},
    example={"action": "set_status", "value": "inactive", "filter": {"status": "lead", "source": "import"}},
)
def act_on_contacts(request: Request[BulkIn, NoQuery]) -> Reply:
    """Act on many contacts: tag, untag, assign, set the status, delete.

    A job does it: read its progress and its results. With a `filter` it concerns the contacts that are there
    now and match when it is their turn. `validate_only` does nothing and answers 200 with how many it would
    concern.
    """
    crm = container().crm
    wish = request.body.wish(partial(tag_ids, crm), partial(tag_ids_to_find, crm))
    if request.body.validate_only:
        return Reply(_view(None, bulk.count_concerned(crm, wish)), status=200)
    return Reply(_view(bulk.start_bulk(crm, wish, request.new_id("job")), None))


@route(
    bp,
    "POST",
    "/v1/crm/contacts/{contact_id}/merge",
    scope=Scope.OPERATOR,
    body=MergeIn,
    returns=ContactView,
    errors={
        "contact_not_found": 404,
        "same_contact": 400,
        "too_many_phones": 400,
        "too_many_tags": 400,
        "phone_taken": 409,
    },
    example={"from": "contact_0123456789abcdef0123456789abcdef"},
    idempotent=False,
    guarded=True,
)
def merge_contact(request: Request[MergeIn, NoQuery]) -> Contact:
    """Merge a contact into this one: numbers, tags, and what this one lacks.

    The other's id leads here from now on; a job moves its notes, consents and calls. If one of them must not
    be contacted, nor must the result. Merging again changes nothing.
    """
    winner_id, loser_id = request.path["contact_id"], request.body.loser_id
    winner = merge(container().crm, winner_id, loser_id, request.expected_version)
    return shown_contacts([winner])[0]


def _view(job: Job | None, count: BulkCount | None) -> BulkView:
    return BulkView(
        job=JobView.model_validate(job, from_attributes=True) if job else None,
        concerned=count.concerned if count else None,
        is_more=count.is_more if count else False,
    )
