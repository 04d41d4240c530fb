"""The columns of our own files of contacts: what an export writes and an import reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.crm.domain.details import Address
from chalicelib.crm.domain.time_cells import write_preferred_times
from chalicelib.kernel.clock import iso

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from chalicelib.crm.domain.contacts import Contact
    from chalicelib.crm.domain.details import FieldValue

CUSTOM = "custom."
BETWEEN = "; "


@dataclass(frozen=True)
class Column:
    """A column by its header, which is also the field's name in a mapping, and how its cells are written.

    `write` gets the contact and the names of its tags. What is not `imported` an import ignores.
    """

    header: str
    write: Callable[[Contact, Sequence[str]], str]
    imported: bool = True


def _text(name: str) -> Column:
    return Column(name, lambda contact, _tags: getattr(contact, name) or "")


def _address(name: str) -> Column:
    return Column(name, lambda contact, _tags: getattr(contact.address or Address(), name) or "")


def _instant(name: str) -> Column:
    return Column(name, lambda contact, _tags: _iso(getattr(contact, name)), imported=False)


COLUMNS = (
    Column("id", lambda contact, _tags: contact.id, imported=False),
    _text("name"),
    _text("phone"),
    Column("other_phones", lambda contact, _tags: BETWEEN.join(contact.other_phones)),
    _text("email"),
    _text("company"),
    _text("title"),
    *map(_address, ("street", "city", "region", "postal_code", "country")),
    _text("time_zone"),
    _text("language"),
    Column("preferred_times", lambda contact, _tags: write_preferred_times(contact.preferred_times)),
    _text("preferred_channel"),
    _text("status"),
    _text("source"),
    _text("owner"),
    Column("tags", lambda _contact, tags: BETWEEN.join(tags)),
    *map(_instant, ("created_at", "updated_at", "last_contacted_at")),
)
# What stands in files of ours and is nobody's to import: written by the system, or beside a rejected row.
IGNORED = frozenset(
    {column.header for column in COLUMNS if not column.imported} | {"version", "import_row", "import_error"}
)
# Columns that are told for ours although other files may name some of them so.
_OURS = frozenset({"id", "name", "phone", "other_phones", "preferred_times", "last_contacted_at"})


def headers(field_keys: Sequence[str]) -> tuple[str, ...]:
    """Give the header of a file with these custom fields."""
    return (*(column.header for column in COLUMNS), *(f"{CUSTOM}{key}" for key in field_keys))


def to_cells(contact: Contact, tag_names: Sequence[str], field_keys: Sequence[str]) -> tuple[str, ...]:
    """Give a contact as texts, in the order of `headers`; a file of them is read back without loss."""
    own = (column.write(contact, tag_names) for column in COLUMNS)
    return (*own, *(_value(contact.custom_fields, key) for key in field_keys))


def is_ours(header: Sequence[str]) -> bool:
    """Tell whether a file's header is that of our own export."""
    return _OURS.issubset(header)


def _value(values: Mapping[str, FieldValue], key: str) -> str:
    value = values.get(key)
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case _:
            return str(value)


def _iso(instant: datetime | None) -> str:
    return iso(instant) if instant else ""
