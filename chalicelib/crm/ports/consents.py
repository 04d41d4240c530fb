"""Where consents are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from chalicelib.crm.domain.consents import Consent


class Consents(Protocol):
    """Where consents are kept, by contact; nothing changes one."""

    def add(self, consent: Consent) -> Consent:
        """Keep a consent, or give the one that already has this id.

        Raises `Conflict` with code `contact_changed` when the contact is gone or was merged.
        """

    def get(self, contact_id: str, consent_id: str) -> Consent | None:
        """Give a consent, consistently."""

    def all(self, contact_id: str) -> list[Consent]:
        """Give every consent of a contact, consistently, the one recorded last first."""
