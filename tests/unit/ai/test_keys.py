"""Keys of the menu, silence and noise, and the limit of what a call may cost: answered without a model."""

from __future__ import annotations

import pytest

from chalicelib.ai.domain import wording
from chalicelib.ai.domain.conversation import (
    AwaitKeys,
    CallerPressed,
    CallerSaid,
    CallerSilent,
    CallerUnclear,
    Conversation,
    Hangup,
    Heard,
    Listen,
    MenuAction,
    MenuKey,
    Say,
    ToolResult,
    Transfer,
    UseTool,
)
from chalicelib.ai.domain.keys import offers

MENU = (
    MenuKey("2", MenuAction.SAY, "We are open from nine to five."),
    MenuKey("3", MenuAction.ASK, "What does it cost?"),
    MenuKey("4", MenuAction.TRANSFER),
    MenuKey("5", MenuAction.OPT_OUT),
    MenuKey("0", MenuAction.HANG_UP, "Goodbye then."),
    MenuKey("6", MenuAction.CONFIRM),
)


def _conversation(**changes):
    return Conversation("Be brief.", "Hello.", **{"menu": MENU, **changes})


@pytest.mark.parametrize(
    ("key", "directives"),
    [
        ("2", [Say("We are open from nine to five.", last=True), Listen()]),
        ("4", [Say(wording.TRANSFERRING, last=True), Transfer("menu")]),
        ("0", [Say("Goodbye then.", last=True), Hangup("menu")]),
    ],
)
def test_a_key_of_the_menu_acts_at_once(respond, model, key, directives):
    """No model is asked."""
    assert respond(CallerPressed(key), _conversation()) == directives
    assert model.requests == []


def test_a_key_may_ask_the_model_something(respond, model):
    """As if the caller had said it."""
    respond(CallerPressed("3"), _conversation())
    assert model.requests[0].messages == (Heard("What does it cost?"),)


@pytest.mark.parametrize("key", ["5", "9"])
def test_the_menus_opt_out_and_nine_both_suppress(respond, key):
    """`9` is the opt-out of every call; a menu can only add another."""
    directives = respond(CallerPressed(key), _conversation())
    assert [type(directive) for directive in directives] == [UseTool, Say, Hangup]


def test_other_keys_wait_for_more_before_the_model_is_told(respond, model):
    """A number comes key by key; the model hears of all of it."""
    directives = respond(CallerPressed("12"), _conversation())
    assert directives[0] == AwaitKeys()
    assert model.requests[0].messages == (Heard("[keypad: 12]"),)


def test_keys_that_are_complete_wait_for_no_more(respond):
    """Such as those that were ended with `#`."""
    assert AwaitKeys() not in respond(CallerPressed("12", is_complete=True), _conversation())


def _ladder(respond, event, **changes):
    return [respond(event, _conversation(silences=count, **changes)) for count in range(3)]


def test_silence_is_asked_about_then_keys_are_offered_then_the_call_ends(respond, model):
    """Three steps, without a model; the keys that are named exist."""
    first, second, third = _ladder(respond, CallerSilent())
    assert first == [Say(wording.STILL_THERE, last=True), Listen()]
    assert "press 4 for a colleague, or 9 if you do not want to be called again" in second[0].text
    assert third == [Say(wording.SILENT_GOODBYE, last=True), Hangup("silence")]
    assert model.requests == []


def test_noise_is_asked_about_in_other_words(respond):
    """What follows is the same as for silence."""
    first, second, third = _ladder(respond, CallerUnclear("…"))
    assert first == [Say(wording.UNCLEAR, last=True), Listen()]
    assert (second, third) == tuple(_ladder(respond, CallerSilent())[1:])


def test_hardly_understood_words_can_still_revoke_consent(respond):
    """Better a number too many on the list than a wish that was not heard."""
    assert isinstance(respond(CallerUnclear("stop calling me"))[0], UseTool)


@pytest.mark.parametrize(
    ("changes", "offered"),
    [
        ({"menu": (), "has_colleague": True}, "1 for a colleague, or 9"),
        ({"menu": (), "has_colleague": False}, ", or press 9 if"),
        ({"menu": (), "has_colleague": False, "may_opt_out": False}, ""),
        ({"menu": (MenuKey("1", MenuAction.SAY, "x"),), "has_colleague": True}, ", or press 9 if"),
    ],
)
def test_only_keys_that_exist_are_offered(changes, offered):
    """A colleague where there is one, under a key that is free; the opt-out where there is a number."""
    told = offers(_conversation(**changes))
    assert offered in told
    assert bool(told) == bool(offered)


def test_the_colleagues_key_works_when_it_was_offered(respond, model):
    """Without a menu `1` is nobody's key, until we have just said what it does."""
    offered = _conversation(menu=(), has_colleague=True, silences=2)
    assert respond(CallerPressed("1"), offered)[-1] == Transfer("asked_for_person")
    assert model.requests == []
    respond(CallerPressed("1"), _conversation(menu=(), has_colleague=True, silences=1))
    assert len(model.requests) == 1


@pytest.mark.parametrize("event", [CallerSaid("Go on"), CallerPressed("7")])
def test_a_call_that_has_cost_what_it_may_is_ended(respond, model, event):
    """Politely, and without a model."""
    spent = respond(event, _conversation(is_spent=True))
    assert spent == [Say(wording.SPENT, last=True), Hangup("spend_limit")]
    assert model.requests == []


def test_an_opt_out_is_honoured_whatever_the_call_has_cost(respond):
    """The law comes before the budget."""
    assert isinstance(respond(CallerPressed("9"), _conversation(is_spent=True))[0], UseTool)


def test_fillers_vary_from_turn_to_turn():
    """Nobody hears the same phrase twice in a row."""
    assert all(wording.filler(turn) != wording.filler(turn + 1) for turn in range(5))


@pytest.mark.parametrize(("text", "is_unclear"), [("", True), (" .…?", True), ("9", False), ("да", False)])
def test_speech_has_letters_or_digits(text, is_unclear):
    """Of any script."""
    assert wording.is_unclear(text) is is_unclear


def test_keys_are_read_back_from_what_is_told_of_them():
    """What is stored of a turn says which keys were pressed; words that a caller says do not."""
    assert wording.digits_of(wording.pressed("12#")) == "12#"
    assert wording.digits_of("keypad: 1") == ""


def test_a_key_confirms_the_appointment_and_says_so_when_it_is_done(respond, model):
    """No model is asked; the call is over."""
    directives = respond(CallerPressed("6"), _conversation())
    assert directives == [
        UseTool("rule-0", "confirm_appointment", "{}"),
        Say("Thank you. Your appointment is confirmed. Goodbye.", last=True),
        Hangup("confirmed"),
    ]
    assert model.requests == []


def test_a_confirmation_that_failed_is_not_spoken(respond, model):
    """The model answers instead, as if the caller had asked for it."""
    directives = respond(CallerPressed("6"), _conversation(), [ToolResult("No.", done=False)])
    assert not [each for each in directives if isinstance(each, Hangup)]
    assert model.requests[0].messages == (Heard("I want to confirm my appointment."),)
