"""One suite for stored proposals: in memory, and on DynamoDB by moto."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from fakes.call_tables import books_in_memory, books_on_a_table
from fakes.calls import NOW, a_call

from chalicelib.calls.domain.files import Aftermath
from chalicelib.calls.domain.proposals import Proposal, ProposalState, Verdict, claimed, decided, reopened

FULL = Proposal("call_1", "mail", "email", "ada@example.com", "write to me", 3, NOW)
BARE = Proposal("call_1", "pets", "pets", 2.5, "", None, NOW)


@pytest.fixture(params=["memory", "dynamodb"])
def books(request, clock):
    """Give the books in memory, then on a table."""
    if request.param == "memory":
        return books_in_memory()
    return books_on_a_table(request.getfixturevalue("aws"), clock)


@pytest.mark.parametrize(
    "proposal",
    [FULL, BARE, replace(BARE, value=False), decided(FULL, Verdict.ACCEPT, "token:1", NOW)],
    ids=["full", "bare", "no", "decided"],
)
def test_a_proposal_is_read_as_it_was_written(books, proposal):
    """By itself, and with its call."""
    books.book.create(a_call())
    assert books.proposals.add(proposal)
    assert books.proposals.get("call_1", proposal.field) == proposal
    assert books.book.load("call_1").proposals == (proposal,)
    assert type(books.proposals.get("call_1", proposal.field).value) is type(proposal.value)


def test_what_was_never_proposed_is_not_there(books):
    """Neither for a call nor for a value of one."""
    assert books.proposals.get("call_1", "mail") is None
    assert not books.proposals.decide(decided(FULL, Verdict.ACCEPT, "token:1", NOW), ProposalState.OPEN)
    assert books.proposals.get("call_1", "mail") is None


def test_a_proposal_is_stored_once(books):
    """The first stays, decided or not."""
    assert books.proposals.add(FULL)
    assert not books.proposals.add(replace(FULL, value="other@example.com"))
    assert books.proposals.get("call_1", "mail") == FULL


def test_a_proposal_is_decided_once(books):
    """The first decision stands."""
    books.proposals.add(FULL)
    accepted = decided(FULL, Verdict.ACCEPT, "token:1", NOW + timedelta(seconds=1))
    assert books.proposals.decide(accepted, ProposalState.OPEN)
    assert not books.proposals.decide(decided(FULL, Verdict.REFUSE, "token:2", NOW), ProposalState.OPEN)
    assert books.proposals.get("call_1", "mail") == accepted


def test_a_decision_is_taken_in_steps(books):
    """Each from the state before it: claimed, and accepted or open again; what is gone stays away."""
    books.proposals.add(FULL)
    taken = claimed(FULL, "token:1", NOW)
    assert books.proposals.decide(taken, ProposalState.OPEN)
    assert not books.proposals.decide(taken, ProposalState.OPEN)
    assert books.proposals.get("call_1", "mail") == taken
    assert books.proposals.decide(reopened(taken), ProposalState.ACCEPTING)
    assert books.proposals.get("call_1", "mail") == FULL
    assert not books.proposals.decide(BARE, ProposalState.OPEN)


def test_proposals_go_with_the_words_of_their_call(books):
    """They quote the caller; and nothing is proposed for an erased call."""
    books.book.create(a_call())
    books.book.put_aftermath("call_1", Aftermath(None, ()))
    books.proposals.add(FULL)
    books.book.erase_texts("call_1")
    assert books.book.load("call_1").proposals == ()
    assert not books.proposals.add(FULL)
    assert books.proposals.get("call_1", "mail") is None
