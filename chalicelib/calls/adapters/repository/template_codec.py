"""Call templates and briefs to JSON and back; pure."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from chalicelib.ai.domain.conversation import MenuAction, MenuKey, OnFailure
from chalicelib.calls.adapters.tables import BriefItem, TemplateItem
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
    "tools": tuple,
    "languages": tuple,
    "menu": lambda keys: tuple(MenuKey(**{**key, "action": MenuAction(key["action"])}) for key in keys),
}


def brief_of(item: BriefItem) -> Brief:
    """Read a brief."""
    return Brief(**_typed(item.brief))


def template_item(template: CallTemplate) -> TemplateItem:
    """Write a call template."""
    stored = {**asdict(template), "created_at": iso(template.created_at)}
    return TemplateItem("TEMPLATES", f"TEMPLATE#{template.id}", template=stored)


def template_of(item: TemplateItem) -> CallTemplate:
    """Read a call template."""
    stored = _typed(item.template)
    transfer_to = stored["transfer_to"]
    return CallTemplate(
        **{
            **stored,
            "created_at": from_iso(stored["created_at"]),
            "transfer_to": E164(transfer_to) if transfer_to else None,
        }
    )


def _typed(stored: dict[str, Any]) -> dict[str, Any]:
    return {name: _TYPES[name](value) if name in _TYPES else value for name, value in stored.items()}
