"""Prompt templates: made, read, and filled in for one conversation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.ai.domain.prompts import PromptTemplate
from chalicelib.ai.domain.wording import HOUSE_RULES
from chalicelib.kernel.errors import Conflict, NotFound, about_field
from chalicelib.kernel.ids import new_id

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from chalicelib.ai.ports import AiPorts


def create_prompt(ai: AiPorts, name: str, text: str, template_id: str | None = None) -> PromptTemplate:
    """Store a prompt template; `Invalid` with code `bad_template` when its syntax is wrong.

    Whether its variables exist is found out when a call template names it. With the same `template_id`
    again it gives the one that exists.
    """
    with about_field("/text"):
        ai.renderer.check(text)
    now = ai.clock.now()
    template = PromptTemplate(template_id or new_id("prompt"), name, text, created_at=now, updated_at=now)
    try:
        ai.prompts.add(template)
    except Conflict:
        return get_prompt(ai, template.id)
    return template


def get_prompt(ai: AiPorts, template_id: str) -> PromptTemplate:
    """Give a prompt template, or `NotFound`."""
    template = ai.prompts.get(template_id)
    if template is None:
        raise NotFound(f"There is no prompt template {template_id}.", code="prompt_not_found")
    return template


def instructions(ai: AiPorts, prompt: PromptTemplate, variables: Mapping[str, Any]) -> str:
    """Fill a prompt, after the rules that hold for every call; `Invalid` for a missing variable."""
    return HOUSE_RULES + ai.renderer.render(prompt.text, variables)
