"""A finished call stands in one timeline, once, whatever becomes of the contact at that moment."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from fakes.carrier import Fuse, Killed, Perilous

from chalicelib.crm.domain.contacts import NewContact, Parting, Tombstone
from chalicelib.crm.domain.timeline import CallEntry
from chalicelib.crm.services.contacts import create_contact, get_contact
from chalicelib.crm.services.finished_calls import keep_call
from chalicelib.kernel.ids import new_id
from chalicelib.kernel.phones import E164


@pytest.fixture
def ada(crm):
    """Create a contact."""
    return create_contact(crm, NewContact(name="Ada", phone=E164("+14155552671")))


@pytest.fixture
def entry(ada, clock):
    """Give what the timeline shows of a call with her."""
    return CallEntry(new_id("call"), ada.id, clock.now(), "outbound", "+14…71", "completed", "x", 42)


def _bury(crm, contact, into=None):
    reason = Parting.MERGED if into else Parting.ERASED
    crm.contacts.remove(contact, Tombstone(contact.id, reason, contact.updated_at, merged_into=into))


def test_an_answered_call_is_kept_and_noted(crm, ada, entry, clock):
    """With one write for the timeline, and one for the last contact, which is no new version."""
    answered = clock.now() + timedelta(seconds=5)
    keep_call(crm, entry, answered)
    assert crm.timeline.calls == {(ada.id, entry.id): entry}
    after = get_contact(crm, ada.id)
    assert (crm.call_entries.puts, after.last_contacted_at, after.version) == (1, answered, 1)


def test_an_unanswered_call_is_no_contact(crm, ada, entry):
    """It stands in the timeline, and nothing else."""
    keep_call(crm, entry, None)
    assert get_contact(crm, ada.id).last_contacted_at is None


def test_an_older_call_that_arrives_late_does_not_turn_time_back(crm, ada, entry, clock):
    """The last contact is the latest."""
    keep_call(crm, entry, clock.now())
    keep_call(crm, replace(entry, id=new_id("call")), clock.now() - timedelta(days=1))
    assert get_contact(crm, ada.id).last_contacted_at == clock.now()


def test_the_call_of_a_merged_contact_is_the_winners(crm, ada, entry, clock):
    """Also through two merges."""
    bob = create_contact(crm, NewContact(name="Bob", phone=E164("+14155552672")))
    eve = create_contact(crm, NewContact(name="Eve", phone=E164("+14155552673")))
    _bury(crm, ada, bob.id)
    _bury(crm, bob, eve.id)
    keep_call(crm, entry, clock.now())
    assert list(crm.timeline.calls) == [(eve.id, entry.id)]
    assert get_contact(crm, eve.id).last_contacted_at == clock.now()


def test_nothing_is_kept_of_who_is_gone(crm, ada, entry):
    """Deleted, erased, or never there."""
    _bury(crm, ada)
    keep_call(crm, entry, None)
    keep_call(crm, replace(entry, contact_id=new_id("contact")), None)
    assert crm.timeline.calls == {}


def test_who_is_erased_in_the_same_moment_leaves_nothing(crm, ada, entry, monkeypatch):
    """The traces may have been looked for before the entry was put."""
    put = crm.call_entries.put

    def late(mine):
        _bury(crm, ada)
        put(mine)

    monkeypatch.setattr(crm.call_entries, "put", late)
    keep_call(crm, entry, None)
    assert crm.timeline.calls == {}


@pytest.mark.parametrize("step", range(1, 12))
@pytest.mark.parametrize("merged", [False, True])
def test_a_worker_that_dies_is_followed_by_one_that_does_it(crm, ada, entry, step, merged):
    """Before and after each use of a port, also when the contact is merged before the second try."""
    bob = create_contact(crm, NewContact(name="Bob", phone=E164("+14155552672")))
    contacts, entries, fuse = crm.contacts, crm.call_entries, Fuse(step)
    crm.contacts, crm.call_entries = Perilous(contacts, fuse), Perilous(entries, fuse)
    try:
        keep_call(crm, entry, crm.clock.now())
    except Killed:
        if merged:
            _bury(crm, contacts.get(ada.id), bob.id)
        keep_call(crm, entry, crm.clock.now())
        owner = bob if merged else ada
        assert list(crm.timeline.calls) == [(owner.id, entry.id)]
        assert contacts.get(owner.id).last_contacted_at == crm.clock.now()
