"""Recordings: reported, fetched, played and deleted, once each, whatever breaks on the way."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from types import SimpleNamespace

import pytest
from fakes.calls import NOW, FakeCalls, a_brief, connected, furnished
from fakes.carrier import Fuse, Killed, Perilous
from fakes.recordings import OTHER_SID, SID, SOUND

from chalicelib.calls.adapters.messages import FindRecordings, decode
from chalicelib.calls.adapters.queues import SqsWakeups
from chalicelib.calls.domain.calls import CallState
from chalicelib.calls.domain.happenings import Happening
from chalicelib.calls.domain.recordings import (
    MAX_TRANSCRIPTION,
    RecordingKind,
    RecordingReport,
    RecordingState,
    plain_words,
)
from chalicelib.calls.services.personal import erase_calls
from chalicelib.calls.services.recordings import (
    delete_recording,
    discard_recording,
    fetch_recording,
    find_recordings,
    list_recordings,
    play_recording,
    report_recording,
)
from chalicelib.calls.services.voicemails import keep_transcription, note_happening
from chalicelib.kernel.errors import NotFound, Unavailable

DONE = RecordingReport(SID, "completed", RecordingKind.CALL, 42, 2)
STORED, DELETED = RecordingState.STORED, RecordingState.DELETED


@pytest.fixture
def calls(clock, crm):
    """Give the ports of calls with a call that goes on, of which the carrier has a recording."""
    calls = FakeCalls(clock, crm)
    furnished(calls)
    connected(calls)
    calls.carrier_recordings.kept[SID] = SOUND
    return calls


def _recording(calls):
    return calls.recordings.get("call_1", SID)


def _work_off(calls):
    for call_id, sid in calls.wakeups.recordings:
        fetch_recording(calls, call_id, sid)
    calls.wakeups.recordings.clear()


def _is_settled(calls):
    return calls.sounds.kept == {("call_1", SID): SOUND} and calls.carrier_recordings.kept == {}


def test_a_recording_is_fetched_and_deleted_at_the_carrier(calls):
    """It is in our keeping before the carrier's copy goes."""
    report_recording(calls, "call_1", DONE)
    assert (_recording(calls).state, calls.wakeups.recordings) == (
        RecordingState.AT_CARRIER,
        [("call_1", SID)],
    )
    _work_off(calls)
    assert _is_settled(calls)
    found = _recording(calls)
    assert (found.state, found.seconds, found.channels) == (STORED, 42, 2)
    assert (found.stored_at, found.carrier_deleted_at) == (NOW, NOW)
    assert list_recordings(calls, "call_1") == (found,)
    assert calls.book.load("call_1").recordings == (found,)


def test_reports_in_any_order_and_number_come_to_the_same(calls):
    """Twice, late, with less in it: what is known stands."""
    reports = (DONE, RecordingReport(SID, "in-progress", RecordingKind.CALL), DONE)
    for order in permutations(reports):
        calls.shelf.recordings.clear()
        for report in order:
            report_recording(calls, "call_1", report)
        assert (_recording(calls).state, _recording(calls).seconds) == (RecordingState.AT_CARRIER, 42)


def test_a_replayed_report_changes_nothing_of_a_stored_recording(calls):
    """Nothing is fetched again, nor does the row change."""
    report_recording(calls, "call_1", DONE)
    _work_off(calls)
    before, reads = _recording(calls), calls.carrier_recordings.reads
    report_recording(calls, "call_1", DONE)
    _work_off(calls)
    fetch_recording(calls, "call_1", SID)
    assert (_recording(calls), calls.carrier_recordings.reads) == (before, reads)
    assert calls.carrier_recordings.deleted == [SID]


@pytest.mark.parametrize("status", ["absent", "failed"])
def test_what_the_carrier_did_not_keep_is_told(calls, status):
    """There is nothing to fetch."""
    report_recording(calls, "call_1", RecordingReport(SID, status, RecordingKind.CALL))
    assert (_recording(calls).state, calls.wakeups.recordings) == (status, [])


@pytest.mark.parametrize("sid", ["", "RE1", "../../etc", f"RE{'1' * 31}G", f"RE{'1' * 33}", f"CA{'1' * 32}"])
def test_what_is_no_id_is_not_stored(calls, sid):
    """An id becomes part of a key and of an address of the carrier."""
    report_recording(calls, "call_1", RecordingReport(sid, "completed", RecordingKind.CALL))
    assert calls.shelf.recordings == {}
    assert calls.wakeups.recordings == []


def test_an_unknown_call_has_no_recordings(calls):
    """Nothing is stored for it."""
    with pytest.raises(NotFound):
        report_recording(calls, "call_x", DONE)
    with pytest.raises(NotFound):
        list_recordings(calls, "call_x")
    fetch_recording(calls, "call_x", SID)
    assert calls.shelf.recordings == {}


def test_a_crash_anywhere_is_mended_by_the_next_delivery(calls):
    """In the end one copy is ours, and none is the carrier's."""
    report_recording(calls, "call_1", DONE)
    for length in range(1, 60):
        calls.shelf.recordings.clear()
        calls.sounds.kept.clear()
        calls.carrier_recordings.kept[SID] = SOUND
        report_recording(calls, "call_1", DONE)
        fuse = Fuse(length)
        real = (calls.book, calls.recordings, calls.sounds, calls.carrier_recordings)
        calls.book, calls.recordings, calls.sounds, calls.carrier_recordings = (
            Perilous(port, fuse) for port in real
        )
        try:
            fetch_recording(calls, "call_1", SID)
        except Killed:
            killed = True
        else:
            killed = False
        calls.book, calls.recordings, calls.sounds, calls.carrier_recordings = real
        assert SID in calls.carrier_recordings.kept or ("call_1", SID) in calls.sounds.kept
        fetch_recording(calls, "call_1", SID)
        assert _is_settled(calls)
        assert _recording(calls).carrier_deleted_at
        if not killed:
            return
    raise AssertionError("the fuse never held")


def test_a_silent_carrier_is_asked_again(calls):
    """The message fails, so that the queue repeats it; nothing is lost."""
    report_recording(calls, "call_1", DONE)
    calls.carrier_recordings.reachable = False
    with pytest.raises(Unavailable) as error:
        fetch_recording(calls, "call_1", SID)
    assert error.value.retryable
    calls.carrier_recordings.reachable = True
    fetch_recording(calls, "call_1", SID)
    assert _is_settled(calls)


def test_only_what_is_stored_can_be_played(calls):
    """For five minutes, by an address of its own."""
    report_recording(calls, "call_1", DONE)
    with pytest.raises(NotFound):
        play_recording(calls, "call_1", SID)
    _work_off(calls)
    assert SID in play_recording(calls, "call_1", SID).url
    for call_id, sid in (("call_1", OTHER_SID), ("call_2", SID)):
        with pytest.raises(NotFound):
            play_recording(calls, call_id, sid)


@pytest.mark.parametrize("fetched", [True, False], ids=["stored", "at the carrier"])
def test_a_deleted_recording_is_nowhere(calls, fetched):
    """It cannot be played from now on, and its sound is removed in both places."""
    report_recording(calls, "call_1", DONE)
    if fetched:
        _work_off(calls)
    delete_recording(calls, "call_1", SID)
    with pytest.raises(NotFound):
        play_recording(calls, "call_1", SID)
    _work_off(calls)
    assert (calls.sounds.kept, calls.carrier_recordings.kept) == ({}, {})
    assert (_recording(calls).state, _recording(calls).deleted_at) == (DELETED, NOW)
    report_recording(calls, "call_1", DONE)
    _work_off(calls)
    assert (_recording(calls).state, calls.sounds.kept) == (DELETED, {})


def test_a_recording_deleted_while_it_is_fetched_does_not_stay(calls):
    """Who stores it sees that nobody wants it any more."""
    report_recording(calls, "call_1", DONE)
    put = calls.sounds.put

    def put_and_delete(*args):
        size = put(*args)
        delete_recording(calls, "call_1", SID)
        return size

    calls.sounds.put = put_and_delete
    fetch_recording(calls, "call_1", SID)
    assert (calls.sounds.kept, calls.carrier_recordings.kept) == ({}, {})


def test_a_recording_of_a_call_erased_meanwhile_does_not_stay(calls):
    """Nor does one that is reported later: it is fetched by nobody, and deleted at the carrier."""
    report_recording(calls, "call_1", DONE)
    put = calls.sounds.put

    def put_and_erase(*args):
        size = put(*args)
        call = calls.shelf.calls["call_1"]
        calls.shelf.calls["call_1"] = replace(call, erased_at=NOW)
        return size

    calls.sounds.put = put_and_erase
    fetch_recording(calls, "call_1", SID)
    assert (calls.sounds.kept, calls.carrier_recordings.kept) == ({}, {})
    calls.carrier_recordings.kept[OTHER_SID] = SOUND
    reads = calls.carrier_recordings.reads
    report_recording(calls, "call_1", RecordingReport(OTHER_SID, "completed", RecordingKind.CALL))
    _work_off(calls)
    assert (calls.sounds.kept, calls.carrier_recordings.kept) == ({}, {})
    assert calls.carrier_recordings.reads == reads


def test_discarding_deletes_in_both_places_at_once(calls):
    """Or says that it cannot now; then it can be done again."""
    report_recording(calls, "call_1", DONE)
    calls.carrier_recordings.reachable = False
    with pytest.raises(Unavailable):
        discard_recording(calls, _recording(calls))
    calls.carrier_recordings.reachable = True
    discard_recording(calls, _recording(calls))
    assert (calls.sounds.kept, calls.carrier_recordings.kept) == ({}, {})


def test_the_sound_of_an_erased_person_is_erased_too(calls):
    """In the bucket and at the carrier, with the rows; while the carrier is silent, nobody is erased."""
    calls.carrier_recordings.kept[OTHER_SID] = SOUND
    report_recording(calls, "call_1", DONE)
    _work_off(calls)
    report_recording(calls, "call_1", RecordingReport(OTHER_SID, "completed", RecordingKind.VOICEMAIL, 3))
    call = calls.shelf.calls["call_1"]
    calls.shelf.calls["call_1"] = replace(call, state=CallState.ENDED, finished_at=NOW)
    calls.carrier_recordings.reachable = False
    with pytest.raises(Unavailable):
        erase_calls(calls, (call.contact_id,))
    assert calls.call().erased_at is None
    calls.carrier_recordings.reachable = True
    assert erase_calls(calls, (call.contact_id,)) is False
    assert calls.call().erased_at == NOW
    assert (calls.shelf.recordings, calls.sounds.kept, calls.carrier_recordings.kept) == ({}, {}, {})


@pytest.mark.parametrize(
    ("heard", "kept"),
    [
        ("Hello,\n  it is me.\r\n", "Hello, it is me."),
        ("a\x00b\x1b[31mc\u202ed\u200be\ufeff", "a b [31mc d e"),
        ("x" * (MAX_TRANSCRIPTION + 5), "x" * MAX_TRANSCRIPTION),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("", ""),
    ],
)
def test_what_a_stranger_said_is_kept_as_plain_words(heard, kept):
    """One line, bounded, without what would act on a terminal; markup is for pages to escape."""
    assert plain_words(heard) == kept


def _over(calls, **changes):
    """End the call, whose recording nobody reported."""
    ended = {"state": CallState.ENDED, "ended_at": NOW, "finished_at": NOW}
    calls.book.change("call_1", lambda call: replace(call, **ended, **changes))
    return calls.call().contact_id


def _recorded(calls, *reports, record=True):
    calls.book.put_brief("call_1", a_brief(record=record))
    calls.carrier_recordings.reports["CA1"] = reports


@pytest.mark.parametrize("times", [1, 2])
def test_a_recording_is_found_whose_callbacks_are_lost(calls, times):
    """The carrier is asked for it; again, nothing more happens."""
    _recorded(calls, DONE)
    _over(calls)
    for _ in range(times):
        find_recordings(calls, "call_1")
        _work_off(calls)
    assert _is_settled(calls)
    assert (_recording(calls).state, _recording(calls).seconds) == (STORED, 42)


@pytest.mark.parametrize("is_reported", [True, False])
def test_only_what_is_missing_is_looked_for(calls, is_reported):
    """A call that is not recorded, or whose recording is known, costs no request."""
    _recorded(calls, DONE, record=is_reported)
    if is_reported:
        report_recording(calls, "call_1", DONE)
    calls.carrier_recordings.reachable = False
    find_recordings(calls, "call_1")
    find_recordings(calls, "call_none")


def test_a_lost_voicemail_is_found_beside_a_recording(calls):
    """Each kind is looked for."""
    message = RecordingReport(OTHER_SID, "completed", RecordingKind.VOICEMAIL, 9)
    _recorded(calls, DONE, message)
    report_recording(calls, "call_1", DONE)
    note_happening(calls, "call_1", Happening.VOICEMAIL_BEGUN)
    find_recordings(calls, "call_1")
    assert {each.kind for each in list_recordings(calls, "call_1")} == set(RecordingKind)


def test_a_recording_that_is_not_finished_is_asked_for_again(calls):
    """What is finished is taken meanwhile; the queue comes again."""
    _recorded(calls, DONE, replace(DONE, sid=OTHER_SID, status="processing"))
    with pytest.raises(Unavailable) as caught:
        find_recordings(calls, "call_1")
    assert (caught.value.retryable, [each.sid for each in list_recordings(calls, "call_1")]) == (True, [SID])


def test_erasing_deletes_what_the_carrier_never_reported(calls):
    """Before the call loses the carrier's id; as long as the carrier is silent, the call is not erased."""
    _recorded(calls, DONE)
    contact_id = _over(calls)
    calls.carrier_recordings.reachable = False
    with pytest.raises(Unavailable):
        erase_calls(calls, [contact_id])
    assert calls.call().erased_at is None
    calls.carrier_recordings.reachable = True
    erase_calls(calls, [contact_id])
    assert (calls.call().erased_at, calls.carrier_recordings.kept) == (NOW, {})


def test_words_that_come_while_a_call_is_erased_are_not_kept(calls, monkeypatch):
    """Whoever writes them looks at the call again; also when the carrier has no sound any more."""
    contact_id, change = _over(calls), calls.recordings.change

    def slow(*wanted):
        monkeypatch.setattr(calls.recordings, "change", change)
        erase_calls(calls, [contact_id])
        return change(*wanted)

    monkeypatch.setattr(calls.recordings, "change", slow)
    keep_transcription(calls, "call_1", SID, "my secret words")
    calls.carrier_recordings.kept.clear()
    _work_off(calls)
    assert (_recording(calls).state, _recording(calls).transcription) == (DELETED, None)


def test_words_that_come_just_before_the_head_is_erased_are_not_kept(calls, monkeypatch):
    """Erasing looks for recordings once more when the head says that the call is erased."""
    contact_id, forget = _over(calls), calls.rooms.forget

    def slow(room_id):
        keep_transcription(calls, "call_1", SID, "my secret words")
        forget(room_id)

    monkeypatch.setattr(calls.rooms, "forget", slow)
    erase_calls(calls, [contact_id])
    assert _recording(calls) is None


def test_a_recording_of_an_erased_call_is_given_up_unfetched(calls):
    """Also when its row was written before the call was erased, and the carrier has no sound."""
    report_recording(calls, "call_1", DONE)
    calls.book.change("call_1", lambda call: replace(call, erased_at=NOW))
    calls.carrier_recordings.kept.clear()
    _work_off(calls)
    assert (_recording(calls).state, calls.carrier_recordings.reads) == (DELETED, 0)


def test_sound_that_was_stored_while_its_row_was_deleted_is_removed(calls, monkeypatch):
    """A worker that dies just after it stored the sound leaves it; the message comes again."""
    report_recording(calls, "call_1", DONE)
    contact_id, put = _over(calls), calls.sounds.put

    def dying(call_id, sid, _sound):
        erase_calls(calls, [contact_id])
        put(call_id, sid, [SOUND])
        raise Killed

    monkeypatch.setattr(calls.sounds, "put", dying)
    with pytest.raises(Killed):
        fetch_recording(calls, "call_1", SID)
    fetch_recording(calls, "call_1", SID)
    assert calls.sounds.kept == {}


def test_the_search_goes_through_the_queue_after_a_while():
    """As a message of the post-call queue that is read as it was written."""
    sent = []
    client = SimpleNamespace(send_message=lambda **message: sent.append(message))
    SqsWakeups(client, dial="d", urgent="u", post_call="p").find_recordings("call_1", 90)
    assert (sent[0]["QueueUrl"], sent[0]["DelaySeconds"]) == ("p", 90)
    assert decode(sent[0]["MessageBody"]) == FindRecordings("call_1")
