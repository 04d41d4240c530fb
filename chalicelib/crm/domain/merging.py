"""What one contact becomes when another one turns out to be the same person."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.crm.domain.contacts import checked, known_name
from chalicelib.crm.domain.details import ContactStatus

if TYPE_CHECKING:
    from chalicelib.crm.domain.contacts import Contact

_NEVER = ContactStatus.DO_NOT_CONTACT
_FILLED = ("email", "company", "title", "time_zone", "preferred_times", "preferred_channel", "owner")


def merged(winner: Contact, loser: Contact) -> Contact:
    """Give the winner with what the loser adds, checked, at the same version; `Invalid` as `checked`.

    Numbers, tags and merged ids come together; details and custom fields that the winner
    lacks are the loser's, and so is the status of one who is a mere lead. Whoever must not be contacted
    is not to be contacted afterwards.
    """
    return checked(
        replace(
            winner,
            **{name: getattr(winner, name) or getattr(loser, name) for name in _FILLED},
            name=known_name(winner) or known_name(loser) or winner.name,
            other_phones=(*winner.other_phones, *loser.phones),
            # A place is not put together out of two.
            address=winner.address or loser.address,
            tags=(*winner.tags, *loser.tags),
            custom_fields={**loser.custom_fields, **winner.custom_fields},
            status=_status(winner, loser),
            merged_ids=tuple(dict.fromkeys((*winner.merged_ids, *loser.ids))),
        )
    )


def _status(winner: Contact, loser: Contact) -> ContactStatus:
    if _NEVER in (winner.status, loser.status):
        return _NEVER
    return loser.status if winner.status is ContactStatus.LEAD else winner.status
