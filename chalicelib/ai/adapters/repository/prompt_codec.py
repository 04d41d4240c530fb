"""Prompt templates to items and back; pure."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from chalicelib.ai.adapters.tables import PromptItem, PromptVersionItem
from chalicelib.ai.domain.prompts import FIRST, PromptTemplate, PromptVariable, VariableType
from chalicelib.kernel.clock import from_iso, iso

HASH = "PROMPTS"


def prompt_key(template_id: str) -> str:
    """Give the range key of a template's newest version, which is the hash key of those before it."""
    return f"PROMPT#{template_id}"


def version_key(number: int) -> str:
    """Give the range key of a version; sorts in their order."""
    return f"VERSION#{number:04d}"


def prompt_item(template: PromptTemplate) -> PromptItem:
    """Write the newest version of a template."""
    return PromptItem(
        HASH,
        prompt_key(template.id),
        name=template.name,
        text=template.text,
        created_at=iso(template.created_at),
        updated_at=iso(template.updated_at),
        version=template.version,
        description=template.description or None,
        variables=[asdict(variable) for variable in template.variables],
        publications=list(template.publications),
    )


def prompt_of(item: PromptItem) -> PromptTemplate:
    """Read the newest version of a template."""
    return PromptTemplate(
        id=item.sk.removeprefix(prompt_key("")),
        name=item.name,
        text=item.text,
        created_at=from_iso(item.created_at),
        updated_at=from_iso(item.updated_at),
        version=int(item.version),
        description=item.description or "",
        variables=_variables(item.variables or []),
        publications=FIRST if item.publications is None else tuple(item.publications),
    )


def version_item(template: PromptTemplate) -> PromptVersionItem:
    """Write a version that is the newest no more."""
    times = {"created_at": iso(template.created_at), "updated_at": iso(template.updated_at)}
    stored = {**asdict(template), **times}
    return PromptVersionItem(prompt_key(template.id), version_key(template.version), prompt=stored)


def version_of(item: PromptVersionItem) -> PromptTemplate:
    """Read a version that is the newest no more."""
    stored: dict[str, Any] = dict(item.prompt)
    typed = {
        "created_at": from_iso(stored["created_at"]),
        "updated_at": from_iso(stored["updated_at"]),
        "variables": _variables(stored["variables"]),
        "publications": tuple(stored["publications"]),
    }
    return PromptTemplate(**{**stored, **typed})


def _variables(stored: list[dict[str, Any]]) -> tuple[PromptVariable, ...]:
    return tuple(PromptVariable(**{**each, "type": VariableType(each["type"])}) for each in stored)
