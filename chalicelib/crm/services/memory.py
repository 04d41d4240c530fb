"""Facts of contacts are learned from calls, and read, written, corrected and deleted by people."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.crm.domain.memory import (
    MAX_FACTS,
    Fact,
    Memory,
    Written,
    about,
    corrected,
    fact_id,
    forgotten,
    is_only_hidden,
    known,
    may_learn,
    tidied,
)
from chalicelib.crm.services.contacts import get_contact
from chalicelib.kernel.clock import cut_to_millis
from chalicelib.kernel.errors import Conflict, Invalid, NotFound
from chalicelib.kernel.ids import new_id
from chalicelib.kernel.paging import Page

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chalicelib.crm.domain.contacts import Contact
    from chalicelib.crm.ports.crm import CrmPorts

_TRIES = 5


def remember(
    crm: CrmPorts, contact_id: str, call_id: str, facts: Sequence[Fact], at: datetime | None = None
) -> list[Memory]:
    """Keep what a call taught; give what was written. `at` is when the call took place (None: now).

    The newest call wins. What a person wrote or corrected is never overwritten, and what a person deleted
    is only learned again from a later call. The same again writes nothing. Cards and accounts are hidden,
    and a full memory forgets the oldest fact that no person wrote. Raises `NotFound` for an unknown contact
    and `Conflict` when somebody keeps changing the same facts.
    """
    now = cut_to_millis(at or crm.clock.now())
    written = (_learn(crm, contact_id, call_id, fact, now) for fact in tidied(facts))
    return [memory for memory in written if memory is not None]


def known_facts(crm: CrmPorts, contact_id: str) -> list[Memory]:
    """Give what is known of a contact, one fact a key, the one learned last first; `NotFound` without it."""
    return known(crm.memories.all(get_contact(crm, contact_id).id))


def list_facts(crm: CrmPorts, contact_id: str, page_size: int, start: str | None = None) -> Page[Memory]:
    """List what is known of a contact from after the fact with the id `start`."""
    found = known_facts(crm, contact_id)
    first = next((place + 1 for place, each in enumerate(found) if each.id == start), 0)
    shown = found[first : first + page_size]
    return Page(shown, shown[-1].id if len(found) > first + page_size else None)


def get_fact(crm: CrmPorts, contact_id: str, fact_id: str) -> Memory:
    """Give a fact, or raise `NotFound` with code `contact_not_found` or `fact_not_found`."""
    return _named(known_facts(crm, contact_id), fact_id)


def write_fact(crm: CrmPorts, contact_id: str, key: str, new: Written, fact_id: str | None = None) -> Memory:
    """Write a fact as a person; again with the same `fact_id` gives the one that is kept.

    Raises `NotFound`, `Invalid` with code `bad_fact`, or `Conflict` with code `fact_exists` and details
    {"fact_id": …}, `too_many_facts` or `contact_changed`.
    """
    contact, fact = get_contact(crm, contact_id), _checked(key, new)
    found = known(crm.memories.all(contact.id))
    if kept := next((other for other in found if other.id == fact_id), None):
        return kept
    _refuse_another(found, fact.key)
    memory = Memory(
        id=fact_id or new_id("fact"),
        contact_id=contact.id,
        key=fact.key,
        value=fact.value,
        learned_at=cut_to_millis(crm.clock.now()),
        corrected_by=new.who,
    )
    crm.memories.put(memory)
    return memory


def correct_fact(
    crm: CrmPorts, contact_id: str, fact_id: str, new: Written, expected_version: int | None = None
) -> Memory:
    """Correct what a fact says; no call overwrites it from then on.

    Raises `NotFound`, `Invalid` with code `bad_fact`, or `Conflict` with code `version_changed` or
    `contact_changed`.
    """
    fact = _expected(get_fact(crm, contact_id, fact_id), expected_version)
    tidy = replace(new, value=_checked(fact.key, new).value)
    changed = corrected(fact, tidy, cut_to_millis(crm.clock.now()))
    crm.memories.put(changed)
    return changed


def delete_fact(crm: CrmPorts, contact_id: str, fact_id: str, expected_version: int | None = None) -> None:
    """Delete a fact, and what weaker ones say under its key; only a later call can teach it again.

    Raises `NotFound`, or `Conflict` with code `version_changed` or `contact_changed`.
    """
    contact = get_contact(crm, contact_id)
    kept = crm.memories.all(contact.id)
    fact = _expected(_named(known(kept), fact_id), expected_version)
    _put_over(crm, forgotten(fact, contact, cut_to_millis(crm.clock.now())), about(kept, contact, fact.key))


def forget_words(crm: CrmPorts, contact_id: str, call_id: str) -> None:
    """Keep no words of a call whose transcript goes: what it taught stays, without where it was said.

    Again changes nothing; nor for a contact that is gone. Raises `Conflict` with code `version_changed` or
    `contact_changed` when somebody changes the same fact.
    """
    try:
        contact = get_contact(crm, contact_id)
    except NotFound:
        return
    for memory in crm.memories.all(contact.id):
        if memory.call_id == call_id and (memory.said or memory.turn is not None):
            crm.memories.put(replace(memory, said="", turn=None, version=memory.version + 1))


def _learn(crm: CrmPorts, contact_id: str, call_id: str, fact: Fact, at: datetime) -> Memory | None:
    """Write one fact; None when it is known, or something stronger is."""
    for tries_left in reversed(range(_TRIES)):
        contact = get_contact(crm, contact_id)
        kept = crm.memories.all(contact.id)
        before = about(kept, contact, fact.key)
        new = _learned(contact, call_id, fact, at)
        if not may_learn(before, at) or any(_says_same(each, new) for each in before):
            return None
        try:
            return _put_over(crm, new, before or _oldest_of_too_many(kept))
        except Conflict:
            if not tries_left:
                raise
    return None


def _learned(contact: Contact, call_id: str, fact: Fact, at: datetime) -> Memory:
    return Memory(
        id=fact_id(contact.id, fact.key),
        contact_id=contact.id,
        call_id=call_id,
        learned_at=at,
        **vars(fact),
    )


def _says_same(kept: Memory, new: Memory) -> bool:
    """Tell whether the same call has taught the same already."""
    return (kept.call_id, kept.value, kept.said, kept.turn) == (new.call_id, new.value, new.said, new.turn)


def _put_over(crm: CrmPorts, new: Memory, before: Sequence[Memory]) -> Memory:
    """Keep a fact in place of all these; of one with its own id as the next version."""
    same = next((each for each in before if each.id == new.id), None)
    new = replace(new, version=same.version + 1) if same else new
    crm.memories.put(new, [each for each in before if each.id != new.id])
    return new


def _oldest_of_too_many(kept: Sequence[Memory]) -> list[Memory]:
    """Give what a full memory forgets for a new fact."""
    shown = known(kept)
    taught = [each for each in shown if not each.corrected_by]
    return taught[-1:] if len(shown) >= MAX_FACTS else []


def _named(facts: Sequence[Memory], fact_id: str) -> Memory:
    found = next((fact for fact in facts if fact.id == fact_id), None)
    if found is None:
        raise NotFound("The contact has no such fact.", code="fact_not_found")
    return found


def _expected(fact: Memory, version: int | None) -> Memory:
    if version not in (None, fact.version):
        raise Conflict(f"The fact is at version {fact.version} now.", code="version_changed")
    return fact


def _refuse_another(found: Sequence[Memory], key: str) -> None:
    for other in found:
        if other.key == key:
            message, details = f"The contact has a fact {key}; correct it.", {"fact_id": other.id}
            raise Conflict(message, code="fact_exists", details=details)
    if len(found) >= MAX_FACTS:
        raise Conflict(f"A contact has {MAX_FACTS} facts at most.", code="too_many_facts")


def _checked(key: str, new: Written) -> Fact:
    """Give a fact as it may be kept; `Invalid` when nothing is left of key or value."""
    tidy = tidied([Fact(key, new.value)])
    if not tidy:
        raise Invalid("Key and value each need a letter or a digit.", code="bad_fact")
    if is_only_hidden(tidy[0].value):
        raise Invalid("Numbers of cards and accounts are not kept; write something else.", code="bad_fact")
    return tidy[0]
