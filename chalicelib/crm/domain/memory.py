"""What calls have taught of a contact: facts by their key, of which the strongest counts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.crm.domain.words import fold
from chalicelib.kernel.ids import derived_id
from chalicelib.kernel.masking import ACCOUNT, CARD, masked_accounts

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from chalicelib.crm.domain.contacts import Contact

MAX_FACTS = 100  # of one contact
MAX_FROM_CALL = 20
MAX_KEY, MAX_VALUE, MAX_SAID = 40, 300, 500
# So long a call that is analysed again brings nothing back that was deleted.
FORGOTTEN_KEPT = timedelta(days=90)


@dataclass(frozen=True)
class Fact:
    """Something a call taught: under which key, what, the words it was `said` in, and in which turn."""

    key: str
    value: str
    said: str = ""
    turn: int | None = None


@dataclass(frozen=True)
class Written:
    """What a person writes or corrects: the value, and who it is."""

    value: str
    who: str


@dataclass(frozen=True, kw_only=True)
class Memory:
    """A fact as it is kept: from which call, or by whom it was written or corrected.

    `learned_at` is when it was said or written. A `forgotten` one has neither key nor value: it only stands
    for the wish that this is not learned again from calls of before.
    """

    id: str
    contact_id: str
    key: str
    value: str
    said: str = ""
    turn: int | None = None
    call_id: str | None = None
    learned_at: datetime
    corrected_by: str | None = None
    forgotten: bool = False
    version: int = 1


def fact_key(text: str) -> str:
    """Give a key as keys are kept: `Preferred Day` as `preferred_day`; empty without letter and digit."""
    return fold(text).replace(" ", "_")[:MAX_KEY].strip("_")


def fact_id(contact_id: str, key: str) -> str:
    """Give the id under which calls keep a contact's fact."""
    return derived_id("fact", f"{contact_id}:{key}")


def tidied(facts: Iterable[Fact]) -> list[Fact]:
    """Give facts as they may be kept: short, on one line, without cards and accounts; the last of each key.

    What has no key or no value is left out, and so is what is more than a call may teach.
    """
    kept: dict[str, Fact] = {}
    for fact in facts:
        tidy = Fact(fact_key(fact.key), _line(fact.value, MAX_VALUE), _line(fact.said, MAX_SAID), fact.turn)
        if tidy.key and tidy.value:
            kept[tidy.key] = tidy
    return list(kept.values())[:MAX_FROM_CALL]


def is_only_hidden(value: str) -> bool:
    """Tell whether nothing is left of a tidied value but that a card or an account stood there."""
    rest = value.replace(CARD, "").replace(ACCOUNT, "")
    return rest != value and not any(map(str.isalnum, rest))


def known(memories: Iterable[Memory]) -> list[Memory]:
    """Give what counts, one fact a key, the one learned last first.

    What a person wrote is stronger than what a call taught, and then what is newer: two contacts that were
    merged may each have had the same key.
    """
    strongest: dict[str, Memory] = {}
    for memory in sorted(memories, key=_strength):
        if not memory.forgotten:
            strongest[memory.key] = memory
    return sorted(strongest.values(), key=lambda each: (each.learned_at, each.id), reverse=True)


def about(memories: Iterable[Memory], contact: Contact, key: str) -> list[Memory]:
    """Give all that is kept under a key, what was forgotten too, the strongest last."""
    ids = {fact_id(owner, key) for owner in contact.ids}
    return sorted((each for each in memories if each.key == key or each.id in ids), key=_strength)


def may_learn(before: Iterable[Memory], at: datetime) -> bool:
    """Tell whether a call at this instant may write over these: never a person's, nor newer words."""
    return not any(each.corrected_by or each.learned_at > at for each in before)


def forgotten(memory: Memory, contact: Contact, at: datetime) -> Memory:
    """Give what stays of a fact that was deleted: that it was."""
    return Memory(
        id=fact_id(contact.id, memory.key),
        contact_id=contact.id,
        key="",
        value="",
        learned_at=at,
        forgotten=True,
    )


def corrected(memory: Memory, new: Written, at: datetime) -> Memory:
    """Give a fact as a person has corrected it; the call that taught it, and its words, stay."""
    return replace(memory, value=new.value, corrected_by=new.who, learned_at=at, version=memory.version + 1)


def _strength(memory: Memory) -> tuple[bool, bool, datetime, str]:
    return not memory.forgotten, memory.corrected_by is not None, memory.learned_at, memory.id


def _line(text: str, limit: int) -> str:
    return masked_accounts(" ".join(text.split()))[:limit].strip()
