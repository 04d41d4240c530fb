"""What a scenario expects is found in what was seen, in its order; and what is missing is said."""

from __future__ import annotations

import pytest

from chalicelib.ai.domain.checking import check_pattern, failures_of, fits
from chalicelib.ai.domain.rehearsals import ENDED, SAID, USED, ContactSeen, Rehearsal, Seen, TurnSeen, Verdict
from chalicelib.ai.domain.scenarios import Ends, EndState, Expectation, Scenario, Step
from chalicelib.kernel.errors import Invalid

BOOKED = Seen(USED, "Booked.", "book", {"when": "2026-03-04T10:00", "note": {"text": "Teeth"}})
SAYS_SO = Seen(SAID, "Done. It\N{RIGHT SINGLE QUOTATION MARK}s booked for ten.")
LISTENS = Seen(ENDED, "", "listen")
ASKED = Expectation(uses="book", arguments={"when": "2026-03-04T10:00", "note": {"text": "Teeth"}})


def played(*seen: Seen, **turn: object) -> Rehearsal:
    """Give a playing with a greeting and one turn."""
    greeting = TurnSeen(0, "", (Seen(SAID, "Hello."), LISTENS))
    return Rehearsal(0, "test", 1, (greeting, TurnSeen(1, "Book.", seen, **turn)))  # type: ignore[arg-type]


def step(*expect: Expectation, **more: object) -> Scenario:
    """Give a scenario of one step."""
    return Scenario("test", steps=(Step(caller="Book.", expect=expect, **more),))  # type: ignore[arg-type]


def messages(scenario: Scenario, rehearsal: Rehearsal) -> list[str]:
    """Give what did not hold."""
    return [failure.message for failure in failures_of(scenario, rehearsal)]


def test_what_is_seen_in_order_passes():
    """An action with exactly these arguments, then words that say so, then the end."""
    expected = (ASKED, Expectation(says=("it's booked",)), Expectation(ends=Ends.LISTEN))
    assert messages(step(*expected), played(BOOKED, SAYS_SO, LISTENS)) == []


def test_the_order_counts():
    """Words that come before the action that they speak of do not pass, and it is said why."""
    expected = (ASKED, Expectation(says=("booked",)))
    (told,) = messages(step(*expected), played(SAYS_SO, BOOKED, LISTENS))
    assert told.startswith("Expected after what came before it: says 'booked'.")


@pytest.mark.parametrize(
    "arguments",
    [
        {"when": "2026-03-04T10:00"},
        {"when": "2026-03-04T10:00", "note": {"text": "Teeth"}, "more": 1},
        {"when": "2026-03-04T10:0", "note": {"text": "Teeth"}},
        {"when": "2026-03-04T10:00", "note": {"text": "teeth"}},
        {"when": "2026-03-04T10:00", "note": "Teeth"},
    ],
)
def test_arguments_are_compared_exactly(arguments):
    """One more, one less, or another value is another action."""
    (told,) = messages(step(Expectation(uses="book", arguments=arguments)), played(BOOKED))
    assert "Expected: uses book" in told


def test_true_is_not_one():
    """A flag is no number."""
    used = Seen(USED, "", "set", {"on": 1})
    assert messages(step(Expectation(uses="set", arguments={"on": True})), played(used)) != []


def test_an_argument_may_be_an_expression():
    """A text between slashes is searched for."""
    expected = Expectation(uses="book", arguments={"when": "/^2026-03-04T/", "note": {"text": "/TEE/"}})
    assert messages(step(expected), played(BOOKED)) == []


def test_effect_is_told_from_intent():
    """An action that took no effect is not one that did."""
    refused = Seen(USED, "No.", "book", {}, done=False)
    assert messages(step(Expectation(uses="book", done=False)), played(refused)) == []
    assert messages(step(Expectation(uses="book", done=True)), played(refused)) != []


def test_what_must_not_happen_is_reported_in_a_turn_and_in_all():
    """Absence is checked where it is demanded."""
    never = (Expectation(uses="book"),)
    assert len(messages(step(never=never), played(BOOKED))) == 1
    whole = Scenario("test", steps=(Step(caller="Book."),), never=(*never, Expectation(says=("hello",))))
    assert len(messages(whole, played(BOOKED))) == 2


def test_the_reason_of_an_end_may_be_demanded():
    """Another reason is another end."""
    hung_up = Seen(ENDED, "silence", "hang_up")
    assert messages(step(Expectation(ends=Ends.HANG_UP)), played(hung_up)) == []
    assert messages(step(Expectation(ends=Ends.HANG_UP, reason="opted_out")), played(hung_up)) != []


def test_slow_first_words_fail():
    """The smaller of the two limits counts; without words there is nothing to measure."""
    scenario = Scenario("test", steps=(Step(caller="Book.", within_ms=900),), within_ms=1500)
    assert messages(scenario, played(SAYS_SO, first_words_ms=900)) == []
    assert messages(scenario, played(SAYS_SO, first_words_ms=901)) == [
        "The first words took 901 ms; 900 ms are allowed."
    ]
    assert messages(scenario, played(LISTENS)) == []


def test_one_question_at_a_time():
    """Two questions in a turn fail, unless the scenario lets them."""
    asks = Seen(SAID, "Mornings? Or afternoons?")
    assert len(messages(step(), played(asks))) == 1
    assert messages(Scenario("test", steps=(Step(caller="Book."),), max_questions=2), played(asks)) == []


def test_steps_that_were_not_reached_fail():
    """An agent that hangs up too early leaves the rest of the scenario unplayed."""
    scenario = Scenario("test", steps=(Step(caller="Book."), Step(keys="9"), Step(silent=True)))
    assert messages(scenario, played(SAYS_SO)) == [
        "The conversation was over before the caller pressed 9.",
        "The conversation was over before the caller was silent.",
    ]


def test_the_record_is_compared():
    """Fields are equal, each note is one of its own, and a wish is kept or not."""
    seen = ContactSeen(
        {"email": "a@example.com", "company": None}, ("Likes tea", "Likes tea"), opted_out=True
    )
    right = EndState({"email": "a@example.com", "company": None}, ("tea", "/likes/"), opted_out=True)
    wrong = EndState({"email": None}, ("tea", "tea", "tea"), opted_out=False)
    assert failures_of(Scenario("x", contact_after=right), Rehearsal(0, "x", 1, contact=seen)) == ()
    assert len(failures_of(Scenario("x", contact_after=wrong), Rehearsal(0, "x", 1, contact=seen))) == 3
    none = Scenario("x", contact_after=EndState(notes=()))
    assert len(failures_of(none, Rehearsal(0, "x", 1, contact=seen))) == 1


def test_a_judge_who_says_no_fails_it():
    """Only what does not hold is reported, with the reason."""
    verdicts = (Verdict("It is polite.", holds=True), Verdict("It is brief.", holds=False, reason="Long."))
    (failure,) = failures_of(Scenario("x"), Rehearsal(0, "x", 1, verdicts=verdicts))
    assert (failure.where, failure.message) == ("judge", "It is brief. Judged not to hold: Long.")


def test_words_are_found_whatever_their_case_and_quotes():
    """Models write quotation marks and spaces as they like."""
    assert fits("it's  OK", "Well, It\N{RIGHT SINGLE QUOTATION MARK}s\nok.")
    assert not fits("/^ok/", "It is ok")
    assert fits("/", "a/b")


def test_an_expression_that_cannot_be_read_is_refused():
    """Before anything is played."""
    with pytest.raises(Invalid) as refusal:
        check_pattern("/(/")
    assert refusal.value.code == "bad_pattern"
    check_pattern("(")


@pytest.mark.parametrize(
    "pattern",
    ["(a|a)*b$", "(a+)+b", "(a*)*", r"(a)\1", "(?=a)b", "a.*b.*c", "(ab){2,}", "a?" * 40 + "a", "x" * 301],
)
def test_an_expression_that_could_take_long_is_refused(pattern):
    """It would hold whoever plays the scenario."""
    with pytest.raises(Invalid) as refusal:
        check_pattern(f"/{pattern}/")
    assert refusal.value.code == "bad_pattern"


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("call you back (on|at)", "I call you back at ten"),
        ("(?:is|was|been) (?:moved|rescheduled)", "It was moved."),
        (r"\+?\d{7,}", "+4420794609"),
        (r"^i am (?:a )?real\b.*now$", "I am a real person now"),
    ],
)
def test_ordinary_expressions_are_taken(pattern, text):
    """Alternatives, parts that may be missing, and one wildcard."""
    check_pattern(f"/{pattern}/")
    assert fits(f"/{pattern}/", text)
