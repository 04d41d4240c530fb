"""A wish not to be called outlives the record, and holds for numbers that come later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.crm.domain.consents import ConsentKind, current_answers
from chalicelib.crm.domain.details import ContactStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalicelib.crm.domain.consents import Consent, ConsentSource
    from chalicelib.crm.domain.contacts import Contact
    from chalicelib.crm.ports.crm import CrmPorts
    from chalicelib.kernel.phones import E164

_REVOKED = "Consent to automated calls was revoked."
_MARKED = "The contact was marked do-not-contact and is gone."


def outlive(crm: CrmPorts, contact: Contact) -> None:
    """Suppress the numbers of a contact that must not be contacted, before its record goes.

    Who calls from one of them afterwards is a new contact, which could be dialed.
    """
    if contact.status is ContactStatus.DO_NOT_CONTACT:
        crm.suppressions.suppress(contact.phones, _MARKED, ContactStatus.DO_NOT_CONTACT.value)


def forbids_calls(crm: CrmPorts, contact: Contact) -> bool:
    """Tell whether the contact's current answer to automated calls is a revocation."""
    return _revokes(crm, contact, ConsentKind.AUTOMATED_CALLS)


def forbids_texts(crm: CrmPorts, contact: Contact) -> bool:
    """Tell whether the contact's current answer to text messages is a revocation."""
    return texts_revoked_by(crm, contact) is not None


def texts_revoked_by(crm: CrmPorts, contact: Contact) -> ConsentSource | None:
    """Tell how the contact's revocation of text messages came that holds now; None when none does."""
    current = _current(crm, contact, ConsentKind.SMS)
    return current.source if current and current.is_revocation else None


def hold_back(crm: CrmPorts, people: Sequence[Contact], phones: Sequence[E164]) -> None:
    """Suppress these numbers when one of these contacts forbids automated calls."""
    if any(forbids_calls(crm, person) for person in people):
        suppress_revoked(crm, phones)


def suppress_revoked(crm: CrmPorts, phones: Sequence[E164]) -> None:
    """Suppress the numbers of somebody who forbids automated calls."""
    if phones:
        crm.suppressions.suppress(phones, _REVOKED)


def _revokes(crm: CrmPorts, contact: Contact, kind: ConsentKind) -> bool:
    current = _current(crm, contact, kind)
    return current is not None and current.is_revocation


def _current(crm: CrmPorts, contact: Contact, kind: ConsentKind) -> Consent | None:
    answers = [consent for each in contact.ids for consent in crm.consents.all(each)]
    return current_answers(answers).get(kind)
