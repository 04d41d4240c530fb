"""A person is exported and erased on tables as the template makes them: nothing personal is left anywhere."""

from __future__ import annotations

import json
from dataclasses import replace
from types import SimpleNamespace

import pytest
from fakes.calls import LINE, NUMBER
from fakes.causes import booked, webhook, wish
from fakes.jobs import work_off
from fakes.recordings import SID
from fakes.samples import GRANT, REVOCATION
from fakes.streams import a_record
from fakes.world import a_world

from chalicelib.ai.services.chats import NewMessage, take_message
from chalicelib.bootstrap.holdings import OTHERS
from chalicelib.bootstrap.suppressions import CallsSuppressions
from chalicelib.calls.domain.recordings import RecordingKind, RecordingReport
from chalicelib.calls.domain.turns import Turn, TurnEnd, TurnKind
from chalicelib.calls.services.answering import receive_call
from chalicelib.calls.services.chats import ChatWish, start_chat
from chalicelib.calls.services.finishing import finish_call
from chalicelib.calls.services.messages import MessageWish, request_message
from chalicelib.calls.services.progress import record_report
from chalicelib.calls.services.receiving import Incoming, receive_text
from chalicelib.calls.services.recordings import fetch_recording, report_recording
from chalicelib.calls.services.texting import attend_message
from chalicelib.calls.services.voicemails import keep_transcription
from chalicelib.crm.domain.contacts import ContactChanges
from chalicelib.crm.domain.details import Address, PreferredTime
from chalicelib.crm.domain.importing import Import, ImportState, ImportWish, Rejection
from chalicelib.crm.domain.jobs import JobState
from chalicelib.crm.domain.notes import NewNote, NoteKind
from chalicelib.crm.services.consents import record_consent
from chalicelib.crm.services.contacts import change_contact, delete_contact, find_contact
from chalicelib.crm.services.erasing import erase_contact
from chalicelib.crm.services.folding import fold_contact
from chalicelib.crm.services.import_traces import RejectedRowsHolding
from chalicelib.crm.services.notes import add_note
from chalicelib.crm.services.personal import RecordsHolding, export_person
from chalicelib.kernel.errors import Conflict, NotFound
from chalicelib.kernel.ids import new_id
from chalicelib.kernel.phones import E164
from chalicelib.scheduling.services.callbacks import promise_callback
from chalicelib.system.domain.deliveries import Delivery, DeliveryState
from chalicelib.system.domain.failures import WorkQueue
from chalicelib.system.services.failures import keep_failed

CANARY = "Canarybird"
OTHER = E164("+14155552672")
ANSWER = replace(GRANT, wording=CANARY, reference=CANARY, number=OTHER)


@pytest.fixture
def world(clock, make_table, container):
    """Give all tables and all holdings over them."""
    made = a_world(clock, make_table, container)
    crm = made.calls.crm
    root = SimpleNamespace(
        calls=made.calls, ai=made.calls.ai, scheduling=made.calls.scheduling, system=made.system, crm=crm
    )
    crm.suppressions = CallsSuppressions(root)
    crm.holdings = (RecordsHolding(crm), RejectedRowsHolding(crm), *(holding(root) for holding in OTHERS))
    made.crm = crm
    return made


@pytest.fixture
def ada(world, clock):
    """Give somebody whose every field, word and message has the canary."""
    world.contact = world.furnish()
    contact = change_contact(world.crm, world.contact.id, _details())
    add_note(world.crm, NewNote(contact.id, NoteKind.TASK, CANARY, "Boss", due_at=clock.now()))
    record_consent(world.crm, contact.id, ANSWER, "Boss")
    _talk(world)
    promise_callback(world.calls.scheduling, wish(world, 3))
    booked(world, note=CANARY)
    _write(world)
    _chat(world, contact)
    fold_contact(world.crm, contact.id)
    world.told()
    _message(world, contact)
    _reject(world)
    return contact


def _details():
    return ContactChanges(
        name=CANARY,
        email=f"{CANARY}@example.com",
        company=CANARY,
        title=CANARY,
        other_phones=(OTHER,),
        address=Address(street=CANARY),
        preferred_times=(PreferredTime(("mon",), "09:00", "10:00"),),
    )


def _talk(world):
    """Have a call in which the canary is spoken of."""
    world.connected()
    said = Turn(1, TurnKind.SPEECH, world.calls.clock.now(), said=CANARY, answer=CANARY, end=TurnEnd.LISTEN)
    world.calls.turns.open("call_1", said)
    _leave_message(world)
    record_report(world.calls, "call_1", world.report("completed"))
    finish_call(world.calls, "call_1")


def _chat(world, contact):
    """Have a chat in which the canary is written."""
    calls = world.calls
    chat = start_chat(calls, ChatWish(new_id("chat"), "template_1", contact_id=contact.id))
    take_message(calls.ai, calls.tools, chat.id, NewMessage(new_id("turn"), CANARY))


def _leave_message(world):
    """Have a voicemail with the canary in words and in sound."""
    world.calls.carrier_recordings.kept[SID] = CANARY.encode()
    report = RecordingReport(SID, "completed", RecordingKind.VOICEMAIL, 3)
    report_recording(world.calls, "call_1", report)
    keep_transcription(world.calls, "call_1", SID, CANARY)
    fetch_recording(world.calls, "call_1", SID)


def _write(world):
    """Have text messages in both directions with the canary, and one that waits."""
    receive_text(world.calls, Incoming("SM1", NUMBER, LINE, CANARY))
    attend_message(world.calls, request_message(world.calls, MessageWish(number=OTHER, text=CANARY)).place)
    request_message(world.calls, MessageWish(number=NUMBER, text=CANARY))


def _message(world, contact):
    """Keep messages that name the contact: one to a subscriber, one that nobody could work on."""
    now = world.calls.clock.now()
    body = json.dumps({"data": {"contact_id": contact.id, "name": CANARY, "phone": NUMBER}})
    for number in range(3):
        delivery = Delivery(
            id=f"delivery_{number:032x}",
            webhook_id=webhook(world).id,
            event_id="event_1",
            event_type="contact.updated",
            body=body,
            created_at=now,
            keep_until=now.replace(year=2027),
            state=DeliveryState.DELIVERED,
        )
        world.system.deliveries.add(delivery)
    record = a_record(None, {"pk": f"CONTACT#{contact.id}", "row": "contact", "name": CANARY})
    keep_failed(world.system, WorkQueue.NEWS, "message-9", json.dumps(record), 0)


def _reject(world):
    """Keep a row of an import with a number of the person, and the mark of another one."""
    new = Import(
        id=new_id("import"),
        file_name="people.csv",
        wish=ImportWish(),
        state=ImportState.DONE,
        run=1,
        created_by="Boss",
        created_at=world.crm.clock.now(),
    )
    world.crm.imports.add(new)
    world.crm.imports.reject(new.id, 1, [Rejection(2, (CANARY, "(415) 555-2671"), ())])
    world.crm.imports.claim(new.id, 1, OTHER, 3)


def _dump(aws):
    """Give every item of every table as text."""
    return [
        json.dumps(item, default=str)
        for name in aws.list_tables()["TableNames"]
        for page in aws.get_paginator("scan").paginate(TableName=name)
        for item in page["Items"]
    ]


def _found(aws, *marks):
    return [item for item in _dump(aws) if any(mark.lower() in item.lower() for mark in marks)]


def _export(world, contact_id):
    traces, start = [], None
    while True:
        page = export_person(world.crm, contact_id, 2, start)
        traces += page.items
        if page.next_start is None:
            return traces
        start = page.next_start


def test_an_export_has_everything(world, ada):
    """Each part of the system gives what it keeps, as JSON, over as many pages as it takes."""
    record_consent(world.crm, ada.id, REVOCATION, "Boss")
    traces = _export(world, ada.id)
    sections = [trace.section for trace in traces]
    assert {
        "contact",
        "note",
        "consent",
        "call",
        "chat",
        "message",
        "callback",
        "booking",
        "suppression",
        "audit_entry",
        "rejected_row",
    } <= set(sections)
    assert sections.count("contact") == 1
    assert sections.count("suppression") == 2
    for section in ("contact", "note", "consent", "call", "chat", "message", "booking"):
        texts = [json.dumps(trace.data) for trace in traces if trace.section == section]
        assert any(CANARY in text for text in texts), section


def test_nothing_personal_is_left(world, ada, aws):
    """After erasure no item of any table has a word, an address or a number of the person."""
    assert len(_found(aws, CANARY)) > 8
    erase_contact(world.crm, ada.id, "asked for it", ada.version)
    work_off(world.crm)
    world.told()
    assert _found(aws, CANARY, NUMBER, OTHER, "555-2671") == []
    assert (world.calls.sounds.kept, world.calls.carrier_recordings.kept) == ({}, {})


def test_suppressed_numbers_stay_so(world, ada, aws):
    """Their rows, and nothing else, still have the numbers; calling them is as forbidden as before."""
    record_consent(world.crm, ada.id, REVOCATION, "Boss")
    erase_contact(world.crm, ada.id, "asked for it", ada.version)
    work_off(world.crm)
    left = _found(aws, CANARY, NUMBER, OTHER)
    assert sorted(json.loads(item)["pk"]["S"] for item in left) == [f"NUMBER#{NUMBER}", f"NUMBER#{OTHER}"]
    assert world.crm.suppressions.is_suppressed(NUMBER)


def test_a_deleted_contact_is_erased_too(world, ada, aws):
    """What deletion leaves, the evidence of consents and the calls, goes; the contact stays not found."""
    delete_contact(world.crm, ada.id)
    assert _found(aws, CANARY)
    job = erase_contact(world.crm, ada.id, "asked for it")
    work_off(world.crm)
    assert world.crm.jobs.get(job.id).state is JobState.DONE
    # Its numbers are not known any more, by which rows of files are found; those expire.
    assert [item for item in _found(aws, CANARY) if "IMPORT#" not in item] == []
    with pytest.raises(NotFound):
        export_person(world.crm, "contact_" + "0" * 32, 10)


def test_who_is_in_a_call_is_not_erased(world, aws):
    """The request is refused and names the call; the contact is untouched."""
    world.contact = world.furnish()
    world.connected()
    with pytest.raises(Conflict) as refusal:
        erase_contact(world.crm, world.contact.id, "asked for it")
    assert (refusal.value.code, refusal.value.details) == ("contact_in_call", {"call_id": "call_1"})
    assert find_contact(world.crm, NUMBER) == world.contact


def test_who_is_calling_us_is_not_erased(world, aws):
    """An inbound call has no claim on the number, and holds the erasure off all the same until it ends."""
    world.contact = world.furnish()
    receive_call(world.calls, NUMBER, LINE, world.report("ringing"))
    with pytest.raises(Conflict) as refusal:
        erase_contact(world.crm, world.contact.id, "asked for it")
    call_id = refusal.value.details["call_id"]
    record_report(world.calls, call_id, world.report("completed"))
    finish_call(world.calls, call_id)
    erase_contact(world.crm, world.contact.id, "asked for it")
    work_off(world.crm)
    assert _found(aws, NUMBER) == []


def test_deletion_sweeps_the_collection_and_keeps_evidence(world, ada, aws, clock):
    """Notes and entries of calls go with the contact; consents expire after five years."""
    for number in range(60):
        add_note(world.crm, NewNote(ada.id, NoteKind.GENERAL, str(number), "tests"))
    delete_contact(world.crm, ada.id)
    rows = world.crm.collections.rows(ada.id, 100, None).items
    assert sorted({trace.section for trace in rows} - {"index"}) == ["consent", "gone"]
    (consent,) = (trace.data for trace in rows if trace.section == "consent")
    assert consent["expires_at"] == clock.now().replace(year=2031).timestamp() + 24 * 3600
