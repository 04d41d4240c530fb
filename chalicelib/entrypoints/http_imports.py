"""REST routes of imports: files of contacts on their way in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalice.app import Blueprint

from chalicelib.bootstrap import container
from chalicelib.crm.schemas.imports import (
    ImportIn,
    ImportList,
    ImportOptions,
    ImportProgressView,
    RejectedQuery,
    import_view,
    progress_view,
    rejected_csv,
)
from chalicelib.crm.services import imports
from chalicelib.entrypoints.middleware import NoQuery, Reply, Request, next_link, route
from chalicelib.kernel.paging import Page
from chalicelib.kernel.schemas import PageQuery
from chalicelib.system.domain.tokens import Scope

if TYPE_CHECKING:
    from chalicelib.crm.domain.importing import Import

bp = Blueprint(__name__)
_IMPORTS = "/v1/crm/imports"
_IMPORT = _IMPORTS + "/{import_id}"
_ABSENT = {"import_not_found": 404}
_NOT_NOW = {"file_missing": 409, "import_running": 409, "import_done": 409, "file_too_large": 400}
_MOST_REJECTED = 2000
_MAX_BODY_BYTES = 4_500_000  # a million characters, of four bytes each at most; Lambda takes six megabytes


@route(
    bp,
    "POST",
    "/v1/crm/contacts/import",
    scope=Scope.OPERATOR,
    body=ImportIn,
    returns=ImportProgressView,
    status=201,
    errors=_NOT_NOW,
    max_body_bytes=_MAX_BODY_BYTES,
    example={"file_name": "leads.csv", "content": "Name,Phone\nAda,+14155552671\n", "validate_only": True},
)
def begin_import(request: Request[ImportIn, NoQuery]) -> dict[str, Any]:
    """Begin to import contacts from a CSV file.

    With `content` the import starts at once. Without it the answer's `upload` says where to put the file, of
    up to 100 MB and 500,000 rows; then start the import. `validate_only` writes no contact and tells what
    would happen. Encoding, delimiter and mapping are guessed, told in the answer, and can be given.
    """
    body = request.body
    content = None if body.content is None else body.content.encode()
    begun = imports.begin_import(
        container().crm, request.new_id("import"), body.file_name, body.wish(), content
    )
    return _followed(begun.id)


@route(bp, "GET", _IMPORTS, scope=Scope.VIEWER, query=PageQuery, returns=ImportList)
def list_imports(request: Request[None, PageQuery]) -> Page[dict[str, Any]]:
    """List imports, newest first."""
    page = imports.list_imports(container().crm, request.query.page_size, request.start)
    return Page(list(map(import_view, page.items)), page.next_start)


@route(bp, "GET", _IMPORT, scope=Scope.VIEWER, returns=ImportProgressView, errors=_ABSENT)
def get_import(request: Request[None, NoQuery]) -> dict[str, Any]:
    """Follow an import: its state, the guessed mapping, counts so far and the first errors."""
    shown = _followed(request.path["import_id"])
    if request.principal.scope is Scope.VIEWER:  # who may only read gets no address to write to
        shown["upload"] = None
    return shown


@route(
    bp,
    "POST",
    _IMPORT + "/start",
    scope=Scope.OPERATOR,
    body=ImportOptions,
    returns=ImportProgressView,
    status=202,
    errors=_ABSENT | _NOT_NOW,
    example={"on_duplicate": "update", "mapping": {"Tel.": "phone"}, "default_country": "DE"},
)
def start_import(request: Request[ImportOptions, NoQuery]) -> dict[str, Any]:
    """Start an import whose file was uploaded, or again after it was validated, failed or was cancelled.

    The body's options replace those of the import. Rows that an earlier start imported are met by their
    numbers, as `on_duplicate` says.
    """
    crm, import_id = container().crm, request.path["import_id"]
    imports.start_import(crm, import_id, request.body.wish())
    return _followed(import_id)


@route(
    bp,
    "POST",
    _IMPORT + "/cancel",
    scope=Scope.OPERATOR,
    returns=ImportProgressView,
    errors=_ABSENT | {"import_over": 409},
    idempotent=False,
)
def cancel_import(request: Request[None, NoQuery]) -> dict[str, Any]:
    """Stop an import after the rows that are worked on now; what is imported stays."""
    return _followed(imports.cancel_import(container().crm, request.path["import_id"]).id)


@route(
    bp,
    "GET",
    _IMPORT + "/rejected",
    scope=Scope.VIEWER,
    query=RejectedQuery,
    returns=str,
    media_type="text/csv",
    errors=_ABSENT,
)
def rejected_rows(request: Request[None, RejectedQuery]) -> Reply:
    """Fetch the rows that were not imported, as CSV to mend and import again, up to 2,000 an answer.

    Two columns more say the row's number in the file and what is wrong with it. When there are more rows, the
    header `Link` leads to the next. They are kept for 30 days.
    """
    crm = container().crm
    found: Import = imports.get_import(crm, request.path["import_id"])
    after = request.query.after
    page = imports.rejected_rows(crm, found, _MOST_REJECTED, None if after is None else str(after))
    text, last = rejected_csv(found.facts, page)
    return Reply(text, headers=next_link(request.query, "after", last))


def _followed(import_id: str) -> dict[str, Any]:
    crm = container().crm
    progress = imports.follow_import(crm, import_id)
    rejected = imports.rejected_rows(crm, progress.of).items
    return progress_view(progress, imports.upload_of(crm, progress.of), rejected)
