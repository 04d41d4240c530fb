"""REST routes of the suppression list: numbers that nobody dials, one by one and as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalice.app import Blueprint

from chalicelib.bootstrap import container
from chalicelib.calls.schemas.suppressions import (
    MAX_BODY_BYTES,
    ImportResultView,
    ReleaseQuery,
    SuppressionExportQuery,
    SuppressionImportIn,
    SuppressionIn,
    SuppressionList,
    SuppressionsQuery,
    SuppressionView,
    suppressions_csv,
)
from chalicelib.calls.services import suppression
from chalicelib.calls.services.suppression import MAX_EXPORT
from chalicelib.calls.services.suppression_import import ImportResult, import_suppressions
from chalicelib.entrypoints.middleware import NoQuery, Reply, Request, next_link, route
from chalicelib.kernel.phones import E164
from chalicelib.system.domain.tokens import Scope

if TYPE_CHECKING:
    from chalicelib.calls.domain.suppression import Suppression
    from chalicelib.kernel.paging import Page

bp = Blueprint(__name__)
_SUPPRESSIONS = "/v1/calls/suppressions"
_SUPPRESSION = _SUPPRESSIONS + "/{number}"
_ABSENT = {"suppression_not_found": 404, "bad_phone_number": 400}


@route(
    bp,
    "POST",
    _SUPPRESSIONS,
    scope=Scope.OPERATOR,
    body=SuppressionIn,
    returns=SuppressionView,
    status=201,
    example={"number": "+14155550123", "reason": "Asked in a letter."},
)
def suppress_number(request: Request[SuppressionIn, NoQuery]) -> Suppression:
    """Suppress a number: from this answer on nothing dials it, whoever it belongs to.

    A number that is suppressed already stays as it is, and is answered as it was first suppressed.
    """
    body = request.body
    return suppression.suppress_number(container().calls, E164(body.number), body.reason)


@route(bp, "GET", _SUPPRESSIONS, scope=Scope.VIEWER, query=SuppressionsQuery, returns=SuppressionList)
def list_suppressions(request: Request[None, SuppressionsQuery]) -> Page[Suppression]:
    """List the suppressed numbers, newest first.

    A number appears here within a second or so of being suppressed. With filters a page may be short, or
    empty, although more follow.
    """
    query = request.query
    return suppression.list_suppressions(container().calls, query.wanted(), query.page_size, request.start)


@route(
    bp,
    "POST",
    _SUPPRESSIONS + "/import",
    scope=Scope.OPERATOR,
    body=SuppressionImportIn,
    returns=ImportResultView,
    errors={"too_many_numbers": 400, "bad_csv": 400},
    example={"content": "+14155550123\n(415) 555-0124\n", "default_country": "US"},
    max_body_bytes=MAX_BODY_BYTES,
)
def import_numbers(request: Request[SuppressionImportIn, NoQuery]) -> ImportResult:
    """Suppress many numbers at once: lines of numbers, a table, or an export of this list.

    At most 5,000 rows a request. A row that cannot be read is told with its remedy; all others are
    imported. Sent again, it adds what is missing. An export keeps its times, sources and reasons.
    """
    return import_suppressions(container().calls, request.body.file())


@route(
    bp,
    "GET",
    _SUPPRESSIONS + "/export",
    scope=Scope.VIEWER,
    query=SuppressionExportQuery,
    returns=str,
    media_type="text/csv",
)
def export_suppressions(request: Request[None, SuppressionExportQuery]) -> Reply:
    """Export the suppressed numbers as CSV, newest first, up to 5,000 rows an answer.

    When there are more, the header `Link` leads to the next rows.
    """
    query = request.query
    page = suppression.list_suppressions(container().calls, query.wanted(), MAX_EXPORT, query.before)
    return Reply(suppressions_csv(page.items), headers=next_link(query, "before", page.next_start))


@route(bp, "GET", _SUPPRESSION, scope=Scope.VIEWER, returns=SuppressionView, errors=_ABSENT)
def get_suppression(request: Request[None, NoQuery]) -> Suppression:
    """Read since when a number is suppressed, and why."""
    return suppression.find_suppression(container().calls, E164(request.path["number"]))


@route(
    bp,
    "DELETE",
    _SUPPRESSION,
    scope=Scope.ADMIN,
    query=ReleaseQuery,
    returns=None,
    status=204,
    errors=_ABSENT,
)
def release_number(request: Request[None, ReleaseQuery]) -> None:
    """Let a suppressed number be dialed again; the audit log keeps who, when and the reason.

    Do this only when the person has agreed to be called again.
    """
    number, reason = E164(request.path["number"]), request.query.reason
    suppression.release_number(container().calls, number, reason)
