"""Consents are recorded and read; what forbids automated calls stops the next one."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.crm.domain.consents import (
    MAX_CONSENTS,
    Consent,
    ConsentKind,
    check_consent,
    current_answers,
)
from chalicelib.crm.services.contacts import get_contact
from chalicelib.crm.services.refusals import suppress_revoked
from chalicelib.kernel.clock import cut_to_millis
from chalicelib.kernel.errors import Conflict, NotFound
from chalicelib.kernel.ids import is_id, new_id
from chalicelib.kernel.paging import Page

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from chalicelib.crm.domain.consents import NewConsent
    from chalicelib.crm.domain.contacts import Contact
    from chalicelib.crm.ports.crm import CrmPorts
    from chalicelib.kernel.phones import E164


@dataclass(frozen=True)
class Recorded:
    """A consent that is kept, and which of the contact's numbers nothing dials now, whatever it says."""

    consent: Consent
    suppressed_numbers: tuple[E164, ...]


@dataclass(frozen=True)
class ConsentPage(Page[Consent]):
    """Some consents of a contact, and what holds now of all of them, by kind."""

    current: Mapping[ConsentKind, Consent] | None = None


def record_consent(
    crm: CrmPorts, contact_id: str, new: NewConsent, recorded_by: str, consent_id: str | None = None
) -> Recorded:
    """Record an answer; again with the same `consent_id` gives the one that is kept.

    When it forbids automated calls and nothing later allows them, every number of the contact is suppressed
    before it is recorded. A grant lifts no suppression. Raises `NotFound`, `Invalid` as `check_consent`,
    and `Conflict` with code `too_many_consents` or `contact_changed`.
    """
    now = cut_to_millis(crm.clock.now())
    check_consent(new, now)
    contact = get_contact(crm, contact_id)
    consent = Consent(
        **(vars(new) | {"at": cut_to_millis(new.at) if new.at else now}),
        id=consent_id or new_id("consent"),
        contact_id=contact.id,
        recorded_at=now,
        recorded_by=recorded_by,
    )
    kept = _keep(crm, contact, consent)
    return Recorded(kept, _suppressed(crm, contact, kept))


def get_consent(crm: CrmPorts, contact_id: str, consent_id: str) -> Consent:
    """Give a consent, or raise `NotFound` with code `contact_not_found` or `consent_not_found`."""
    contact = get_contact(crm, contact_id)
    found = crm.consents.get(contact.id, consent_id) if is_id(consent_id, "consent") else None
    if found is None:
        raise NotFound("The contact has no such consent.", code="consent_not_found")
    return found


def list_consents(crm: CrmPorts, contact_id: str, page_size: int, start: str | None = None) -> ConsentPage:
    """List a contact's consents from after `start`, the one recorded last first, with what holds now."""
    found = crm.consents.all(get_contact(crm, contact_id).id)
    rest = [consent for consent in found if start is None or consent.id < start]
    more = rest[page_size - 1].id if len(rest) > page_size else None
    return ConsentPage(rest[:page_size], more, current_answers(found))


def _keep(crm: CrmPorts, contact: Contact, consent: Consent) -> Consent:
    others = [other for other in crm.consents.all(contact.id) if other.id != consent.id]
    if len(others) >= MAX_CONSENTS and not consent.is_revocation:
        message = f"A contact has {MAX_CONSENTS} consents at most."
        raise Conflict(message, code="too_many_consents")
    forbids = consent.stops_calls and current_answers([*others, consent])[consent.kind] is consent
    if forbids:
        suppress_revoked(crm, _numbers(contact, consent))
    kept = crm.consents.add(consent)
    if forbids:
        _suppress_newer(crm, contact)
    return kept


def _suppress_newer(crm: CrmPorts, contact: Contact) -> None:
    """Suppress the numbers that came to the contact while its answer was being recorded."""
    with suppress(NotFound):
        newest = get_contact(crm, contact.id)
        suppress_revoked(crm, [phone for phone in newest.phones if phone not in contact.phones])


def _suppressed(crm: CrmPorts, contact: Contact, consent: Consent) -> tuple[E164, ...]:
    return tuple(phone for phone in _numbers(contact, consent) if crm.suppressions.is_suppressed(phone))


def _numbers(contact: Contact, consent: Consent) -> Sequence[E164]:
    named = (consent.number,) if consent.number else ()
    return tuple(dict.fromkeys((*contact.phones, *named)))
