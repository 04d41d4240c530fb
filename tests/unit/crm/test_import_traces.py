"""Rejected rows of imports that hold a person's number are found, however it is written, and deleted."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.crm.domain.importing import KEPT, Import, ImportState, ImportWish, Rejection
from chalicelib.crm.domain.personal import Person
from chalicelib.crm.services.import_traces import RejectedRowsHolding
from chalicelib.kernel.ids import new_id
from chalicelib.kernel.phones import E164

ADA = Person(("contact_1",), (E164("+14155552671"), E164("+493012345678")))


def _import(crm, rows, runs=1, age=timedelta()):
    found = Import(
        id=new_id("import"),
        file_name="people.csv",
        wish=ImportWish(),
        state=ImportState.DONE,
        run=runs,
        created_by="tests",
        created_at=crm.clock.now() - age,
    )
    crm.imports.add(found)
    for run in range(1, runs + 1):
        rejections = [Rejection(number, cells, ()) for number, cells in enumerate(rows, 2)]
        crm.imports.reject(found.id, run, rejections)
    return found


def _left(crm, found, run=1):
    return [row.cells for row in crm.imports.rejections(found.id, run, 1000, None).items]


def _erase(crm):
    holding, start, steps = RejectedRowsHolding(crm), None, 0
    while True:
        start, steps = holding.erase(ADA, start), steps + 1
        if start is None:
            return steps


def _export(crm, size):
    holding, start, found = RejectedRowsHolding(crm), None, []
    while True:
        page = holding.export(ADA, size, start)
        found += page.items
        start = page.next_start
        if start is None:
            return found


@pytest.mark.parametrize(
    "cell", ["+14155552671", "(415) 555-2671", "1.415.555.2671", "mobile: 415 555 2671", "030 / 12345678"]
)
def test_a_number_is_found_however_it_is_written(crm, cell):
    """With its country, without it, with words around it; other rows stay."""
    found = _import(crm, [("Ada", cell), ("Bob", "+14155552672"), ("Eve", "")])
    _erase(crm)
    assert _left(crm, found) == [("Bob", "+14155552672"), ("Eve", "")]


def test_every_run_of_every_import_is_looked_through(crm):
    """A hundred rows a step, to the last row of the oldest import that can still have some."""
    rows = [("Ada", "415 555 2671"), ("Bob", "?")] * 120
    old = _import(crm, rows, age=KEPT - timedelta(minutes=1))
    new = _import(crm, rows, runs=2)
    assert len(_export(crm, 7)) == 360
    assert _erase(crm) == 9
    for found, run in ((old, 1), (new, 1), (new, 2)):
        assert _left(crm, found, run) == [("Bob", "?")] * 120
    assert _export(crm, 7) == []


def test_marks_of_validated_files_go_as_well(crm):
    """Which row had a number first is forgotten with the number."""
    found = _import(crm, [])
    crm.imports.claim(found.id, 1, ADA.phones[:1], 5)
    assert crm.imports.claimed(found.id, 1, ADA.phones[:1], 9) == 5
    _erase(crm)
    assert crm.imports.claimed(found.id, 1, ADA.phones[:1], 9) is None


def test_without_imports_there_is_nothing(crm):
    """One step, and no rows."""
    assert (_erase(crm), _export(crm, 10)) == (1, [])


def test_imports_that_are_too_old_are_not_read(crm):
    """Their rejected rows have expired."""
    _import(crm, [("Ada", "415 555 2671")], age=KEPT)
    assert _export(crm, 10) == []
