"""What other domains keep about people, as the CRM asks for it when somebody is exported or erased."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from chalicelib.crm.domain.personal import Trace
from chalicelib.kernel.clock import iso
from chalicelib.kernel.errors import Conflict
from chalicelib.kernel.paging import Page

if TYPE_CHECKING:
    from chalicelib.bootstrap import Container
    from chalicelib.crm.domain.personal import Person

_CALLS = 5  # the longest transcripts of so many stay below what a function may answer
_LATEST = 10  # calls among which one that goes on is looked for


class _Holding:
    """What holdings have in common: they allow, show and erase nothing unless they say otherwise."""

    name = ""

    def __init__(self, root: Container) -> None:
        self._root = root

    def check(self, person: Person) -> None:
        """Allow it always."""

    def export(self, person: Person, page_size: int, start: str | None) -> Page[Trace]:
        """Show nothing."""
        del person, page_size, start
        return Page([])

    def erase(self, person: Person, start: str | None) -> str | None:
        """Keep everything."""
        del person, start
        return None


class CallsHolding(_Holding):
    """Calls with what was said in them, and the rows of numbers; a suppression stays."""

    name = "calls"

    def check(self, person: Person) -> None:
        """Raise `Conflict` with code `contact_in_call` while a call with the person goes on."""
        live = self._dialed(person) or self._begun(person)
        if live:
            message = "A call with this contact goes on; try again when it has ended."
            raise Conflict(message, code="contact_in_call", details={"call_id": live})

    def export(self, person: Person, page_size: int, start: str | None) -> Page[Trace]:
        """Give every call with its turns and analysis, newest first."""
        from chalicelib.calls.services.personal import personal_calls

        page = personal_calls(self._root.calls, person.ids, start, min(page_size, _CALLS))
        return Page([Trace("call", call) for call in page.items], page.next_start)

    def erase(self, person: Person, start: str | None) -> str | None:
        """Erase 25 calls; when none is left, the rows of numbers that are not suppressed."""
        from chalicelib.calls.services.personal import erase_calls, forget_number

        del start
        if erase_calls(self._root.calls, person.ids):
            return "more"
        free = [forget_number(self._root.calls, phone) for phone in person.phones]
        if not all(free):
            raise Conflict("A call uses a number of the person.", code="contact_in_call")
        return None

    def _dialed(self, person: Person) -> str | None:
        """Give the call that one of the numbers is in, as their rows say."""
        calls = self._root.calls
        now = calls.clock.now()
        held = map(calls.numbers.status, person.phones)
        live = (each for each in held if each.live_until is not None and each.live_until > now)
        return next((each.live_call_id for each in live if each.live_call_id), None)

    def _begun(self, person: Person) -> str | None:
        """Give one of the latest calls, inbound ones too, that has begun and not ended."""
        from chalicelib.calls.domain.states import CallState

        latest = self._root.calls.book.of_contacts(person.ids, _LATEST, None).items
        begun = (call for call in latest if call.state is not CallState.QUEUED and not call.is_over)
        return next((call.id for call in begun), None)


class MessagesHolding(_Holding):
    """Text messages in both directions."""

    name = "messages"

    def export(self, person: Person, page_size: int, start: str | None) -> Page[Trace]:
        """Give every message, newest first."""
        from chalicelib.calls.services.message_records import personal_messages

        page = personal_messages(self._root.calls, person.ids, start, page_size)
        return Page([Trace("message", message) for message in page.items], page.next_start)

    def erase(self, person: Person, start: str | None) -> str | None:
        """Delete 25 messages."""
        from chalicelib.calls.services.message_records import erase_messages

        del start
        return "more" if erase_messages(self._root.calls, person.ids) else None


class ChatsHolding(_Holding):
    """Chats with what was written in them."""

    name = "chats"

    def export(self, person: Person, page_size: int, start: str | None) -> Page[Trace]:
        """Give every chat with its turns, newest first."""
        from chalicelib.ai.services.chats import personal_chats

        page = personal_chats(self._root.ai, person.ids, start, min(page_size, _CALLS))
        return Page([Trace("chat", _plain(asdict(chat))) for chat in page.items], page.next_start)

    def erase(self, person: Person, start: str | None) -> str | None:
        """Delete 25 chats."""
        from chalicelib.ai.services.chats import erase_chats

        del start
        return "more" if erase_chats(self._root.ai, person.ids) else None


class RoomsHolding(_Holding):
    """When the person was in a conference, or called into one."""

    name = "rooms"

    def export(self, person: Person, page_size: int, start: str | None) -> Page[Trace]:
        """Give every time, with its conference."""
        from chalicelib.calls.services.rooms.personal import personal_rooms

        page = personal_rooms(self._root.calls, (*person.ids, *person.phones), start, page_size)
        return Page([Trace("room", leg) for leg in page.items], page.next_start)

    def erase(self, person: Person, start: str | None) -> str | None:
        """Forget whose 25 legs these were."""
        from chalicelib.calls.services.rooms.personal import erase_rooms

        return erase_rooms(self._root.calls, (*person.ids, *person.phones), start)


class NumbersHolding(_Holding):
    """Which numbers of the person are suppressed, since when and why; that stays."""

    name = "suppressions"

    def export(self, person: Person, page_size: int, start: str | None) -> Page[Trace]:
        """Give what is held about each number."""
        del page_size, start
        held = [(phone, self._root.calls.numbers.status(phone)) for phone in person.phones]
        return Page(
            [
                Trace("suppression", _plain({"number": phone, **asdict(status)}))
                for phone, status in held
                if status.suppressed_at is not None
            ]
        )


class CallbacksHolding(_Holding):
    """Promises to call back."""

    name = "callbacks"

    def export(self, person: Person, page_size: int, start: str | None) -> Page[Trace]:
        """Give every promise; each call makes one at most."""
        del page_size, start
        callbacks = self._root.scheduling.callbacks
        found = [callback for each in person.ids for callback in callbacks.of_contact(each)]
        return Page([Trace("callback", _plain(asdict(callback))) for callback in found])

    def erase(self, person: Person, start: str | None) -> str | None:
        """Delete them; the calls that keep them are cancelled with the other calls."""
        del start
        callbacks = self._root.scheduling.callbacks
        for contact_id in person.ids:
            for callback in callbacks.of_contact(contact_id):
                callbacks.remove(callback)
        return None


class MembersHolding(_Holding):
    """Which campaigns call the person, or did, and what came of it."""

    name = "members"

    def export(self, person: Person, page_size: int, start: str | None) -> Page[Trace]:
        """Give every membership; campaigns are looked through 50 at a time, so a page may be empty."""
        from chalicelib.scheduling.services.personal import personal_memberships

        del page_size
        page = personal_memberships(self._root.scheduling, person.ids, start)
        return Page([Trace("member", _plain(asdict(each))) for each in page.items], page.next_start)

    def erase(self, person: Person, start: str | None) -> str | None:
        """Have 50 campaigns not call the person, and forget the number; what came of calls stays."""
        from chalicelib.scheduling.services.personal import forget_memberships

        return forget_memberships(self._root.scheduling, person.ids, start)


class BookingsHolding(_Holding):
    """Appointments, those that are over among them."""

    name = "bookings"

    def export(self, person: Person, page_size: int, start: str | None) -> Page[Trace]:
        """Give the bookings of each id."""
        contact_id, _, rest = (start or person.ids[0]).partition(" ")
        page = self._root.scheduling.bookings.of_contact(contact_id, page_size, rest or None)
        traces = [Trace("booking", _plain(asdict(booking))) for booking in page.items]
        if page.next_start is not None:
            return Page(traces, f"{contact_id} {page.next_start}")
        following = person.ids[person.ids.index(contact_id) + 1 :]
        return Page(traces, following[0] if following else None)

    def erase(self, person: Person, start: str | None) -> str | None:
        """Free the places of those that stand, and delete all."""
        from chalicelib.scheduling.services.forgetting import forget_bookings

        del start
        for contact_id in person.ids:
            forget_bookings(self._root.scheduling, contact_id)
        return None


class DeliveriesHolding(_Holding):
    """Messages to subscribers that tell of the person: copies of what is exported elsewhere."""

    name = "deliveries"

    def erase(self, person: Person, start: str | None) -> str | None:
        """Delete those of up to 100 that name the person."""
        from chalicelib.system.services.personal import forget_deliveries

        return forget_deliveries(self._root.system, person.marks, start)


class FailedWorkHolding(_Holding):
    """Messages about the person that nobody could work on: copies as well."""

    name = "failed_work"

    def erase(self, person: Person, start: str | None) -> str | None:
        """Delete those of up to 100 that name the person."""
        from chalicelib.system.services.personal import forget_failed_work

        return forget_failed_work(self._root.system, person.marks, start)


class AuditHolding(_Holding):
    """What was done to the contact; its values are masked, and it stays."""

    name = "audit"

    def export(self, person: Person, page_size: int, start: str | None) -> Page[Trace]:
        """Give the entries of each id, newest first."""
        from chalicelib.system.domain.audit import AuditFilter
        from chalicelib.system.services.audit import find_entries

        contact_id, _, rest = (start or person.ids[0]).partition(" ")
        wanted = AuditFilter(object=f"contact:{contact_id}")
        page = find_entries(self._root.system, wanted, page_size, rest or None)
        traces = [Trace("audit_entry", _plain(asdict(entry))) for entry in page.items]
        if page.next_start is not None:
            return Page(traces, f"{contact_id} {page.next_start}")
        following = person.ids[person.ids.index(contact_id) + 1 :]
        return Page(traces, following[0] if following else None)


OTHERS = (
    MembersHolding,
    MessagesHolding,
    CallsHolding,
    ChatsHolding,
    RoomsHolding,
    NumbersHolding,
    CallbacksHolding,
    BookingsHolding,
    DeliveriesHolding,
    FailedWorkHolding,
    AuditHolding,
)


def _plain(value: Any) -> Any:
    """Give a value as JSON has it."""
    match value:
        case dict():
            return {str(name): _plain(each) for name, each in value.items()}
        case list() | tuple():
            return [_plain(each) for each in value]
        case datetime():
            return iso(value)
        case str():
            return str(value)
    return value
