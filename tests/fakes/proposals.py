"""Proposals for the records of contacts, in memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fakes.call_books import Shelf

    from chalicelib.calls.domain.proposals import Proposal, ProposalState


@dataclass
class FakeProposals:
    """Proposals; implements `ProposalBook`."""

    shelf: Shelf

    def add(self, proposal: Proposal) -> bool:
        """Keep a new proposal, unless its call was erased."""
        with self.shelf.lock:
            if proposal.call_id in self.shelf.erased:
                return False
            return self.shelf.proposals.setdefault((proposal.call_id, proposal.field), proposal) is proposal

    def get(self, call_id: str, field: str) -> Proposal | None:
        """Give a proposal."""
        return self.shelf.proposals.get((call_id, field))

    def decide(self, proposal: Proposal, before: ProposalState) -> bool:
        """Keep a step of a decision, from this state."""
        with self.shelf.lock:
            stored = self.shelf.proposals.get((proposal.call_id, proposal.field))
            if stored is None or stored.state is not before:
                return False
            self.shelf.proposals[proposal.call_id, proposal.field] = proposal
            return True
