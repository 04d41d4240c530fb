"""What causes each type of event: the use case, on the tables of a world."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from fakes.appointments import a_calendar
from fakes.calls import DESK, LINE, NOW, NUMBER, a_template, kill_switch
from fakes.campaigns import a_campaign
from fakes.jobs import work_off
from fakes.recordings import SID, SOUND
from fakes.samples import GRANT

from chalicelib.ai.domain.conversation import Transfer
from chalicelib.ai.services.prompts import (
    PromptText,
    create_prompt,
    delete_prompt,
    publish_prompt,
    replace_prompt,
)
from chalicelib.calls.domain.message_templates import MessageTemplate
from chalicelib.calls.domain.recordings import RecordingKind, RecordingReport
from chalicelib.calls.domain.routes import LineRoute
from chalicelib.calls.services.closing import hand_over
from chalicelib.calls.services.dialing import attend
from chalicelib.calls.services.finishing import finish_call
from chalicelib.calls.services.messages import MessageWish, request_message
from chalicelib.calls.services.progress import record_report
from chalicelib.calls.services.receiving import Incoming, receive_text
from chalicelib.calls.services.recordings import fetch_recording, report_recording
from chalicelib.calls.services.routes import route_line
from chalicelib.calls.services.suppression import release_number, stop_calling
from chalicelib.calls.services.template_editing import create_template, delete_template, replace_template
from chalicelib.calls.services.texting import attend_message, record_status
from chalicelib.crm.domain.contacts import ContactChanges, NewContact
from chalicelib.crm.domain.notes import NewNote, NoteChanges, NoteKind
from chalicelib.crm.domain.tags import NewTag, TagChanges
from chalicelib.crm.services.consents import record_consent
from chalicelib.crm.services.contacts import change_contact, create_contact, delete_contact
from chalicelib.crm.services.merging import merge_contact
from chalicelib.crm.services.notes import add_note, change_note, delete_note
from chalicelib.crm.services.tagging import delete_tag
from chalicelib.crm.services.tags import change_tag, create_tag
from chalicelib.kernel.errors import Unavailable
from chalicelib.kernel.ids import new_id
from chalicelib.scheduling.domain.campaigns import CampaignState, Dialing
from chalicelib.scheduling.domain.members import new_member
from chalicelib.scheduling.services import booking, calendars, campaigns, launching
from chalicelib.scheduling.services.callbacks import CallbackWish, promise_callback
from chalicelib.system.domain.failures import WorkQueue
from chalicelib.system.domain.tokens import Principal, Scope
from chalicelib.system.domain.webhooks import DisabledReason, NewWebhook, WebhookChange
from chalicelib.system.services import failures, tokens, webhooks

ADMIN = Principal("token_boss", "Boss", Scope.ADMIN)


def recorded(world, kind=RecordingKind.CALL):
    """Have a recording of a call fetched."""
    call = world.connected()
    world.calls.carrier_recordings.kept[SID] = SOUND
    report_recording(world.calls, call.id, RecordingReport(SID, "completed", kind, 7, 2))
    fetch_recording(world.calls, call.id, SID)


def texted(world, status):
    """Send a text message and learn what became of it."""
    message = request_message(world.calls, MessageWish(number=NUMBER, text="See you at nine."))
    attend_message(world.calls, message.place)
    record_status(world.calls, message.place, status, "SM1", "carrier_30003")


def text_template(world):
    """Store a template of text messages."""
    template = MessageTemplate(new_id("template"), "Reminder", "See you.", NOW, NOW)
    world.calls.message_templates.add(template)
    return template


def created_contact(world):
    """Create a contact."""
    return create_contact(world.calls.crm, NewContact("Bob", DESK))


def updated_contact(world):
    """Change one."""
    change_contact(world.calls.crm, world.contact.id, ContactChanges(company="Acme"))


def noted(world):
    """Add a note."""
    return add_note(world.calls.crm, NewNote(world.contact.id, NoteKind.GENERAL, "Likes tea.", "ai"))


def noted_otherwise(world):
    """Change a note."""
    note = noted(world)
    change_note(world.calls.crm, note.contact_id, note.id, NoteChanges(body="Likes coffee.", pinned=True))


def merged(world):
    """Merge a new contact into the world's."""
    merge_contact(world.calls.crm, world.contact.id, created_contact(world).id)


def tagged(world):
    """Create a tag."""
    return create_tag(world.calls.crm, NewTag("VIP"))


def worked_off(world):
    """Delete a tag, and let its job run."""
    delete_tag(world.calls.crm, tagged(world).id)
    work_off(world.calls.crm)


def forgotten(world):
    """Delete a note that others could read."""
    note = noted(world)
    world.told()
    delete_note(world.calls.crm, note.contact_id, note.id)


def put_off(world):
    """Have a due call put off by the kill switch."""
    world.requested()
    kill_switch(world.calls)
    attend(world.calls, "call_1")


def lost(world):
    """Lose the carrier's answer."""
    world.calls.telephony.place = lambda _: (_ for _ in ()).throw(Unavailable("lost", retryable=False))
    world.dialed()


def handed_over_in_vain(world):
    """Hand a call over to somebody who is not there."""
    world.connected()
    hand_over(world.calls, world.calls.book.load("call_1"), (Transfer("asked_for_person"),))


def ended(world):
    """Have a call end."""
    world.connected()
    record_report(world.calls, "call_1", world.report("completed"))


def finished(world):
    """Have a call end and its books closed."""
    ended(world)
    finish_call(world.calls, "call_1")


def wish(world, hours):
    """Want to be called back in so many hours."""
    local = (NOW + timedelta(hours=hours)).replace(tzinfo=None)
    return CallbackWish("call_1", world.contact.id, NUMBER, local, "UTC")


def promised(world):
    """Promise a callback."""
    world.connected()
    promise_callback(world.calls.scheduling, wish(world, 3))


def moved(world):
    """Move it."""
    promised(world)
    promise_callback(world.calls.scheduling, wish(world, 4))


def booked(world, note=""):
    """Book an appointment."""
    scheduling = world.calls.scheduling
    calendar = calendars.create_calendar(scheduling, a_calendar(zone="UTC"))
    start = datetime.combine(NOW.date() + timedelta(days=1), time(9), UTC)
    return booking.book(scheduling, booking.BookingWish(calendar.id, world.contact.id, start, note=note)).id


def attendance(world, *, attended):
    """Have an appointment come, and note who did."""
    booking_id = booked(world)
    world.calls.clock.advance(days=2)
    booking.note_attendance(world.calls.scheduling, booking_id, attended=attended)


def moved_booking(world):
    """Move an appointment by an hour."""
    scheduling, booking_id = world.calls.scheduling, booked(world)
    start = scheduling.bookings.get(booking_id).start + timedelta(hours=1)
    booking.move(scheduling, booking_id, booking.MoveWish(start))


def drafted(world, **dialing):
    """Write a campaign of one contact."""
    campaign = a_campaign(state=CampaignState.DRAFT, started_at=None, dialing=Dialing(**dialing))
    world.calls.scheduling.campaigns.add(campaign)
    member = new_member(campaign, world.contact.id, world.contact.phone, NOW)
    world.calls.scheduling.members.add([member])
    return campaign.id


def launched(world, **when):
    """Have a campaign dial, or wait for its time."""
    campaign_id = drafted(world, **when)
    world.told()
    return launching.start_campaign(world.calls.scheduling, campaign_id)


def token(world):
    """Issue a token."""
    return tokens.issue_token(world.system, "console", Scope.VIEWER)[1]


def prompt(world):
    """Write a prompt."""
    return create_prompt(world.calls.ai, PromptText("New", "You sell."))


def webhook(world):
    """Create a webhook."""
    new = NewWebhook("https://hooks.example.com/secret-path", ("*",), "", enabled=True)
    return webhooks.create_webhook(world.system, new, new_id("webhook"))[0]


def failed(world, queue=WorkQueue.DIAL):
    """Have a message end among the dead letters."""
    body = '{"v": 1, "kind": "suppress", "number": "+14155550199", "source": "Canary"}'
    return failures.keep_failed(world.system, queue, "message-1", body, 0)


CAUSES = {
    "contact.created": created_contact,
    "contact.updated": updated_contact,
    "contact.deleted": lambda world: delete_contact(world.calls.crm, created_contact(world).id),
    "contact.merged": merged,
    "note.created": noted,
    "note.updated": noted_otherwise,
    "note.deleted": forgotten,
    "consent.recorded": lambda world: record_consent(world.calls.crm, world.contact.id, GRANT, "Boss"),
    "tag.created": tagged,
    "tag.updated": lambda world: change_tag(
        world.calls.crm, tagged(world).id, TagChanges(description="Important.")
    ),
    "tag.deleted": worked_off,
    "job.finished": worked_off,
    "call.requested": lambda world: world.requested(),
    "call.rescheduled": moved,
    "call.not_dialed": put_off,
    "call.dialing": lambda world: world.dialed(),
    "call.unknown": lost,
    "call.ringing": lambda world: world.dialed(),
    "call.answered": lambda world: world.connected(),
    "call.transfer_failed": handed_over_in_vain,
    "call.ended": ended,
    "call.finished": finished,
    "number.suppressed": lambda world: stop_calling(world.calls, NUMBER, "caller"),
    "number.released": lambda world: (
        stop_calling(world.calls, NUMBER, "caller"),
        release_number(world.calls, NUMBER, "asked to"),
    ),
    "call_template.updated": lambda world: replace_template(world.calls, a_template(name="Other"), None),
    "call_template.deleted": lambda world: (
        create_template(world.calls, a_template(id="template_2")),
        delete_template(world.calls, "template_2", None),
    ),
    "call_template.created": lambda world: create_template(world.calls, a_template(id="template_2")),
    "line.routed": lambda world: (
        create_template(world.calls, a_template(id="template_2")),
        route_line(world.calls, LineRoute(LINE, "template_2"), None),
    ),
    "recording.stored": recorded,
    "voicemail.received": lambda world: recorded(world, RecordingKind.VOICEMAIL),
    "message.received": lambda world: receive_text(world.calls, Incoming("SM1", NUMBER, LINE, "Hello")),
    "message.delivered": lambda world: texted(world, "delivered"),
    "message.failed": lambda world: texted(world, "undelivered"),
    "message_template.created": text_template,
    "message_template.changed": lambda world: world.calls.message_templates.save(
        replace(text_template(world), text="Goodbye.", version=2), 1
    ),
    "message_template.deleted": lambda world: world.calls.message_templates.remove(
        text_template(world).id, 1
    ),
    "prompt_template.created": prompt,
    "prompt_template.updated": lambda world: replace_prompt(
        world.calls.ai, prompt(world).id, PromptText("New", "You ask."), None
    ),
    "prompt_template.published": lambda world: (
        replace_prompt(world.calls.ai, "prompt_1", PromptText("Sales", "You ask.", publish=False), None),
        publish_prompt(world.calls.ai, "prompt_1"),
    ),
    "prompt_template.deleted": lambda world: delete_prompt(world.calls.ai, prompt(world).id, None),
    "callback.promised": promised,
    "callback.moved": moved,
    "campaign.created": drafted,
    "campaign.scheduled": lambda world: launched(world, start_at=NOW + timedelta(days=1)),
    "campaign.started": launched,
    "campaign.paused": lambda world: launching.pause_campaign(world.calls.scheduling, launched(world).id),
    "campaign.stopped": lambda world: launching.stop_campaign(world.calls.scheduling, launched(world).id),
    "campaign.completed": lambda world: launching.complete_campaign(world.calls.scheduling, launched(world)),
    "campaign.deleted": lambda world: campaigns.delete_campaign(world.calls.scheduling, drafted(world), None),
    "booking.created": booked,
    "booking.moved": moved_booking,
    "booking.confirmed": lambda world: booking.confirm(world.calls.scheduling, booked(world)),
    "booking.cancelled": lambda world: booking.cancel(world.calls.scheduling, booked(world), "ill"),
    "booking.attended": lambda world: attendance(world, attended=True),
    "booking.no_show": lambda world: attendance(world, attended=False),
    "token.issued": token,
    "token.rotated": lambda world: tokens.rotate_token(
        world.system, ADMIN, token(world).id, timedelta(), new_id("token")
    ),
    "token.revoked": lambda world: tokens.revoke_token(world.system, token(world).id),
    "settings.changed": lambda world: kill_switch(world.calls, reason="Storm"),
    "webhook.created": webhook,
    "webhook.updated": lambda world: webhooks.change_webhook(
        world.system, webhook(world).id, WebhookChange(description="new"), None
    ),
    "webhook.disabled": lambda world: webhooks.disable_webhook(
        world.system, webhook(world).id, DisabledReason.REQUESTED
    ),
    "failed_work.recorded": failed,
    "failed_work.replayed": lambda world: failures.replay_failed(world.system, failed(world).id),
    "failed_work.discarded": lambda world: failures.discard_failed(
        world.system, failed(world).id, "The canary left."
    ),
    "webhook.deleted": lambda world: webhooks.delete_webhook(world.system, webhook(world).id, None),
}
