"""What is known of a conversation after it: usage, summary, sentiment, intents, action items."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from chalicelib.ai.domain.extraction import EXTRACTED, fields_schema, read_fields
from chalicelib.ai.domain.findings import (
    ACTION_ITEM_SCHEMA,
    NOTHING_FOUND,
    ActionItem,
    Findings,
    findings_schema,
    read_findings,
    read_items,
)
from chalicelib.kernel.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.ai.domain.asking import ModelUse
    from chalicelib.ai.domain.extraction import Extracted, ExtractField


@dataclass(frozen=True)
class Usage:
    """Tokens that a request consumed; `cached_tokens` are part of `prompt_tokens`.

    Where putting a prompt into the cache costs more than the prompt, it counts as so many more of its tokens.
    """

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


class AnalysisState(StrEnum):
    """Whether a model has read the conversation."""

    DONE = "done"
    FAILED = "failed"  # rules stand for it; it can be asked again
    APPLYING = "applying"  # it was asked again, and what it found is being carried out


@dataclass(frozen=True)
class Analysis:
    """What is known of a conversation after it ended; `source` names the model or `rules`.

    `error` is the code of why no model has read it, where that is so. `asked` are the questions to models of
    this reading, the how manieth of the call `reading` says; `usage` is the sum of all its readings.
    """

    summary: str
    sentiment: Sentiment
    intents: tuple[str, ...]
    action_items: tuple[ActionItem, ...]
    source: str
    usage: Usage = field(default_factory=Usage)
    extracted: tuple[Extracted, ...] = ()
    findings: Findings = NOTHING_FOUND
    state: AnalysisState = AnalysisState.DONE
    error: str = ""
    asked: tuple[ModelUse, ...] = ()
    reading: int = 1


ANALYSIS_NAME = "call_analysis"
ANALYSIS_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["summary", "sentiment", "intents", "action_items", *findings_schema(())],
    "properties": {
        "summary": {"type": "string", "description": "Two sentences: who, what was agreed, what is open."},
        "sentiment": {"type": "string", "enum": [item.value for item in Sentiment]},
        "intents": {"type": "array", "items": {"type": "string"}},
        "action_items": {"type": "array", "items": ACTION_ITEM_SCHEMA},
        **findings_schema(()),
    },
}


@dataclass(frozen=True)
class Wanted:
    """What a kind of call wants to know of its calls: values, and one of these words for the outcome."""

    fields: tuple[ExtractField, ...] = ()
    outcomes: tuple[str, ...] = ()


USUAL = Wanted()


def analysis_schema(wanted: Wanted = USUAL) -> Mapping[str, Any]:
    """Give the schema of an analysis that says what is wanted."""
    properties = {**ANALYSIS_SCHEMA["properties"], **findings_schema(wanted.outcomes)}
    if wanted.fields:
        properties[EXTRACTED] = fields_schema(wanted.fields)
    return {**ANALYSIS_SCHEMA, "required": list(properties), "properties": properties}


def read_analysis(payload: Any, source: str, usage: Usage, wanted: Wanted = USUAL) -> Analysis:
    """Take a model's answer to `analysis_schema`; anything that does not fit it is `Invalid`.

    A value of another type than its field's is left out, and the rest stands.
    """
    try:
        return Analysis(
            summary=str(payload["summary"]).strip()[:2000],
            sentiment=Sentiment(payload["sentiment"]),
            intents=tuple(str(intent)[:100] for intent in payload["intents"])[:20],
            action_items=read_items(payload["action_items"]),
            source=source,
            usage=usage,
            extracted=read_fields(payload.get(EXTRACTED), wanted.fields),
            findings=read_findings(payload, wanted.outcomes),
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Invalid("The analysis does not fit its schema.", code="bad_analysis") from error
