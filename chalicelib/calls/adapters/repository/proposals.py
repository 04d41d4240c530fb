"""Proposals for the records of contacts, beside the calls in which their values were found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pynamodb.exceptions import PynamoDBException, TransactWriteError
from pynamodb.transactions import TransactWrite

from chalicelib.calls.adapters.repository.codec import call_key
from chalicelib.calls.adapters.repository.writes import done, instant_of, text_of
from chalicelib.calls.adapters.tables import AftermathItem, ProposalItem
from chalicelib.calls.domain.proposals import Proposal, ProposalState
from chalicelib.kernel.clock import from_iso, iso
from chalicelib.kernel.errors import unavailable_on

if TYPE_CHECKING:
    from pynamodb.connection import Connection


@unavailable_on(PynamoDBException)
class ProposalRepository:
    """Stored proposals; implements `ProposalBook`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, proposal: Proposal) -> bool:
        """Store a new proposal; False when there is one, or the call was erased."""
        try:
            with TransactWrite(connection=self._connection) as transaction:
                transaction.save(_item(proposal), condition=ProposalItem.pk.does_not_exist())
                transaction.condition_check(
                    AftermathItem,
                    call_key(proposal.call_id),
                    "AFTERMATH",
                    condition=AftermathItem.erased.does_not_exist(),
                )
        except TransactWriteError as error:
            if any(
                reason and reason.code == "ConditionalCheckFailed" for reason in error.cancellation_reasons
            ):
                return False
            raise
        return True

    def get(self, call_id: str, field: str) -> Proposal | None:
        """Give a proposal, consistently."""
        try:
            return proposal_of(ProposalItem.get(call_key(call_id), f"PROPOSAL#{field}", consistent_read=True))
        except ProposalItem.DoesNotExist:
            return None

    def decide(self, proposal: Proposal, before: ProposalState) -> bool:
        """Store a step of a decision; False when the stored one is not in the state before it, or gone."""
        item = _item(proposal)
        return done(lambda: item.save(ProposalItem.state == before.value))


def proposal_of(item: ProposalItem) -> Proposal:
    """Read a proposal."""
    return Proposal(
        call_id=item.pk.removeprefix("CALL#"),
        field=item.sk.removeprefix("PROPOSAL#"),
        maps_to=item.maps_to,
        value=item.value,
        said=item.said or "",
        turn=None if item.turn is None else int(item.turn),
        created_at=from_iso(item.created_at),
        state=ProposalState(item.state),
        decided_at=instant_of(item.decided_at),
        decided_by=item.decided_by or "",
    )


def _item(proposal: Proposal) -> ProposalItem:
    return ProposalItem(
        call_key(proposal.call_id),
        f"PROPOSAL#{proposal.field}",
        maps_to=proposal.maps_to,
        value=proposal.value,
        said=proposal.said or None,
        turn=proposal.turn,
        created_at=iso(proposal.created_at),
        state=proposal.state.value,
        decided_at=text_of(proposal.decided_at),
        decided_by=proposal.decided_by or None,
    )
