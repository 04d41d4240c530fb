"""Files that people have, each with what is read from it; the files are in `tests/corpus/contacts`."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chalicelib.crm.adapters.files.reading import open_table
from chalicelib.crm.domain.details import ContactStatus
from chalicelib.crm.domain.fields import FieldDefinition, FieldKind
from chalicelib.crm.domain.imports import RowContact, RowOptions
from chalicelib.crm.domain.mapping import guess_mapping
from chalicelib.crm.domain.rows import read_row
from chalicelib.kernel.errors import Invalid

CORPUS = Path(__file__).parents[2] / "corpus" / "contacts"
_NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
_KINDS = {
    "birthday": FieldKind.DATE,
    "budget": FieldKind.NUMBER,
    "vip": FieldKind.BOOLEAN,
    "size": FieldKind.CHOICE,
}
_SIZES = ("Small", "Large")
FIELDS = {
    key: FieldDefinition(
        key, key.title(), kind, _SIZES if kind is FieldKind.CHOICE else (), _NOW, _NOW, version=1
    )
    for key, kind in _KINDS.items()
}


def _options(wanted):
    kept = {**wanted, "tags": tuple(wanted.get("tags", ()))}
    if "status" in kept:
        kept["status"] = ContactStatus(kept["status"])
    return RowOptions(**kept)


def _plain(value):
    """Give values as JSON has them."""
    return json.loads(json.dumps(value, default=vars))


def _said(contact):
    said = {"row": contact.row, "fields": _plain(dict(contact.fields))}
    return {**said, "defaults": _plain(dict(contact.defaults))} if contact.defaults else said


def _error(error):
    return [error.row, error.column, error.value[:30], error.problem, error.remedy]


def _read(content, case):
    table = open_table(io.BytesIO(content), case.get("encoding_asked"))
    mapping = guess_mapping(table.header, FIELDS, table.sample(100), case.get("mapping"))
    options = _options(case.get("options", {}))
    read = [read_row(row, mapping, options, FIELDS) for row in table]
    return {
        "encoding": table.encoding,
        "delimiter": table.delimiter,
        "recognised": mapping.recognised,
        "columns": {name: target for name, target in mapping.targets().items() if target},
        "unmapped": list(mapping.unmapped),
        "contacts": [_said(one) for one in read if isinstance(one, RowContact)],
        "errors": [_error(error) for one in read if not isinstance(one, RowContact) for error in one],
    }


def _outcome(content, case):
    try:
        return _read(content, case)
    except Invalid as refusal:
        return {"refused": refusal.code, "messages": [e.detail for e in refusal.errors] or [refusal.message]}


@pytest.mark.parametrize("name", sorted(path.stem for path in CORPUS.glob("*.csv")))
def test_a_file_is_read_as_expected(name):
    """Encoding, delimiter, columns, contacts and errors are those that are written beside the file."""
    case = json.loads((CORPUS / f"{name}.json").read_text(encoding="utf-8"))
    outcome = _outcome((CORPUS / f"{name}.csv").read_bytes(), case)
    assert outcome == case["read"]
