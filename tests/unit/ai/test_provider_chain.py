"""Asking one provider after the other: who is asked when, what the caller hears, what is told of it."""

from __future__ import annotations

from datetime import UTC, datetime
from threading import Event

import pytest

from chalicelib.ai.domain.analysis import Usage
from chalicelib.ai.domain.asking import ModelUse, UnreadableError
from chalicelib.ai.domain.conversation import CallerSaid, Conversation, Heard, Say
from chalicelib.ai.domain.sentences import Sentence, sentence
from chalicelib.ai.engine import Engine
from chalicelib.ai.ports.models import READING_S, Begun, Finished, ModelRequest, TextDelta, ToolCall
from chalicelib.ai.services.meter import Meter, TooSlowError, estimated_usage
from chalicelib.ai.services.providers import REST_S, ProviderChain
from chalicelib.ai.services.questions import Provider
from chalicelib.kernel.clock import FixedClock, SystemClock
from chalicelib.kernel.errors import Invalid, Unavailable

SAY_AGAIN = sentence(Sentence.SAY_AGAIN)
USAGE = Usage(100, 40, 10)
DOWN = Unavailable("down", retryable=True, code="model_failed")
GOOD = ("We sell pumps.", Finished(USAGE))
ACTION = ToolCall("t", "add_note", '{"text": "x"}')


class Scripted:
    """An adapter that plays one script for ever."""

    def __init__(self, clock, steps):
        self.clock, self.steps = clock, steps
        self.requests, self.open = [], 0

    def stream(self, request):
        """Play the script."""
        self.requests.append(request)
        self.open += 1
        try:
            for step in self.steps:
                yield from self._play(step)
        finally:
            self.open -= 1

    def _play(self, step):
        if isinstance(step, Exception):
            raise step
        if isinstance(step, float):
            self.clock.advance(seconds=step)
        else:
            yield TextDelta(step) if isinstance(step, str) else step

    def extract(self, *_):
        """Answer, or fail as the script begins."""
        self.requests.append(None)
        if isinstance(self.steps[0], Exception):
            raise self.steps[0]
        return {"a": 1}, USAGE


def _heard(parts):
    said = [part.text if isinstance(part, TextDelta) else getattr(part, "bridge", "") for part in parts]
    return "".join(said)


class Chain:
    """A chain of scripted providers, called a, b and c."""

    def __init__(self, *scripts):
        self.clock = FixedClock(datetime(2026, 1, 5, 15, tzinfo=UTC))
        self.speakers = {
            name: Scripted(self.clock, steps) for name, steps in zip("abc", scripts, strict=False)
        }
        providers = tuple(
            Provider(name, f"model-{name}", 2.0, lambda found=speaker: found)
            for name, speaker in self.speakers.items()
        )
        self.chain = ProviderChain(providers, self.clock)
        self.told = []

    def ask(self, **fields):
        """Ask, and give every part."""
        request = ModelRequest("Be brief.", (Heard("Hi"),), **fields, tell=self.told.append)
        return list(self.chain.stream(request))

    def words(self, **fields):
        """Ask, and give what the caller hears."""
        return _heard(self.ask(**fields))

    @property
    def asked(self):
        """Give the providers that were asked, by name."""
        return [name for name, speaker in self.speakers.items() for _ in speaker.requests]

    @property
    def uses(self):
        """Give the questions that are over."""
        return [use for use in self.told if use.total_ms is not None]


def test_the_first_provider_answers_and_nobody_else_is_asked():
    """Words come as they come, the end last; the question is told when it begins and when it is over."""
    chain = Chain((0.3, "We ", 0.4, "sell.", Finished(USAGE)), GOOD)
    assert chain.ask() == [TextDelta("We "), TextDelta("sell."), Finished(USAGE)]
    assert chain.asked == ["a"]
    assert chain.told == [ModelUse("a", "model-a"), ModelUse("a", "model-a", USAGE, 300, 700)]


@pytest.mark.parametrize("code", ["model_failed", "model_rate_limited", "model_refused", "model_unreachable"])
def test_the_next_provider_is_asked_when_one_fails(code):
    """Whatever the failure, the caller hears one answer; what failed at once was not paid for."""
    chain = Chain((Unavailable("no", retryable=False, code=code),), GOOD)
    assert chain.words() == "We sell pumps."
    assert [(use.provider, use.error, use.usage) for use in chain.uses] == [
        ("a", code, Usage()),
        ("b", "", USAGE),
    ]


def test_a_provider_that_does_not_begin_in_time_is_left_and_cancelled():
    """After its time the next one answers; the late one's connection is closed, its prompt is counted."""
    chain = Chain((2.1, "Late.", Finished(USAGE)), GOOD)
    assert chain.words() == "We sell pumps."
    assert chain.speakers["a"].open == 0
    assert chain.uses[0].error == "model_timeout"
    assert chain.uses[0].usage.prompt_tokens > 0


def test_an_action_that_has_begun_is_in_time():
    """Its arguments may take longer than the first words may."""
    chain = Chain((1.0, Begun(), 1.5, ACTION, Finished(USAGE)), GOOD)
    assert chain.ask() == [ACTION, Finished(USAGE)]
    assert (chain.asked, chain.uses[0].first_ms) == (["a"], 1000)


def test_the_last_provider_has_the_time_that_its_adapter_gives_it():
    """Nobody else could answer: leaving it would only bring an apology."""
    assert Chain((DOWN,), (4.0, *GOOD)).words() == "We sell pumps."


def test_an_answer_that_breaks_off_is_begun_again_by_the_next():
    """The caller hears why; who takes over knows what was heard; it stays one answer."""
    chain = Chain(("We sell pumps and", DOWN), ("Pumps and pipes.", Finished(USAGE)))
    assert chain.words() == f"We sell pumps and. {SAY_AGAIN} Pumps and pipes."
    told = chain.speakers["b"].requests[0].instructions
    assert told.startswith("Be brief.")
    assert "We sell pumps and" in told
    assert chain.uses[0].usage.completion_tokens > 0


def test_the_words_before_a_new_beginning_are_the_requests():
    """A German caller is not told so in English; a finished sentence gets no second full stop."""
    chain = Chain(("Ja. ", DOWN), ("Gut.", Finished(USAGE)))
    assert chain.words(again="Entschuldigung, noch einmal.") == "Ja. Entschuldigung, noch einmal. Gut."


def test_words_that_end_in_a_space_get_no_full_stop_after_it():
    """No point stands alone in what is spoken."""
    assert Chain(("We sell and ", DOWN), GOOD).words() == f"We sell and {SAY_AGAIN} We sell pumps."


def _told_by(chain, caller="When?", language="de-DE"):
    conversation = Conversation("Be brief.", "", own_language=language)
    said = Engine(chain.chain).respond(conversation, CallerSaid(caller))
    return "".join(each.text for each in said if isinstance(each, Say))


def test_the_caller_hears_it_in_their_language():
    """The engine says which; what was heard is told to whoever takes over."""
    chain = Chain(("Ja, das geht. Und ", DOWN), ("Am Montag.", Finished(USAGE)))
    again = sentence(Sentence.SAY_AGAIN, "de")
    assert _told_by(chain) == f"Ja, das geht. Und{' '}{again} Am Montag."
    assert again in chain.speakers["b"].requests[0].instructions


@pytest.mark.parametrize(("language", "held"), [("en-US", "I have booked "), ("de-DE", "Ich habe ")])
def test_nobody_apologises_for_words_that_were_not_heard(language, held):
    """They were held back as a claim may be: the next answer is all that is heard."""
    chain = Chain((held, DOWN), ("Ten is free.", Finished(USAGE)))
    assert _told_by(chain, language=language) == "Ten is free."
    assert chain.speakers["b"].requests[0].instructions == chain.speakers["a"].requests[0].instructions


def test_a_silence_within_an_answer_is_not_waited_out():
    """The next provider begins again; the late one's connection is closed."""
    chain = Chain(("We sell.", 2.1, " Pumps.", Finished(USAGE)), GOOD)
    assert chain.words() == f"We sell. {SAY_AGAIN} We sell pumps."
    assert (chain.speakers["a"].open, chain.uses[0].error) == (0, "model_timeout")
    assert chain.uses[0].usage.completion_tokens > 0


def test_a_pause_within_an_answer_is_waited_out():
    """Each word has its own time."""
    chain = Chain((1.9, "We ", 1.9, "sell ", 1.9, "pumps.", Finished(USAGE)), GOOD)
    assert (chain.words(), chain.asked) == ("We sell pumps.", ["a"])


def test_an_action_that_does_not_come_is_not_waited_for():
    """That it has begun gives it as much time again, and no more."""
    chain = Chain((1.9, Begun(), 2.1, ACTION, Finished(USAGE)), GOOD)
    assert chain.words() == "We sell pumps."
    assert chain.uses[0].error == "model_timeout"


def test_nobody_apologises_twice_for_one_silence():
    """A second failure before any word adds none."""
    assert Chain(("We", DOWN), (DOWN,), GOOD).words().count(SAY_AGAIN) == 1


def test_when_all_fail_the_last_failure_is_told():
    """The engine then says what it says of a model that is away."""
    last = Unavailable("no", retryable=True, code="model_rate_limited")
    chain = Chain((DOWN,), (last,))
    with pytest.raises(Unavailable) as failure:
        chain.ask()
    assert failure.value is last
    assert [use.error for use in chain.uses] == ["model_failed", "model_rate_limited"]


UNUSABLE = [
    ((Finished(USAGE),), "model_empty"),
    (("  ", Finished(USAGE)), "model_empty"),
    ((Finished(USAGE, is_cut=True),), "model_cut_short"),
    ((ACTION, Finished(USAGE, is_cut=True)), "model_cut_short"),
    ((ToolCall("t", "add_note", '{"broken": '), Finished(USAGE)), "model_bad_tool"),
    ((ToolCall("t", "add_note", "[1]"), Finished(USAGE)), "model_bad_tool"),
]


@pytest.mark.parametrize(("steps", "code"), UNUSABLE)
def test_an_answer_that_cannot_be_used_is_asked_for_elsewhere(steps, code):
    """Empty, cut before its first word, or an action that is no JSON: paid for, and not passed on."""
    chain = Chain(steps, GOOD)
    parts = chain.ask()
    assert [part for part in parts if not isinstance(part, TextDelta)] == [Finished(USAGE)]
    assert (chain.uses[0].error, chain.uses[0].usage) == (code, USAGE)


@pytest.mark.parametrize(("steps", "code"), UNUSABLE)
def test_of_the_last_provider_it_is_passed_on(steps, code):
    """The engine asks the caller to repeat, the action's own check refuses it; cut actions are left out."""
    chain = Chain(steps)
    parts = chain.ask()
    assert isinstance(parts[-1], Finished)
    assert [part for part in parts if isinstance(part, ToolCall)] == [
        step for step in steps if isinstance(step, ToolCall) and code == "model_bad_tool"
    ]
    assert chain.uses[0].error == code


def test_words_that_were_cut_at_their_limit_stand():
    """The caller has heard them: nobody begins again, and what happened is told."""
    chain = Chain(("We sell", ACTION, Finished(USAGE, is_cut=True)), GOOD)
    assert chain.words() == "We sell"
    assert (chain.asked, chain.uses[0].error) == (["a"], "model_cut_short")


def test_a_provider_that_has_just_failed_is_asked_last():
    """For half a minute; then it is asked first again."""
    chain = Chain((DOWN,), GOOD)
    chain.ask()
    chain.ask()
    assert chain.asked == ["a", "b", "b"]
    chain.clock.advance(seconds=REST_S)
    chain.ask()
    assert chain.asked == ["a", "a", "b", "b", "b"]


def test_an_unusable_answer_is_no_outage():
    """It says nothing of the next question, which goes the usual way."""
    chain = Chain((Finished(USAGE),), GOOD)
    chain.ask()
    chain.ask()
    assert chain.asked == ["a", "a", "b", "b"]


def test_all_resting_is_none_resting():
    """Somebody must be asked, in the usual order."""
    chain = Chain((DOWN,), (DOWN,))
    for _ in range(2):
        with pytest.raises(Unavailable):
            chain.ask()
    assert chain.asked == ["a", "a", "b", "b"]


def test_a_request_names_who_is_asked_and_in_which_order():
    """Names that are not configured any more are passed over; when none is left, all are asked."""
    chain = Chain(GOOD, GOOD, GOOD)
    for names in (("c", "a"), ("gone", "b"), ("gone",)):
        chain.ask(providers=names)
    assert [use.provider for use in chain.uses] == ["c", "b", "a"]


def test_the_time_of_the_turn_is_shared():
    """Who is asked second has what the first has left; where nothing is left nobody is asked."""
    chain = Chain((2.5, DOWN), GOOD)
    chain.ask(time_left_s=10.0)
    assert chain.speakers["b"].requests[0].time_left_s == pytest.approx(7.5)
    chain = Chain(("We", 2.5, DOWN), GOOD)
    with pytest.raises(Unavailable):
        chain.ask(time_left_s=2.0)
    assert chain.asked == ["a"]


def test_a_closed_answer_cancels_the_question_and_is_counted():
    """The caller spoke on: the provider bills what it has read and written so far."""
    chain = Chain((0.1, "We sell pumps.", "More.", Finished(USAGE)), GOOD)
    parts = chain.chain.stream(ModelRequest("Be brief.", (Heard("Hi"),), tell=chain.told.append))
    next(parts)
    parts.close()
    assert chain.speakers["a"].open == 0
    [use] = chain.uses
    assert (use.error, use.first_ms) == ("cancelled", 100)
    assert use.usage.completion_tokens > 0


def test_a_fault_of_ours_is_no_providers_failure():
    """It is told, and goes on its way."""
    chain = Chain((ZeroDivisionError(),), GOOD)
    with pytest.raises(ZeroDivisionError):
        chain.ask()
    assert (chain.asked, chain.uses[0].error) == (["a"], "model_broke")


@pytest.mark.parametrize("failure", [DOWN, Invalid("no", code="bad_analysis")])
def test_reading_falls_back_too(failure):
    """The last one that was told of is the one that answered."""
    chain = Chain((failure,), GOOD)
    assert chain.chain.extract("task", "text", "name", {}, chain.told.append) == ({"a": 1}, USAGE)
    assert [(use.provider, use.error, use.usage) for use in chain.uses] == [
        ("a", failure.code, Usage()),
        ("b", "", USAGE),
    ]


def test_a_reading_that_was_no_use_is_paid_for():
    """What it consumed is told with its failure; of one that was too slow it is estimated."""
    refused = UnreadableError("no", code="bad_analysis", usage=USAGE)
    late = Unavailable("late", retryable=True, code="model_timeout")
    chain = Chain((refused,), (late,), GOOD)
    chain.chain.extract("task", "text", "name", {}, chain.told.append)
    assert chain.uses[0].usage == USAGE
    assert chain.uses[1].usage.prompt_tokens > 0


def test_readings_share_their_time():
    """Two that hang end within it, so that the job that waits for them lives."""
    chain = Chain((DOWN,), (DOWN,))
    given = []

    def hang(*asked):
        given.append(asked[-1])
        chain.clock.advance(seconds=asked[-1])
        raise Unavailable("late", retryable=True, code="model_timeout")

    for speaker in chain.speakers.values():
        speaker.extract = hang
    with pytest.raises(Unavailable):
        chain.chain.extract("task", "text", "name", {})
    assert given == [READING_S / 2, READING_S / 2]


def test_reading_fails_with_the_last_failure():
    """Nobody could."""
    chain = Chain((DOWN,), (Invalid("no", code="bad_analysis"),))
    with pytest.raises(Invalid):
        chain.chain.extract("task", "text", "name", {})


class Stalling:
    """An adapter that is silent until it is let go, and then fails."""

    def __init__(self):
        self.may_fail, self.has_failed = Event(), Event()

    def stream(self, _request):
        """Be silent, then fail."""
        self.may_fail.wait(5)
        try:
            raise DOWN
            yield
        finally:
            self.has_failed.set()


def test_a_question_that_was_given_up_is_handed_to_nobody_else():
    """The transport could not wait: when the provider fails after all, the next one is spared."""
    stalling, spare, clock = Stalling(), Scripted(None, GOOD), SystemClock()
    providers = (Provider("a", "m", 9.0, lambda: stalling), Provider("b", "m", 9.0, lambda: spare))
    gone = Event()

    def stalled():
        raise TooSlowError

    meter = Meter(lambda: ProviderChain(providers, clock), clock, clock.elapsed() + 20, lambda: 0.02, stalled)
    request = ModelRequest("Be brief.", (Heard("Hi"),))
    with pytest.raises(TooSlowError) as given_up:
        list(meter.stream(request))
    del given_up
    stalling.may_fail.set()
    assert stalling.has_failed.wait(5)
    gone.wait(0.05)
    assert spare.requests == []
    [use] = meter.asked
    assert (use.provider, use.error, use.usage) == ("a", "given_up", estimated_usage(request))


def test_a_meter_keeps_every_question():
    """Each is noted once, with the sum of what was consumed."""
    chain = Chain((DOWN,), GOOD)
    meter = Meter(lambda: chain.chain, chain.clock, chain.clock.elapsed() + 20, lambda: None, lambda: None)
    list(meter.stream(ModelRequest("Be brief.", (Heard("Hi"),))))
    assert [(use.provider, use.error) for use in meter.asked] == [("a", "model_failed"), ("b", "")]
    assert meter.usage == USAGE


def _joined(*scripts):
    """Play providers through a meter that joins; give the parts, and the failure if it ends in one."""
    chain = Chain(*scripts)
    clock = chain.clock
    meter = Meter(lambda: chain.chain, clock, clock.elapsed() + 20, lambda: None, lambda: None, joins=True)
    parts = []
    try:
        parts.extend(meter.stream(ModelRequest("Be brief.", (Heard("Hi"),), again=SAY_AGAIN)))
    except Unavailable as error:
        parts.append(error)
    return parts


def test_words_that_nobody_hears_yet_are_passed_on_together():
    """All that comes within a tenth of a second is one piece; what follows it keeps its place."""
    script = ("We ", "sell ", 0.05, "pumps", 0.06, ". ", "And ", "pipes.", ACTION, Finished(USAGE))
    assert _joined(script) == [
        TextDelta("We sell pumps. "),
        TextDelta("And pipes."),
        ACTION,
        Finished(USAGE),
    ]


def test_joined_words_are_not_lost_when_their_provider_fails():
    """Who has nobody else to ask passes on what came, and then fails."""
    assert _joined(("We ", "sell ", DOWN)) == [TextDelta("We sell "), DOWN]


def test_joined_words_that_were_not_passed_on_need_no_apology():
    """The next provider answers from the beginning, as nobody has heard that the first one broke off."""
    heard = _joined(("We ", "have ", DOWN), GOOD)
    assert [part for part in heard if isinstance(part, TextDelta)] == [TextDelta("We sell pumps.")]
