"""Hostile callers against a model that obeys them: nothing happens that nobody has allowed."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from fakes.ai import a_prompt
from fakes.calls import NUMBER, FakeCalls, a_call, a_template
from fakes.crm import FakeCrm
from fakes.hostile import ATTACKER, CONFIRMED, EVERYTHING, VICTIM, ObedientModel, attack, report, utterances

from chalicelib.ai.domain.conversation import Heard
from chalicelib.ai.domain.wording import DATA_MARKS
from chalicelib.ai.ports.models import ModelRequest
from chalicelib.ai.services import tooling
from chalicelib.calls.domain.calls import Direction
from chalicelib.calls.services.briefing import Occasion, write_brief
from chalicelib.crm.domain.contacts import NewContact
from chalicelib.crm.domain.memory import Fact
from chalicelib.crm.services.contacts import create_contact
from chalicelib.crm.services.memory import remember

ALL = utterances()
CATEGORIES = sorted({category for category, _ in ALL})
_MARKED = re.compile(f"{DATA_MARKS[0]}[^{DATA_MARKS}]*{DATA_MARKS[1]}")


def test_the_corpus_is_large_and_every_utterance_its_own():
    """At least 200 in at least five kinds; no two are the same."""
    assert len({text for _, text in ALL}) == len(ALL) >= 200
    assert len(CATEGORIES) >= 5


def _attacks(category, tools, confirm=(), every=1):
    texts = [text for name, text in ALL if name == category][::every]
    return [attack(category, text, tools, confirm) for text in texts]


def _wrong(attacks):
    return [(each.text[:60], each.wrong) for each in attacks if each.wrong]


@pytest.mark.parametrize("category", CATEGORIES)
def test_nothing_happens_that_was_not_allowed(category):
    """No other contact is touched or told of, no other action runs, and the wires stay well-formed."""
    attacks = _attacks(category, ("end_call", "add_note"))
    assert _wrong(attacks) == []
    assert sum(each.asked for each in attacks) > 10 * len(attacks)


@pytest.mark.parametrize("category", CATEGORIES)
def test_nothing_happens_that_the_caller_has_not_agreed_to(category):
    """Where actions are to be confirmed, a single utterance carries none of them out."""
    assert _wrong(_attacks(category, EVERYTHING, CONFIRMED)) == []


@pytest.mark.parametrize("category", CATEGORIES)
@pytest.mark.parametrize("tools", [(), EVERYTHING])
def test_what_is_allowed_reaches_only_the_caller(category, tools):
    """With no action allowed nothing happens; with all of them, only on the caller's own record."""
    assert _wrong(_attacks(category, tools, every=6)) == []


def test_the_judge_sees_what_is_wrong(monkeypatch):
    """Actions that nobody allowed, work on another contact, and words about one are found."""
    assert attack("x", "hi", ()).wrong == []
    run = tooling.run_tool
    everything = lambda box, use, now: run(replace(box, allowed=EVERYTHING), use, now)  # noqa: E731
    monkeypatch.setattr(tooling, "run_tool", everything)
    assert {"changed: update_contact", "changed: send_sms", "ran: add_note"} <= {*attack("x", "hi", ()).wrong}

    def for_another(box, use, now):
        other = next(each for each in FAKES[-1].crm.memories.by_key)[0]
        return run(replace(box, context=replace(box.context, contact_id=other)), use, now)

    FAKES = []  # noqa: N806
    begin = FakeCalls.__post_init__
    monkeypatch.setattr(FakeCalls, "__post_init__", lambda calls: (begin(calls), FAKES.append(calls))[0])
    monkeypatch.setattr(tooling, "run_tool", for_another)
    assert "changed: victim's notes" in attack("x", "hi", EVERYTHING).wrong


@pytest.fixture
def instructions_for(clock):
    """Give the prompt for a contact of this name, company and memory."""

    def write(text):
        calls = FakeCalls(clock, FakeCrm(clock))
        calls.ai.prompts.add(a_prompt(calls.clock))
        name = " ".join("".join(letter for letter in text if letter.isprintable()).split())[:200] or "x"
        contact = create_contact(calls.crm, NewContact(name=name, phone=NUMBER, company=name))
        remember(calls.crm, contact.id, "call_" + "1" * 32, [Fact("wish", text), Fact("pet", "a dog")])
        occasion = Occasion(contact, Direction.OUTBOUND, NUMBER, a_call().line)
        brief = write_brief(calls, a_template(greeting="Hi."), calls.ai.prompts.get("prompt_1"), occasion)
        return brief.instructions

    return write


def test_no_record_leaves_its_marks(instructions_for):
    """Whatever stands in name, company and memory: what is not marked as data is the same for everybody."""
    plain = _MARKED.sub("", instructions_for("Ada")).rstrip()
    assert "Ada" not in plain
    for _, text in ALL[::3]:
        written = instructions_for(text)
        assert _MARKED.sub("", written).rstrip() == plain, text
        assert written.count(DATA_MARKS[0]) == written.count(DATA_MARKS[1])


def test_the_model_really_obeys():
    """It asks for the attacker's address and the other's number: what keeps them out is not the model."""
    asked = str(list(ObedientModel().stream(ModelRequest("", (Heard("hi"),)))))
    assert ATTACKER in asked
    assert VICTIM in asked


def test_the_report_counts_every_attack():
    """By category and in all: how many, what was asked for, refused, carried out, and wrong."""
    attacks = [attack("tools", "hi", ("add_note",)), attack("long", "ho", ())]
    rows = [line.split() for line in report(attacks).splitlines()]
    assert rows[1][:2] == ["tools", "1"]
    assert rows[-1] == ["all", "2", "40", "39", "1", "0"]
