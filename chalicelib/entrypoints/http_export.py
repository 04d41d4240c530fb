"""The REST route that exports contacts."""

from __future__ import annotations

from functools import partial

from chalice.app import Blueprint

from chalicelib.bootstrap import container
from chalicelib.crm.domain.listing import Listing
from chalicelib.crm.schemas.export import MAX_EXPORT, ContactsExportQuery, contacts_csv
from chalicelib.crm.services.contacts import list_contacts
from chalicelib.crm.services.fields import list_fields
from chalicelib.crm.services.tags import tag_ids_to_find
from chalicelib.entrypoints.http_contacts import shown_contacts
from chalicelib.entrypoints.middleware import Reply, Request, next_link, route
from chalicelib.kernel.actors import actor
from chalicelib.kernel.logs import log
from chalicelib.kernel.paging import Page
from chalicelib.system.domain.tokens import Scope

bp = Blueprint(__name__)


@route(
    bp,
    "GET",
    "/v1/crm/contacts/export",
    scope=Scope.OPERATOR,
    query=ContactsExportQuery,
    returns=str,
    media_type="text/csv",
    errors={"unknown_tag": 400},
)
def export_contacts(request: Request[None, ContactsExportQuery]) -> Reply:
    """Export contacts as CSV, the oldest first, up to 1,000 rows an answer.

    When there may be more, the header `Link` leads to the next rows. An import reads the file back without
    loss.
    """
    crm, query = container().crm, request.query
    listing = Listing(query.where(partial(tag_ids_to_find, crm)), descending=False)
    page = list_contacts(crm, listing, MAX_EXPORT, query.after)
    shown = Page(shown_contacts(page.items), page.next_start)
    keys = [definition.key for definition in list_fields(crm)]
    text, start = contacts_csv(shown, keys, bom=query.bom and query.after is None)
    log("contacts.exported", actor=actor(), contacts=len(page.items), goes_on=start is not None)
    return Reply(text, headers=next_link(query, "after", start, frozenset({"bom"})))
