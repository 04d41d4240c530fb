"""What is told to other programs of prompt templates; never their text."""

from __future__ import annotations

from chalicelib.kernel.catalogue import EventData, EventType
from chalicelib.kernel.schemas import Instant


class PromptTemplateEventData(EventData):
    """A prompt template without its text, which is read through the API."""

    prompt_id: str
    name: str
    created_at: Instant
    updated_at: Instant
    version: int
    published_version: int | None = None


PROMPT_CREATED = EventType(
    "prompt_template.created", "A prompt template was created.", PromptTemplateEventData
)
PROMPT_UPDATED = EventType(
    "prompt_template.updated", "A prompt template has a new version.", PromptTemplateEventData
)
PROMPT_PUBLISHED = EventType(
    "prompt_template.published", "Calls use another version of a prompt.", PromptTemplateEventData
)
PROMPT_DELETED = EventType(
    "prompt_template.deleted", "A prompt template was deleted.", PromptTemplateEventData
)
EVENTS = (PROMPT_CREATED, PROMPT_UPDATED, PROMPT_PUBLISHED, PROMPT_DELETED)
