"""What follows from a call that was read: tasks, proposals, a callback, facts; each once, whatever breaks."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from fakes.calls import NOW, NUMBER, FakeCalls, a_brief, a_call, connected, furnished, kill_switch
from fakes.carrier import Fuse, Killed
from fakes.crm import FakeCrm
from fakes.model import ANALYSIS, USAGE, model_failure
from fakes.workers import Workers

from chalicelib.ai.domain.analysis import AnalysisState
from chalicelib.ai.domain.conduct import ApplyFields, Conduct
from chalicelib.ai.domain.conversation import OPT_OUT_TOOL
from chalicelib.ai.domain.extraction import ExtractField, ExtractType
from chalicelib.ai.domain.model_statistics import PROMPT, REQUESTS
from chalicelib.ai.domain.tooling import ToolRun
from chalicelib.calls.domain.proposals import ProposalState, Verdict, decided
from chalicelib.calls.domain.states import CallState
from chalicelib.calls.domain.turns import Turn, TurnEnd, TurnKind
from chalicelib.calls.services import analyses
from chalicelib.calls.services.finishing import finish_call
from chalicelib.calls.services.proposals import decide
from chalicelib.calls.services.suppression import stop_calling
from chalicelib.calls.services.template_editing import create_template
from chalicelib.crm.domain.contacts import ContactChanges
from chalicelib.crm.domain.fields import FieldKind, NewField
from chalicelib.crm.domain.notes import NoteChanges, NoteKind
from chalicelib.crm.services.contacts import change_contact, delete_contact, find_contact
from chalicelib.crm.services.fields import define_field
from chalicelib.crm.services.memory import known_facts
from chalicelib.crm.services.notes import change_note, list_notes
from chalicelib.kernel.errors import AppError, Conflict, Invalid, NotFound, Unavailable

WORDS = "call me on Thursday at ten, my cat is asleep, write to ada@example.com"
TURNS = (
    Turn(0, TurnKind.GREETING, NOW, answer="Hello.", end=TurnEnd.LISTEN),
    Turn(1, TurnKind.SPEECH, NOW, said=WORDS, answer="Gladly.", end=TurnEnd.LISTEN),
)
EMAIL = ExtractField("mail", ExtractType.TEXT, maps_to="email")
PETS = ExtractField("pets", ExtractType.NUMBER, maps_to="pets")
FULL = {
    **ANALYSIS,
    "action_items": [
        {"text": "Send the offer", "owner": "agent", "due_on": "2026-03-05"},
        {"text": "Check the stock", "owner": "colleague", "due_on": None},
        {"text": "Read the offer", "owner": "caller", "due_on": "2026-03-06"},
    ],
    "outcome": "callback_wanted",
    "goal_reached": False,
    "confidence": 0.9,
    "callback": {"at": "2026-03-05T10:00", "said": "call me on Thursday at ten"},
    "facts": [
        {"key": "pet", "value": "a cat", "said": "my cat is asleep"},
        {"key": "invented", "value": "rich", "said": "I am rich"},
    ],
    "extracted": {"mail": {"value": "ada@example.com", "said": "write to ada@example.com"}},
}


def _brief(policy=ApplyFields.PROPOSE, **changes):
    return a_brief(**{"extract": (EMAIL,), "conduct": Conduct(apply_fields=policy), **changes})


def _end(calls, *turns, brief=None, analysis=FULL):
    """Store a call that has ended, and let the model say this of it."""
    call = connected(calls)
    calls.shelf.calls[call.id] = replace(
        call, state=CallState.ENDED, carrier_status="completed", ended_at=NOW, duration_s=61, look_at=NOW
    )
    calls.book.put_brief(call.id, brief or _brief())
    for turn in turns or TURNS:
        calls.shelf.turns[call.id, turn.number] = turn
    calls.ai.model.analyses = [analysis]


def _notes(calls, kind=NoteKind.TASK):
    notes = list_notes(calls.crm, calls.call().contact_id, 20).items
    return sorted((note for note in notes if note.kind is kind), key=lambda note: note.body)


def _callbacks(calls):
    return list(calls.scheduling.callbacks.by_key.values())


def _contact(calls):
    return find_contact(calls.crm, NUMBER)


def test_what_we_owe_becomes_tasks(calls):
    """Due at the end of the day on the contact's clock; what the caller owes stands in the note only."""
    _end(calls)
    finish_call(calls, "call_1")
    check, send = _notes(calls)
    assert (send.body, send.due_at) == ("Send the offer", datetime(2026, 3, 6, 1, tzinfo=UTC))
    assert (check.body, check.due_at, check.author, check.call_id) == (
        "Check the stock",
        None,
        "ai",
        "call_1",
    )
    (note,) = _notes(calls, NoteKind.CALL_SUMMARY)
    assert "Result: callback wanted." in note.body
    assert "- Read the offer (caller, by 2026-03-06)" in note.body


def test_a_promised_callback_is_scheduled(calls):
    """Through the path of every callback: a call that waits for its time, for the same person."""
    _end(calls)
    finish_call(calls, "call_1")
    (callback,) = _callbacks(calls)
    assert (callback.promised_in, callback.due_at) == ("call_1", datetime(2026, 3, 5, 18, tzinfo=UTC))
    assert calls.call(callback.kept_by).state is CallState.QUEUED


def test_a_callback_that_the_agent_has_scheduled_stands(calls):
    """What it said in the call is not moved by what the model reads later."""
    run = ToolRun("1", "schedule_callback", "{}", "A call is scheduled.", done=True, took_ms=1)
    _end(calls, TURNS[0], replace(TURNS[1], tools=(run,)))
    finish_call(calls, "call_1")
    assert _callbacks(calls) == []
    assert len(_notes(calls)) == 2


@pytest.mark.parametrize("how", ["in the call", "on the list"])
def test_who_opted_out_is_not_called_back(calls, how):
    """Neither a call nor a task to make one, whatever the model says."""
    run = ToolRun("1", OPT_OUT_TOOL, "{}", "x", done=True, took_ms=1)
    turn = replace(TURNS[1], tools=(run,)) if how == "in the call" else TURNS[1]
    _end(calls, TURNS[0], turn)
    if how == "on the list":
        stop_calling(calls, NUMBER, "call:call_1")
    finish_call(calls, "call_1")
    assert _callbacks(calls) == []
    assert list(calls.shelf.calls) == ["call_1"]
    assert [note.body for note in _notes(calls)] == ["Check the stock", "Send the offer"]
    assert calls.call().finished_at == NOW


@pytest.mark.parametrize(
    ("brief", "callback"),
    [
        (_brief(tools=("end_call",)), {}),  # the template does not allow it
        (_brief(), {"said": "never said"}),
        (_brief(), {"at": "2026-03-01T10:00"}),  # it is over
        (_brief(), {"at": "2027-03-01T10:00"}),  # more than ninety days away
    ],
)
def test_a_callback_that_cannot_be_scheduled_is_a_task(calls, brief, callback):
    """A promise is never lost: a colleague sees it with its time."""
    _end(calls, brief=brief, analysis={**FULL, "callback": {**FULL["callback"], **callback}})
    finish_call(calls, "call_1")
    assert _callbacks(calls) == []
    (task,) = (note for note in _notes(calls) if note.body.startswith("Call back: promised for"))
    assert task.due_at.hour == 18


def test_a_promise_outlives_its_template(calls):
    """Deleted while the call went on: a colleague has a task, and what the caller said is remembered."""
    _end(calls)
    del calls.templates.by_id["template_1"]
    finish_call(calls, "call_1")
    assert _callbacks(calls) == []
    assert [note.body for note in _notes(calls) if note.body.startswith("Call back: promised for")]
    assert [fact.key for fact in known_facts(calls.crm, calls.call().contact_id)] == ["pet"]


def test_a_day_beyond_the_calendar_is_no_day(calls):
    """The task is there without it, and the call is finished."""
    far = {"at": "9999-12-31T23:59", "said": "never said"}
    items = [{"text": "Wait", "owner": "agent", "due_on": "9999-12-31"}]
    _end(calls, analysis={**FULL, "action_items": items, "callback": far})
    finish_call(calls, "call_1")
    assert [note.due_at for note in _notes(calls)] == [None, None]


def test_facts_are_remembered_that_the_caller_said(calls):
    """With the turn; what nobody said is not kept."""
    _end(calls)
    finish_call(calls, "call_1")
    (fact,) = known_facts(calls.crm, calls.call().contact_id)
    assert (fact.key, fact.value, fact.call_id, fact.turn) == ("pet", "a cat", "call_1", 1)


def test_a_value_is_proposed(calls):
    """The contact keeps what it has until somebody accepts."""
    _end(calls)
    finish_call(calls, "call_1")
    (proposal,) = calls.book.load("call_1").proposals
    assert (proposal.maps_to, proposal.value, proposal.turn) == ("email", "ada@example.com", 1)
    assert proposal.state is ProposalState.OPEN
    assert _contact(calls).email is None


@pytest.mark.parametrize("policy", list(ApplyFields))
def test_what_the_contact_has_is_not_proposed(calls, policy):
    """There is nothing to decide."""
    change_contact(calls.crm, _contact(calls).id, ContactChanges(email="ada@example.com"))
    _end(calls, brief=_brief(policy))
    finish_call(calls, "call_1")
    assert calls.book.load("call_1").proposals == ()


def test_nothing_is_proposed_where_that_is_off(calls):
    """And nothing is written."""
    _end(calls, brief=_brief(ApplyFields.OFF))
    finish_call(calls, "call_1")
    assert calls.book.load("call_1").proposals == ()
    assert _contact(calls).email is None


def test_a_value_is_applied_where_that_is_the_policy(calls):
    """The proposal says that it was accepted, and by which call; custom fields as well."""
    define_field(calls.crm, NewField("pets", "Pets", FieldKind.NUMBER))
    found = {**FULL["extracted"], "pets": {"value": 2, "said": "my cat"}}
    _end(
        calls,
        brief=_brief(ApplyFields.APPLY, extract=(EMAIL, PETS)),
        analysis={**FULL, "extracted": found},
    )
    finish_call(calls, "call_1")
    contact = _contact(calls)
    assert (contact.email, contact.custom_fields) == ("ada@example.com", {"pets": 2})
    assert {each.state for each in calls.book.load("call_1").proposals} == {ProposalState.ACCEPTED}


@pytest.mark.parametrize("value", [{"said": "never said"}, {"value": "no address"}])
def test_a_doubtful_value_is_only_proposed(calls, value):
    """Words that nobody said, or what the record refuses: the call is finished, and somebody decides."""
    found = {"mail": {**FULL["extracted"]["mail"], **value}}
    _end(calls, brief=_brief(ApplyFields.APPLY), analysis={**FULL, "extracted": found})
    finish_call(calls, "call_1")
    (proposal,) = calls.book.load("call_1").proposals
    assert proposal.state is ProposalState.OPEN
    assert _contact(calls).email is None
    assert calls.call().finished_at == NOW


def test_a_proposal_is_decided_once(calls):
    """The same decision again changes nothing, the other one is refused."""
    _end(calls)
    finish_call(calls, "call_1")
    accepted = decide(calls, "call_1", "mail", Verdict.ACCEPT)
    assert (accepted.state, accepted.decided_at) == (ProposalState.ACCEPTED, NOW)
    assert _contact(calls).email == "ada@example.com"
    assert decide(calls, "call_1", "mail", Verdict.ACCEPT) == accepted
    with pytest.raises(Conflict) as refused:
        decide(calls, "call_1", "mail", Verdict.REFUSE)
    assert refused.value.code == "proposal_decided"


def test_accepting_again_leaves_what_came_later(calls):
    """Somebody has corrected the address since: a repeated request does not undo that."""
    _end(calls)
    finish_call(calls, "call_1")
    decide(calls, "call_1", "mail", Verdict.ACCEPT)
    change_contact(calls.crm, _contact(calls).id, ContactChanges(email="new@example.com"))
    decide(calls, "call_1", "mail", Verdict.ACCEPT)
    assert _contact(calls).email == "new@example.com"


def test_what_was_refused_is_not_accepted(calls):
    """The contact keeps what it has."""
    _end(calls)
    finish_call(calls, "call_1")
    decide(calls, "call_1", "mail", Verdict.REFUSE)
    assert _refusal(decide, calls, "call_1", "mail", Verdict.ACCEPT) == "proposal_decided"
    assert _contact(calls).email is None


@pytest.mark.parametrize("other", list(Verdict))
def test_of_two_who_decide_at_once_one_wins(calls, other, monkeypatch):
    """Who agrees with the other has decided as well; who does not is told."""
    _end(calls)
    finish_call(calls, "call_1")
    store = calls.proposals.decide

    def too_late(proposal, before):
        store(decided(calls.proposals.get("call_1", "mail"), other, "token:2", NOW), ProposalState.OPEN)
        return store(proposal, before)

    monkeypatch.setattr(calls.proposals, "decide", too_late)
    if other is Verdict.ACCEPT:
        assert decide(calls, "call_1", "mail", Verdict.ACCEPT).decided_by == "token:2"
    else:
        assert _refusal(decide, calls, "call_1", "mail", Verdict.ACCEPT) == "proposal_decided"
        assert _contact(calls).email is None


def _breaks_off(calls, monkeypatch, error):
    """Accept a value whose writing fails like this."""
    _end(calls)
    finish_call(calls, "call_1")

    def fail(*_):
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(calls.crm.contacts, "save", fail)
        with pytest.raises(type(error)):
            decide(calls, "call_1", "mail", Verdict.ACCEPT)
    return calls.proposals.get("call_1", "mail").state


@pytest.mark.parametrize("error", [Unavailable("silent", retryable=True), Killed()])
def test_accepting_goes_on_where_it_broke_off(calls, monkeypatch, error):
    """Nobody refuses what is being written; to accept it again writes it."""
    assert _breaks_off(calls, monkeypatch, error) is ProposalState.ACCEPTING
    assert _refusal(decide, calls, "call_1", "mail", Verdict.REFUSE) == "proposal_decided"
    assert decide(calls, "call_1", "mail", Verdict.ACCEPT).state is ProposalState.ACCEPTED
    assert _contact(calls).email == "ada@example.com"


def test_what_the_record_refuses_is_open_again(calls, monkeypatch):
    """Somebody decides anew."""
    assert _breaks_off(calls, monkeypatch, Invalid("no", code="bad_email")) is ProposalState.OPEN
    assert decide(calls, "call_1", "mail", Verdict.REFUSE).state is ProposalState.REFUSED


def test_a_process_may_die_while_a_value_is_accepted(clock):
    """Killed anywhere and asked again: written, and accepted."""
    for step in range(1, 7):
        fuse = Fuse()
        workers = _stage(clock, fuse)
        _end(workers.calls)
        assert workers.finish("call_1")
        fuse.burnt, fuse.length = 0, step
        with suppress(Killed):
            decide(workers.calls, "call_1", "mail", Verdict.ACCEPT)
        fuse.length = None
        assert decide(workers.calls, "call_1", "mail", Verdict.ACCEPT).state is ProposalState.ACCEPTED, step
        assert _contact(workers.calls).email == "ada@example.com", step


def test_a_refused_proposal_changes_nothing(calls):
    """Also when the call is looked at again."""
    _end(calls)
    finish_call(calls, "call_1")
    assert decide(calls, "call_1", "mail", Verdict.REFUSE).state is ProposalState.REFUSED
    assert _contact(calls).email is None
    with pytest.raises(NotFound):
        decide(calls, "call_1", "other", Verdict.ACCEPT)


def _stage(clock, fuse):
    calls = FakeCalls(clock, FakeCrm(clock))
    furnished(calls)
    _end(calls, brief=_brief(ApplyFields.APPLY))
    workers = Workers(calls, fuse)
    calls.scheduling.callbacks.keep = _burning(fuse, calls.scheduling.callbacks.keep)
    calls.crm.notes.add = _burning(fuse, calls.crm.notes.add)
    calls.crm.contacts.save = _burning(fuse, calls.crm.contacts.save)
    return workers


def _burning(fuse, act):
    """Let the process die before or after something is done."""

    def burn(*arguments):
        fuse.burn()
        done = act(*arguments)
        fuse.burn()
        return done

    return burn


def _left(calls):
    tasks = [(note.id, note.body, note.due_at, note.version) for note in _notes(calls)]
    notes = [(note.id, note.body) for note in _notes(calls, NoteKind.CALL_SUMMARY)]
    kept = [(each.id, each.kept_by, each.due_at) for each in _callbacks(calls)]
    facts = [(fact.key, fact.value) for fact in known_facts(calls.crm, calls.call().contact_id)]
    states = [(each.field, each.state) for each in calls.book.load("call_1").proposals]
    return tasks, notes, kept, facts, states, _contact(calls).email, sorted(calls.shelf.calls)


def test_a_process_may_die_at_every_step(clock):
    """Killed anywhere and delivered again: every task, callback, fact and value once."""
    calm = _stage(clock, Fuse())
    assert calm.finish("call_1")
    steps, expected = calm.fuse.burnt, _left(calm.calls)
    assert steps > 15
    for step in range(1, steps + 1):
        workers = _stage(clock, Fuse(step))
        assert not workers.finish("call_1"), step
        assert workers.finish("call_1"), step
        assert _left(workers.calls) == expected, step
        assert workers.calls.ai.model.extractions <= 2, step


def _failed(calls):
    """Finish a call that the model cannot read, and let it say everything from then on."""
    _end(calls, analysis={"summary": 1})
    finish_call(calls, "call_1")
    assert calls.shelf.aftermaths["call_1"].analysis.state is AnalysisState.FAILED
    calls.ai.model.analyses = [FULL]


def test_a_call_that_was_not_read_is_read_when_somebody_asks(calls):
    """With all that follows; the note says what it came to, and the cost stays as it was closed."""
    _failed(calls)
    costs = calls.shelf.aftermaths["call_1"].costs
    assert analyses.request_analysis(calls, "call_1").id == "call_1"
    assert calls.wakeups.analyses == ["call_1"]
    analyses.analyse_again(calls, "call_1")
    aftermath = calls.shelf.aftermaths["call_1"]
    assert (aftermath.analysis.state, aftermath.analysis.error) == (AnalysisState.DONE, "")
    assert aftermath.costs == costs
    (note,) = _notes(calls, NoteKind.CALL_SUMMARY)
    assert note.body.startswith("Ada wants a demo.")
    assert len(_callbacks(calls)) == 1
    assert len(_notes(calls)) == 2


def test_a_call_that_was_read_is_not_read_again(calls):
    """Nobody pays twice, and nothing happens twice; the other refusals have their own codes."""
    _failed(calls)
    analyses.analyse_again(calls, "call_1")
    asked = calls.ai.model.extractions
    analyses.analyse_again(calls, "call_1")
    assert calls.ai.model.extractions == asked
    assert _refusal(analyses.request_analysis, calls, "call_1") == "analysis_done"
    assert _refusal(analyses.request_analysis, calls, "call_x") == "call_not_found"
    calls.book.create(a_call(id="call_2"))
    assert _refusal(analyses.request_analysis, calls, "call_2") == "call_not_finished"
    calls.book.erase_texts("call_1")
    assert _refusal(analyses.request_analysis, calls, "call_1") == "nothing_said"
    assert calls.wakeups.analyses == []


def _refusal(act, *arguments):
    with pytest.raises(AppError) as refused:
        act(*arguments)
    return refused.value.code


def test_a_note_that_somebody_changed_stays(calls):
    """The words of a person are worth more."""
    _failed(calls)
    (note,) = _notes(calls, NoteKind.CALL_SUMMARY)
    change_note(calls.crm, note.contact_id, note.id, NoteChanges(body="She wants two."))
    analyses.analyse_again(calls, "call_1")
    (note,) = _notes(calls, NoteKind.CALL_SUMMARY)
    assert note.body == "She wants two."


def test_a_model_that_fails_again_says_why(calls):
    """An outage has the message delivered again; a model that cannot say leaves its code."""
    _failed(calls)
    calls.ai.model.analyses = [model_failure()]
    with pytest.raises(Unavailable):
        analyses.analyse_again(calls, "call_1")
    calls.ai.model.analyses = [Invalid("filtered", code="model_refused")]
    analyses.analyse_again(calls, "call_1")
    analysis = calls.shelf.aftermaths["call_1"].analysis
    assert (analysis.state, analysis.error) == (AnalysisState.FAILED, "model_refused")


def _requests(calls):
    day = NOW.date()
    rows = [*calls.ai.model_statistics.rows(day, day), *calls.statistics.asked(day, day)]
    numbers = [numbers for _, numbers in rows]
    return sum(each[REQUESTS] for each in numbers), sum(each[PROMPT] for each in numbers)


def test_questions_that_came_to_nothing_are_paid_and_counted(calls):
    """Both that were refused are in the analysis, in the call's cost and in the statistics."""
    _end(calls, analysis={"summary": 1})
    before = sum(turn.usage.prompt_tokens for turn in calls.book.load("call_1").turns)
    finish_call(calls, "call_1")
    aftermath = calls.shelf.aftermaths["call_1"]
    assert [use.provider for use in aftermath.analysis.asked] == ["fake", "fake"]
    assert aftermath.analysis.usage == USAGE + USAGE
    tokens = {line.kind: line.quantity for line in aftermath.costs}
    assert tokens["model_prompt"] + tokens["model_cached_prompt"] == before + 200
    assert _requests(calls)[1] == before + 200


def test_reading_again_counts_too(calls):
    """Each reading once, by a name of its own; the analysis shows the tokens of all."""
    _failed(calls)
    requests, tokens = _requests(calls)
    calls.ai.model.analyses = [{"summary": 1}]
    analyses.analyse_again(calls, "call_1")
    assert _requests(calls) == (requests + 2, tokens + 200)
    calls.ai.model.analyses = [FULL]
    analyses.analyse_again(calls, "call_1")
    assert _requests(calls) == (requests + 3, tokens + 300)
    analysis = calls.shelf.aftermaths["call_1"].analysis
    assert (analysis.usage.prompt_tokens, analysis.reading) == (500, 3)


def test_a_process_may_die_while_a_call_is_read_again(clock):
    """What the model said is asked for once, and everything follows once."""
    calm = _stage_again(clock, Fuse())
    assert _again(calm)
    steps, expected = calm.fuse.burnt, _left(calm.calls)
    for step in range(1, steps + 1):
        workers = _stage_again(clock, Fuse(step))
        assert not _again(workers), step
        assert _again(workers), step
        assert _left(workers.calls) == expected, step
        assert workers.calls.shelf.aftermaths["call_1"].analysis.state is AnalysisState.DONE, step


def _stage_again(clock, fuse):
    workers = _stage(clock, Fuse())
    workers.calls.ai.model.analyses = [{"summary": 1}]
    assert workers.finish("call_1")
    workers.calls.ai.model.analyses = [FULL]
    workers.fuse.burnt, workers.fuse.length = 0, fuse.length
    return workers


def _again(workers):
    try:
        analyses.analyse_again(workers.calls, "call_1")
    except BaseException as error:
        if type(error).__name__ != "Killed":
            raise
        return False
    return True


@pytest.mark.parametrize(("prepare", "act"), [("_failed", analyses.analyse_again), ("_end", finish_call)])
def test_of_two_who_read_a_call_at_once_one_is_carried_out(calls, monkeypatch, prepare, act):
    """Whoever stores first; the other carries out the same, so that no task is of another reading."""
    globals()[prepare](calls)
    extract, read = calls.ai.model.extract, []

    def both(*arguments):
        read.append(arguments)
        if len(read) > 1:
            return extract(*arguments)
        act(calls, "call_1")
        items = [{"text": "Another reading", "owner": "agent", "due_on": None}] * 4
        calls.ai.model.analyses = [{**FULL, "action_items": items}]
        return extract(*arguments)

    monkeypatch.setattr(calls.ai.model, "extract", both)
    act(calls, "call_1")
    assert [note.body for note in _notes(calls)] == ["Check the stock", "Send the offer"]
    items = calls.shelf.aftermaths["call_1"].analysis.action_items
    assert [item.text for item in items] == ["Send the offer", "Check the stock", "Read the offer"]


def test_what_was_erased_meanwhile_is_not_carried_out(calls, monkeypatch):
    """The words are deleted while the model reads them: nothing follows from them."""
    _failed(calls)
    extract = calls.ai.model.extract

    def erased(*arguments):
        calls.book.erase_texts("call_1")
        return extract(*arguments)

    monkeypatch.setattr(calls.ai.model, "extract", erased)
    analyses.analyse_again(calls, "call_1")
    assert (_notes(calls), _callbacks(calls)) == ([], [])
    assert calls.shelf.aftermaths["call_1"].analysis is None


def test_a_contact_that_is_gone_gets_nothing(calls):
    """Neither when the call is read again."""
    _failed(calls)
    delete_contact(calls.crm, calls.call().contact_id)
    analyses.analyse_again(calls, "call_1")
    assert _callbacks(calls) == []
    assert calls.shelf.aftermaths["call_1"].analysis.state is AnalysisState.FAILED


def test_a_span_is_looked_through_page_by_page(calls):
    """Those that failed are read again, no others; the next page has a message of its own."""
    _failed(calls)
    for number in range(30):
        calls.book.create(a_call(id=f"call_x{number:02}", state=CallState.ENDED, finished_at=NOW))
    analyses.request_analyses(calls, NOW, NOW.replace(hour=13))
    while len(calls.wakeups.spans) > 0:
        analyses.analyse_span(calls, *calls.wakeups.spans.pop())
    assert calls.wakeups.analyses == ["call_1"]
    assert _refusal(analyses.request_analyses, calls, NOW, NOW) == "bad_span"


@pytest.mark.parametrize(
    ("field", "code"),
    [
        (replace(EMAIL, maps_to="shoe_size"), "unknown_field"),
        (replace(EMAIL, type=ExtractType.NUMBER), "other_kind"),
        (replace(EMAIL, maps_to="pets"), "other_kind"),
    ],
)
def test_a_template_names_fields_that_are_there(calls, field, code):
    """Of their kind; what is wrong is told when it is saved, not after a call."""
    define_field(calls.crm, NewField("pets", "Pets", FieldKind.NUMBER))
    template = calls.templates.get("template_1")
    wrong = replace(template, id="template_2", extract=(field,))
    with pytest.raises(Invalid) as refused:
        create_template(calls, wrong)
    assert (refused.value.code, refused.value.errors[0].pointer) == (code, "/extract")
    create_template(calls, replace(wrong, extract=(EMAIL, PETS)))


def test_a_stopped_system_still_keeps_promises_for_later(calls):
    """The kill switch holds at the dial, so that a promise made before it is not lost."""
    kill_switch(calls)
    _end(calls)
    finish_call(calls, "call_1")
    assert len(_callbacks(calls)) == 1
