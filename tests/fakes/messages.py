"""Text messages in memory: their book, their templates, and a carrier that sends or loses them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from fakes.carrier import Killed

from chalicelib.calls.domain.messages import Message, MessageState, StatusReport
from chalicelib.calls.domain.permission import NumberStatus
from chalicelib.calls.domain.texting import MAX_A_DAY, day_of, texts_of_day
from chalicelib.calls.ports.messages import SendCommit
from chalicelib.kernel.errors import Forbidden, NotFound, Unavailable
from chalicelib.kernel.paging import Page

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from datetime import datetime

    from fakes.call_books import Shelf

    from chalicelib.calls.domain.message_templates import MessageTemplate
    from chalicelib.calls.domain.messages import Place
    from chalicelib.calls.ports.messages import SendOrder
    from chalicelib.kernel.clock import Clock


@dataclass
class FakeMessages:
    """Messages, on the shelf that holds the numbers; implements `MessageBook`."""

    shelf: Shelf
    by_place: dict[Place, Message] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    is_silent: bool = False

    def create(self, message: Message) -> bool:
        """Keep a new message."""
        with self.shelf.lock:
            if message.id in self.places:
                return False
            self.places[message.id] = message.place
            self.by_place[message.place] = replace(message, version=1)
            return True

    def place_of(self, message_id: str) -> Place | None:
        """Tell where a message is or was."""
        if self.is_silent:
            raise Unavailable("silent", retryable=True)
        return self.places.get(message_id)

    def get(self, place: Place) -> Message | None:
        """Give a message."""
        return self.by_place.get(place)

    def change(self, place: Place, how: Callable[[Message], Message]) -> tuple[Message, Message]:
        """Change a message."""
        with self.shelf.lock:
            old = self.by_place.get(place)
            if old is None:
                raise NotFound("absent", code="message_not_found")
            new = how(old)
            if new == old:
                return old, old
            new = replace(new, version=old.version + 1)
            self.by_place[place] = new
            return old, new

    def commit_send(self, message: Message) -> SendCommit:
        """Commit when the message has this version and its number is not suppressed."""
        with self.shelf.lock:
            stored = self.by_place.get(message.place)
            if stored is None or stored.version != message.version:
                return SendCommit.MESSAGE_CHANGED
            status = self.shelf.numbers.get(message.number, NumberStatus())
            if status.suppressed_at:
                return SendCommit.NUMBER_SUPPRESSED
            if message.commits <= 1:
                texts = texts_of_day(status, message.asked_at)
                if texts >= MAX_A_DAY:
                    return SendCommit.TOO_MANY
                day = day_of(message.asked_at)
                self.shelf.numbers[message.number] = replace(status, texts_day=day, texts=texts + 1)
            self.by_place[message.place] = replace(message, version=message.version + 1)
            return SendCommit.DONE

    def waiting(self, now: datetime, limit: int) -> list[Place]:
        """Give those that wait and are due."""
        return self._due(now, limit, lambda message: message.state is MessageState.QUEUED)

    def silent(self, now: datetime, limit: int) -> list[Place]:
        """Give those that were asked for and are to be looked at."""
        return self._due(now, limit, lambda message: message.state is not MessageState.QUEUED)

    def _due(self, now: datetime, limit: int, wanted: Callable[[Message], bool]) -> list[Place]:
        due = [
            each for each in self.by_place.values() if each.look_at and each.look_at <= now and wanted(each)
        ]
        return [each.place for each in sorted(due, key=lambda each: (each.look_at, each.id))][:limit]

    def thread(self, contact_ids: Sequence[str], limit: int, start: str | None) -> Page[Message]:
        """Give a page of the messages with these contacts, newest first."""
        mine = [each for each in self.by_place.values() if each.contact_id in contact_ids]
        mine = [each for each in mine if start is None or each.place.position < start]
        mine.sort(key=lambda each: each.place.position, reverse=True)
        return Page(mine[:limit], mine[limit - 1].place.position if len(mine) > limit else None)

    def erase(self, contact_ids: Sequence[str], limit: int) -> bool:
        """Forget up to `limit` messages."""
        mine = [place for place in self.by_place if place.contact_id in contact_ids][:limit]
        for place in mine:
            del self.by_place[place]
        return len(mine) >= limit

    def only(self) -> Message:
        """Give the one message that there is."""
        (message,) = self.by_place.values()
        return message


@dataclass
class FakeMessageTemplates:
    """Templates of text messages; implements `MessageTemplateBook`."""

    by_id: dict[str, MessageTemplate] = field(default_factory=dict)

    def add(self, template: MessageTemplate) -> MessageTemplate:
        """Keep a template, once."""
        return self.by_id.setdefault(template.id, template)

    def get(self, template_id: str) -> MessageTemplate | None:
        """Give a template."""
        return self.by_id.get(template_id)

    def all(self) -> list[MessageTemplate]:
        """Give every template, by name."""
        return sorted(self.by_id.values(), key=lambda template: (template.name, template.id))

    def save(self, template: MessageTemplate, version: int) -> bool:
        """Keep the next version."""
        if template.id not in self.by_id or self.by_id[template.id].version != version:
            return False
        self.by_id[template.id] = template
        return True

    def remove(self, template_id: str, version: int) -> bool:
        """Forget a template."""
        if template_id not in self.by_id or self.by_id[template_id].version != version:
            return False
        del self.by_id[template_id]
        return True


@dataclass
class SentMessage:
    """A message as the carrier has it."""

    sid: str
    order: SendOrder
    created_at: datetime
    status: str = "queued"


@dataclass
class FakeTexting:
    """Does with each order what `moods` says, as `FakeCarrier` does; implements `Texting`.

    `opted_out` refuses as for a number that said STOP to the carrier.
    """

    clock: Clock
    moods: list[str] = field(default_factory=lambda: ["accept"])
    reachable: bool = True
    asked: int = 0
    accepted: list[SentMessage] = field(default_factory=list)

    def send(self, order: SendOrder) -> StatusReport:
        """Take, refuse or lose an order."""
        self.asked += 1
        mood = self.moods.pop(0) if len(self.moods) > 1 else self.moods[0]
        match mood:
            case "refuse":
                raise Forbidden("refused", code="carrier_21211")
            case "opted_out":
                raise Forbidden("refused", code="carrier_21610")
            case "busy":
                raise Unavailable("busy", retryable=True, code="carrier_20429")
            case "unheard":
                raise Unavailable("timeout", retryable=False, code="carrier_unclear")
        sent = SentMessage(f"SM{self.asked:032x}", order, self.clock.now())
        self.accepted.append(sent)
        if mood == "killed":
            raise Killed
        if mood == "lost":
            raise Unavailable("timeout", retryable=False, code="carrier_unclear")
        return self._report(sent)

    def find(self, message: Message, taken: Collection[str]) -> StatusReport | None:
        """Look a message up by its id, or by number, text and time as Twilio's list does."""
        if not self.reachable:
            raise Unavailable("silent", retryable=True, code="carrier_unreachable")
        fitting = (sent for sent in self.accepted if self._fits(sent, message, taken))
        found = next(fitting, None)
        return found and self._report(found)

    def _fits(self, sent: SentMessage, message: Message, taken: Collection[str]) -> bool:
        if message.sid:
            return sent.sid == message.sid
        same = (sent.order.number, sent.order.body) == (message.number, message.body)
        since: Any = message.asked_at or message.created_at
        return same and sent.sid not in taken and sent.created_at >= since

    def _report(self, sent: SentMessage) -> StatusReport:
        return StatusReport(sent.status, sent.sid, self.clock.now())
