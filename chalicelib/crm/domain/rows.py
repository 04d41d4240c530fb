"""A row of a file as what it says of a contact, or as everything that is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib.crm.domain.cells import BLANKS, Unreadable, is_nothing
from chalicelib.crm.domain.column_words import ADDRESS
from chalicelib.crm.domain.columns import CUSTOM
from chalicelib.crm.domain.details import MAX_OTHER_PHONES, ContactStatus
from chalicelib.crm.domain.fields import FieldKind
from chalicelib.crm.domain.imports import Fault, RowContact, RowError, RowOptions, row_error
from chalicelib.crm.domain.mapping import OWN_EXPORT, PHONES
from chalicelib.crm.domain.phone_cells import read_phones
from chalicelib.crm.domain.readers import DO_NOT_CALL, READERS, WORDS
from chalicelib.crm.domain.typed_cells import read_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from chalicelib.crm.domain.fields import FieldDefinition
    from chalicelib.crm.domain.imports import Row
    from chalicelib.crm.domain.mapping import ColumnMapping
    from chalicelib.kernel.phones import E164

_NAME_PARTS = ("first_name", "middle_name", "last_name")
_WITH_NOTHING = frozenset({*PHONES, *WORDS, DO_NOT_CALL})
_TYPED = frozenset({FieldKind.NUMBER, FieldKind.DATE, FieldKind.BOOLEAN})
_Values = dict[str, list[Any]]


def read_row(
    row: Row, mapping: ColumnMapping, options: RowOptions, definitions: Mapping[str, FieldDefinition]
) -> RowContact | list[RowError]:
    """Give what a row says of a contact, or all its errors; `definitions` are custom fields by key."""
    if row.fault:
        return [row_error(row, row.fault)]
    faults: list[Fault] = []
    values = _values(row, mapping, _Reader(mapping, options, definitions), faults)
    phones = _phones(values, mapping, faults)
    if faults:
        return [row_error(row, fault) for fault in faults]
    return RowContact(row.number, phones, _fields(values, phones, options), options.defaults())


class _Reader:
    """Reads cells into the fields of one mapping."""

    def __init__(
        self, mapping: ColumnMapping, options: RowOptions, definitions: Mapping[str, FieldDefinition]
    ) -> None:
        self._mapping = mapping
        self._options = options
        self._definitions = definitions
        self._is_exact = mapping.recognised == OWN_EXPORT

    def read(self, target: str, header: str, cell: str) -> Any:
        """Read a cell that is not empty; `Unreadable` when its field cannot hold it."""
        if target in PHONES:
            return read_phones(cell, self._options.default_country)
        if not target.startswith(CUSTOM):
            return READERS[target](cell)
        definition = self._definitions.get(target.removeprefix(CUSTOM))
        if definition is None:
            raise Unreadable("The custom field was deleted.", "Map the column to another field or to none.")
        order = self._mapping.date_orders.get(header, self._options.date_order)
        return read_value(cell if self._is_exact else cell.strip(BLANKS), definition, order)

    def says_something(self, target: str, cell: str) -> bool:
        """Tell whether a cell is to be read: blanks are nothing, and `n/a` is where no text is expected."""
        kind = self._kind(target)
        if kind is FieldKind.TEXT and self._is_exact:
            return bool(cell)
        if target in _WITH_NOTHING or kind in _TYPED:
            return not is_nothing(cell)
        return bool(cell.strip(BLANKS))

    def _kind(self, target: str) -> FieldKind | None:
        definition = self._definitions.get(target.removeprefix(CUSTOM))
        return definition.kind if definition and target.startswith(CUSTOM) else None


def _values(row: Row, mapping: ColumnMapping, reader: _Reader, faults: list[Fault]) -> _Values:
    """Read every cell that says something, by field in the order of columns; what cannot be is a fault."""
    values: _Values = {}
    for header, target, cell in _given(row, mapping, reader):
        try:
            values.setdefault(target, []).append(reader.read(target, header, cell))
        except Unreadable as error:
            faults.append(Fault(error.problem, error.remedy, header, cell))
    return values


def _given(row: Row, mapping: ColumnMapping, reader: _Reader) -> Iterator[tuple[str, str, str]]:
    for header, target, cell in zip(mapping.header, mapping.fields, row.cells, strict=True):
        if target and reader.says_something(target, cell):
            yield header, target, cell


def _phones(values: _Values, mapping: ColumnMapping, faults: list[Fault]) -> tuple[E164, ...]:
    """Give the row's numbers, the one to call first, each once."""
    found = (number for target in PHONES for numbers in values.get(target, ()) for number in numbers)
    phones = tuple(dict.fromkeys(found))
    column = next((name for name, target in mapping.targets().items() if target in PHONES), None)
    if not phones and not any(fault.column and mapping.targets()[fault.column] in PHONES for fault in faults):
        faults.append(Fault("The row has no phone number.", "Write one, or remove the row.", column))
    if len(phones) > MAX_OTHER_PHONES + 1:
        problem = f"It has {len(phones)} numbers, {MAX_OTHER_PHONES + 1} at most are kept."
        faults.append(Fault(problem, "Remove some.", column))
    return phones


def _fields(values: _Values, phones: tuple[E164, ...], options: RowOptions) -> dict[str, Any]:
    """Put the values together as a contact's details."""
    fields = {name: values[name][0] for name in READERS if name in values and name not in ADDRESS}
    for part in (*_NAME_PARTS, DO_NOT_CALL):
        fields.pop(part, None)
    if any(values.get(DO_NOT_CALL, ())):  # whatever a column of the status says
        fields["status"] = ContactStatus.DO_NOT_CONTACT
    parted = {
        "name": fields.get("name") or " ".join(values[part][0] for part in _NAME_PARTS if part in values),
        "other_phones": phones[1:],
        "address": _address(values),
        "tags": _once((*options.tags, *(tag for tags in values.get("tags", ()) for tag in tags))),
        "custom_fields": {
            name.removeprefix(CUSTOM): found[0] for name, found in values.items() if name.startswith(CUSTOM)
        },
    }
    return {**fields, **{name: value for name, value in parted.items() if value}, "phone": phones[0]}


def _address(values: _Values) -> dict[str, str]:
    return {part: "\n".join(values[part]) for part in ADDRESS if part in values}


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
