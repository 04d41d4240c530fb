"""Values for the contact that were heard wrongly: written as they are meant, or as somebody corrects them."""

from __future__ import annotations

import pytest
from fakes.calls import NOW, NUMBER, connected

from chalicelib.calls.domain.proposals import Proposal, ProposalState, Verdict, written_email
from chalicelib.calls.services.proposals import decide
from chalicelib.crm.services.contacts import find_contact
from chalicelib.kernel.errors import Conflict, Invalid


@pytest.fixture
def proposal(calls):
    """Propose an address that nobody can have."""
    call = connected(calls)
    found = Proposal(call.id, "mail", "email", "ada at home", "ada at home", 1, NOW)
    calls.proposals.add(found)
    return found


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("ada dot lovelace at example dot com", "ada.lovelace@example.com"),
        ("Ada Dot Lovelace At Example Dot Com.", "ada.lovelace@example.com"),
        ("ana guion bajo uno arroba ejemplo punto es", "ana_uno@ejemplo.es"),
        ("info ät beispiel Punkt de", "info@beispiel.de"),
        ("jean tiret paul arobase exemple point fr", "jean-paul@exemple.fr"),
        ("ada @ example . com", "ada@example.com"),
        ("ada@example.com", "ada@example.com"),
        ("the one on my card", "the one on my card"),
        ("meet me at the office", "meet me at the office"),
    ],
)
def test_an_address_that_was_spoken_is_written(said, written):
    """In four languages; what is no address stays as it was said."""
    assert written_email(said) == written


def test_a_corrected_value_is_accepted(calls, proposal):
    """It is written to the contact, and stands in the proposal; again changes nothing."""
    for _ in range(2):
        after = decide(calls, "call_1", "mail", Verdict.ACCEPT, "ada@example.com")
        assert (after.state, after.value) == (ProposalState.ACCEPTED, "ada@example.com")
    assert find_contact(calls.crm, NUMBER).email == "ada@example.com"
    with pytest.raises(Conflict):
        decide(calls, "call_1", "mail", Verdict.ACCEPT, "eve@example.com")


@pytest.mark.parametrize("value", [None, "ada at work"])
def test_what_the_record_refuses_stays_open_as_it_was_found(calls, proposal, value):
    """Whoever decides next sees what was said, not what somebody tried."""
    with pytest.raises(Invalid):
        decide(calls, "call_1", "mail", Verdict.ACCEPT, value)
    assert calls.proposals.get("call_1", "mail") == proposal
