"""The contact is looked at directly before a call is committed, and so is who has the number now."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fakes.calls import NUMBER, FakeCalls, furnished

from chalicelib.calls.domain.outcomes import Outcome
from chalicelib.calls.services.dialing import attend
from chalicelib.calls.services.requests import CallWish, request_call
from chalicelib.crm.domain.contacts import ContactChanges, NewContact
from chalicelib.crm.domain.details import ContactStatus
from chalicelib.crm.services.contacts import change_contact, create_contact, delete_contact, find_contact
from chalicelib.crm.services.erasing import erase_contact
from chalicelib.kernel.errors import Forbidden
from chalicelib.kernel.phones import E164

OTHER = E164("+14155550199")
NEVER = ContactChanges(status=ContactStatus.DO_NOT_CONTACT)


class _Interrupted(FakeCalls):
    """Ports with which something happens while the carrier's client is built."""

    meanwhile = None

    @property
    def telephony(self):
        """Build the client."""
        if self.meanwhile:
            act, self.meanwhile = self.meanwhile, None
            act()
        return self._carrier

    @telephony.setter
    def telephony(self, carrier):
        self._carrier = carrier


@pytest.fixture
def slow(clock, crm):
    """Give ports whose carrier takes long to build."""
    calls = _Interrupted(clock, crm)
    furnished(calls)
    return calls


def _mark(crm, contact):
    change_contact(crm, contact.id, NEVER)


def _delete(crm, contact):
    delete_contact(crm, contact.id)


def _erase(crm, contact):
    erase_contact(crm, contact.id, "asked")


def _hand_over(crm, contact):
    """Give the number to somebody else, who must not be contacted."""
    change_contact(crm, contact.id, ContactChanges(phone=OTHER, other_phones=()))
    create_contact(crm, NewContact("Bob", NUMBER, status=ContactStatus.DO_NOT_CONTACT))


@pytest.mark.parametrize(
    ("act", "reason"),
    [
        (_mark, "do_not_contact"),
        (_delete, "contact_gone"),
        (_erase, "contact_gone"),
        (_hand_over, "do_not_contact"),
    ],
)
def test_who_is_not_to_be_called_since_the_decision_is_not_dialed(slow, act, reason):
    """Nothing is committed, and the call ends with the reason."""
    contact = find_contact(slow.crm, NUMBER)
    call = request_call(slow, CallWish("template_1", number=NUMBER))
    slow.meanwhile = lambda: act(slow.crm, contact)
    attend(slow, call.id)
    ended = slow.call(call.id)
    assert (ended.outcome, ended.reason) == (Outcome.NOT_PERMITTED, reason)
    assert (slow.shelf.uses["commit_dial"], slow.telephony.asked) == (0, 0)


def test_a_number_is_not_dialed_for_whom_it_belonged_to(calls):
    """Who has it now is asked, when the call is wished and when it would be dialed."""
    before = find_contact(calls.crm, NUMBER)
    call = request_call(calls, CallWish("template_1", contact_id=before.id))
    _hand_over(calls.crm, before)
    attend(calls, call.id)
    assert calls.call(call.id).reason == "do_not_contact"
    with pytest.raises(Forbidden) as refused:
        request_call(calls, CallWish("template_1", contact_id=before.id, number=NUMBER))
    assert (refused.value.code, calls.telephony.asked) == ("do_not_contact", 0)


def test_who_gave_the_number_up_and_must_not_be_contacted_is_not_called_at_it(calls):
    """The wish is the person's, whoever has the number."""
    contact = find_contact(calls.crm, NUMBER)
    call = request_call(calls, CallWish("template_1", contact_id=contact.id))
    change_contact(calls.crm, contact.id, replace(NEVER, phone=OTHER))
    create_contact(calls.crm, NewContact("Bob", NUMBER))
    attend(calls, call.id)
    assert (calls.call(call.id).reason, calls.telephony.asked) == ("do_not_contact", 0)


def test_the_number_of_somebody_who_may_be_called_is_dialed(calls):
    """A number that changed hands, or is nobody's now, stops nothing by itself."""
    before = find_contact(calls.crm, NUMBER)
    call = request_call(calls, CallWish("template_1", contact_id=before.id))
    change_contact(calls.crm, before.id, ContactChanges(phone=OTHER))
    attend(calls, call.id)
    assert calls.telephony.asked == 1
