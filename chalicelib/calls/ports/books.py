"""Stored calls and their turns."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from chalicelib.calls.domain.statistics import NOTHING_ASKED

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from chalicelib.ai.domain.analysis import Analysis, AnalysisState
    from chalicelib.calls.domain.calls import Call
    from chalicelib.calls.domain.files import Aftermath, CallFile
    from chalicelib.calls.domain.statistics import Questions
    from chalicelib.calls.domain.templates import Brief
    from chalicelib.calls.domain.turns import Turn
    from chalicelib.kernel.paging import Page


class Commit(StrEnum):
    """How the attempt to commit a dial ended."""

    DONE = "done"
    CALL_CHANGED = "call_changed"
    NUMBER_CHANGED = "number_changed"
    PLAN_STOPPED = "plan_stopped"
    BUDGET_SHORT = "budget_short"
    COLLIDED = "collided"  # with another transaction about the same rows: try again


class CallBook(Protocol):
    """Stored calls."""

    def create(self, call: Call) -> bool:
        """Store a new call; False when this id exists already."""

    def get(self, call_id: str) -> Call | None:
        """Give the head of a call."""

    def many(self, call_ids: Sequence[str]) -> list[Call]:
        """Give the heads of those of these calls (100 at most) that are there, consistently, in any order."""

    def load(self, call_id: str) -> CallFile | None:
        """Give a call with all that belongs to it, in one consistent query."""

    def change(
        self, call_id: str, how: Callable[[Call], Call], asked: Questions = NOTHING_ASKED
    ) -> tuple[Call, Call]:
        """Apply `how` to the newest state, again when somebody was faster; give old and new.

        What the call claims of its budgets moves in the same write, and what a finished call adds to the
        counters is written with it, or nothing is; so are the questions to
        models that it `asked`, by the change that closes its books and by no other.
        """

    def commit_dial(self, call: Call, live_until: datetime) -> Commit:
        """In one transaction: the queued call becomes this one, its number is neither suppressed nor live.

        Its campaign's plan, if it has one, is there and not stopped. Each budget that its decision names has
        as much left as it says, and the call claims that.
        """

    def due(self, now: datetime, limit: int) -> list[str]:
        """Give ids of calls that wait to be dialed and are due by `now`, the longest due first."""

    def silent(self, now: datetime, limit: int) -> list[str]:
        """Give ids of calls begun or ended that somebody must look at by `now`, the longest due first."""

    def put_brief(self, call_id: str, brief: Brief) -> None:
        """Store what the call is held by."""

    def put_aftermath(self, call_id: str, aftermath: Aftermath, texts_since: datetime | None = None) -> bool:
        """Store what the post-call job found, once; False when another has, or its words were erased.

        `texts_since` says since when the call has texts that retention deletes some day.
        """

    def put_analysis(self, call_id: str, analysis: Analysis, before: AnalysisState) -> bool:
        """Replace an analysis that is in this state; False when it is in another, or was erased."""

    def of_contacts(self, contact_ids: Sequence[str], limit: int, start: str | None) -> Page[Call]:
        """Give up to `limit` calls of these contacts, newest first, after `start`; not those erased."""

    def erase_texts(self, call_id: str) -> None:
        """Delete the brief, the turns, the analysis and the proposals of a call, for good; its costs stay."""


class TurnBook(Protocol):
    """Stored turns of calls; each is opened once and closed by whoever opened it."""

    def open(self, call_id: str, turn: Turn) -> bool:
        """Store a new turn; False when this number is taken."""

    def close(self, call_id: str, turn: Turn) -> None:
        """Store what was answered; never touches what was heard, nor a turn that was erased or masked."""

    def mask(self, call_id: str, turn: Turn) -> None:
        """Store a turn's words as they are given, for good. A turn that was erased stays away."""

    def since(self, call_id: str, number: int) -> tuple[Turn, ...]:
        """Give the turns from this number on, in order, in one consistent query."""

    def resume(self, call_id: str, number: int) -> bool:
        """Take it on to answer the rest of a turn, after its filler; False when somebody has."""

    def interrupt(self, call_id: str, number: int, heard: str) -> None:
        """Store how far the agent was heard; the first interruption of a turn stands."""

    def holds(self, call_id: str, number: int) -> bool:
        """Tell, consistently, whether this turn is the newest and was not talked over."""

    def bind(self, connection_id: str, call_id: str) -> None:
        """Remember whose socket this is, until it cannot be open any more."""

    def call_of(self, connection_id: str) -> str | None:
        """Give the call of a socket."""
