from __future__ import annotations

import pytest

from chalicelib.ai.domain.wording import is_opt_out

OPT_OUTS = [
    "stop",
    "Stop.",
    "STOP!",
    "unsubscribe",
    "opt-out",
    "Opt out",
    "please stop",
    "Stop, please.",
    "Stop calling me.",
    "quit calling",
    "Will you stop phoning us?",
    "stop bothering me",
    "don't call me again",
    "Don\u2019t call me",
    "dont call here anymore",
    "do not call this number",
    "Please do not call again.",
    "please don't call anymore",
    "don't ever call me",
    "never call me again",
    "do not contact me",
    "take me off your list",
    "Take my number off the list, please.",
    "remove my number",
    "remove me from your list",
    "delete my number from your system",
    "delete my number",
    "remove me",
    "take me off the calling list",
    "take my number off of your phone list",
    "don't call me before you have learnt manners, never call me again",
    "put me on the do not call list",
    "add me to your do-not-call list",
    "opt me out",
    "I want to opt out",
    "unsubscribe me",
    "I want to unsubscribe",
    "no more calls",
    "I don't want any more calls",
    "I do not want you to call me",
    "No me llame más.",
    "no me llamen",
    "No me llames más",
    "dejen de llamar",
    "Deje de llamarme",
    "Rufen Sie mich nicht mehr an.",
    "Rufen Sie mich bitte nicht mehr an!",
    "Bitte nicht mehr anrufen",
    "Ruf mich nicht mehr an",
    "Ne m'appelez plus.",
    "ne m\u2019appelez plus jamais",
    "Arrêtez de m'appeler",
]
NEAR_MISSES = [
    "",
    "stop by tomorrow",
    "I will stop by tomorrow",
    "can you call me back",
    "call me again tomorrow",
    "don't stop",
    "please don't stop",
    "where does the bus stop",
    "stop for a second",
    "I never said that",
    "I quit my job",
    "cancel my appointment",
    "I want to cancel the order",
    "I unsubscribed from the newsletter",
    "do you have a list",
    "you can call me any time",
    "please call this number",
    "the calls are fine",
    "remove the second item",
    "take me off hold, please",
    "why do you never call me back",
    "please don't call me before nine",
    "remove me from the waiting list",
    "get me out of this contract",
    "take my name off the reservation",
    "take me through it",
    "please",
    "take me to the next step",
    "I don't know who to call",
    "don't worry, call me",
    "No entiendo, ¿quién llama?",
    "¿Me puede llamar mañana?",
    "Rufen Sie mich morgen an",
    "Ich rufe wieder an",
    "Appelez-moi demain",
    "je m'appelle Anne",
]


@pytest.mark.parametrize("text", OPT_OUTS)
def test_these_words_revoke_consent(text):
    """The key words alone, or a sentence that says it, in four languages."""
    assert is_opt_out(text)


@pytest.mark.parametrize("text", NEAR_MISSES)
def test_these_words_do_not(text):
    """Words of ordinary talk never end a call."""
    assert not is_opt_out(text)
