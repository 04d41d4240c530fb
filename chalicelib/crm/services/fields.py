"""Custom fields are defined, changed and deleted; values are checked by their definitions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.crm.domain.fields import (
    MAX_FIELDS,
    FieldChanges,
    FieldDefinition,
    NewField,
    bad_field,
    check_choices,
    check_size,
    check_value,
    same_value,
    stands,
)
from chalicelib.kernel.clock import cut_to_millis
from chalicelib.kernel.errors import Conflict, NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from chalicelib.crm.domain.details import FieldValue
    from chalicelib.crm.ports.crm import CrmPorts

_NOTHING: Mapping[str, FieldValue] = {}


def check_fields(
    crm: CrmPorts, values: Mapping[str, FieldValue], before: Mapping[str, FieldValue] = _NOTHING
) -> Mapping[str, FieldValue]:
    """Give the values as they are kept; `Invalid` with code `bad_custom_field` for one that is not allowed.

    All together are allowed 20,000 bytes. What stands as it stood `before` is not questioned; it is dropped
    when its definition is gone. Empty text is no value.
    """
    if not values:
        return {}
    known = {definition.key: definition for definition in crm.fields.all()}
    kept = {key: _kept(known.get(key), key, value, before.get(key)) for key, value in values.items()}
    return check_size(
        {key: value for key, value in kept.items() if value is not None and not same_value(value, "")}
    )


def defined_values(
    crm: CrmPorts, every: Sequence[Mapping[str, FieldValue]]
) -> list[Mapping[str, FieldValue]]:
    """Give, for each of some contacts' values, those whose definitions are there."""
    known = {definition.key: definition for definition in crm.fields.all()} if any(every) else {}
    return [
        {key: value for key, value in values.items() if stands(known.get(key), value)} for values in every
    ]


def define_field(crm: CrmPorts, new: NewField) -> FieldDefinition:
    """Define a custom field; doing it again the same way changes nothing.

    Raises `Invalid` with code `bad_choices`, `Conflict` with code `field_exists` when the key is another's,
    or `field_limit_reached` when there are 100.
    """
    found = {definition.key: definition for definition in crm.fields.all()}
    if len(found) >= MAX_FIELDS and new.key not in found:
        raise Conflict(f"There are {MAX_FIELDS} custom fields; delete one first.", code="field_limit_reached")
    now = _now(crm)
    return crm.fields.add(
        FieldDefinition(
            key=new.key,
            label=new.label,
            kind=new.kind,
            choices=check_choices(new.kind, new.choices),
            created_at=now,
            updated_at=now,
            version=1,
        )
    )


def list_fields(crm: CrmPorts) -> list[FieldDefinition]:
    """Give every definition, by key."""
    return crm.fields.all()


def get_field(crm: CrmPorts, key: str) -> FieldDefinition:
    """Give a definition; or raise `NotFound`, code `field_not_found`."""
    found = next((definition for definition in crm.fields.all() if definition.key == key), None)
    if found is None:
        raise NotFound("There is no such custom field.", code="field_not_found")
    return found


def change_field(
    crm: CrmPorts, key: str, changes: FieldChanges, expected_version: int | None = None
) -> FieldDefinition:
    """Change a definition; values that stand stay. Changing nothing makes no new version.

    Raises `NotFound`, `Invalid` with code `bad_choices`, `Conflict` with code `version_changed`.
    """
    before = _at_version(crm, key, expected_version)
    label = before.label if changes.label is None else changes.label
    choices = before.choices if changes.choices is None else changes.choices
    wanted = replace(before, label=label, choices=check_choices(before.kind, choices))
    if wanted == before:
        return before
    changed = replace(wanted, updated_at=_now(crm), version=before.version + 1)
    crm.fields.save(changed)
    return changed


def delete_field(crm: CrmPorts, key: str, expected_version: int | None = None) -> None:
    """Delete a definition: its values are not shown any more, and go when their contact is next changed.

    Raises `NotFound`, or `Conflict` with code `version_changed`.
    """
    crm.fields.remove(_at_version(crm, key, expected_version))


def _at_version(crm: CrmPorts, key: str, version: int | None) -> FieldDefinition:
    found = get_field(crm, key)
    if version not in (None, found.version):
        raise Conflict(f"The custom field is at version {found.version} now.", code="version_changed")
    return found


def _kept(
    definition: FieldDefinition | None, key: str, value: FieldValue, before: FieldValue | None
) -> FieldValue | None:
    """Give what is kept of a value, None for nothing."""
    if same_value(value, before):
        return value if stands(definition, value) else None
    if definition is None:
        raise bad_field(key, "There is no such custom field; define it first (POST /v1/crm/custom-fields).")
    return check_value(definition, value)


def _now(crm: CrmPorts) -> datetime:
    return cut_to_millis(crm.clock.now())
