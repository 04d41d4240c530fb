"""What is stored of messages with one person: given as plain data, and erased, step by step."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from chalicelib.kernel.clock import iso
from chalicelib.kernel.paging import Page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalicelib.calls.domain.messages import Message
    from chalicelib.calls.ports.calls import CallPorts

MAX_STEP = 25


def personal_messages(
    calls: CallPorts, contact_ids: Sequence[str], start: str | None = None, limit: int = MAX_STEP
) -> Page[dict[str, Any]]:
    """Give everything stored of the messages with a person as plain data, newest first, from after `start`.

    `contact_ids` are all ids that the person has had.
    """
    page = calls.messages.thread(contact_ids, limit, start)
    return Page([_plain(message) for message in page.items], page.next_start)


def erase_messages(calls: CallPorts, contact_ids: Sequence[str]) -> bool:
    """Delete up to 25 messages with a person; tell whether there may be more, for which to call again.

    One that waits is not sent any more; what the carrier reports later of one that was is forgotten. What is
    left is that an id was used, so that no request or webhook is done twice.
    """
    return calls.messages.erase(contact_ids, MAX_STEP)


def _plain(message: Message) -> dict[str, Any]:
    return {name: _value(value) for name, value in asdict(message).items() if name != "look_at"}


def _value(value: Any) -> Any:
    if hasattr(value, "isoformat"):
        return iso(value)
    return value if isinstance(value, int) or value is None else str(value)
