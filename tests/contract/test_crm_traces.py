"""One suite for all rows of a contact and how they go: in memory, and DynamoDB as moto plays it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fakes.crm import stored_crm

from chalicelib.crm.adapters.repository.timeline import entry_item
from chalicelib.crm.domain.consents import ConsentAnswer, ConsentKind, ConsentSource, NewConsent
from chalicelib.crm.domain.contacts import NewContact
from chalicelib.crm.domain.importing import Rejection
from chalicelib.crm.domain.notes import NewNote, NoteKind
from chalicelib.crm.domain.personal import Erasure, Person
from chalicelib.crm.domain.timeline import CallEntry
from chalicelib.crm.services.consents import record_consent
from chalicelib.crm.services.contacts import create_contact, delete_contact
from chalicelib.crm.services.folding import fold_contact
from chalicelib.crm.services.notes import add_note
from chalicelib.kernel.ids import new_id
from chalicelib.kernel.phones import E164

PHONE = E164("+14155552671")
GRANT = NewConsent(
    kind=ConsentKind.AUTOMATED_CALLS,
    answer=ConsentAnswer.GRANTED,
    source=ConsentSource.WEB_FORM,
    wording="Yes, call me.",
    reference="form 12",
    number=PHONE,
)


@pytest.fixture(params=["memory", "dynamodb"])
def ports(request, crm, clock):
    """Give the ports in memory, then on a table."""
    if request.param == "memory":
        return crm
    return stored_crm(request.getfixturevalue("make_table")("crm", "CrmTable"), clock)


@pytest.fixture
def ada(ports):
    """Create a contact."""
    return create_contact(ports, NewContact(name="Ada", phone=PHONE))


def _put_call(ports, entry):
    if hasattr(ports.timeline, "calls"):
        ports.timeline.calls[entry.contact_id, entry.id] = entry
    else:
        entry_item(entry).save()


def test_a_collection_is_cleared_part_by_part(ports, ada):
    """Head and index stay; consents can be spared; whoever clears is told when nothing is left."""
    for number in range(60):
        add_note(ports, NewNote(ada.id, NoteKind.GENERAL, str(number), "tests"))
    kept = record_consent(ports, ada.id, GRANT, "tests").consent
    _put_call(ports, CallEntry(new_id("call"), ada.id, ada.created_at, "inbound", "+14…71"))
    fold_contact(ports, ada.id)
    parts = [ports.collections.clear(ada.id, spare_consents=True) for _ in range(4)]
    assert parts == [True, True, False, False]
    assert ports.consents.all(ada.id) == [kept]
    assert not ports.collections.clear(ada.id)
    assert ports.consents.all(ada.id) == []
    assert ports.contacts.get(ada.id) == ada
    assert ports.indexes.read(ada.id).index is not None


def test_rows_of_a_collection_come_page_by_page(ports, ada):
    """The head and everything beside it, each once."""
    for number in range(5):
        add_note(ports, NewNote(ada.id, NoteKind.GENERAL, str(number), "tests"))
    record_consent(ports, ada.id, GRANT, "tests")
    seen, start = [], None
    while True:
        page = ports.collections.rows(ada.id, 2, start)
        assert len(page.items) <= 2
        seen, start = [*seen, *page.items], page.next_start
        if start is None:
            break
    assert sorted(trace.section for trace in seen) == ["consent", "contact", *["note"] * 5]
    assert {trace.data["body"] for trace in seen if trace.section == "note"} == set("01234")


def test_an_erasure_is_remembered_until_it_is_done(ports, clock):
    """The last one that was put is given, as it was put; forgetting it twice is as once."""
    contact_id = new_id("contact")
    assert ports.erasures.get(contact_id) is None
    for phones in ((PHONE,), ()):
        erasure = Erasure(contact_id, Person((contact_id, new_id("contact")), phones), clock.now())
        ports.erasures.put(erasure)
        assert ports.erasures.get(contact_id) == erasure
    for _ in range(2):
        ports.erasures.remove(contact_id)
        assert ports.erasures.get(contact_id) is None


def test_rejected_rows_are_forgotten_one_by_one(ports):
    """Of one run only, with the marks of numbers; forgetting what is not there changes nothing."""
    import_id = new_id("import")
    for run in (1, 2):
        ports.imports.reject(import_id, run, [Rejection(row, (str(row),), ()) for row in range(2, 6)])
        ports.imports.claim(import_id, run, [PHONE], 2)
    ports.imports.forget(import_id, 1, [3, 5, 99], [PHONE, "+14155552679"])
    left = [[each.row for each in ports.imports.rejections(import_id, run, 9, None).items] for run in (1, 2)]
    assert left == [[2, 4], [2, 3, 4, 5]]
    assert [ports.imports.claimed(import_id, run, [PHONE], 7) for run in (1, 2)] == [None, 2]


def test_a_tombstone_remembers_merged_ids(ports, ada, clock):
    """By them the traces of a deleted contact are found."""
    old = new_id("contact")
    both = replace(ada, merged_ids=(old,), version=2)
    ports.contacts.save(both, ada)
    delete_contact(ports, ada.id)
    assert ports.contacts.get(ada.id).ids == (ada.id, old)
