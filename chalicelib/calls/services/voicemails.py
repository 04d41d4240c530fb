"""Messages that callers leave for us: asked for, taken, put into words, and listened to."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.ai.domain.sentences import Sentence, sentence
from chalicelib.calls.domain.calls import CallEvent, add_event
from chalicelib.calls.domain.happenings import Happening
from chalicelib.calls.domain.recordings import RecordingKind, deleted, heard, is_recording_sid, transcribed
from chalicelib.calls.domain.routes import AfterHours
from chalicelib.kernel.clock import cut_to_millis, iso, to_millis
from chalicelib.kernel.errors import NotFound
from chalicelib.kernel.ids import derived_id
from chalicelib.kernel.logs import log
from chalicelib.kernel.paging import Page

if TYPE_CHECKING:
    from chalicelib.calls.domain.calls import Call
    from chalicelib.calls.domain.recordings import Recording
    from chalicelib.calls.ports.calls import CallPorts

_AUTHOR = "voicemail"
_FOLLOW_UP = timedelta(days=1)


@dataclass(frozen=True)
class Invitation:
    """What a caller is told, by which voice; `silence` is for one who then says nothing."""

    call_id: str
    text: str
    language: str = ""
    voice: str = ""
    silence: str = ""


@dataclass(frozen=True)
class Voicemail:
    """A message with the call in which it was left."""

    call: Call
    recording: Recording


def begin_voicemail(calls: CallPorts, call_id: str) -> Invitation | None:
    """Ask the caller of a call for a message; None when the call is over.

    Whoever cannot serve a caller sends the carrier to `Addresses.voicemail`, which comes here. What is said
    is what the number says after hours, if its callers then meet the voicemail. Safe to repeat.
    """
    call = note_happening(calls, call_id, Happening.VOICEMAIL_BEGUN)
    if call.is_over:
        return None
    route = calls.routes.get(call.line)
    text = route.after_hours_text if route and route.after_hours is AfterHours.VOICEMAIL else ""
    log("voicemail.begun", call_id=call_id)
    return invitation_of(calls, call, text or Sentence.LEAVE_MESSAGE)


def thank_caller(calls: CallPorts, call_id: str) -> Invitation:
    """Give the last words to a caller who has left a message."""
    return invitation_of(calls, note_taken(calls, call_id), Sentence.MESSAGE_THANKS)


def note_taken(calls: CallPorts, call_id: str) -> Call:
    """Remember that the caller has left a message."""
    return note_happening(calls, call_id, Happening.VOICEMAIL_TAKEN)


def keep_transcription(calls: CallPorts, call_id: str, sid: str, text: str) -> None:
    """Keep what the carrier understood of a message, once; never for a call that was erased."""
    call = calls.book.get(call_id)
    if call is None:
        raise NotFound(f"There is no call {call_id}.", code="call_not_found")
    if not is_recording_sid(sid):
        return
    now = cut_to_millis(calls.clock.now())
    before = None
    if not call.erased_at:
        before, _ = calls.recordings.change(
            call_id, sid, lambda known: transcribed(known, call_id, sid, text, now)
        )
    if _is_erased(calls, call_id):
        _, kept = calls.recordings.change(call_id, sid, lambda known: deleted(known, now) if known else None)
        if kept is None:
            return
    if before is None:  # it overtook the report of the recording, which may be lost
        calls.wakeups.fetch_recording(call_id, sid)
    log("voicemail.transcribed", call_id=call_id)


def _is_erased(calls: CallPorts, call_id: str) -> bool:
    call = calls.book.get(call_id)
    return call is None or call.erased_at is not None


def follow_up(calls: CallPorts, recording: Recording) -> None:
    """Give the contact's people a task to call back; again, it is the same task."""
    # What the carrier waits for never comes here, and needs none of this.
    from chalicelib.crm.domain.notes import NewNote, NoteKind  # noqa: PLC0415
    from chalicelib.crm.services.notes import add_note  # noqa: PLC0415

    call = calls.book.get(recording.call_id)
    if call is None or call.erased_at:
        return
    length = "" if recording.seconds is None else f", {recording.seconds} seconds"
    note = NewNote(
        contact_id=call.contact_id,
        kind=NoteKind.TASK,
        body=f"Voicemail from {call.number}{length}. Listen to it, and call back.",
        author=_AUTHOR,
        call_id=call.id,
        id=derived_id("note", recording.sid, to_millis(recording.recorded_at)),
        due_at=recording.recorded_at + _FOLLOW_UP,
    )
    with suppress(NotFound):  # the contact was deleted meanwhile
        add_note(calls.crm, note)


def list_voicemails(
    calls: CallPorts, *, heard: bool | None, page_size: int, start: str | None = None
) -> Page[Voicemail]:
    """List the messages, newest first: heard ones, new ones, or both; a short page may not be the last."""
    page = calls.recordings.voicemails(heard=heard, limit=page_size, start=start)
    found = [_with_call(calls, recording) for recording in page.items if recording.is_kept]
    return Page([each for each in found if each], page.next_start)


def get_voicemail(calls: CallPorts, call_id: str) -> Voicemail:
    """Give the message that was left in a call, or `NotFound` with code `voicemail_not_found`."""
    kept = [each for each in calls.recordings.of_call(call_id) if each.is_kept]
    mine = next((each for each in kept if each.kind is RecordingKind.VOICEMAIL), None)
    voicemail = _with_call(calls, mine) if mine else None
    if voicemail is None:
        raise NotFound(f"No voicemail was left in {call_id}.", code="voicemail_not_found")
    return voicemail


def mark_heard(calls: CallPorts, call_id: str) -> Voicemail:
    """Take a message off the new ones; again, nothing changes. `NotFound` as `get_voicemail`."""
    found = get_voicemail(calls, call_id)
    now = cut_to_millis(calls.clock.now())
    _, marked = calls.recordings.change(
        call_id, found.recording.sid, lambda known: heard(known, now) if known and known.is_kept else known
    )
    if marked is None:
        raise NotFound("The voicemail was deleted meanwhile.", code="voicemail_not_found")
    return Voicemail(found.call, marked)


def _with_call(calls: CallPorts, recording: Recording) -> Voicemail | None:
    call = calls.book.get(recording.call_id)
    return Voicemail(call, recording) if call else None


def note_happening(calls: CallPorts, call_id: str, what: Happening) -> Call:
    """Remember that something happened to a call, once; an erased one stays as it is."""
    event = CallEvent(iso(calls.clock.now()), what, what)
    _, call = calls.book.change(call_id, lambda known: known if known.erased_at else add_event(known, event))
    return call


def invitation_of(calls: CallPorts, call: Call, words: str) -> Invitation:
    """Have a text, or a fixed sentence, said to the caller of a call, by the voice of its template."""
    template = calls.templates.get(call.template_id)
    language, voice = (template.language, template.voice) if template else ("", "")
    text = sentence(words, language) if isinstance(words, Sentence) else words
    return Invitation(call.id, text, language, voice, sentence(Sentence.NOTHING_HEARD, language))
