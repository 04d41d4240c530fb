"""Search and counters follow what is stored: they are recomputed from it, and moved by the difference.

Whatever is folded twice, late or in another order is counted once, because each contact's index, which says
what is counted of it, moves in one transaction with the counters and the search entries.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from chalicelib.crm.domain.contacts import Contact
from chalicelib.crm.domain.folding import Moves, facts_of, grouped, next_move
from chalicelib.kernel.errors import Conflict, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chalicelib.crm.domain.folding import Facts, Kept, Move
    from chalicelib.crm.ports.crm import CrmPorts

_TRIES = 20
_PAUSE = 0.02  # seconds, and longer with every try


def fold_contacts(crm: CrmPorts, contact_ids: Iterable[str]) -> None:
    """Bring search and counters to what is true of these contacts, many in one transaction.

    Raises `Unavailable` when storage is silent, or when others move the same rows all the time.
    """
    moves = [move for contact_id in dict.fromkeys(contact_ids) if (move := _next_move(crm, contact_id))]
    for group in grouped(moves):
        with suppress(Conflict):
            crm.indexes.apply(group)
    for move in moves:
        fold_contact(crm, move.contact_id)


def fold_contact(crm: CrmPorts, contact_id: str) -> None:
    """Bring search and counters to what is true of one contact; errors as `fold_contacts`.

    It is looked at again after each move. Its state may have changed and changed back while the move was
    under way: whoever folded that found nothing to do.
    """
    for tried in range(_TRIES):
        move = _next_move(crm, contact_id)
        if move is None:
            return
        try:
            crm.indexes.apply(Moves([move]))
        except Conflict:
            crm.clock.pause(_PAUSE * (tried + 1))
    raise Unavailable("The contact is being indexed by others.", retryable=True, code="index_busy")


def wanted_facts(crm: CrmPorts, kept: Kept) -> Facts:
    """Give what search and counters shall hold of a contact as it was just read."""
    is_suppressed = isinstance(kept.found, Contact) and crm.suppressions.is_suppressed(kept.found.phone)
    return facts_of(kept, suppressed=is_suppressed)


def _next_move(crm: CrmPorts, contact_id: str) -> Move | None:
    kept = crm.indexes.read(contact_id)
    return next_move(kept.index, wanted_facts(crm, kept))
