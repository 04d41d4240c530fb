"""Contacts as a file: CSV that a spreadsheet opens safely and an import reads back without loss."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

from pydantic import Field, StringConstraints

from chalicelib.crm.domain.columns import headers, to_cells
from chalicelib.crm.domain.listing import place_by_creation
from chalicelib.crm.schemas.filters import ContactFilterIn
from chalicelib.kernel.spreadsheets import write_csv

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalicelib.crm.domain.contacts import Contact
    from chalicelib.kernel.paging import Page

MAX_EXPORT = 1000  # rows of one answer
# Lambda answers with 6 MB at most, in which the text is a JSON string; the next link asks for the rest.
_MAX_BYTES = 3_000_000
_BYTE_ORDER_MARK = "\ufeff"


class ContactsExportQuery(ContactFilterIn):
    """Which contacts; `after` is where the export goes on, as the `Link` of an answer has it."""

    bom: Annotated[bool, Field(description="Begin with a byte order mark, by which Excel knows UTF-8.")] = (
        False
    )
    after: Annotated[
        str | None,
        StringConstraints(pattern=r"^[0-9]{4}-[0-9T:.-]{15,25}Z#contact_[0-9a-f]{32}$"),
        Field(description="Created after this contact; taken from the link to the next rows."),
    ] = None


def contacts_csv(page: Page[Contact], field_keys: Sequence[str], *, bom: bool) -> tuple[str, str | None]:
    """Give contacts, their tags as names, as CSV with a heading, and where the next rows begin.

    When the rows are too long for one answer, it ends earlier, but has one row.
    """
    rows: list[tuple[str, ...]] = []
    size = 0
    for contact in page.items:
        row = to_cells(contact, contact.tags, field_keys)
        size += len(json.dumps(write_csv([row])))
        if rows and size > _MAX_BYTES:
            break
        rows.append(row)
    ends_early = len(rows) < len(page.items)
    start = place_by_creation(page.items[len(rows) - 1]) if ends_early else page.next_start
    return _BYTE_ORDER_MARK * bom + write_csv([headers(field_keys), *rows]), start
