"""Consents in DynamoDB, in their contact's collection; put once and never changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pynamodb.exceptions import DoesNotExist, PynamoDBException, TransactWriteError
from pynamodb.transactions import TransactWrite

from chalicelib.crm.adapters.repository.refusals import COLLIDED, REFUSED, cancelled_for
from chalicelib.crm.adapters.tables import ConsentItem, ContactItem
from chalicelib.crm.domain.consents import Consent, ConsentAnswer, ConsentKind, ConsentSource
from chalicelib.kernel.clock import from_iso, iso
from chalicelib.kernel.errors import Conflict, unavailable_on
from chalicelib.kernel.phones import E164

if TYPE_CHECKING:
    from pynamodb.connection import Connection

# Who changes the contact at the same instant can cancel the transaction.
_TRIES = 3


@unavailable_on(PynamoDBException)
class ConsentRepository:
    """Consents, on the connection of their table; implements `Consents`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, consent: Consent) -> Consent:
        """Keep a consent, or give the one that already has this id.

        Raises `Conflict` with code `contact_changed` when the contact is gone or was merged.
        """
        for tries_left in reversed(range(_TRIES)):
            try:
                self._put(consent)
            except TransactWriteError as error:
                if tries_left and cancelled_for(error, COLLIDED):
                    continue
                return self._kept(consent, error)
            break
        return consent

    def get(self, contact_id: str, consent_id: str) -> Consent | None:
        """Give a consent, consistently."""
        try:
            item = ConsentItem.get(f"CONTACT#{contact_id}", f"CONSENT#{consent_id}", consistent_read=True)
        except DoesNotExist:
            return None
        return consent_of(item)

    def all(self, contact_id: str) -> list[Consent]:
        """Give every consent of a contact, consistently, the one recorded last first."""
        found = ConsentItem.query(
            f"CONTACT#{contact_id}",
            ConsentItem.sk.startswith("CONSENT#"),
            scan_index_forward=False,
            consistent_read=True,
        )
        return list(map(consent_of, found))

    def _put(self, consent: Consent) -> None:
        head = f"CONTACT#{consent.contact_id}", "CONTACT"
        with TransactWrite(connection=self._connection) as transaction:
            transaction.condition_check(ContactItem, *head, condition=ContactItem.version.exists())
            transaction.save(consent_item(consent), condition=ConsentItem.pk.does_not_exist())

    def _kept(self, consent: Consent, error: TransactWriteError) -> Consent:
        kept = self.get(consent.contact_id, consent.id)
        if kept is not None:
            return kept
        if not cancelled_for(error, REFUSED):
            raise error
        raise Conflict("The contact is gone, or was merged.", code="contact_changed") from error


def consent_item(consent: Consent) -> ConsentItem:
    """Give the item of a consent, with its place in the timeline."""
    at = iso(consent.at)
    kept = vars(consent) | {
        "kind": consent.kind.value,
        "answer": consent.answer.value,
        "source": consent.source.value,
        "at": at,
        "recorded_at": iso(consent.recorded_at),
        "timeline_id": consent.contact_id,
        "timeline_key": f"{at}#{consent.id}",
    }
    return ConsentItem(f"CONTACT#{consent.contact_id}", f"CONSENT#{consent.id}", **kept)


def consent_of(item: ConsentItem) -> Consent:
    """Read a consent."""
    return Consent(
        id=item.id,
        contact_id=item.contact_id,
        kind=ConsentKind(item.kind),
        answer=ConsentAnswer(item.answer),
        source=ConsentSource(item.source),
        wording=item.wording,
        reference=item.reference,
        number=E164(item.number) if item.number else None,
        at=from_iso(item.at),
        recorded_at=from_iso(item.recorded_at),
        recorded_by=item.recorded_by,
    )
