"""Whether somebody would be called for a campaign: by its own templates, lines and places."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fakes.calls import LINE, a_template
from unit.scheduling.stage import ID, Stage

from chalicelib.calls.domain.dial_plans import Limits
from chalicelib.calls.domain.permission import Verdict
from chalicelib.calls.domain.purposes import Purpose
from chalicelib.calls.domain.slots import Slot
from chalicelib.calls.services.explaining import Question
from chalicelib.kernel.errors import Invalid, NotFound
from chalicelib.scheduling.domain.campaigns import Dialing, Variant
from chalicelib.scheduling.services.permitting import explain_permission
from chalicelib.system.domain.settings import Caps
from chalicelib.system.services.settings import change_settings


def _stage(calls, *, start=True, **campaign):
    calls.clock.advance(hours=8)
    calls.templates.add(a_template(id="template_2", purpose=Purpose.TELEMARKETING))
    stage = Stage(calls, 2, **campaign)
    if start:
        stage.start()
    return stage


def _asked(stage, **question):
    if not {"number", "contact_id"} & set(question):
        question["contact_id"] = stage.members[0].contact_id
    return explain_permission(stage.scheduling, Question(campaign_id=ID, **question))


@pytest.mark.parametrize("start", [True, False])
def test_a_campaign_s_template_decides_the_purpose(calls, start):
    """Nobody has to name it: who gave no consent is refused, as the campaign does."""
    stage = _stage(calls, start=start, template_id="template_2")
    told = _asked(stage)
    assert (told.purpose, told.decision.verdict) == (Purpose.TELEMARKETING, Verdict.REFUSE)
    assert told.decision.reason == "consent_missing"
    other = _asked(stage, template_id="template_1")
    assert other.purpose is Purpose.INFORMATIONAL


def test_a_draft_is_asked_by_its_own_rules(calls):
    """It waits for its start; what it will ask for is looked at already."""
    limits = Limits(calls=5)
    stage = _stage(calls, start=False, dialing=Dialing(calls_per_number_per_day=2, limits=limits))
    told = _asked(stage)
    assert (told.decision.verdict, told.decision.reason) == (Verdict.NOT_YET, "campaign_draft")
    assert {"frequency_campaign", "budgets"} <= {each.rule for each in told.checks}


def test_a_campaign_that_is_not_there_is_not_found(calls):
    """Mistyped is not refused: it is no question."""
    stage = _stage(calls)
    question = Question(number=stage.members[0].number, campaign_id="campaign_absent")
    with pytest.raises(NotFound) as refused:
        explain_permission(stage.scheduling, question)
    assert refused.value.code == "campaign_not_found"


def test_of_templates_with_different_purposes_the_contact_s_counts(calls):
    """A contact always has the same one; a number has none, so that one must be named."""
    stage = _stage(calls, variants=(Variant("template_1"), Variant("template_2")))
    for member in stage.members:
        purpose = _asked(stage, contact_id=member.contact_id).purpose
        assert purpose is calls.templates.get(member.template_id).purpose
    number = stage.members[0].number
    with pytest.raises(Invalid) as refused:
        _asked(stage, number=number)
    assert refused.value.code == "template_needed"
    assert _asked(stage, number=number, template_id="template_1").purpose is Purpose.INFORMATIONAL


def test_who_is_no_member_yet_has_the_template_of_then(calls):
    """Of the variants the one that the contact would be called by."""
    stage = _stage(calls, variants=(Variant("template_2"),))
    contact_id = calls.crm.contacts.find_by_phone(stage.members[0].number).id
    stage.scheduling.members.remove(stage.members[0])
    assert _asked(stage, contact_id=contact_id).purpose is Purpose.TELEMARKETING


def test_used_up_lines_put_it_off_to_the_next_day(calls):
    """And another day they are free again; what is asked uses none."""
    stage = _stage(calls, dialing=Dialing(lines=(LINE,), line_calls_per_day=1))
    assert _asked(stage).decision.verdict is Verdict.ALLOW
    assert _asked(stage).decision.verdict is Verdict.ALLOW
    calls.line_uses.counts[LINE, calls.clock.now().date()] = 1
    told = _asked(stage)
    assert (told.decision.verdict, told.decision.reason) == (Verdict.NOT_YET, "lines_used_up")
    assert (told.decision.not_before.hour, told.decision.rule) == (0, "lines_used_up")
    later = _asked(stage, at=calls.clock.now() + timedelta(days=1))
    assert later.decision.verdict is Verdict.ALLOW
    assert "lines_used_up" in {each.rule for each in later.checks}


@pytest.mark.parametrize(("pool", "reason"), [(ID, "campaign_calls_full"), ("ALL", "live_calls_full")])
def test_no_place_puts_it_off(calls, pool, reason):
    """Now; nobody knows who has one at another time."""
    stage = _stage(calls, dialing=Dialing(live_calls=1))
    change_settings(calls.system, {"caps": Caps(live_calls=1)}, None)
    now = calls.clock.now()
    assert _asked(stage).decision.verdict is Verdict.ALLOW
    calls.slots.take(Slot(pool, 0, "call_9", now + timedelta(minutes=5)), now)
    told = _asked(stage)
    assert (told.decision.verdict, told.decision.reason) == (Verdict.NOT_YET, reason)
    assert _asked(stage, at=now).decision.verdict is Verdict.ALLOW


def test_what_the_rules_say_comes_first(calls):
    """A refusal is not hidden by what will pass."""
    stage = _stage(calls, template_id="template_2", dialing=Dialing(lines=(LINE,), line_calls_per_day=0))
    assert _asked(stage).decision.reason == "consent_missing"
