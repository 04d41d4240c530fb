"""An import as an item of the table and back."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from chalicelib.crm.adapters.tables import ImportItem
from chalicelib.crm.domain.details import ContactStatus
from chalicelib.crm.domain.importing import FileFacts, Import, ImportState, ImportWish, OnDuplicate
from chalicelib.crm.domain.imports import RowOptions
from chalicelib.crm.domain.mapping import ColumnMapping
from chalicelib.kernel.clock import from_iso, iso


def import_item(found: Import) -> ImportItem:
    """Give the item of an import."""
    kept = vars(found) | {
        "wish": asdict(found.wish),
        "facts": asdict(found.facts) if found.facts else None,
        "state": found.state.value,
        "created_at": iso(found.created_at),
        "finished_at": iso(found.finished_at) if found.finished_at else None,
    }
    return ImportItem("IMPORTS", f"IMPORT#{found.id}", **kept)


def import_of(item: ImportItem) -> Import:
    """Read an import."""
    return Import(
        id=item.id,
        file_name=item.file_name,
        wish=_wish(item.wish),
        state=ImportState(item.state),
        run=int(item.run),
        file_tag=item.file_tag or "",
        facts=_facts(item.facts) if item.facts else None,
        error=item.error,
        message=item.message,
        created_by=item.created_by,
        created_at=from_iso(item.created_at),
        finished_at=from_iso(item.finished_at) if item.finished_at else None,
        version=int(item.version),
    )


def _wish(kept: dict[str, Any]) -> ImportWish:
    options = dict(kept["options"])
    options["status"] = ContactStatus(options["status"]) if options["status"] else None
    options["tags"] = tuple(options["tags"])
    return ImportWish(
        options=RowOptions(**options),
        on_duplicate=OnDuplicate(kept["on_duplicate"]),
        mapping=kept["mapping"],
        encoding=kept["encoding"],
        delimiter=kept["delimiter"],
        validate_only=kept["validate_only"],
    )


def _facts(kept: dict[str, Any]) -> FileFacts:
    mapping = kept["mapping"]
    return FileFacts(
        encoding=kept["encoding"],
        delimiter=kept["delimiter"],
        mapping=ColumnMapping(
            header=tuple(mapping["header"]),
            fields=tuple(mapping["fields"]),
            recognised=mapping["recognised"],
            date_orders=mapping["date_orders"],
        ),
        rows=kept["rows"],
    )
