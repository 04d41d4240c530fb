"""Retention: what is kept no longer goes, step by step, once, and the report says so."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from fakes.calls import NOW, NUMBER, FakeCalls, a_brief, a_call, furnished
from fakes.carrier import Fuse, Killed, Perilous
from fakes.recordings import SOUND

from chalicelib.ai.domain.analysis import Analysis, Sentiment, Usage
from chalicelib.calls.domain.calls import CallState
from chalicelib.calls.domain.costs import CostLine
from chalicelib.calls.domain.files import Aftermath
from chalicelib.calls.domain.outcomes import Outcome
from chalicelib.calls.domain.recordings import Recording, RecordingKind, RecordingState
from chalicelib.calls.domain.retention import DataKind, Due, RunState, Tally
from chalicelib.calls.domain.turns import Turn, TurnKind
from chalicelib.calls.services.recordings import fetch_recording
from chalicelib.calls.services.retention import MAX_STEP, get_run, run_step, start_daily, start_retention
from chalicelib.crm.domain.memory import Fact
from chalicelib.crm.services.memory import known_facts, remember
from chalicelib.kernel.clock import iso
from chalicelib.kernel.errors import NotFound
from chalicelib.system.domain.settings import Retention
from chalicelib.system.services.settings import change_settings

COSTS = (CostLine("voice", 2, "minute", 28_000),)
SAID = Analysis("A secret.", Sentiment.NEUTRAL, ("x",), (), "rules", Usage())
OLD, NEW = NOW - timedelta(days=31), NOW - timedelta(days=29)


@pytest.fixture
def calls(clock, crm):
    """Give the ports of calls of an office that keeps everything for thirty days."""
    calls = FakeCalls(clock, crm)
    furnished(calls)
    days = Retention(transcripts_days=30, recordings_days=30, messages_days=30, voicemails_days=30)
    change_settings(calls.system, {"retention": days}, None)
    return calls


def _sid(place):
    return f"RE{place:032x}"


def _keep(calls, place, at):
    """Store a call with everything that can be kept of it."""
    call = a_call(
        id=f"call_{place:03}",
        created_at=at,
        state=CallState.ENDED,
        outcome=Outcome.COMPLETED,
        finished_at=at,
        look_at=None,
        cost=28_000,
    )
    calls.book.create(call)
    calls.book.put_brief(call.id, a_brief(instructions="A secret."))
    calls.turns.open(call.id, Turn(1, TurnKind.SPEECH, at, said="a secret", answer="so"))
    calls.book.put_aftermath(call.id, Aftermath(SAID, COSTS), at)
    for number, kind in enumerate(RecordingKind):
        sid = _sid(2 * place + number)
        calls.sounds.kept[call.id, sid] = SOUND
        calls.carrier_recordings.kept[sid] = SOUND
        calls.shelf.recordings[call.id, sid] = Recording(
            sid, call.id, kind, RecordingState.STORED, at, 5, 2, "a secret", at, version=1
        )
    name = f"{iso(at)}#message_{place}"
    calls.retention.messages[f"MESSAGE#{name}"] = Due(name, "THREAD#contact_1", f"MESSAGE#{name}")


def _work_off(calls):
    while calls.wakeups.retention_steps:
        run_step(calls, *calls.wakeups.retention_steps.pop(0))


def _run(calls, *, dry_run=False):
    run = start_retention(calls, dry_run=dry_run)
    _work_off(calls)
    return get_run(calls, run.id)


def _counts(run):
    return {kind.value: (tally.due, tally.deleted, tally.failed) for kind, tally in run.report.items()}


EVERY = ("transcripts", "recordings", "voicemails", "messages")


def test_words_of_facts_go_with_their_call(calls):
    """What a call taught stays; the words it was said in, and where, go with the transcript."""
    contact = calls.crm.contacts.find_by_phone(NUMBER)
    for place, at in ((1, OLD), (2, NEW)):
        _keep(calls, place, at)
        call_id = f"call_{place:03}"
        calls.shelf.calls[call_id] = replace(calls.call(call_id), contact_id=contact.id)
        remember(calls.crm, contact.id, call_id, [Fact(f"pet{place}", "a cat", "my secret cat", 1)], at)
    assert _counts(_run(calls))["transcripts"] == (1, 1, 0)
    facts = {fact.key: (fact.value, fact.said, fact.turn) for fact in known_facts(calls.crm, contact.id)}
    assert facts == {"pet1": ("a cat", "", None), "pet2": ("a cat", "my secret cat", 1)}


def test_what_is_old_goes_and_what_is_new_stays(calls):
    """Of every kind; heads, outcomes, costs stay."""
    _keep(calls, 1, OLD)
    _keep(calls, 2, NEW)
    run = _run(calls)
    assert (run.state, _counts(run)) == (RunState.DONE, dict.fromkeys(EVERY, (1, 1, 0)))
    old, new = (calls.book.load(f"call_{place:03}") for place in (1, 2))
    assert (old.call.outcome, old.call.cost, old.aftermath) == (
        Outcome.COMPLETED,
        28_000,
        Aftermath(None, COSTS),
    )
    assert (old.brief, old.turns) == (None, ())
    assert "secret" not in repr(old)
    assert [each.state for each in old.recordings] == [RecordingState.DELETED] * 2
    assert (new.brief is not None, len(new.turns), new.aftermath.analysis) == (True, 1, SAID)
    assert {call_id for call_id, _ in calls.sounds.kept} == {"call_002"}
    assert set(calls.carrier_recordings.kept) == {_sid(4), _sid(5)}
    assert len(calls.retention.messages) == 1


def test_a_dry_run_deletes_nothing(calls):
    """It says what would go."""
    for place in range(3):
        _keep(calls, place, OLD)
    before = repr((calls.shelf, calls.sounds.kept, calls.carrier_recordings.kept, calls.retention.messages))
    run = _run(calls, dry_run=True)
    assert _counts(run) == dict.fromkeys(EVERY, (3, 0, 0))
    after = repr((calls.shelf, calls.sounds.kept, calls.carrier_recordings.kept, calls.retention.messages))
    assert after == before


def test_steps_are_bounded_and_the_oldest_goes_first(calls):
    """However much there is."""
    for place in range(2 * MAX_STEP + 3):
        _keep(calls, place, OLD - timedelta(minutes=place))
    run = start_retention(calls, dry_run=False)
    for step in (1, 2):
        run_step(calls, run.id, step)
    left = sorted(calls.shelf.briefs)
    assert left == [f"call_{place:03}" for place in range(MAX_STEP + 3)]
    _work_off(calls)
    assert _counts(get_run(calls, run.id)) == dict.fromkeys(EVERY, (2 * MAX_STEP + 3,) * 2 + (0,))
    assert calls.shelf.briefs == {}


def test_a_second_run_finds_nothing(calls):
    """What went is not looked at again: the cost does not grow with the table."""
    _keep(calls, 1, OLD)
    _run(calls)
    assert _run(calls).report == dict.fromkeys(DataKind, Tally())


def _worked_off_with(calls, fuse):
    """Do all steps with ports that may kill once; a message whose worker died is delivered again."""
    names = ("book", "recordings", "sounds", "carrier_recordings", "retention", "wakeups")
    real = {name: getattr(calls, name) for name in names}
    for name, port in real.items():
        setattr(calls, name, Perilous(port, fuse))
    steps = calls.wakeups.retention_steps
    while steps:
        with suppress(Killed):
            run_step(calls, *steps[0])
            steps.pop(0)
    for name, port in real.items():
        setattr(calls, name, port)


def _forget_all(calls):
    shelf = calls.shelf
    for kept in (shelf.calls, shelf.turns, shelf.aftermaths, shelf.recordings, shelf.erased):
        kept.clear()


def test_a_crash_anywhere_loses_and_counts_nothing_twice(calls):
    """The next delivery of the same message goes on; each row is counted once."""
    fuse = Fuse(1)
    while fuse.length == 1 or fuse.burnt >= fuse.length:
        for place in range(2):
            _keep(calls, place, OLD)
        run = start_retention(calls, dry_run=False)
        fuse = Fuse(fuse.length + 1)
        _worked_off_with(calls, fuse)
        assert _counts(get_run(calls, run.id)) == dict.fromkeys(EVERY, (2, 2, 0))
        assert (calls.sounds.kept, calls.carrier_recordings.kept, calls.shelf.briefs) == ({}, {}, {})
        _forget_all(calls)
    assert fuse.length > 50


def test_what_cannot_be_deleted_is_told_and_tried_on(calls):
    """A silent carrier: the recording is given up, and the queue goes on trying."""
    _keep(calls, 1, OLD)
    calls.carrier_recordings.reachable = False
    assert _counts(_run(calls))["recordings"] == (1, 0, 1)
    calls.carrier_recordings.reachable = True
    for call_id, sid in calls.wakeups.recordings:
        fetch_recording(calls, call_id, sid)
    assert (calls.sounds.kept, calls.carrier_recordings.kept) == ({}, {})


def test_an_old_message_does_nothing_and_the_one_before_wakes(calls):
    """SQS delivers at least once."""
    _keep(calls, 1, OLD)
    run = start_retention(calls, dry_run=False)
    run_step(calls, run.id, 1)
    run_step(calls, run.id, 2)
    calls.wakeups.retention_steps.clear()
    run_step(calls, run.id, 1)
    assert (calls.wakeups.retention_steps, get_run(calls, run.id).version) == ([], 3)
    run_step(calls, run.id, 2)
    assert (calls.wakeups.retention_steps, get_run(calls, run.id).version) == ([(run.id, 3)], 3)
    _work_off(calls)
    done = get_run(calls, run.id)
    run_step(calls, run.id, done.version)
    assert get_run(calls, run.id) == done
    run_step(calls, "retention_x", 1)


def test_the_days_are_those_of_the_start(calls):
    """A run keeps to what it began with."""
    _keep(calls, 1, OLD)
    run = start_retention(calls, dry_run=False)
    change_settings(calls.system, {"retention": Retention()}, None)
    _work_off(calls)
    assert _counts(get_run(calls, run.id))["transcripts"] == (1, 1, 0)


def test_it_runs_once_a_day(calls):
    """From three in the morning, however often it is asked; a lost message is sent again."""
    calls.clock.advance(hours=14, minutes=59)
    assert start_daily(calls) is False
    calls.clock.advance(minutes=1)
    assert start_daily(calls) is True
    assert start_daily(calls) is False
    (run,) = calls.retention.runs.values()
    assert run.dry_run is False
    calls.wakeups.retention_steps.clear()
    calls.clock.advance(minutes=31)
    assert start_daily(calls) is True
    assert calls.wakeups.retention_steps == [(run.id, 1)]
    _work_off(calls)
    assert start_daily(calls) is False
    calls.clock.advance(days=1)
    assert start_daily(calls) is True
    assert len(calls.retention.runs) == 2


def test_an_unknown_run_has_no_report(calls):
    """404 in the API."""
    with pytest.raises(NotFound):
        get_run(calls, "retention_x")


def test_a_day_whose_beginning_was_missed_is_made_up_for(calls):
    """Whenever somebody asks for it again on that day, at noon too; and a run that stalled goes on then."""
    assert start_daily(calls) is True
    calls.wakeups.retention_steps.clear()
    calls.clock.advance(hours=5)
    assert start_daily(calls) is True
    assert [step for _, step in calls.wakeups.retention_steps] == [1]
