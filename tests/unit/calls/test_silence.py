"""A caller who says nothing on the socket: asked again once, by whoever takes the next turn's number."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from fakes.calls import NOW, FakeVoice, connected
from fakes.carrier import Fuse, Killed, Perilous

from chalicelib.ai.domain import wording
from chalicelib.ai.domain.conversation import (
    CallerPressed,
    CallerSaid,
    CallerSilent,
    CallerUnclear,
    Hangup,
    Listen,
    Say,
)
from chalicelib.ai.domain.sentences import Sentence, sentence
from chalicelib.ai.ports.models import ToolCall
from chalicelib.calls.domain.calls import CallEvent, add_event
from chalicelib.calls.domain.happenings import Happening
from chalicelib.calls.domain.states import CallState
from chalicelib.calls.domain.turns import GREETING_TURN, Turn, TurnEnd, TurnKind
from chalicelib.calls.services.desk import read_call
from chalicelib.calls.services.silence import check_silence
from chalicelib.calls.services.turns import TurnRequest, take_turn


@pytest.fixture
def greeted(calls):
    """A call whose greeting was spoken."""
    connected(calls)
    calls.turns.open(
        "call_1", Turn(GREETING_TURN, TurnKind.GREETING, NOW, answer="Hello.", end=TurnEnd.LISTEN)
    )
    return calls


def _check(calls, number=0, voice=None):
    voice = voice or FakeVoice()
    check_silence(calls, "call_1", number, lambda _: voice)
    return voice.uttered


def _kinds(calls):
    return [turn.kind for _, turn in sorted(calls.shelf.turns.items())]


def test_a_caller_who_says_nothing_is_asked_again(greeted):
    """The silence is a turn like any other, and no model is asked."""
    assert _check(greeted) == [Say(wording.STILL_THERE, last=True), Listen()]
    turn = greeted.shelf.turns["call_1", 1]
    assert (turn.kind, turn.answer, turn.end) == (TurnKind.SILENCE, wording.STILL_THERE, TurnEnd.LISTEN)
    assert greeted.ai.model.requests == []


def test_the_ladder_ends_with_a_goodbye(greeted):
    """Asked, told of the keys, and the call ends; each step finds the one before."""
    said = [_check(greeted, number) for number in range(3)]
    assert said[2][-1] == Hangup("silence")
    assert _check(greeted, 3) == []


def test_the_message_that_comes_twice_speaks_once(greeted):
    """SQS delivers at least once."""
    _check(greeted)
    greeted.clock.advance(seconds=60)
    assert _check(greeted) == []
    assert _kinds(greeted) == [TurnKind.GREETING, TurnKind.SILENCE]


def test_a_caller_who_spoke_is_not_asked(greeted):
    """The message finds a newer turn; one look is all that it costs."""
    take_turn(greeted, TurnRequest("call_1", CallerUnclear("Hi"), NOW, 20.0), lambda _: FakeVoice())
    greeted.shelf.uses.clear()
    assert _check(greeted) == []
    assert greeted.shelf.uses == {"since": 1}


def test_a_caller_who_speaks_at_the_same_moment_wins(greeted):
    """Between the look and the turn the caller's words take the number."""
    original = greeted.turns.open

    def overtaken(call_id, turn):
        greeted.turns.open = original
        original(call_id, Turn(1, TurnKind.SPEECH, NOW, said="Hi"))
        return original(call_id, turn)

    greeted.turns.open = overtaken
    assert _check(greeted) == []
    assert _kinds(greeted) == [TurnKind.GREETING, TurnKind.SPEECH]


def test_of_two_deliveries_at_the_same_moment_one_asks(greeted):
    """Between the look of one and its turn, the other takes the number and still speaks."""
    original = greeted.turns.open

    def overtaken(call_id, turn):
        greeted.turns.open = original
        original(call_id, Turn(1, TurnKind.SILENCE, NOW))
        return original(call_id, turn)

    greeted.turns.open = overtaken
    assert _check(greeted) == []


def test_a_caller_talked_over_by_noise_is_asked(greeted):
    """The agent fell silent because somebody coughed; nobody would speak again."""
    greeted.turns.interrupt("call_1", 0, "Hel")
    assert _check(greeted) != []


@pytest.mark.parametrize("why", ["over", "ending", "lost", "no turn"])
def test_nobody_is_asked_who_cannot_answer(greeted, why):
    """The call is over or ending, or goes on without this socket."""
    if why == "over":
        greeted.book.change("call_1", lambda call: replace(call, state=CallState.ENDED))
    elif why == "ending":
        greeted.turns.close("call_1", replace(greeted.shelf.turns["call_1", 0], end=TurnEnd.HANG_UP))
    elif why == "lost":
        lost = CallEvent("2026", Happening.RELAY_LOST, Happening.RELAY_LOST)
        greeted.book.change("call_1", lambda call: add_event(call, lost))
    else:
        greeted.shelf.turns.clear()
    assert _check(greeted) == []
    assert TurnKind.SILENCE not in _kinds(greeted)


@pytest.mark.parametrize(
    "keys",
    [
        ["machine_taken_over_1"],
        ["message_begun"],
        ["voicemail_begun"],
        ["transfer_begun:a"],
        ["transfer_begun:a", "transfer_failed:a", "transfer_begun:b"],
        ["transfer_begun:a", "transfer_joined:a"],
    ],
)
def test_nobody_is_asked_who_is_not_with_the_ai(greeted, keys):
    """They are handed over, or leave a message, or are a machine that is left one."""
    _happened(greeted, *keys)
    assert _check(greeted) == []
    assert _kinds(greeted) == [TurnKind.GREETING]


@pytest.mark.parametrize(
    "keys", [["transfer_begun:a", "transfer_failed:a"], ["machine_taken_over_1", "machine_doubted"]]
)
def test_whoever_came_back_to_the_ai_is_asked(greeted, keys):
    """Nobody took the call, or it was no machine."""
    _happened(greeted, *keys)
    assert _check(greeted)[-1] == Listen()


def _happened(calls, *keys):
    for key in keys:
        kind = Happening(key.partition(":")[0].removesuffix("_1"))
        event = CallEvent("2026", key, kind)
        calls.book.change("call_1", lambda call, event=event: add_event(call, event))


def test_a_turn_that_is_being_answered_is_looked_at_later(greeted):
    """Its process may die yet, and nobody else would notice."""
    greeted.turns.open("call_1", Turn(1, TurnKind.SPEECH, NOW, said="Hi"))
    greeted.clock.advance(seconds=20)
    assert _check(greeted) == [Listen()]


@pytest.mark.parametrize("kind", [TurnKind.SPEECH, TurnKind.KEYS, TurnKind.UNCLEAR])
def test_a_turn_that_nobody_answers_any_more_ends_the_session(greeted, kind):
    """The caller waits in silence; the end of the session apologises."""
    greeted.turns.open("call_1", Turn(1, kind, NOW, said="Hi"))
    greeted.turns.open("call_1", Turn(2, kind, NOW, said="Hello?"))
    greeted.clock.advance(seconds=40)
    turns = []
    voice = FakeVoice()
    check_silence(greeted, "call_1", 0, lambda turn: turns.append(turn.number) or voice)
    assert (turns, voice.uttered) == ([2], [Hangup("turn_failed")])


def test_a_turn_that_was_answered_has_a_look_of_its_own(greeted):
    """However old the one before it is."""
    greeted.turns.open("call_1", Turn(1, TurnKind.SPEECH, NOW, said="Hi"))
    greeted.turns.open("call_1", Turn(2, TurnKind.SPEECH, NOW, said="Hi", answer="Yes?", end=TurnEnd.LISTEN))
    greeted.clock.advance(seconds=60)
    assert _check(greeted) == []


@pytest.mark.parametrize("step", range(1, 16))
def test_whenever_the_process_dies_the_caller_is_asked_in_the_end(greeted, step):
    """The message comes again; the question is spoken, is stored as one turn, and is never two."""
    voice, fuse = FakeVoice(), Fuse(step)
    ports = {name: getattr(greeted, name) for name in ("book", "turns")}
    for name, port in ports.items():
        setattr(greeted, name, Perilous(port, fuse))
    try:
        _check(greeted, voice=voice)
    except Killed:
        for name, port in ports.items():
            setattr(greeted, name, port)
        greeted.clock.advance(minutes=3)
        _check(greeted, voice=voice)
        _check(greeted, voice=voice)
    assert Say(wording.STILL_THERE, last=True) in voice.uttered
    assert _kinds(greeted) == [TurnKind.GREETING, TurnKind.SILENCE]
    assert greeted.shelf.turns["call_1", 1].end is TurnEnd.LISTEN


def test_a_second_delivery_at_once_leaves_the_first_alone(greeted):
    """While one process speaks the question, another that was given the message too keeps quiet."""
    inner = []
    voice = FakeVoice(after=lambda count: inner.append(_check(greeted)) if count == 1 else None)
    _check(greeted, voice=voice)
    assert inner == [[]]


def test_noise_is_no_turn_while_an_answer_is_on_its_way(calls, talk):
    """A breath must not cost the caller the answer to what they asked."""
    inner = []
    calls.ai.model.scripts = [[lambda: inner.append(talk(CallerUnclear("."), seconds=2)), "We sell pumps."]]
    turn, _ = talk("What do you sell?")
    assert turn.answer == "We sell pumps."
    assert inner == [(None, [])]


def test_noise_after_an_answer_is_asked_about(calls, talk):
    """Without a model; it counts as a silence does."""
    turn, uttered = talk(CallerUnclear("hrm"))
    assert uttered == [Say(wording.UNCLEAR, last=True), Listen()]
    assert (turn.kind, turn.said) == (TurnKind.UNCLEAR, "hrm")
    assert talk(CallerSilent(), seconds=2)[1][0].text.startswith("I cannot hear you well")
    assert calls.ai.model.requests == []


@pytest.mark.parametrize(
    ("lang", "kept", "spoken"),
    [("de", "de-DE", "de-DE"), ("en", "en-US", ""), ("en-US", "en-US", ""), ("fr", "fr", ""), ("", "", "")],
)
def test_an_answer_is_spoken_in_the_language_of_the_question(calls, talk, lang, kept, spoken):
    """The carrier names it without its country; a language that the call does not have is not spoken."""
    calls.shelf.briefs["call_1"] = replace(calls.shelf.briefs["call_1"], languages=("de-DE", "es-MX"))
    turn, uttered = talk(CallerSaid("Was kostet das?", lang))
    assert turn.language == kept
    words = [each for each in uttered if isinstance(each, Say)]
    assert words
    assert {each.language for each in words} == {spoken}


@pytest.mark.parametrize(
    ("text", "tag", "said"),
    [
        (
            "Rufen Sie mich nicht mehr an.",
            "de",
            Say(sentence(Sentence.OPTED_OUT, "de"), last=True, language="de-DE"),
        ),
        ("Non chiamatemi. Stop calling me.", "it", Say(wording.OPTED_OUT, last=True)),
        ("Stop calling me.", "en", Say(wording.OPTED_OUT, last=True)),
    ],
)
def test_our_own_sentences_are_in_the_language_of_the_caller_if_we_have_it(calls, talk, text, tag, said):
    """A caller who is answered in a language without our sentences hears them in the call's own."""
    languages = ("de-DE", "it-IT")
    calls.shelf.briefs["call_1"] = replace(calls.shelf.briefs["call_1"], languages=languages)
    _, uttered = talk(CallerSaid(text, tag))
    assert [each for each in uttered if isinstance(each, Say)] == [said]


@pytest.mark.parametrize(
    ("event", "judged"),
    [
        (CallerSaid("Das ist furchtbar, ich möchte mich beschweren.", "de"), ("negative", "complaint")),
        (CallerSaid("That is great, how much is it?", "en"), ("positive", "price")),
        (CallerSilent(), (None, "")),
        (CallerUnclear("terrible"), (None, "")),
    ],
)
def test_the_callers_words_tell_their_mood_and_wish(calls, talk, event, judged):
    """Each utterance is judged by itself, in its language; silence and noise say nothing."""
    calls.shelf.briefs["call_1"] = replace(calls.shelf.briefs["call_1"], languages=("de-DE",))
    turn, _ = talk(event)
    assert (turn.sentiment, turn.intent) == judged
    assert calls.shelf.turns["call_1", turn.number] == turn


def test_who_answers_by_a_document_does_not_wait_for_a_judgement(calls, talk):
    """Nothing is said before the turn is closed there: its words are judged when the call is read."""
    turn, _ = talk(CallerSaid("That is great, how much is it?"), number=1)
    assert (turn.sentiment, turn.intent) == (None, "")
    assert calls.shelf.turns["call_1", 1] == turn
    read = read_call(calls, "call_1").turns[-1]
    assert (read.sentiment, read.intent) == ("positive", "price")


def test_a_language_stays_until_the_caller_speaks_another(calls, talk):
    """Silence, a shared word and a key are answered in the language of the last words."""
    calls.shelf.briefs["call_1"] = replace(calls.shelf.briefs["call_1"], languages=("de-DE",))
    talk(CallerSaid("Ich habe eine Frage.", "en-US"))
    turn, uttered = talk(CallerSilent(), seconds=1)
    assert (turn.language, uttered[0]) == ("de-DE", Say("Sind Sie noch da?", last=True, language="de-DE"))
    assert talk(CallerSaid("ok", "en-US"), seconds=2)[0].language == "de-DE"
    assert "Answer in German." in calls.ai.model.requests[-1].instructions
    turn, _ = talk(CallerSaid("Do you have this in English? I want to buy it.", "de"), seconds=3)
    assert turn.language == "en-US"
    assert "Answer in English." in calls.ai.model.requests[-1].instructions


def test_silence_needs_no_action_and_no_price(calls, talk):
    """Whoever asks only whether somebody is there builds neither the tools nor the model."""
    calls.__dict__["tools"] = None
    calls.ai.model = None
    assert talk(CallerSilent())[0].answer == wording.STILL_THERE


def test_the_spend_of_a_call_is_limited(calls, talk):
    """What the line, the relay and the tokens have cost so far is compared; the turn ends the call."""
    calls.shelf.briefs["call_1"] = replace(calls.shelf.briefs["call_1"], max_spend=100_000)
    assert talk("Hi", seconds=1)[0].end is TurnEnd.LISTEN
    calls.clock.advance(seconds=61)  # the second minute: 2 x (0.014 + 0.07) dollars
    turn, _ = talk("Go on", seconds=70)
    assert (turn.end, turn.reason, turn.answer) == (TurnEnd.HANG_UP, "spend_limit", wording.SPENT)
    assert len(calls.ai.model.requests) == 1


def test_a_model_without_a_price_counts_as_the_dearest(calls, talk):
    """A limit that nobody can compute must not be none."""
    calls.ai.model.name = "some-model"
    calls.shelf.briefs["call_1"] = replace(calls.shelf.briefs["call_1"], max_spend=84_000 + 200)
    talk("Hi", seconds=1)
    assert talk("Hi", seconds=2)[0].reason == "spend_limit"


def _press(calls, talk, keys, seconds=1.0):
    """Press keys one after the other, each before the pause for the last is over."""
    waiting, taken = list(keys), []

    def press(_seconds=0.0):
        if waiting:
            key = waiting.pop(0)
            taken.append(talk(CallerPressed(key), seconds=seconds + len(taken) * 0.3))

    calls.clock.pause = press
    while waiting:
        press()
    return taken


def _asked(calls):
    return [request.messages[-1].text for request in calls.ai.model.requests]


def test_keys_pressed_quickly_are_one_number(calls, talk):
    """Each key is a turn, and only the last is answered: the model hears of all of them at once."""
    taken = _press(calls, talk, "1294")
    assert _asked(calls) == ["[keypad: 1294]"]
    assert calls.numbers.status(calls.call().number).suppressed_at is None
    assert sorted(calls.shelf.turns) == [("call_1", number) for number in range(1, 5)]
    assert sum(bool(uttered) for _, uttered in taken) == 1


def test_a_number_is_remembered_as_one(calls, talk):
    """The next question's history has it together."""
    _press(calls, talk, "42#")
    calls.clock.pause = lambda _: None
    talk("And?", seconds=30)
    assert next(message.text for message in calls.ai.model.requests[-1].messages) == "[keypad: 42]"


def test_keys_that_were_taken_in_the_wrong_order_are_put_right(calls, talk):
    """Each frame has a process of its own: what counts is when it arrived."""
    waiting = [("1", 1.0), ("3", 1.6)]

    def press(_seconds=0.0):
        if waiting:
            key, at = waiting.pop(0)
            talk(CallerPressed(key), seconds=at)

    calls.clock.pause = press
    talk(CallerPressed("2"), seconds=1.3)
    assert _asked(calls) == ["[keypad: 123]"]


def test_keys_long_after_others_begin_a_new_number(calls, talk):
    """A key whose turn died is not kept for ever: `9` is the opt-out again."""
    calls.turns.open("call_1", Turn(1, TurnKind.KEYS, NOW, said="[keypad: 1]"))
    calls.clock.pause = lambda _: None
    turn, _ = talk(CallerPressed("9"), seconds=timedelta(minutes=1).total_seconds())
    assert turn.reason == "opted_out"


def test_pressing_nine_twice_is_an_opt_out_too(calls, talk):
    """An impatient caller is understood."""
    taken = _press(calls, talk, "99")
    assert {turn.reason for turn, _ in taken} == {"opted_out"}


def test_an_action_that_ended_the_talk_is_not_waited_behind(calls, talk):
    """A key that acts does so at once: nothing is paused for."""
    calls.clock.pause = lambda _: pytest.fail("waited")
    calls.ai.model.scripts = [[ToolCall("t", "end_call", "{}")]]
    assert talk(CallerPressed("9"))[0].reason == "opted_out"


def test_the_last_key_to_be_served_need_not_be_the_last_pressed(calls, talk):
    """The one that is answered puts all in order, itself included."""
    waiting = [("3", 1.6), ("2", 1.3)]

    def press(_seconds=0.0):
        if waiting:
            key, at = waiting.pop(0)
            talk(CallerPressed(key), seconds=at)

    calls.clock.pause = press
    talk(CallerPressed("1"), seconds=1.0)
    assert _asked(calls) == ["[keypad: 123]"]


def test_a_second_nine_is_no_number_while_the_first_is_carried_out(calls, talk):
    """The first is not answered yet; both are the wish not to be called again."""
    calls.turns.open("call_1", Turn(1, TurnKind.KEYS, NOW, said="[keypad: 9]"))
    calls.clock.pause = lambda _: None
    assert talk(CallerPressed("9"), seconds=1)[0].reason == "opted_out"
    assert calls.ai.model.requests == []


def test_of_two_that_ask_in_place_of_one_that_died_the_second_finds_it_done(greeted):
    """Between its look and its turn the other has asked."""
    greeted.turns.open("call_1", Turn(1, TurnKind.SILENCE, NOW))
    greeted.clock.advance(minutes=3)
    original = greeted.book.load

    def after_the_other(call_id):
        greeted.book.load = original
        assert _check(greeted) != []
        return original(call_id)

    greeted.book.load = after_the_other
    assert _check(greeted) == []


def test_a_nine_that_was_served_late_is_still_a_part_of_its_number(calls, talk):
    """It was pressed right after the others, which were answered before a process was free for it."""
    _press(calls, talk, "12")
    turn, _ = talk(CallerPressed("9"), seconds=1.6)
    assert _asked(calls) == ["[keypad: 12]", "[keypad: 129]"]
    assert turn.reason != "opted_out"
    assert calls.numbers.status(calls.call().number).suppressed_at is None


def test_a_nine_after_an_answer_is_a_wish(calls, talk):
    """The number before it was over."""
    _press(calls, talk, "12")
    assert talk(CallerPressed("9"), seconds=4)[0].reason == "opted_out"
