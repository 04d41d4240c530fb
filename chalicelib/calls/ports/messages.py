"""Stored text messages and their templates, and the carrier that sends them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from datetime import datetime

    from chalicelib.calls.domain.message_templates import MessageTemplate
    from chalicelib.calls.domain.messages import Message, Place, StatusReport
    from chalicelib.kernel.paging import Page
    from chalicelib.kernel.phones import E164


class SendCommit(StrEnum):
    """How the attempt to commit to sending ended."""

    DONE = "done"
    MESSAGE_CHANGED = "message_changed"
    NUMBER_SUPPRESSED = "number_suppressed"
    TOO_MANY = "too_many"


class MessageBook(Protocol):
    """Stored text messages."""

    def create(self, message: Message) -> bool:
        """Store a new message; False when this id was stored before, also if it was deleted since."""

    def place_of(self, message_id: str) -> Place | None:
        """Tell, consistently, where a message is or was stored."""

    def get(self, place: Place) -> Message | None:
        """Give a message, consistently."""

    def change(self, place: Place, how: Callable[[Message], Message]) -> tuple[Message, Message]:
        """Apply `how` to the newest state, again when somebody was faster; or `NotFound`."""

    def commit_send(self, message: Message) -> SendCommit:
        """In one transaction: the queued message becomes this one, and its number is not suppressed.

        When it is committed to for the first time, its number's messages of the day are counted in it, up to
        `MAX_A_DAY`.
        """

    def waiting(self, now: datetime, limit: int) -> list[Place]:
        """Give messages that wait to be sent and are due by `now`, the longest due first."""

    def silent(self, now: datetime, limit: int) -> list[Place]:
        """Give messages that were asked for and that somebody must look at by `now`."""

    def thread(self, contact_ids: Sequence[str], limit: int, start: str | None) -> Page[Message]:
        """Give up to `limit` messages with these contacts, newest first, after `start`."""

    def erase(self, contact_ids: Sequence[str], limit: int) -> bool:
        """Delete up to `limit` messages with these contacts; tell whether there may be more."""


class MessageTemplateBook(Protocol):
    """Stored templates of text messages."""

    def add(self, template: MessageTemplate) -> MessageTemplate:
        """Store a new template, or give the one that has this id."""

    def get(self, template_id: str) -> MessageTemplate | None:
        """Give a template, consistently."""

    def all(self) -> list[MessageTemplate]:
        """Give every template, by name."""

    def save(self, template: MessageTemplate, version: int) -> bool:
        """Store the next version; False when the stored one is not at `version`."""

    def remove(self, template_id: str, version: int) -> bool:
        """Delete a template; False when the stored one is not at `version`."""


@dataclass(frozen=True)
class SendOrder:
    """What the carrier is asked for."""

    place: Place
    number: E164
    line: E164
    body: str


class Texting(Protocol):
    """The carrier's text messages."""

    def send(self, order: SendOrder) -> StatusReport:
        """Send a message and give what the carrier says of it; fails as `Telephony.place` does."""

    def find(self, message: Message, taken: Collection[str]) -> StatusReport | None:
        """Ask what became of a message, by its id, or by numbers, text and time; never sends anything.

        `taken` are the carrier's ids of other messages.
        """
