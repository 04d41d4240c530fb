"""Recordings, routes and retention on the fakes and on the table; sounds in a bucket; the carrier's sound."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta
from types import SimpleNamespace
from urllib.request import Request

import boto3
import pytest
from fakes.call_tables import books_in_memory, books_on_a_table
from fakes.calls import DESK, LINE, NOW, a_brief, a_call
from fakes.recordings import OTHER_SID, SID, SOUND

from chalicelib.calls.adapters.sounds import S3SoundStore
from chalicelib.calls.domain.files import Aftermath
from chalicelib.calls.domain.recordings import Recording, RecordingKind, RecordingState, deleted, heard
from chalicelib.calls.domain.retention import DataKind, Due, RetentionRun, RunState, Tally
from chalicelib.calls.domain.routes import AfterHours, LineRoute, OfficeHours, Span
from chalicelib.calls.domain.turns import Turn, TurnKind

PLAIN = Recording(SID, "call_1", RecordingKind.CALL, RecordingState.AT_CARRIER, NOW)
FULL = Recording(
    OTHER_SID,
    "call_1",
    RecordingKind.VOICEMAIL,
    RecordingState.STORED,
    NOW,
    12,
    2,
    "Call me.",
    NOW + timedelta(seconds=1),
    NOW + timedelta(seconds=2),
    NOW + timedelta(seconds=3),
)
HOURS = OfficeHours(
    "America/New_York",
    ((Span(time(9), time(12, 30)), Span(time(13), time(0))),) + ((),) * 6,
    (date(2026, 12, 25),),
)
ROUTE = LineRoute(LINE, "template_1", HOURS, AfterHours.TEMPLATE, "Closed.", "template_2", "US-NY")


@pytest.fixture(params=["fake", "table"])
def books(request, clock):
    """Give the fakes, and the repositories on a table that moto plays."""
    if request.param == "fake":
        return books_in_memory()
    return books_on_a_table(request.getfixturevalue("aws"), clock)


def _put(books, recording):
    books.recordings.change(recording.call_id, recording.sid, lambda _: recording)


@pytest.mark.parametrize("recording", [PLAIN, FULL], ids=["plain", "full"])
def test_a_recording_is_read_as_it_was_written(books, recording):
    """Alone, with its call, and with the others of its call."""
    old, new = books.recordings.change("call_1", recording.sid, lambda _: recording)
    assert (old, new) == (None, replace(recording, version=1))
    assert books.recordings.get("call_1", recording.sid) == new
    books.book.create(a_call())
    assert books.book.load("call_1").recordings == (new,) == books.recordings.of_call("call_1")


def test_changes_of_a_recording_build_on_each_other(books):
    """Nothing, and the same, is no change; a change that was overtaken is made again."""
    assert books.recordings.change("call_1", SID, lambda _: None) == (None, None)
    assert books.recordings.get("call_1", SID) is None
    _put(books, PLAIN)
    same, again = books.recordings.change("call_1", SID, lambda known: known)
    assert same == again == replace(PLAIN, version=1)
    seen = []

    def slow(known):
        seen.append(known.version)
        if len(seen) == 1:
            books.recordings.change("call_1", SID, lambda newest: replace(newest, seconds=5))
        return replace(known, channels=2)

    _, new = books.recordings.change("call_1", SID, slow)
    assert (seen, new.seconds, new.channels, new.version) == ([1, 2], 5, 2, 3)
    books.recordings.remove("call_1", SID)
    books.recordings.remove("call_1", SID)
    assert books.recordings.of_call("call_1") == ()


def _message(place):
    sid = f"RE{place:032x}"
    at = NOW + timedelta(minutes=place)
    return Recording(sid, f"call_{place}", RecordingKind.VOICEMAIL, RecordingState.STORED, at)


def _pages(books, limit, **wanted):
    found, start = [], None
    while True:
        page = books.recordings.voicemails(limit=limit, start=start, **wanted)
        found += [each.call_id for each in page.items]
        start = page.next_start
        if start is None:
            return found


def test_voicemails_are_listed_newest_first(books):
    """New ones, heard ones, both, by page; a deleted one and a recording of a call are not among them."""
    _put(books, PLAIN)
    for place in range(6):
        _put(books, _message(place))
    for place in (1, 4):
        books.recordings.change(f"call_{place}", f"RE{place:032x}", lambda known: heard(known, NOW))
    books.recordings.change("call_5", f"RE{5:032x}", lambda known: deleted(known, NOW))
    for limit in (1, 2, 10):
        assert _pages(books, limit, heard=None) == ["call_4", "call_3", "call_2", "call_1", "call_0"]
        assert _pages(books, limit, heard=True) == ["call_4", "call_1"]
        assert _pages(books, limit, heard=False) == ["call_3", "call_2", "call_0"]


def test_a_route_is_read_as_it_was_written(books):
    """With its hours; others have none."""
    assert books.routes.get(LINE) is None
    assert books.routes.save(ROUTE)
    assert books.routes.get(LINE) == ROUTE
    assert books.routes.some((LINE, DESK, LINE)) == [ROUTE]


def test_a_route_replaces_the_version_before_only(books):
    """Of two that build on the same, one wins."""
    assert not books.routes.save(replace(ROUTE, version=2))
    assert books.routes.save(ROUTE)
    assert not books.routes.save(replace(ROUTE, region="US-TX"))
    later = LineRoute(LINE, "template_2", version=2)
    assert books.routes.save(later)
    assert not books.routes.save(replace(ROUTE, version=2))
    assert books.routes.get(LINE) == later


RUN = RetentionRun(
    id="retention_1",
    dry_run=True,
    created_at=NOW,
    created_by="token:1",
    updated_at=NOW,
    kept_since=dict.fromkeys(DataKind, NOW),
)


def test_a_run_is_read_as_it_was_written(books):
    """At its start, in its midst, and at its end."""
    assert books.retention.get("retention_1") is None
    assert books.retention.create(RUN)
    assert not books.retention.create(RUN)
    assert books.retention.get("retention_1") == RUN
    midst = replace(
        RUN,
        kind=DataKind.VOICEMAILS,
        position="2026-03-03T12:00:00.000Z#x|y",
        waiting=(Due("a", "CALL#1", "RECORDING#1"),),
        report={**RUN.report, DataKind.RECORDINGS: Tally(4, 3, 2, 1)},
        version=2,
    )
    assert books.retention.save(midst)
    assert not books.retention.save(midst)
    assert books.retention.get("retention_1") == midst
    end = replace(midst, kind=None, waiting=(), state=RunState.DONE, ended_at=NOW, version=3)
    assert books.retention.save(end)
    assert books.retention.get("retention_1") == end


def _older(books, kind, limit=10, before=NOW + timedelta(days=1)):
    found, after = [], ""
    while rows := books.retention.older(kind, before, limit, after):
        found += [row.pk for row in rows]
        after = rows[-1].position
    return found


def test_what_is_old_is_found_oldest_first_until_it_is_gone(books):
    """Recordings and voicemails, each among their own; what is given up is not found."""
    for place in range(7):
        _put(books, _message(place))
        sid = f"RE{place + 100:032x}"
        at = NOW + timedelta(minutes=place)
        _put(books, Recording(sid, f"call_{place}", RecordingKind.CALL, RecordingState.AT_CARRIER, at))
    books.recordings.change("call_3", f"RE{3:032x}", lambda known: heard(known, NOW))
    books.recordings.change("call_2", f"RE{102:032x}", lambda known: deleted(known, NOW))
    for limit in (1, 3, 25):
        assert _older(books, DataKind.VOICEMAILS, limit) == [f"CALL#call_{place}" for place in range(7)]
        kept = [f"CALL#call_{place}" for place in (0, 1, 3, 4, 5, 6)]
        assert _older(books, DataKind.RECORDINGS, limit) == kept
    middle = NOW + timedelta(minutes=3)
    assert _older(books, DataKind.VOICEMAILS, 25, middle) == [f"CALL#call_{place}" for place in range(3)]
    assert _older(books, DataKind.VOICEMAILS, 25, NOW - timedelta(days=1)) == []


def test_texts_are_found_until_they_are_erased(books):
    """A call without texts is not looked at."""
    for place in range(3):
        books.book.create(a_call(id=f"call_{place}"))
        books.book.put_brief(f"call_{place}", a_brief())
        books.turns.open(f"call_{place}", Turn(1, TurnKind.SPEECH, NOW, said="so"))
        books.book.put_aftermath(f"call_{place}", Aftermath(None, ()), NOW if place else None)
    assert sorted(_older(books, DataKind.TRANSCRIPTS)) == ["CALL#call_1", "CALL#call_2"]
    books.book.erase_texts("call_1")
    books.book.put_aftermath("call_1", Aftermath(None, ()), NOW)
    assert _older(books, DataKind.TRANSCRIPTS) == ["CALL#call_2"]
    assert books.book.load("call_1").turns == ()


@pytest.fixture
def bucket(aws, clock):
    """Give a bucket that moto plays, and the store on it."""
    client = boto3.client("s3")
    client.create_bucket(Bucket="files")
    return SimpleNamespace(client=client, store=S3SoundStore(client, "files", clock))


def test_a_sound_is_kept_encrypted_and_played_by_its_address(bucket, clock):
    """In its call's folder, as sound, for five minutes."""
    size = bucket.store.put("call_1", SID, iter((SOUND[:3], SOUND[3:])))
    found = bucket.client.get_object(Bucket="files", Key=f"recordings/call_1/{SID}.wav")
    assert (found["Body"].read(), size) == (SOUND, len(SOUND))
    assert (found["ContentType"], found["ServerSideEncryption"]) == ("audio/x-wav", "AES256")
    address = bucket.store.address("call_1", SID)
    assert address.expires_at == clock.now() + timedelta(minutes=5)
    assert f"/recordings/call_1/{SID}.wav?" in Request(address.url).full_url
    assert "Expires" in address.url


def test_a_sound_is_replaced_and_removed(bucket):
    """As often as it is done."""
    for sound in (b"first", b"second"):
        bucket.store.put("call_1", SID, [sound])
    found = bucket.client.get_object(Bucket="files", Key=f"recordings/call_1/{SID}.wav")
    assert found["Body"].read() == b"second"
    for _ in range(2):
        bucket.store.remove("call_1", SID)
    assert "Contents" not in bucket.client.list_objects_v2(Bucket="files")
