"""What is known of a conversation after it: usage, summary, sentiment, intents, action items."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from chalicelib.ai.domain.extraction import EXTRACTED, fields_schema, read_fields
from chalicelib.kernel.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.ai.domain.extraction import Extracted, ExtractField


@dataclass(frozen=True)
class Usage:
    """Tokens that a request consumed; `cached_tokens` are part of `prompt_tokens`."""

    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.prompt_tokens + other.prompt_tokens,
            self.cached_tokens + other.cached_tokens,
            self.completion_tokens + other.completion_tokens,
        )


class Sentiment(StrEnum):
    """How the caller felt about the call."""

    POSITIVE = "positive"
    NEUTRAL = "neutral"
    NEGATIVE = "negative"


@dataclass(frozen=True)
class ActionItem:
    """Something that was promised, and who owes it."""

    text: str
    owner: str


@dataclass(frozen=True)
class Analysis:
    """What is known of a conversation after it ended; `source` names the model or `rules`."""

    summary: str
    sentiment: Sentiment
    intents: tuple[str, ...]
    action_items: tuple[ActionItem, ...]
    source: str
    usage: Usage = field(default_factory=Usage)
    extracted: tuple[Extracted, ...] = ()


ANALYSIS_NAME = "call_analysis"
ANALYSIS_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["summary", "sentiment", "intents", "action_items"],
    "properties": {
        "summary": {"type": "string", "description": "Two sentences: who, what was agreed, what is open."},
        "sentiment": {"type": "string", "enum": [item.value for item in Sentiment]},
        "intents": {"type": "array", "items": {"type": "string"}},
        "action_items": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["text", "owner"],
                "properties": {"text": {"type": "string"}, "owner": {"type": "string"}},
            },
        },
    },
}


def analysis_schema(fields: tuple[ExtractField, ...]) -> Mapping[str, Any]:
    """Give the schema of an analysis that looks for these values as well."""
    if not fields:
        return ANALYSIS_SCHEMA
    return {
        **ANALYSIS_SCHEMA,
        "required": [*ANALYSIS_SCHEMA["required"], EXTRACTED],
        "properties": {**ANALYSIS_SCHEMA["properties"], EXTRACTED: fields_schema(fields)},
    }


def read_analysis(payload: Any, source: str, usage: Usage, fields: tuple[ExtractField, ...] = ()) -> Analysis:
    """Take a model's answer to `analysis_schema`; anything that does not fit it is `Invalid`.

    A value of another type than its field's is left out, and the rest stands.
    """
    try:
        return Analysis(
            summary=str(payload["summary"]).strip()[:2000],
            sentiment=Sentiment(payload["sentiment"]),
            intents=tuple(str(intent)[:100] for intent in payload["intents"])[:20],
            action_items=tuple(
                ActionItem(str(item["text"])[:500], str(item["owner"])[:100])
                for item in payload["action_items"][:20]
            ),
            source=source,
            usage=usage,
            extracted=read_fields(payload.get(EXTRACTED), fields),
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Invalid("The analysis does not fit its schema.", code="bad_analysis") from error
