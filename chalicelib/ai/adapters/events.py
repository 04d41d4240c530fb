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


PROMPT_CREATED = EventType(
    "prompt_template.created", "A prompt template was created.", PromptTemplateEventData
)
EVENTS = (PROMPT_CREATED,)
