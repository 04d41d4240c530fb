"""Wishes to write: filled in, checked by the rules, accepted once; and what is given of threads."""

from __future__ import annotations

import pytest
from fakes.calls import LINE, NOW, NUMBER, allow_countries, kill_switch

from chalicelib.calls.domain.messages import MessageState
from chalicelib.calls.domain.segments import Encoding
from chalicelib.calls.services.message_records import (
    erase_messages,
    personal_messages,
)
from chalicelib.calls.services.messages import MessageWish, list_messages, read_message, request_message
from chalicelib.calls.services.suppression import stop_calling
from chalicelib.crm.domain.consents import ConsentAnswer, ConsentKind, ConsentSource, NewConsent
from chalicelib.crm.domain.contacts import ContactChanges
from chalicelib.crm.domain.details import ContactStatus
from chalicelib.crm.services.consents import record_consent
from chalicelib.crm.services.contacts import change_contact, delete_contact, find_contact
from chalicelib.kernel.errors import Forbidden, Invalid, NotFound
from chalicelib.kernel.ids import new_id
from chalicelib.kernel.phones import E164

LANDLINE = E164("+442079460018")


def _ada(calls):
    return find_contact(calls.crm, NUMBER)


def _ask(calls, text="Hello", **wish):
    return request_message(calls, MessageWish(**({"number": NUMBER, "text": text} | wish)))


def test_an_accepted_message_waits_and_wakes_a_worker(calls):
    """It is stored with its segments, and a lost wake-up is no loss: it is due."""
    message = _ask(calls, "Héllo €")
    assert (message.state, message.segments, message.encoding) == (MessageState.QUEUED, 1, Encoding.GSM7)
    assert (message.contact_id, message.line, message.look_at) == (_ada(calls).id, LINE, NOW)
    assert calls.wakeups.messages == [message.place] == calls.messages.waiting(NOW, 10)


def test_a_wish_with_its_own_id_is_accepted_once(calls):
    """The same request again gives the message that exists, whatever it says."""
    first = _ask(calls, message_id=new_id("message"))
    calls.clock.advance(seconds=5)
    assert _ask(calls, "Other words", message_id=first.id) == first
    assert len(calls.wakeups.messages) == 1


def test_a_template_is_filled_in_with_the_contact_and_what_is_given(calls):
    """And what the client gives cannot stand for the contact's own."""
    text = "Hello {{ first_name }}, at {{ time }}"
    message = _ask(calls, template=text, variables={"time": "ten", "first_name": "Eve"})
    assert message.body == "Hello Ada, at ten"


def test_a_plain_text_is_never_filled_in(calls):
    """A model that writes a template writes braces."""
    assert _ask(calls, "{{ contact.phone }}").body == "{{ contact.phone }}"


@pytest.mark.parametrize(
    ("wish", "code", "field"),
    [
        ({"text": "x" * 1601}, "body_too_long", "/body"),
        ({"text": "  "}, "body_missing", "/body"),
        ({"template": "{{ missing }}"}, "bad_template", "/body"),
        ({"template_id": new_id("template")}, "template_not_found", "/template_id"),
        ({"line": LANDLINE}, "line_not_found", "/line"),
    ],
)
def test_what_cannot_be_sent_names_its_field(calls, wish, code, field):
    """So that a form can show the reason in its place."""
    with pytest.raises((Invalid, NotFound)) as refused:
        _ask(calls, **wish)
    assert (refused.value.code, refused.value.errors[0].pointer) == (code, field)
    assert not calls.messages.by_place


def test_1600_characters_are_not_too_many(calls):
    """The carrier's limit is the last that is taken."""
    assert _ask(calls, "x" * 1600).segments == 11


def _revoke(calls):
    new = NewConsent(kind=ConsentKind.SMS, answer=ConsentAnswer.REVOKED, source=ConsentSource.OPERATOR)
    record_consent(calls.crm, _ada(calls).id, new, "ops")


def _mark(calls):
    change_contact(calls.crm, _ada(calls).id, ContactChanges(status=ContactStatus.DO_NOT_CONTACT))


@pytest.mark.parametrize(
    ("prepare", "wish", "code"),
    [
        (lambda calls: stop_calling(calls, NUMBER, "operator"), {}, "suppressed"),
        (_mark, {}, "do_not_contact"),
        (_revoke, {}, "texts_revoked"),
        (lambda calls: allow_countries(calls, "GB"), {}, "country_not_allowed"),
        (lambda calls: allow_countries(calls, "GB"), {"number": LANDLINE}, "number_cannot_text"),
        (lambda calls: None, {"number": E164("+19002345678")}, "number_kind_refused"),
    ],
)
def test_the_rules_of_calls_hold_for_messages(calls, prepare, wish, code):
    """What must not be sent is refused at once, with the rule's code, and nothing is stored."""
    prepare(calls)
    with pytest.raises(Forbidden) as refused:
        _ask(calls, **wish)
    assert refused.value.code == code
    assert not calls.messages.by_place


def test_a_stopped_system_accepts_and_waits(calls):
    """As it does with calls: the kill switch postpones."""
    kill_switch(calls)
    assert _ask(calls).state is MessageState.QUEUED


def test_a_message_to_a_contact_of_a_deleted_id_is_refused(calls):
    """Nobody is made up for an id."""
    ada = _ada(calls)
    delete_contact(calls.crm, ada.id)
    with pytest.raises(NotFound):
        _ask(calls, contact_id=ada.id)


def test_a_thread_is_read_newest_first_in_pages(calls):
    """Across all ids of the person."""
    bodies = [f"text {number}" for number in range(5)]
    for body in bodies:
        _ask(calls, body)
        calls.clock.advance(seconds=1)
    ids, found, start = _ada(calls).ids, [], None
    while True:
        page = list_messages(calls, ids, 2, start)
        found += [message.body for message in page.items]
        start = page.next_start
        if start is None:
            break
    assert found == bodies[::-1]


def test_an_unknown_message_is_not_found(calls):
    """Whatever its id looks like."""
    for message_id in (new_id("message"), "call_1", ""):
        with pytest.raises(NotFound):
            read_message(calls, message_id)


def test_a_persons_messages_are_given_and_erased(calls):
    """All of them as plain data; afterwards the id is used for good, and nothing is left."""
    message = _ask(calls, "Private words")
    (given,) = personal_messages(calls, _ada(calls).ids).items
    assert (given["body"], given["number"], given["created_at"]) == (
        "Private words",
        NUMBER,
        "2026-03-03T12:00:00.000Z",
    )
    assert erase_messages(calls, _ada(calls).ids) is False
    assert personal_messages(calls, _ada(calls).ids).items == []
    assert calls.messages.create(message) is False
