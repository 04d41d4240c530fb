"""Imports are begun, started, followed and cancelled; the work itself is in `import_work`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.crm.domain.importing import (
    MAX_FILE_BYTES,
    SHOWN,
    UNDER_WAY,
    Counts,
    Import,
    ImportState,
    Progress,
    started,
)
from chalicelib.kernel.actors import actor
from chalicelib.kernel.clock import cut_to_millis
from chalicelib.kernel.errors import Conflict, Invalid, NotFound
from chalicelib.kernel.ids import is_id

if TYPE_CHECKING:
    from chalicelib.crm.domain.importing import ImportWish, Rejection, StoredFile, Upload
    from chalicelib.crm.ports.crm import CrmPorts
    from chalicelib.kernel.paging import Page


def begin_import(
    crm: CrmPorts, import_id: str, file_name: str, wish: ImportWish, content: bytes | None = None
) -> Import:
    """Begin an import: with its content it starts at once, else it waits for the file.

    With the same id again it is the same import.
    """
    new = Import(
        id=import_id,
        file_name=file_name,
        wish=wish,
        state=ImportState.WAITING,
        created_by=actor(),
        created_at=cut_to_millis(crm.clock.now()),
    )
    kept = crm.imports.add(new)
    if content is None or kept.state not in {ImportState.WAITING, ImportState.QUEUED}:
        return kept
    crm.import_files.put(kept.id, content)
    return start_import(crm, kept.id, wish)


def start_import(crm: CrmPorts, import_id: str, wish: ImportWish | None = None) -> Import:
    """Start an import whose file is there, with other options if they are given; one that waits is woken.

    Raises `NotFound`, `Conflict` with code `file_missing`, `import_running` or `import_done`, and `Invalid`
    with code `file_too_large`.
    """
    found = get_import(crm, import_id)
    if found.state is ImportState.QUEUED:  # whoever queued it may have died before the message was sent
        crm.work.prepare_import(found.id)
        return found
    if found.state is ImportState.RUNNING:
        raise Conflict(f"The import is {found.state} already.", code="import_running")
    if found.state is ImportState.DONE and not found.wish.validate_only:
        raise Conflict("The import is done; begin another one.", code="import_done")
    file = _checked_file(crm, import_id)
    queued = started(found, wish or replace(found.wish, validate_only=False), file.tag)
    if not crm.imports.save(queued):
        raise Conflict("The import was started or changed meanwhile.", code="import_running")
    crm.work.prepare_import(queued.id)
    return queued


def cancel_import(crm: CrmPorts, import_id: str) -> Import:
    """Stop an import after the rows that are worked on; what is imported stays.

    Raises `NotFound`, or `Conflict` with code `import_over` when there is nothing to stop.
    """
    found = get_import(crm, import_id)
    if found.state is ImportState.CANCELLED:
        return found
    if found.state not in {*UNDER_WAY, ImportState.WAITING}:
        raise Conflict(f"The import is {found.state} already.", code="import_over")
    at = cut_to_millis(crm.clock.now())
    cancelled = replace(found, state=ImportState.CANCELLED, finished_at=at, version=found.version + 1)
    if not crm.imports.save(cancelled):
        return cancel_import(crm, import_id)
    return cancelled


def get_import(crm: CrmPorts, import_id: str) -> Import:
    """Give an import; or raise `NotFound`, code `import_not_found`."""
    found = crm.imports.get(import_id) if is_id(import_id, "import") else None
    if found is None:
        raise NotFound("There is no such import.", code="import_not_found")
    return found


def upload_of(crm: CrmPorts, found: Import) -> Upload | None:
    """Say where the file goes, while the import waits for it."""
    return crm.import_files.upload(found.id) if found.state is ImportState.WAITING else None


def follow_import(crm: CrmPorts, import_id: str) -> Progress:
    """Give an import with what has come of its rows so far; `NotFound` as `get_import`."""
    found = get_import(crm, import_id)
    lanes = crm.imports.lanes(found.id, found.run)
    duplicates = sorted((one for lane in lanes for one in lane.duplicates), key=lambda one: one.row)
    return Progress(found, sum((lane.counts for lane in lanes), Counts()), tuple(duplicates[:SHOWN]))


def list_imports(crm: CrmPorts, page_size: int, start: str | None = None) -> Page[Import]:
    """List imports, newest first."""
    return crm.imports.page(page_size, start)


def rejected_rows(
    crm: CrmPorts, found: Import, page_size: int = SHOWN, start: str | None = None
) -> Page[Rejection]:
    """List rows that were not imported, in the order of the file; they are kept for 30 days."""
    return crm.imports.rejections(found.id, found.run, page_size, start)


def _checked_file(crm: CrmPorts, import_id: str) -> StoredFile:
    file = crm.import_files.stored(import_id)
    if file is None:
        raise Conflict("Upload the file first.", code="file_missing")
    if file.size > MAX_FILE_BYTES:
        raise Invalid(
            f"The file has {file.size:,} bytes, {MAX_FILE_BYTES:,} at most are taken: split it.",
            code="file_too_large",
        )
    return file
