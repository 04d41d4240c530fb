"""The REST route that calls many contacts at once."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from chalice.app import Blueprint

from chalicelib.bootstrap import container
from chalicelib.calls.schemas.bulk_calls import BulkCallIn, BulkCallView, foreseen_view
from chalicelib.calls.services import bulk_calls
from chalicelib.crm.schemas.jobs import JobView
from chalicelib.crm.services.tags import tag_ids_to_find
from chalicelib.entrypoints.middleware import NoQuery, Reply, Request, route
from chalicelib.system.domain.tokens import Scope

if TYPE_CHECKING:
    from chalicelib.crm.domain.jobs import Job

bp = Blueprint(__name__)


@route(
    bp,
    "POST",
    "/v1/calls/bulk-call",
    scope=Scope.OPERATOR,
    body=BulkCallIn,
    returns=BulkCallView,
    status=202,
    other_status=200,
    errors={"unknown_tag": 400, "template_not_found": 404, "too_far_ahead": 400},
    example={
        "template_id": "template_00000000000000000000000000000001",
        "tag": "Recall due",
        "priority": 6,
        "validate_only": True,
    },
)
def call_many(request: Request[BulkCallIn, NoQuery]) -> Reply:
    """Call many contacts: named ones, whoever has a tag or matches a filter, or up to 100 numbers.

    A job asks for one call with each contact, by the rules of a single call: read its progress and its
    results. `tag` and `filter` concern the contacts that are there now and match when it is their turn.
    Numbers that nobody has become contacts. `validate_only` does nothing and answers 200 with what the rules
    say of each, of 1,000 at most. Use a campaign for retries, limits, and to pause and follow it as a whole.
    """
    calls = container().calls
    wish = request.body.wish(partial(tag_ids_to_find, calls.crm), request.principal.name)
    if request.body.validate_only:
        found = foreseen_view(bulk_calls.foresee(calls, wish))
        return Reply(BulkCallView(job=None, foreseen=found), status=200)
    return Reply(_started(bulk_calls.start_bulk_call(calls, wish, request.new_id("job"))))


def _started(job: Job) -> BulkCallView:
    return BulkCallView(job=JobView.model_validate(job, from_attributes=True), foreseen=None)
