"""Which field each column of a file goes to: guessed from names and first rows, or said by the user."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from chalicelib.crm.domain.cells import Unreadable, is_nothing
from chalicelib.crm.domain.column_words import (
    ADDRESS,
    ADDRESS_PREFIXES,
    NAMES,
    named_field,
    plain_header,
    recognised,
)
from chalicelib.crm.domain.columns import CUSTOM, IGNORED, is_ours
from chalicelib.crm.domain.fields import FieldKind
from chalicelib.crm.domain.readers import DO_NOT_CALL, WORDS
from chalicelib.crm.domain.typed_cells import date_order
from chalicelib.crm.domain.words import fold
from chalicelib.kernel.errors import FieldError, Invalid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from chalicelib.crm.domain.fields import FieldDefinition
    from chalicelib.crm.domain.imports import Row

FIELDS = tuple(NAMES)
PHONES = ("phone", "other_phones")
OWN_EXPORT = "export"
_MANY = frozenset({*PHONES, "street", "tags", DO_NOT_CALL})
_SHOWN_NAME = 100


@dataclass(frozen=True)
class ColumnMapping:
    """The field of each column of `header`, None for one that is not imported.

    Fields are those of `FIELDS` and `custom.<key>`. `recognised` names the program whose export it is:
    `export` (our own), `google`, `hubspot`, `outlook` or `salesforce`. `date_orders` says for columns of
    dates whether days or months come first, where the first rows tell.
    """

    header: tuple[str, ...]
    fields: tuple[str | None, ...]
    recognised: str | None = None
    date_orders: Mapping[str, str] = field(default_factory=dict)

    @property
    def unmapped(self) -> tuple[str, ...]:
        """Name the columns that are not imported, but for those that nobody would import."""
        pairs = zip(self.header, self.fields, strict=True)
        return tuple(name for name, target in pairs if target is None and name not in IGNORED)

    def targets(self) -> dict[str, str | None]:
        """Give the field of each column by its header."""
        return dict(zip(self.header, self.fields, strict=True))


def guess_mapping(
    header: Sequence[str],
    definitions: Mapping[str, FieldDefinition],
    rows: Sequence[Row] = (),
    wanted: Mapping[str, str | None] | None = None,
) -> ColumnMapping:
    """Give each column its field; what `wanted` says of a header comes before what is guessed.

    `definitions` are custom fields by key, `rows` the first ones of the file. Raises `Invalid` with code
    `bad_mapping`, each fault as an error of its own, when `wanted` cannot be done or no column has numbers.
    """
    said = dict(wanted or {})
    _check_wanted(header, said, definitions)
    columns = _columns(len(header), rows)
    guessed = _guessed(header, definitions, columns, said)
    fields = tuple(said.get(name, guessed[index]) for index, name in enumerate(header))
    if not set(PHONES) & set(fields):
        raise _refusal([("", "No column has phone numbers; map one to phone.")])
    kind = OWN_EXPORT if is_ours(header) else recognised(frozenset(map(plain_header, header)))
    return ColumnMapping(tuple(header), fields, kind, _date_orders(header, fields, definitions, columns))


def _check_wanted(
    header: Sequence[str], wanted: Mapping[str, str | None], definitions: Mapping[str, FieldDefinition]
) -> None:
    """Refuse a mapping of columns that the file has not, to fields that there are not, or twice to one."""
    faults = [
        fault for name, target in wanted.items() if (fault := _fault(name, target, header, definitions))
    ]
    uses = Counter(target for target in wanted.values() if target and target not in _MANY)
    faults += [
        (name, f"Only one column can be {target}.")
        for name, target in wanted.items()
        if target and uses[target] > 1
    ]
    if faults:
        raise _refusal(faults)


def _fault(
    name: str, target: str | None, header: Sequence[str], definitions: Mapping[str, FieldDefinition]
) -> tuple[str, str] | None:
    if name not in header:
        return name, f"The file has no column {name[:_SHOWN_NAME]!r}; it has {_listed(header)}."
    if target is None or target in FIELDS or (target.startswith(CUSTOM) and _key(target) in definitions):
        return None
    keys = (f"{CUSTOM}{key}" for key in definitions)
    return name, f"There is no field {target[:_SHOWN_NAME]!r}; use one of {_listed((*FIELDS, *keys))}."


def _refusal(faults: Iterable[tuple[str, str]]) -> Invalid:
    errors = tuple(FieldError(f"/mapping/{_escaped(name)}".rstrip("/"), detail) for name, detail in faults)
    return Invalid(errors[0].detail, code="bad_mapping", errors=errors)


def _escaped(name: str) -> str:
    """Write a name as a part of a JSON pointer (RFC 6901)."""
    return name[:_SHOWN_NAME].replace("~", "~0").replace("/", "~1")


def _listed(names: Iterable[str]) -> str:
    return ", ".join(name[:_SHOWN_NAME] for name in names)


def _key(target: str) -> str:
    return target.removeprefix(CUSTOM)


def _columns(width: int, rows: Sequence[Row]) -> list[list[str]]:
    """Give the cells of each column in the first rows that are whole, without those that say nothing."""
    whole = [row.cells for row in rows if not row.fault]
    return [[cells[index] for cells in whole if not is_nothing(cells[index])] for index in range(width)]


def _guessed(
    header: Sequence[str],
    definitions: Mapping[str, FieldDefinition],
    columns: Sequence[Sequence[str]],
    said: Mapping[str, str | None],
) -> list[str | None]:
    """Guess the fields of the columns that the user has not named, out of those that are left."""
    custom = {fold(text): f"{CUSTOM}{key}" for key, one in definitions.items() for text in (key, one.label)}
    taken = {target for target in said.values() if target and target not in _MANY}
    prefix = _fullest_address(header, columns)
    guesses = [(None, 0) if name in said else _guess(name, custom, prefix) for name in header]
    fields: list[str | None] = [None] * len(header)
    for index in sorted(range(len(header)), key=lambda index: guesses[index][1]):
        target = guesses[index][0]
        if target and target not in taken and _reads(target, columns[index]):
            fields[index] = target
            taken |= {target} - _MANY
    return _with_first_or_last(fields, taken)


def _guess(name: str, custom: Mapping[str, str], prefix: str) -> tuple[str | None, int]:
    """Guess the field of one column, and its rank: less is surer."""
    if name in IGNORED:
        return None, 0
    plain = plain_header(name)
    if target := custom.get(plain.removeprefix("custom ")):
        return target, 0
    field_name, rank, whose = named_field(plain) or (None, 0, "")
    return (None, 0) if field_name in ADDRESS and whose != prefix else (field_name, rank)


def _fullest_address(header: Sequence[str], columns: Sequence[Sequence[str]]) -> str:
    """Tell whose address the file has most of: the one without a name, at work, at home."""
    found = [named_field(plain_header(name)) for name in header]
    filled: Counter[str] = Counter()
    for one, cells in zip(found, columns, strict=True):
        if one and one[0] in ADDRESS:
            filled[one[2]] += len(cells)
    return max(filled, key=lambda prefix: (filled[prefix], -ADDRESS_PREFIXES.index(prefix)), default="")


def _reads(target: str, cells: Sequence[str]) -> bool:
    """Tell whether any of the first cells can be read, where a field takes certain words only."""
    read = WORDS.get(target)
    return read is None or not cells or any(_can_read(read, cell) for cell in cells)


def _can_read(read: Callable[[str], Any], cell: str) -> bool:
    try:
        read(cell)
    except Unreadable:
        return False
    return True


def _with_first_or_last(fields: list[str | None], taken: set[str]) -> list[str | None]:
    """Let a name beside a first name alone be the last name, and the other way round."""
    present = {*fields, *taken}
    parts = {"first_name", "last_name"} & present
    if "name" not in fields or len(parts) != 1:
        return fields
    other = "last_name" if "first_name" in parts else "first_name"
    return [other if target == "name" else target for target in fields]


def _date_orders(
    header: Sequence[str],
    fields: Sequence[str | None],
    definitions: Mapping[str, FieldDefinition],
    columns: Sequence[Sequence[str]],
) -> dict[str, str]:
    dates = {f"{CUSTOM}{key}" for key, one in definitions.items() if one.kind is FieldKind.DATE}
    told = ((name, date_order(columns[i])) for i, name in enumerate(header) if fields[i] in dates)
    return {name: order for name, order in told if order}
