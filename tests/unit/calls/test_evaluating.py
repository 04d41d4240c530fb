"""Evaluations: every scenario is played once, on a contact of its own, whatever dies on the way."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fakes.carrier import Fuse, Killed, Perilous
from fakes.evaluations import play_all

from chalicelib.ai.domain.conduct import Conduct
from chalicelib.ai.domain.evaluations import THEIR_OWN, Subject
from chalicelib.ai.domain.rehearsals import USED
from chalicelib.ai.domain.scenarios import Agent, EndState, Expectation, Persona, Scenario, Step, Stub
from chalicelib.ai.ports.models import ToolCall
from chalicelib.ai.services.counting import read_model_dashboard
from chalicelib.ai.services.evaluating import EvaluationWish, play_part, read_report, start_evaluation
from chalicelib.ai.services.rehearsing import TOO_DEAR, Part, play
from chalicelib.ai.services.verdicts import judged as judge_it
from chalicelib.calls.services.rehearsals import CallStage
from chalicelib.crm.domain.contacts import Contact, Tombstone
from chalicelib.crm.domain.throwaway import is_throw_away, throw_away_id
from chalicelib.crm.services.contacts import get_contact
from chalicelib.kernel.errors import Conflict, Invalid, NotFound, Unavailable
from chalicelib.kernel.ids import derived_id

EVALUATION = derived_id("eval", "test")
AGENT = Agent(
    prompt="You call {{ contact.name }} at {{ now }}.",
    greeting="Hello {{ first_name }}.",
    tools=("add_note", "update_contact", "schedule_callback", "send_sms", "end_call"),
)
CAREFUL = replace(AGENT, conduct=Conduct(confirm_tools=("add_note",)))
NOTE = ToolCall("1", "add_note", '{"text": "Likes tea"}')
ASKS, YES = "Shall I note that?", Step(caller="Yes, please.")


def scenario(*steps: Step, **more) -> Scenario:
    """Give a scenario of these steps."""
    return Scenario(more.pop("name", "test"), agent=more.pop("agent", AGENT), steps=steps, **more)


@pytest.fixture
def rehearse(calls):
    """Play one scenario with a model that answers from scripts; give what was seen."""

    def run(wanted: Scenario, *scripts, subject=THEIR_OWN, judged=False):
        calls.ai.model.scripts = [list(script) for script in scripts] or [["Fine."]]
        stage = CallStage(calls)
        cast = stage.enter(subject, wanted, "eval_1#0")
        played = play(calls.ai, stage, wanted, cast, Part(0, 1))
        stage.leave(cast)
        return judge_it(calls.ai, wanted, played, 20.0) if judged else played

    return run


def start(calls, *scenarios: Scenario, **more):
    """Start an evaluation."""
    return start_evaluation(calls.ai, CallStage(calls), EvaluationWish(EVALUATION, "", scenarios, **more))


def test_actions_change_the_throw_away_contact_only(rehearse, calls):
    """Its record is read after the conversation, and then it is gone; nobody else has changed."""
    before = get_contact(calls.crm, calls.crm.contacts.find_by_phone("+14155552671").id)
    update = ToolCall("1", "update_contact", '{"field": "email", "value": "new@example.com"}')
    note = ToolCall("2", "add_note", '{"text": "Likes tea"}')
    wanted = scenario(
        Step(caller="My mail is new."),
        contact_after=EndState({"email": "new@example.com"}, ("tea",)),
    )
    played = rehearse(wanted, [update, note], ["Done."])
    assert played.failures == ()
    assert [each.done for each in played.turns[1].seen if each.kind == USED] == [True, True]
    assert get_contact(calls.crm, before.id) == before


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("schedule_callback", '{"when": "2026-03-05T10:00"}'),
        ("send_sms", '{"text": "Hello"}'),
        ("stop_calling_me", "{}"),
    ],
)
def test_nothing_leaves_the_house(rehearse, calls, name, arguments):
    """What would leave it is answered by the scenario: no callback, no text, no number struck off."""
    wanted = scenario(Step(caller="Do it."), stubs={name: Stub("As you wish.")})
    played = rehearse(wanted, [ToolCall("1", name, arguments)], ["Done."])
    (used,) = [each for turn in played.turns for each in turn.seen if each.kind == USED]
    assert (used.text, used.done) == ("As you wish.", True)
    assert calls.scheduling.callbacks.by_key == {}
    assert calls.wakeups.messages == []
    assert played.contact.opted_out == (name == "stop_calling_me")


def test_arguments_of_rehearsed_actions_are_checked_all_the_same(rehearse):
    """The scenario does not answer for an action that could not have been carried out."""
    played = rehearse(
        scenario(Step(caller="Hi")), [ToolCall("1", "schedule_callback", '{"when": "soon"}')], ["Sorry."]
    )
    (used,) = [each for turn in played.turns for each in turn.seen if each.kind == USED]
    assert not used.done
    assert "refused" in used.text


def test_a_stub_may_refuse(rehearse):
    """The model is told that it was not possible."""
    wanted = scenario(Step(caller="Text me."), stubs={"send_sms": Stub("No.", done=False)})
    played = rehearse(wanted, [ToolCall("1", "send_sms", '{"text": "x"}')], ["Sorry."])
    (used,) = [each for turn in played.turns for each in turn.seen if each.kind == USED]
    assert (used.done, "No." in used.text) == (False, True)


@pytest.mark.parametrize(
    ("asks", "between", "yes", "is_done"),
    [
        (ASKS, (), YES, True),
        (ASKS, (), Step(caller="No."), False),
        ("I need a yes.", (), YES, False),
        (ASKS, (), replace(YES, heard="Shall I"), False),
        (ASKS, (), replace(YES, heard=ASKS), True),
        (ASKS, (Step(unclear="hm"),), YES, True),
        (ASKS, (Step(silent=True),), Step(caller="Yes."), False),
        (ASKS, (Step(silent=True),), YES, True),
        (ASKS, (Step(silent=True), Step(unclear="hm")), Step(caller="Yes."), False),
        (ASKS, (Step(silent=True),), replace(YES, heard="Are you"), True),
    ],
)
def test_a_yes_agrees_to_what_was_asked_aloud(rehearse, asks, between, yes, is_done):
    """The question mark must have been heard; noise changes nothing, and a bare yes after silence is none."""
    wanted = scenario(Step(caller="I like tea."), *between, yes, agent=CAREFUL)
    played = rehearse(wanted, [NOTE], [asks], [replace(NOTE, id="3")], ["Fine."])
    runs = [each.done for turn in played.turns for each in turn.seen if each.kind == USED]
    assert runs == [False, is_done]


def test_what_was_talked_over_is_not_in_the_history(rehearse, calls):
    """The model is shown what was heard of its answer, and not what it wrote."""
    steps = Step(caller="Hi"), Step(caller="Go on", heard="Once upon")
    rehearse(scenario(*steps), ["Once upon a time."], ["Yes?"])
    assert "Once upon a time." not in str(calls.ai.model.requests[-1].messages)
    assert "Once upon" in str(calls.ai.model.requests[-1].messages)


def test_it_is_played_at_its_own_time(rehearse, calls):
    """The prompt says the scenario's time, in the contact's zone."""
    from datetime import datetime  # noqa: PLC0415

    rehearse(scenario(Step(caller="Hi"), at=datetime(2026, 7, 1, 9, 30)))  # noqa: DTZ001  local to the contact
    assert "Wednesday, 01 July 2026, 09:30" in calls.ai.model.requests[-1].instructions


def test_a_persona_speaks_until_it_hangs_up(rehearse, calls):
    """It sees the conversation from the other end, and the agent never learns that it is played."""
    wanted = replace(scenario(), persona=Persona("Shy.", "A visit.", 5))
    played = rehearse(wanted, ["I want a visit."], ["When?"], ["[hang up]"])
    assert [turn.caller for turn in played.turns] == ["", "I want a visit."]
    asked = calls.ai.model.requests
    assert "You play a person" in asked[0].instructions
    assert "You play a person" not in asked[1].instructions
    assert played.usage.prompt_tokens == 300


def test_a_judge_is_asked_only_when_wanted(rehearse, calls):
    """What it does not speak of does not hold."""
    wanted = scenario(Step(caller="Hi"), judge=("It is polite.", "It is brief."))
    calls.ai.model.analyses = [{"verdicts": [{"criterion": 1, "holds": True, "reason": ""}]}]
    assert rehearse(wanted).verdicts == ()
    played = rehearse(wanted, judged=True)
    assert [verdict.holds for verdict in played.verdicts] == [True, False]
    assert [failure.where for failure in played.failures] == ["judge"]


def test_what_cannot_be_played_is_refused_before_anything_is_stored(calls):
    """A mistake in a prompt, an action or an expression names its scenario."""
    good = scenario(Step(caller="Hi"), name="good")
    for bad, code in (
        (scenario(Step(caller="Hi"), agent=replace(AGENT, prompt="{{ nobody }}")), "bad_template"),
        (scenario(Step(caller="Hi"), agent=replace(AGENT, tools=("fly",))), "unknown_tool"),
        (scenario(Step(caller="Hi", expect=(Expectation(says=("/(/",)),))), "bad_pattern"),
    ):
        with pytest.raises(Invalid) as refusal:
            start(calls, good, bad)
        assert refusal.value.code == code
    with pytest.raises(NotFound):
        start(calls, good, subject=Subject(template_id="template_9"))
    assert calls.ai.evaluations.get(EVALUATION) is None


def test_every_scenario_is_played_as_often_as_wanted(calls):
    """Four at a time, each once; the report tells flaky from failed."""
    wanted = [scenario(Step(caller="Hi"), name=f"s{place}") for place in range(5)]
    wanted.append(scenario(Step(caller="Hi", expect=(Expectation(uses="add_note"),)), name="bad"))
    assert start(calls, *wanted, repeat=2).total == 12
    assert play_all(calls) == 12
    evaluation, report = read_report(calls.ai, EVALUATION)
    assert (evaluation.state, evaluation.done, evaluation.passed) == ("done", 12, 10)
    assert [line.verdict for line in report] == ["passed"] * 5 + ["failed"]
    assert [line.played for line in report] == [2] * 6


def test_a_stored_template_or_prompt_can_be_tried(calls, rehearse):
    """The agent is then that of calls, and the scenario's own is not looked at."""
    rehearse(scenario(Step(caller="Hi")), subject=Subject(template_id="template_1"))
    assert "You sell to" in calls.ai.model.requests[-1].instructions
    rehearse(scenario(Step(caller="Hi")), subject=Subject(prompt_id="prompt_1", prompt_version=1))
    assert "You sell to" in calls.ai.model.requests[-1].instructions


def test_whoever_dies_leaves_no_contact_and_no_second_result(calls):
    """At each step of a playing: the message comes again, and what was left is cleared away."""
    burnt = 0
    for length in range(1, 60):
        evaluation_id = derived_id("eval", f"fuse{length}")
        wish = EvaluationWish(evaluation_id, "", (scenario(Step(caller="Hi")),), judged=True)
        start_evaluation(calls.ai, CallStage(calls), wish)
        fuse, contacts, evaluations = Fuse(length), calls.crm.contacts, calls.ai.evaluations
        calls.crm.contacts, calls.ai.evaluations = Perilous(contacts, fuse), Perilous(evaluations, fuse)
        try:
            play_part(calls.ai, CallStage(calls), evaluation_id, 0)
        except Killed:
            burnt += 1
        calls.crm.contacts, calls.ai.evaluations = contacts, evaluations
        play_part(calls.ai, CallStage(calls), evaluation_id, 0)
        assert read_report(calls.ai, evaluation_id)[0].passed == 1
        left = [calls.crm.contacts.get(throw_away_id(f"{evaluation_id}#0#{n}")) for n in range(3)]
        assert all(each is None or isinstance(each, Tombstone) for each in left), length
        if fuse.burnt < length:
            break
    assert burnt > 5


def test_a_number_that_somebody_has_is_not_taken(calls, rehearse):
    """Two playings at once have two contacts, with two numbers that nobody has."""
    stage = CallStage(calls)
    casts = [stage.enter(THEIR_OWN, scenario(Step(caller="Hi")), f"eval_{n}#0") for n in range(40)]
    numbers = {cast.context.number for cast in casts}
    assert len(numbers) == 40
    assert all(number[5:10] == "55501" for number in numbers)


def test_a_wish_not_to_be_called_strikes_no_number_off(rehearse, calls):
    """The register stays as it is, also when the scenario has no words for it."""
    taken = []
    real = calls.tools["stop_calling_me"]
    calls.tools["stop_calling_me"] = replace(real, run=lambda *given: taken.append(given) or "Struck off.")
    played = rehearse(scenario(Step(caller="Please never call me again.")))
    assert played.contact.opted_out
    assert taken == []


def test_a_message_that_comes_twice_asks_no_model(calls):
    """What was played is not played again; the lane goes on."""
    start(calls, *(scenario(Step(caller="Hi"), name=f"s{place}") for place in range(6)))
    play_part(calls.ai, CallStage(calls), EVALUATION, 0)
    asked = len(calls.ai.model.requests)
    calls.ai.evaluation_work.sent.clear()
    play_part(calls.ai, CallStage(calls), EVALUATION, 0)
    assert len(calls.ai.model.requests) == asked
    assert calls.ai.evaluation_work.sent == [(EVALUATION, 4)]


def rehearsals(calls):
    """Give what was kept of the evaluation."""
    return calls.ai.evaluations.rehearsals(EVALUATION, 100, None).items


def throw_aways(calls):
    """Give the throw-away contacts that are there."""
    known = (each for each in vars(calls.crm.contacts).values() if isinstance(each, dict))
    found = (one for each in known for one in each.values())
    return [one for one in found if isinstance(one, Contact) and is_throw_away(one.id)]


@pytest.mark.parametrize("fault", [RuntimeError("broken"), Conflict("No.", code="no_fictional_number")])
def test_what_breaks_is_the_playings_own_error(calls, monkeypatch, fault):
    """Whatever a stage raises, also after the contact was made: the lane goes on, and nobody is left."""
    start(calls, *(scenario(Step(caller="Hi"), name=f"s{place}") for place in range(6)))

    def broken(*_given):
        raise fault

    monkeypatch.setattr(CallStage, "_conversation", broken)
    assert play_all(calls) == 6
    assert read_report(calls.ai, EVALUATION)[0].state == "done"
    code = getattr(fault, "code", "internal_error")
    assert all(each.error.startswith(code) for each in rehearsals(calls))
    assert throw_aways(calls) == []


def test_a_template_that_was_deleted_meanwhile_fails_every_playing(calls):
    """Before a contact is made."""
    start(calls, scenario(Step(caller="Hi")), subject=Subject("template_1"), repeat=5)
    del calls.templates.by_id["template_1"]
    calls.crm.contacts.add = lambda *_given: pytest.fail("a contact was made")
    assert play_all(calls) == 5
    assert {each.error.partition(":")[0] for each in rehearsals(calls)} == {"template_not_found"}


def test_storage_that_is_away_is_tried_again(calls, monkeypatch):
    """Nothing is kept of it."""
    start(calls, scenario(Step(caller="Hi")))
    with monkeypatch.context() as patch:
        patch.setattr(calls.crm.contacts, "add", _away)
        with pytest.raises(Unavailable):
            play_part(calls.ai, CallStage(calls), EVALUATION, 0)
    assert list(rehearsals(calls)) == []


def _away(*_given):
    raise Unavailable("away", retryable=True)


def test_contacts_that_playings_left_are_swept_by_the_next_evaluation(calls, clock):
    """Those of an hour ago; one that is being played stays."""
    stage = CallStage(calls)
    stage.enter(THEIR_OWN, scenario(Step(caller="Hi")), "eval_9#0")
    clock.advance(hours=2)
    stage.enter(THEIR_OWN, scenario(Step(caller="Hi")), "eval_9#1")
    start(calls, scenario(Step(caller="Hi")))
    assert [contact.id for contact in throw_aways(calls)] == [throw_away_id("eval_9#1#0")]


def test_three_evaluations_run_at_a_time(calls, clock):
    """A fourth waits, unless one has stalled; a repetition is none."""

    def begin(name):
        wish = EvaluationWish(derived_id("eval", name), "", (scenario(Step(caller="Hi")),))
        return start_evaluation(calls.ai, CallStage(calls), wish)

    for name in ("a", "b", "c", "a"):
        begin(name)
    with pytest.raises(Conflict) as refusal:
        begin("d")
    assert refusal.value.code == "too_many_evaluations"
    clock.advance(minutes=31)
    assert begin("d").state == "running"


def test_an_evaluation_ends_when_it_has_cost_what_it_may(calls):
    """What is left is not played, and says why; a playing that goes on is broken off."""
    start(calls, scenario(*[Step(caller="Hi")] * 3), repeat=6, max_spend=1)
    assert play_all(calls) == 6
    evaluation, report = read_report(calls.ai, EVALUATION)
    assert (evaluation.state, evaluation.passed, evaluation.spent > 0) == ("done", 0, True)
    assert [each.error for each in rehearsals(calls)] == [TOO_DEAR] * 6
    assert [len(each.turns) for each in rehearsals(calls)][4:] == [0, 0]
    assert len(calls.ai.model.requests) == 1
    assert TOO_DEAR in report[0].failures


def test_questions_of_evaluations_are_counted_once(calls):
    """Also when whoever played died right before, and the message came again."""
    start(calls, scenario(Step(caller="Hi"), judge=("It is polite.",)), judged=True)
    count, calls.ai.model_statistics.count = calls.ai.model_statistics.count, _killed
    with pytest.raises(Killed):
        play_part(calls.ai, CallStage(calls), EVALUATION, 0)
    calls.ai.model_statistics.count = count
    for _ in range(2):
        play_part(calls.ai, CallStage(calls), EVALUATION, 0)
    assert read_model_dashboard(calls.ai).whole.requests == 2


def _killed(*_given):
    raise Killed


def test_a_judge_that_kills_the_function_is_asked_again_and_nothing_is_played_twice(calls, monkeypatch):
    """What was played is kept before the judge is asked."""
    calls.ai.model.analyses = [{"verdicts": [{"criterion": 1, "holds": True, "reason": ""}]}]
    start(calls, scenario(Step(caller="Hi"), judge=("It is polite.",)), judged=True)
    with monkeypatch.context() as patch:
        patch.setattr(calls.ai.model, "extract", _killed)
        with pytest.raises(Killed):
            play_part(calls.ai, CallStage(calls), EVALUATION, 0)
    asked = len(calls.ai.model.requests)
    play_part(calls.ai, CallStage(calls), EVALUATION, 0)
    assert len(calls.ai.model.requests) == asked
    assert rehearsals(calls)[0].passed


def test_a_judge_has_the_time_that_the_function_has_left(calls, clock):
    """Without its word nothing holds."""
    extract = calls.ai.model.extract

    def slow(*given):
        clock.advance(seconds=111)
        return extract(*given)

    calls.ai.model.extract = slow
    start(calls, scenario(Step(caller="Hi"), judge=("It is polite.",)), judged=True)
    play_part(calls.ai, CallStage(calls), EVALUATION, 0)
    assert [each.reason for each in rehearsals(calls)[0].verdicts] == ["The judge took too long."]
