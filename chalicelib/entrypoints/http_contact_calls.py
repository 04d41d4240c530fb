"""The REST route of a contact's calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalice.app import Blueprint

from chalicelib.bootstrap import container
from chalicelib.calls.schemas.calls import CallList
from chalicelib.calls.services.desk import list_calls
from chalicelib.crm.services.contacts import get_contact
from chalicelib.entrypoints.middleware import Request, route
from chalicelib.kernel.schemas import PageQuery
from chalicelib.system.domain.tokens import Scope

if TYPE_CHECKING:
    from chalicelib.calls.domain.calls import Call
    from chalicelib.kernel.paging import Page

bp = Blueprint(__name__)


@route(
    bp,
    "GET",
    "/v1/crm/contacts/{contact_id}/calls",
    scope=Scope.VIEWER,
    query=PageQuery,
    returns=CallList,
    errors={"contact_not_found": 404},
)
def list_contact_calls(request: Request[None, PageQuery]) -> Page[Call]:
    """List a contact's calls, newest first, with those of contacts that were merged into it.

    A call appears here within a second or so of being accepted.
    """
    contact = get_contact(container().crm, request.path["contact_id"])
    return list_calls(container().calls, contact.ids, request.query.page_size, request.start)
