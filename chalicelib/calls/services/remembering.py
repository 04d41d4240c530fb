"""What calls taught of a contact, told to the model of the next one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.ai.domain.privacy import memory_block
from chalicelib.crm.domain.memory import known
from chalicelib.kernel.ids import is_id

if TYPE_CHECKING:
    from chalicelib.calls.ports.calls import CallPorts
    from chalicelib.crm.domain.contacts import Contact


def remembered(calls: CallPorts, contact: Contact, max_chars: int) -> str:
    """Give the end of a prompt that tells what is known of a contact, the newest first, marked as data.

    It has `max_chars` characters at most; empty for 0, for a sample, and when nothing is known.
    """
    if not max_chars or not is_id(contact.id, "contact"):
        return ""
    facts = known(calls.crm.memories.all(contact.id))
    return memory_block(((fact.key.replace("_", " "), fact.value) for fact in facts), max_chars)
