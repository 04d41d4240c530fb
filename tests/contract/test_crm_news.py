"""What the streams tell of contacts that go or become one, and of tags, fields and jobs."""

from __future__ import annotations

import json

import pytest
from fakes.causes import created_contact
from fakes.jobs import work_off
from fakes.world import a_world

from chalicelib.crm.domain.contacts import ContactChanges, NewContact
from chalicelib.crm.domain.details import Address
from chalicelib.crm.domain.fields import FieldKind, NewField
from chalicelib.crm.domain.notes import NewNote, NoteKind
from chalicelib.crm.domain.tags import NewTag
from chalicelib.crm.services.contacts import change_contact, create_contact, delete_contact
from chalicelib.crm.services.fields import define_field
from chalicelib.crm.services.merging import merge_contact
from chalicelib.crm.services.notes import add_note
from chalicelib.crm.services.tagging import delete_tag
from chalicelib.crm.services.tags import create_tag
from chalicelib.kernel.actors import acting_as
from chalicelib.kernel.phones import E164


@pytest.fixture
def world(clock, make_table, container):
    """Give all tables, furnished for a first call."""
    made = a_world(clock, make_table, container)
    made.contact = made.furnish()
    return made


def _entries(world, kind, action):
    return [one for one in world.entries() if (one.object_kind, one.action.value) == (kind, action)]


def test_a_contact_is_told_with_all_that_is_known(world):
    """Lists as lists, details as people gave them; `changed` names what is different."""
    crm = world.calls.crm
    define_field(crm, NewField("tier", "Tier", FieldKind.TEXT))
    tag = create_tag(crm, NewTag("VIP"))
    new = NewContact("Bob", E164("+14155550150"), other_phones=(E164("+14155550151"),), tags=(tag.id,))
    bob = create_contact(crm, new)
    change_contact(
        crm, bob.id, ContactChanges(address=Address(city="Rome"), custom_fields={"tier": "A"}, owner="Grace")
    )
    created, updated = (
        event for event in world.told() if event.subject == bob.id and event.type.startswith("contact.")
    )
    assert created.data["other_phones"] == ["+14155550151"]
    assert created.data["tags"] == [tag.id]
    assert updated.data["address"]["city"] == "Rome"
    assert updated.data["custom_fields"] == {"tier": "A"}
    assert sorted(updated.data["changed"]) == ["address", "custom_fields", "owner"]


def test_a_contact_that_goes_is_logged_as_deleted(world):
    """Under who did it, with nothing personal; its event names it."""
    crm = world.calls.crm
    bob = create_contact(
        crm, NewContact("Canary", E164("+14155550150"), other_phones=(E164("+14155550151"),))
    )
    with acting_as("token:token_me"):
        delete_contact(crm, bob.id)
    (event,) = (event for event in world.told() if event.type == "contact.deleted")
    assert (event.subject, event.data["reason"]) == (bob.id, "deleted")
    (entry,) = _entries(world, "contact", "deleted")
    assert (entry.object_id, entry.actor, entry.after) == (bob.id, "token:token_me", {})
    shown = json.dumps([entry.before])
    assert "Canary" not in shown
    assert "+14155550151" not in shown


def test_a_row_that_moves_is_neither_new_nor_gone(world):
    """A merge tells of no new and no deleted note; the log has where it belongs now."""
    crm = world.calls.crm
    bob = created_contact(world)
    note = add_note(crm, NewNote(bob.id, NoteKind.GENERAL, "Likes tea.", "ai"))
    with acting_as("token:token_me"):
        merge_contact(crm, world.contact.id, bob.id)
    work_off(crm)
    told = [event.type for event in world.told() if event.subject in (note.id, bob.id, world.contact.id)]
    assert sorted(set(told)) == ["contact.created", "contact.merged", "contact.updated", "note.created"]
    assert told.count("note.created") == 1
    assert _entries(world, "note", "deleted") == []
    (entry,) = _entries(world, "note", "updated")
    assert (entry.before, entry.after) == ({"contact_id": bob.id}, {"contact_id": world.contact.id})
    assert entry.actor == "token:token_me"


def test_a_job_is_told_once_when_it_is_over(world):
    """With its numbers; the log has its beginning and its end, not every step."""
    crm = world.calls.crm
    tag = create_tag(crm, NewTag("VIP"))
    change_contact(crm, world.contact.id, ContactChanges(tags=(tag.id,)))
    with acting_as("token:token_me"):
        job = delete_tag(crm, tag.id)
    work_off(crm)
    (event,) = (event for event in world.told() if event.type == "job.finished")
    assert (event.subject, event.data["state"], event.data["succeeded"]) == (job.id, "done", 1)
    (begun,) = _entries(world, "job", "created")
    assert (begun.actor, begun.after["kind"]) == ("token:token_me", "delete_tag")
    assert [one.after["state"] for one in _entries(world, "job", "updated")][-1] == "done"


def test_what_nobody_set_is_no_act(world):
    """A call that touches a contact, and where it stands in lists, are not in the log."""
    world.calls.crm.contacts.touch(world.contact.id, world.calls.clock.now())
    assert _entries(world, "contact", "updated") == []
    change_contact(world.calls.crm, world.contact.id, ContactChanges(owner="Grace"))
    (entry,) = _entries(world, "contact", "updated")
    assert set(entry.after) == {"owner"}


def test_a_definition_is_logged(world):
    """With what it allows."""
    define_field(world.calls.crm, NewField("tier", "Tier", FieldKind.CHOICE, ("Gold", "Silver")))
    (entry,) = _entries(world, "custom_field", "created")
    assert (entry.object_id, entry.after["choices"]) == ("tier", ["Gold", "Silver"])
