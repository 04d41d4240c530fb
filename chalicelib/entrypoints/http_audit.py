"""REST routes of the audit log: read by page, and exported as CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalice.app import Blueprint

from chalicelib.bootstrap import container
from chalicelib.bootstrap.news import watches
from chalicelib.entrypoints.middleware import Reply, Request, next_link, route
from chalicelib.system.domain.audit import check_kind
from chalicelib.system.domain.tokens import Scope
from chalicelib.system.schemas.audit import AuditExportQuery, AuditList, AuditQuery, audit_csv
from chalicelib.system.services.audit import MAX_EXPORT, find_entries

if TYPE_CHECKING:
    from chalicelib.kernel.paging import Page
    from chalicelib.system.domain.audit import AuditEntry, AuditFilter

bp = Blueprint(__name__)
_AUDIT = "/v1/audit"


@route(bp, "GET", _AUDIT, scope=Scope.ADMIN, query=AuditQuery, returns=AuditList)
def list_audit(request: Request[None, AuditQuery]) -> Page[AuditEntry]:
    """List who did what to which object, newest first.

    An entry appears within seconds of the act. Numbers, addresses and texts are masked.
    """
    query = request.query
    return find_entries(container().system, _wanted(query), query.page_size, request.start)


@route(
    bp,
    "GET",
    _AUDIT + "/export",
    scope=Scope.ADMIN,
    query=AuditExportQuery,
    returns=str,
    media_type="text/csv",
)
def export_audit(request: Request[None, AuditExportQuery]) -> Reply:
    """Export the audit log as CSV, newest first, up to 5,000 rows an answer.

    When there are more, the header `Link` leads to the next rows.
    """
    query = request.query
    page = find_entries(container().system, _wanted(query), MAX_EXPORT, query.before)
    text, start = audit_csv(page)
    return Reply(text, headers=next_link(query, "before", start))


def _wanted(query: AuditQuery | AuditExportQuery) -> AuditFilter:
    if query.object:
        check_kind(query.object, {watch.object for watch in watches().values()})
    return query.wanted()
