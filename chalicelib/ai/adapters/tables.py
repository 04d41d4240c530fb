"""The ai table's items as PynamoDB sees them; private to the repository."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pynamodb.attributes import (
    BooleanAttribute,
    DiscriminatorAttribute,
    JSONAttribute,
    NumberAttribute,
    UnicodeAttribute,
)
from pynamodb.models import Model

from chalicelib.kernel.actors import actor

if TYPE_CHECKING:
    from pynamodb.connection import Connection


class AiTable(Model):
    """Every item: a readable key pair and its kind."""

    class Meta:
        """Time-outs in seconds, so that a stuck read cannot use up a call's patience."""

        table_name = ""
        connect_timeout_seconds = 1
        read_timeout_seconds = 2

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    kind = DiscriminatorAttribute()
    expires_at = NumberAttribute(null=True)
    # Not `default`: what was written before rows were stamped must not name whoever reads it.
    changed_by = UnicodeAttribute(null=True, default_for_new=actor)


class PromptItem(AiTable, discriminator="prompt"):
    """A prompt template: `PROMPTS` / `PROMPT#<id>`, so that the few there are list in one query.

    It has the newest version; a deleted one stays for a while, and says so.
    """

    name = UnicodeAttribute()
    text = UnicodeAttribute()
    created_at = UnicodeAttribute()
    updated_at = UnicodeAttribute()
    version = NumberAttribute()
    # These are absent in rows of before prompts declared variables and had drafts.
    description = UnicodeAttribute(null=True)
    variables = JSONAttribute(null=True)
    publications = JSONAttribute(null=True)
    deleted_at = UnicodeAttribute(null=True)


class PromptVersionItem(AiTable, discriminator="prompt_version"):
    """A version of a prompt template that is the newest no more: `PROMPT#<id>` / `VERSION#0003`."""

    prompt = JSONAttribute()


class ChatItem(AiTable, discriminator="chat"):
    """The head of a chat: `CHAT#<id>` / `CHAT`; `claimed_by` is the turn that is being answered."""

    contact_id = UnicodeAttribute()
    number = UnicodeAttribute()
    created_at = UnicodeAttribute()
    updated_at = UnicodeAttribute()
    created_by = UnicodeAttribute()
    template_id = UnicodeAttribute()
    prompt_id = UnicodeAttribute()
    turns = NumberAttribute()
    end = UnicodeAttribute(null=True)
    reason = UnicodeAttribute(null=True)
    claimed_by = UnicodeAttribute(null=True)
    claimed_until = UnicodeAttribute(null=True)
    deleted_at = UnicodeAttribute(null=True)


class ChatBriefItem(AiTable, discriminator="chat_brief"):
    """What a chat is held by: `CHAT#<id>` / `BRIEF`."""

    brief = JSONAttribute()


class ChatTurnItem(AiTable, discriminator="chat_turn"):
    """A turn: `CHAT#<id>` / `TURN#0003`; without `answer` it is not answered yet."""

    turn_id = UnicodeAttribute()
    turn_kind = UnicodeAttribute()
    received_at = UnicodeAttribute()
    said = UnicodeAttribute()
    language = UnicodeAttribute()
    answer = UnicodeAttribute(null=True)
    end = UnicodeAttribute(null=True)
    reason = UnicodeAttribute(null=True)
    tools = JSONAttribute(null=True)
    corrected = JSONAttribute(null=True)
    asked = JSONAttribute(null=True)
    timing = JSONAttribute(null=True)
    sentiment = UnicodeAttribute(null=True)
    intent = UnicodeAttribute(null=True)


class ChatPlaceItem(AiTable, discriminator="chat_place"):
    """A chat's place in a list: `CHATS#<yyyy-mm>` or `CHATCONTACT#<contact id>` / `<instant>#<id>`."""


class EvaluationItem(AiTable, discriminator="evaluation"):
    """An evaluation: `EVALS` / `EVAL#<id>`: the ids, and so the keys, sort by time."""

    name = UnicodeAttribute()
    scenarios = JSONAttribute()
    subject = JSONAttribute()
    repeat = NumberAttribute()
    judged = BooleanAttribute()
    created_at = UnicodeAttribute()
    changed_at = UnicodeAttribute()
    created_by = UnicodeAttribute()
    done = NumberAttribute()
    passed = NumberAttribute()
    max_spend = NumberAttribute(null=True)
    spent = NumberAttribute(null=True)


class ScenarioItem(AiTable, discriminator="scenario"):
    """A scenario of an evaluation: `EVAL#<id>` / `SCENARIO#<4 digits>`."""

    document = JSONAttribute()


class RehearsalItem(AiTable, discriminator="rehearsal"):
    """What came of one playing: `EVAL#<id>` / `RESULT#<4 digits>`; `WAITING#…` until it was judged."""

    rehearsal = JSONAttribute()


class ModelStatisticsItem(AiTable, discriminator="model_statistics"):
    """Counters of questions: `AISTATS#<month>#<shard>` / `<day>#<template id>#<provider>#<model>`."""


class CountedItem(AiTable, discriminator="counted"):
    """Questions that were counted: `COUNTED#<name>` / `COUNTED`; it goes when nobody can come again."""


def bind(table_name: str) -> Connection:
    """Point all items at this table and give the one connection that they share."""
    AiTable.Meta.table_name = table_name
    return AiTable._get_connection().connection  # noqa: SLF001
