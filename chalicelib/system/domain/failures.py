"""Failed work as values: messages that nobody could work on, why, and what became of them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from chalicelib.kernel.errors import AppError, Conflict
from chalicelib.kernel.phones import mask

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

MAX_CAUSE = 300
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
# What a message may show as it is: the names and ids that our own messages and the bus use. All other text
# may be what people said or typed, and is hidden.
_SHOWN = frozenset(
    {
        *("v", "kind", "call_id", "turn", "webhook_id", "delivery_id"),  # our messages
        *("detail-type", "id", "type", "version", "subject", "time", "timestamp", "source"),  # the bus's
        *("eventID", "eventName"),  # records of streams
        *("condition", "streamArn", "shardId", "startSequenceNumber", "endSequenceNumber", "batchSize"),
    }
)
_NAME = re.compile(r"[\w.:+/-]{1,200}")  # ids, types, instants: no words in a row
_HIDDEN = "…"
_BATCH = "DDBStreamBatchInfo"  # how Lambda names a batch of a stream that it gave up
_SUBJECTS = ("call_id", "delivery_id", "number", "subject", "eventID", "streamArn")


class WorkQueue(StrEnum):
    """The queue that a message came from; `changes` are batches of the tables' streams."""

    DIAL = "dial"
    URGENT = "urgent"
    POST_CALL = "post_call"
    NEWS = "news"
    JOBS = "jobs"
    CHANGES = "changes"


class FailedState(StrEnum):
    """Waiting for somebody, sent to its queue again, or given up."""

    OPEN = "open"
    REPLAYED = "replayed"
    DISCARDED = "discarded"


@dataclass(frozen=True)
class Cause:
    """Why the last try failed, without personal data, and which try it was."""

    text: str
    attempts: int


@dataclass(frozen=True)
class FailedWork:
    """A message that ended among the dead letters; `cause` is None when its worker could not say why.

    `settlement` names the request that settled it. Open work that has one may have been sent again already.
    """

    id: str
    queue: WorkQueue
    kind: str
    subject: str
    body: str
    failed_at: datetime
    cause: str | None = None
    attempts: int | None = None
    state: FailedState = FailedState.OPEN
    settled_at: datetime | None = None
    settled_by: str | None = None
    reason: str | None = None
    settlement: str | None = None
    version: int = 1

    @property
    def shown(self) -> dict[str, Any]:
        """Give the message as people may see it: names and ids, nothing that somebody said or typed."""
        fields = _fields(self.body)
        return {str(name): _shown(str(name), value) for name, value in fields.items()}


@dataclass(frozen=True)
class ReplayCount:
    """How many messages were sent again, and whether asking again would send more."""

    replayed: int
    more: bool


@dataclass(frozen=True)
class Settlement:
    """Somebody's request to settle work: its id, the same when it is repeated, who asks, and when."""

    id: str
    by: str
    at: datetime


def replaying(work: FailedWork, settlement: Settlement) -> FailedWork:
    """Give the work with the mark that from now on it may have been sent again."""
    _check_open(work)
    return replace(work, settlement=settlement.id)


def replayed(work: FailedWork, settlement: Settlement) -> FailedWork:
    """Give the work as sent again; `Conflict` (`failed_work_settled`) when it was settled before."""
    return _settled(work, FailedState.REPLAYED, settlement)


def discarded(work: FailedWork, settlement: Settlement, reason: str) -> FailedWork:
    """Give the work as given up, for a reason.

    `Conflict` with code `failed_work_settled` when it was settled before, or `replay_begun` when it may have
    been sent again.
    """
    done = replace(_settled(work, FailedState.DISCARDED, settlement), reason=reason)
    if work.settlement is not None:
        raise Conflict(
            "A replay of this work was begun, so it may have been sent: replay it to the end.",
            code="replay_begun",
        )
    return done


def describe(body: str) -> tuple[str, str]:
    """Give a message's kind, and the id of what it is about; a number is masked. Never fails."""
    fields = _fields(body)
    kind = fields.get("kind") or fields.get("detail-type") or ("batch" if _BATCH in fields else "")
    inner = {**fields, **_inner(fields, "detail"), **_inner(fields, "record"), **_inner(fields, _BATCH)}
    subject = next((inner[name] for name in _SUBJECTS if inner.get(name)), "")
    return _named(kind) or "unreadable", _named(subject)


def cause_text(error: BaseException) -> str:
    """Say why something failed: a refusal by its code, anything else by its kind and place.

    Words are left out: ours and those of libraries may quote what somebody said or typed.
    """
    if isinstance(error, AppError):
        return error.code
    place, trace = "", error.__traceback__
    while trace is not None:
        place = f" in {trace.tb_frame.f_globals.get('__name__', '')}, line {trace.tb_lineno}"
        trace = trace.tb_next
    return f"{type(error).__name__}{place}"[:MAX_CAUSE]


def masked(text: str) -> str:
    """Hide the phone numbers in a text."""
    return _NUMBER.sub(lambda found: mask(found[0]), text)


def _settled(work: FailedWork, state: FailedState, settlement: Settlement) -> FailedWork:
    _check_open(work)
    return replace(
        work,
        state=state,
        settled_by=settlement.by,
        settled_at=settlement.at,
        settlement=settlement.id,
        version=work.version + 1,
    )


def _check_open(work: FailedWork) -> None:
    if work.state is not FailedState.OPEN:
        raise Conflict(f"This work was {work.state} already.", code="failed_work_settled")


def _fields(body: str) -> Mapping[str, Any]:
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return fields if isinstance(fields, dict) else {}


def _inner(fields: Mapping[str, Any], name: str) -> dict[str, Any]:
    inner = fields.get(name)
    return inner if isinstance(inner, dict) else {}


def _shown(name: str, value: Any) -> Any:
    if isinstance(value, dict) and name != "data":
        return {str(inner): _shown(str(inner), each) for inner, each in value.items()}
    if value is None or isinstance(value, bool):
        return value
    return _named(value) or _HIDDEN if name in _SHOWN else _HIDDEN


def _named(value: Any) -> str:
    """Give a name or an id, with a number masked; nothing for any other text."""
    text = str(value)
    return masked(text) if _NAME.fullmatch(text) else ""
