"""Call templates and briefs to JSON and back; pure."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from chalicelib.ai.domain.conduct import ApplyFields, Conduct, OnAbuse, OnEmergency
from chalicelib.ai.domain.conversation import MenuAction, MenuKey, OnFailure
from chalicelib.ai.domain.extraction import ExtractField, ExtractType
from chalicelib.calls.adapters.tables import BriefItem, TemplateItem, TemplateVersionItem
from chalicelib.calls.domain.purposes import Purpose
from chalicelib.calls.domain.templates import (
    Announce,
    Brief,
    CallTemplate,
    OnMachine,
    TransferMode,
    Transport,
    WhenNobody,
)
from chalicelib.kernel.clock import from_iso, iso
from chalicelib.kernel.phones import E164

# Fields that JSON has as plain text or lists; one that is absent was stored before it was known.
_TYPES: dict[str, Any] = {
    "transport": Transport,
    "on_failure": OnFailure,
    "on_machine": OnMachine,
    "transfer_mode": TransferMode,
    "when_nobody": WhenNobody,
    "announce": Announce,
    "purpose": Purpose,
    "tools": tuple,
    "languages": tuple,
    "menu": lambda keys: tuple(MenuKey(**{**key, "action": MenuAction(key["action"])}) for key in keys),
    "extract": lambda fields: tuple(_extract_field(**field) for field in fields),
    "conduct": lambda conduct: _conduct(**conduct),
    "created_at": from_iso,
    "updated_at": lambda at: from_iso(at) if at else None,
}
_CONDUCT: dict[str, Any] = {
    "on_abuse": OnAbuse,
    "on_emergency": OnEmergency,
    "apply_fields": ApplyFields,
    **dict.fromkeys(("providers", "confirm_tools", "outcomes"), tuple),
}


def brief_of(item: BriefItem) -> Brief:
    """Read a brief."""
    return Brief(**_typed(item.brief))


def template_item(template: CallTemplate) -> TemplateItem:
    """Write the current version of a call template."""
    key = f"TEMPLATE#{template.id}"
    return TemplateItem("TEMPLATES", key, template=_stored(template), version=template.version)


def version_item(template: CallTemplate) -> TemplateVersionItem:
    """Write a version that is current no more."""
    return TemplateVersionItem(
        f"TEMPLATE#{template.id}", version_key(template.version), template=_stored(template)
    )


def version_key(number: int) -> str:
    """Give the range key of a version; sorts in their order."""
    return f"VERSION#{number:04d}"


def template_of(item: TemplateItem | TemplateVersionItem) -> CallTemplate:
    """Read a call template."""
    stored = _typed(item.template)
    transfer_to = stored["transfer_to"]
    return CallTemplate(**{**stored, "transfer_to": E164(transfer_to) if transfer_to else None})


def _stored(template: CallTemplate) -> dict[str, Any]:
    updated_at = iso(template.updated_at) if template.updated_at else None
    return {**asdict(template), "created_at": iso(template.created_at), "updated_at": updated_at}


def _extract_field(*, type: str, choices: list[str], **rest: str) -> ExtractField:  # noqa: A002  its stored name
    return ExtractField(type=ExtractType(type), choices=tuple(choices), **rest)


def _conduct(**stored: Any) -> Conduct:
    return Conduct(
        **{name: _CONDUCT[name](value) if name in _CONDUCT else value for name, value in stored.items()}
    )


def _typed(stored: dict[str, Any]) -> dict[str, Any]:
    return {name: _TYPES[name](value) if name in _TYPES else value for name, value in stored.items()}
