"""REST route of a contact's timeline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalice.app import Blueprint

from chalicelib.bootstrap import container
from chalicelib.crm.schemas.timeline import TimelineList, TimelineQuery
from chalicelib.crm.services.timeline import list_timeline as read_timeline
from chalicelib.entrypoints.middleware import Request, route
from chalicelib.system.domain.tokens import Scope

if TYPE_CHECKING:
    from chalicelib.crm.domain.timeline import TimelineEntry
    from chalicelib.kernel.paging import Page

bp = Blueprint(__name__)


@route(
    bp,
    "GET",
    "/v1/crm/contacts/{contact_id}/timeline",
    scope=Scope.VIEWER,
    query=TimelineQuery,
    returns=TimelineList,
    errors={"contact_not_found": 404},
)
def list_timeline(request: Request[None, TimelineQuery]) -> Page[TimelineEntry]:
    """List what happened with a contact, newest first: notes, consents, finished calls and messages.

    A page may be short although `next_page_token` says that more follow. Entries appear within seconds.
    """
    query = request.query
    crm, contact_id = container().crm, request.path["contact_id"]
    return read_timeline(crm, contact_id, query.kind, query.page_size, request.start)
