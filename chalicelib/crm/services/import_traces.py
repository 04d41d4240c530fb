"""Rows of files that were not imported are kept to be mended; some of them hold a person's numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.crm.domain.importing import KEPT
from chalicelib.crm.domain.personal import Trace
from chalicelib.kernel.numbering import national_digits
from chalicelib.kernel.paging import Page

if TYPE_CHECKING:
    from chalicelib.crm.domain.importing import Import, Rejection
    from chalicelib.crm.domain.personal import Person
    from chalicelib.crm.ports.crm import CrmPorts

_STEP = 100  # rows that are looked at in one go
_FEW = 7  # a shorter national number would be found in any longer one


@dataclass(frozen=True)
class _Place:
    """Where a walk over rejected rows is: the import, its run, and the row that was looked at last."""

    import_id: str
    run: int = 1
    row: str | None = None

    @classmethod
    def read(cls, text: str) -> _Place:
        import_id, run, row = text.split(" ")
        return cls(import_id, int(run), row or None)

    @property
    def text(self) -> str:
        return f"{self.import_id} {self.run} {self.row or ''}"


class RejectedRowsHolding:
    """Rejected rows of imports of the last 30 days; implements `Holding`."""

    name = "imports"

    def __init__(self, crm: CrmPorts) -> None:
        self._crm = crm

    def check(self, person: Person) -> None:
        """Allow it always."""

    def export(self, person: Person, page_size: int, start: str | None) -> Page[Trace]:
        """Give those of the next rows that have a number of the person."""
        place = _place(self._crm, start)
        if place is None or not person.phones:
            return Page([])
        page = _rows(self._crm, place, page_size)
        found = [_trace(place.import_id, row) for row in page.items if _has(row, person)]
        return Page(found, _after(self._crm, place, page.next_start))

    def erase(self, person: Person, start: str | None) -> str | None:
        """Delete those of the next 100 rows."""
        place = _place(self._crm, start)
        if place is None or not person.phones:
            return None
        page = _rows(self._crm, place, _STEP)
        rows = [row.row for row in page.items if _has(row, person)]
        self._crm.imports.forget(place.import_id, place.run, rows, person.phones)
        return _after(self._crm, place, page.next_start)


def _place(crm: CrmPorts, start: str | None) -> _Place | None:
    return _Place.read(start) if start else _first_of(_next_import(crm, None))


def _rows(crm: CrmPorts, place: _Place, size: int) -> Page[Rejection]:
    return crm.imports.rejections(place.import_id, place.run, size, place.row)


def _after(crm: CrmPorts, place: _Place, row: str | None) -> str | None:
    """Give where to go on: in the same run, the next one, or the import before."""
    if row is not None:
        return _Place(place.import_id, place.run, row).text
    found = crm.imports.get(place.import_id)
    if found is not None and place.run < found.run:
        return _Place(place.import_id, place.run + 1).text
    following = _first_of(_next_import(crm, place.import_id))
    return following.text if following else None


def _next_import(crm: CrmPorts, start: str | None) -> Import | None:
    """Give the newest import before `start`; None when it is too old to have rejected rows."""
    found = next(iter(crm.imports.page(1, start).items), None)
    return found if found and found.created_at > crm.clock.now() - KEPT else None


def _first_of(found: Import | None) -> _Place | None:
    return _Place(found.id) if found else None


def _has(rejection: Rejection, person: Person) -> bool:
    """Tell whether a row has a number of the person, however it is written."""
    wanted = [digits for phone in person.phones if len(digits := national_digits(phone)) >= _FEW]
    written = ["".join(filter(str.isdecimal, cell)) for cell in rejection.cells]
    return any(digits in cell for digits in wanted for cell in written)


def _trace(import_id: str, rejection: Rejection) -> Trace:
    kept = {"import_id": import_id, "row": rejection.row, "cells": list(rejection.cells)}
    return Trace("rejected_row", kept)
