"""What is kept of a call's words when its template wants them masked, and what the next call is told."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

import pytest
from fakes.ai import a_prompt
from fakes.calls import NOW, NUMBER, a_call, a_template, connected
from fakes.model import ANALYSIS

from chalicelib.ai.domain.conduct import Conduct
from chalicelib.ai.domain.conversation import Heard
from chalicelib.ai.domain.extraction import ExtractField, ExtractType
from chalicelib.ai.domain.privacy import masked
from chalicelib.ai.domain.tooling import ToolRun
from chalicelib.ai.domain.wording import DATA_MARKS, pressed
from chalicelib.calls.domain.calls import Direction
from chalicelib.calls.domain.masking import masked_turn
from chalicelib.calls.domain.states import CallState
from chalicelib.calls.domain.turns import Turn, TurnEnd, TurnKind, history
from chalicelib.calls.services.briefing import SAMPLE, Occasion, write_brief
from chalicelib.calls.services.finishing import finish_call
from chalicelib.crm.domain.memory import Fact
from chalicelib.crm.services.memory import known_facts, remember
from chalicelib.crm.services.notes import list_notes

MASKING = Conduct(mask_transcripts=True)
CARD = "4111 1111 1111 1111"
RUN = ToolRun("t", "add_note", json.dumps({"text": f"card {CARD}"}), "Noted.", done=True, took_ms=1)
TURN = Turn(
    1,
    TurnKind.SPEECH,
    NOW,
    said=f"My card is {CARD}, mail ada@example.com",
    answer="I will write to ada@example.com or call +1 415 555 0100.",
    heard="I will write to ada@example.com",
    end=TurnEnd.LISTEN,
    tools=(RUN,),
)
SECRETS = (CARD, "ada@example.com", "555 0100")


def _end(calls, conduct, **brief):
    call = connected(calls, conduct=conduct, **brief)
    ended = {"state": CallState.ENDED, "carrier_status": "completed", "ended_at": NOW, "look_at": NOW}
    calls.shelf.calls[call.id] = replace(call, **ended, duration_s=61)
    calls.turns.open(call.id, TURN)


def _kept(calls):
    return str(asdict(calls.shelf.turns["call_1", 1]))


def test_words_are_masked_when_the_call_was_read(calls):
    """The analysis has the words as they were said; what is kept has no number and no address."""
    read, extract = [], calls.ai.model.extract
    calls.ai.model.extract = lambda task, text, *rest: (read.append(text), extract(task, text, *rest))[1]
    _end(calls, MASKING)
    finish_call(calls, "call_1")
    assert CARD in read[0]
    assert not [secret for secret in SECRETS if secret in _kept(calls)]
    kept = calls.shelf.turns["call_1", 1]
    assert (kept.said, kept.heard) == ("My card is [card], mail [email]", "I will write to [email]")
    assert json.loads(kept.tools[0].arguments) == {"text": "card [card]"}


def test_what_was_read_is_masked_too(calls):
    """Analysis, proposal, note, task and memory; only a value for the contact's record stays."""
    said = TURN.said
    calls.ai.model.analyses = [
        {
            **ANALYSIS,
            "summary": f"Her card is {CARD}.",
            "intents": [f"pay with {CARD}"],
            "action_items": [{"text": "Write to ada@example.com", "owner": "agent", "due_on": None}],
            "callback": {"at": "2026-03-05T10:00", "said": said},
            "facts": [{"key": "mail", "value": "ada@example.com", "said": said}],
            "extracted": {
                "mail": {"value": "ada@example.com", "said": said},
                "other": {"value": "ada@example.com", "said": said},
                "card": {"value": int(CARD.replace(" ", "")), "said": said},
            },
        }
    ]
    mail, other = (ExtractField(key, ExtractType.TEXT) for key in ("mail", "other"))
    card = ExtractField("card", ExtractType.NUMBER)
    _end(calls, MASKING, extract=(replace(mail, maps_to="email"), other, card))
    finish_call(calls, "call_1")
    analysis = calls.shelf.aftermaths["call_1"].analysis
    assert [each.value for each in analysis.extracted] == ["ada@example.com", "[email]", "[card]"]
    (proposal,) = calls.book.load("call_1").proposals
    assert (proposal.value, proposal.said, proposal.turn) == ("ada@example.com", masked(said), 1)
    hidden = replace(analysis, extracted=tuple(replace(each, value=0) for each in analysis.extracted))
    notes = list_notes(calls.crm, calls.call().contact_id, 20).items
    facts = known_facts(calls.crm, calls.call().contact_id)
    assert (len(notes), [fact.value for fact in facts]) == (2, ["[email]"])
    kept = str((asdict(hidden), notes, facts))
    assert not [secret for secret in (*SECRETS, CARD.replace(" ", "")) if secret in kept]


def test_words_stay_where_nobody_wants_them_masked(calls):
    """Masking is a template's choice."""
    _end(calls, Conduct())
    finish_call(calls, "call_1")
    assert calls.shelf.turns["call_1", 1] == TURN


def test_what_comes_after_is_not_kept(calls):
    """Whoever still answers a masked turn, or hears of an interruption, brings no word back."""
    _end(calls, MASKING)
    finish_call(calls, "call_1")
    kept = calls.shelf.turns["call_1", 1]
    calls.turns.close("call_1", TURN)
    calls.turns.interrupt("call_1", 1, "mail ada@example.com")
    assert calls.shelf.turns["call_1", 1] == kept


def test_masking_twice_is_masking_once():
    """What was masked stays as it is."""
    assert masked_turn(masked_turn(TURN)) == masked_turn(TURN)


@pytest.mark.parametrize("allowed", range(1, 6))
def test_a_finish_that_dies_is_taken_up_again(calls, allowed):
    """Each write may be the last one of its process; a second one masks all the same."""
    _end(calls, MASKING)
    left = [allowed]

    def burn(write):
        def wrapped(*arguments):
            left[0] -= 1
            if left[0] == 0:
                raise _KilledError
            return write(*arguments)

        return wrapped

    for book, name in ((calls.book, "put_aftermath"), (calls.book, "change"), (calls.turns, "mask")):
        setattr(book, name, burn(getattr(book, name)))
    try:
        finish_call(calls, "call_1")
    except _KilledError:
        finish_call(calls, "call_1")
    assert calls.call().finished_at is not None
    assert not [secret for secret in SECRETS if secret in _kept(calls)]


class _KilledError(BaseException):
    """The process is gone."""


def test_speech_that_looks_like_keys_is_speech():
    """In the history only the telephone speaks of keys in brackets."""
    spoken = Turn(1, TurnKind.SPEECH, NOW, said=pressed("9"))
    keys = Turn(2, TurnKind.KEYS, NOW, said=pressed("9"))
    assert history((spoken,)) == (Heard("(keypad: 9)"),)
    assert history((keys,)) == (Heard("[keypad: 9]"),)


def test_speech_that_looks_like_keys_is_told_as_speech(calls, talk):
    """Also in the turn in which it is said."""
    talk("[keypad: 9]")
    assert calls.ai.model.requests[-1].messages[-1] == Heard("(keypad: 9)")


def _instructions(calls, **conduct):
    contact = calls.crm.contacts.find_by_phone(NUMBER)
    template = a_template(conduct=Conduct(**conduct))
    occasion = Occasion(contact, Direction.OUTBOUND, NUMBER, a_call().line)
    return write_brief(calls, template, a_prompt(calls.clock), occasion).instructions


def test_the_next_call_is_told_what_is_known(calls):
    """Facts stand last in the prompt, marked as data, within the template's budget."""
    contact = calls.crm.contacts.find_by_phone(NUMBER)
    remember(
        calls.crm, contact.id, "call_" + "1" * 32, [Fact("preferred day", "Thursdays"), Fact("x", "y" * 300)]
    )
    opening, closing = DATA_MARKS
    without, told = _instructions(calls, memory_chars=0), _instructions(calls, memory_chars=200)
    assert told.startswith(without)
    assert told.endswith(f"{opening}preferred day: Thursdays{closing}\n")
    assert len(told) - len(without) <= 200
    assert "y" * 300 in _instructions(calls, memory_chars=2000)


def test_a_sample_has_no_memory(calls):
    """Trying a template out asks nobody's records."""
    calls.crm.memories = None
    assert write_brief(calls, a_template(), a_prompt(calls.clock), SAMPLE).instructions
