"""Call templates change version by version, and go only when nothing uses them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fakes.calls import LINE, NOW, NUMBER, a_call, a_template

from chalicelib.ai.domain.prompts import PromptVariable, VariableType
from chalicelib.ai.services.prompts import PromptText
from chalicelib.calls.domain.calls import Direction, Report
from chalicelib.calls.domain.states import CallState
from chalicelib.calls.domain.templates import TemplateChoice
from chalicelib.calls.services import prompting
from chalicelib.calls.services import template_editing as editing
from chalicelib.calls.services.answering import answer_call
from chalicelib.calls.services.dialing import attend
from chalicelib.calls.services.queue import requeue_call
from chalicelib.calls.services.requests import CallWish, request_call
from chalicelib.calls.services.templates import get_template, template_of_call
from chalicelib.kernel.errors import Conflict, Invalid, NotFound


def _unused(calls):
    calls.routes.by_line.clear()


def _code(error):
    return error.value.code


def test_a_changed_template_is_a_new_version(calls):
    """The one before stays as it was; both know when they were made."""
    before = get_template(calls, "template_1")
    calls.clock.advance(minutes=5)
    changed = editing.replace_template(calls, a_template(name="Other"), 1)
    assert (changed.version, changed.name, changed.created_at) == (2, "Other", before.created_at)
    assert changed.updated_at == calls.clock.now()
    assert editing.get_version(calls, "template_1", "1") == before
    assert get_template(calls, "template_1") == changed


def test_changing_nothing_makes_no_version(calls):
    """Whatever the request says of times and versions."""
    same = a_template(created_at=NOW.replace(year=2027), version=1)
    assert editing.replace_template(calls, same, None).version == 1


def test_who_read_an_older_version_changes_nothing(calls):
    """Neither by putting nor by deleting."""
    editing.replace_template(calls, a_template(name="Other"), 1)
    _unused(calls)
    for late in (
        lambda: editing.replace_template(calls, a_template(name="Late"), 1),
        lambda: editing.delete_template(calls, "template_1", 1),
    ):
        with pytest.raises(Conflict) as refusal:
            late()
        assert _code(refusal) == "version_changed"
    assert get_template(calls, "template_1").name == "Other"


def test_a_race_is_run_again_for_whoever_takes_any_version(calls, monkeypatch):
    """The next version follows the one that was faster."""
    save, rivals = calls.templates.save, [a_template(name="Rival", version=2)]

    def slower(template, before):
        if rivals:
            save(rivals.pop(), before)
        return save(template, before)

    monkeypatch.setattr(calls.templates, "save", slower)
    assert editing.replace_template(calls, a_template(name="Other"), None).version == 3


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"greeting": "Hello {{ nobody }}"}, "bad_template"),
        ({"disclosure": "{{"}, "bad_template"),
        ({"voicemail_message": "{{ contact.nothing }}"}, "bad_template"),
        ({"screening_answer": "{{ nobody }}"}, "bad_template"),
        ({"recording_announcement": "{{ nobody }}"}, "bad_template"),
        ({"tools": ("fly",)}, "unknown_tool"),
    ],
)
@pytest.mark.parametrize("stored", [True, False])
def test_what_could_not_be_spoken_is_refused(calls, change, code, stored):
    """When a template is made, and when it is changed; the field is named."""
    keep = (lambda one: editing.replace_template(calls, one, None)) if stored else None
    keep = keep or (lambda one: editing.create_template(calls, replace(one, id="template_2")))
    with pytest.raises(Invalid) as refusal:
        keep(a_template(**change))
    assert _code(refusal) == code
    assert refusal.value.errors[0].pointer == f"/{next(iter(change))}"
    assert get_template(calls, "template_1") == a_template()
    assert calls.templates.get("template_2") is None


def test_a_repeated_creation_gives_what_is_there(calls):
    """As it is now; of one that was deleted it says so."""
    editing.create_template(calls, a_template(id="template_2"))
    changed = editing.replace_template(calls, a_template(id="template_2", name="Other"), None)
    assert editing.create_template(calls, a_template(id="template_2")) == changed
    editing.delete_template(calls, "template_2", None)
    with pytest.raises(Conflict) as refusal:
        editing.create_template(calls, a_template(id="template_2"))
    assert _code(refusal) == "template_gone"


def test_there_are_so_many_templates_at_most(calls, monkeypatch):
    """One more is refused; what is there can be created again, and changed."""
    monkeypatch.setattr(editing, "MAX_TEMPLATES", 2)
    editing.create_template(calls, a_template(id="template_2"))
    with pytest.raises(Conflict) as refusal:
        editing.create_template(calls, a_template(id="template_3"))
    assert _code(refusal) == "too_many_templates"
    assert editing.create_template(calls, a_template(id="template_2")).id == "template_2"
    assert editing.replace_template(calls, a_template(id="template_2", name="Other"), None).name == "Other"


def test_a_template_that_answers_a_number_stays(calls):
    """And one that a call waits with; when they are gone it goes."""
    with pytest.raises(Conflict) as refusal:
        editing.delete_template(calls, "template_1", None)
    assert (_code(refusal), LINE in refusal.value.message) == ("template_in_use", True)
    _unused(calls)
    calls.book.create(a_call())
    with pytest.raises(Conflict) as refusal:
        editing.delete_template(calls, "template_1", None)
    assert _code(refusal) == "template_in_use"
    calls.book.change("call_1", lambda call: replace(call, state=CallState.RINGING))
    editing.delete_template(calls, "template_1", 1)
    with pytest.raises(NotFound):
        get_template(calls, "template_1")


def test_a_call_that_waits_all_the_same_is_held_by_the_last_version(calls):
    """It came while the template was deleted, or waits behind a thousand others."""
    editing.replace_template(calls, a_template(greeting="Second.", max_duration_s=42), None)
    call = request_call(calls, CallWish("template_1", number=NUMBER))
    calls.templates.remove(get_template(calls, "template_1"), NOW)
    with pytest.raises(NotFound):
        request_call(calls, CallWish("template_1", number=NUMBER))
    attend(calls, call.id)
    assert [placed.order.max_duration_s for placed in calls.telephony.accepted] == [42]
    opening = answer_call(calls, call.id, Report("in-progress", "CA1", NOW))
    assert (opening.brief.greeting, opening.brief.template_version) == ("Second.", 2)
    with pytest.raises(NotFound):
        template_of_call(calls, TemplateChoice("template_x"))


def test_a_call_is_held_by_the_version_that_was_asked_for(calls):
    """Though a newer one is there, and though the template is deleted while it waits."""
    editing.replace_template(calls, a_template(greeting="Second."), None)
    first = request_call(calls, CallWish("template_1", number=NUMBER, template_version=1))
    calls.templates.remove(get_template(calls, "template_1"), NOW)
    attend(calls, first.id)
    opening = answer_call(calls, first.id, Report("in-progress", "CA1", NOW))
    assert opening.brief.template_version == 1
    assert "Second" not in opening.brief.greeting


def test_a_repeated_call_is_held_by_the_version_of_the_first(calls):
    """Whatever is current by then."""
    over = request_call(calls, CallWish("template_1", number=NUMBER, template_version=1))
    calls.book.change(over.id, lambda call: replace(call, state=CallState.ENDED))
    editing.replace_template(calls, a_template(greeting="Second."), None)
    assert requeue_call(calls, over.id, "call_2", "token:ops").choice == TemplateChoice("template_1", 1)


def test_a_version_that_is_not_there_is_not_asked_for(calls):
    """Nothing waits that could not be held."""
    with pytest.raises(NotFound) as refused:
        request_call(calls, CallWish("template_1", number=NUMBER, template_version=2))
    assert (refused.value.code, refused.value.errors[0].pointer) == ("template_not_found", "/template_id")
    assert not calls.shelf.calls


def test_a_template_stays_with_the_version_of_its_prompt(calls):
    """Another may be published, one that the template could not be filled with too."""
    prompting.replace_prompt(calls, "prompt_1", PromptText("Sales", "Say this."), None)
    editing.replace_template(calls, a_template(prompt_version=1), None)
    asks = PromptVariable("offer", VariableType.TEXT, "spring", required=True)
    newest = PromptText("Sales", "Sell {{ offer }}.", variables=(asks,))
    prompting.replace_prompt(calls, "prompt_1", newest, None)
    call = request_call(calls, CallWish("template_1", number=NUMBER))
    attend(calls, call.id)
    brief = answer_call(calls, call.id, Report("in-progress", "CA1", NOW)).brief
    assert (brief.prompt_version, "You sell to" in brief.instructions) == (1, True)
    with pytest.raises(NotFound) as refused:
        editing.replace_template(calls, a_template(prompt_version=9), None)
    assert (refused.value.code, refused.value.errors[0].pointer) == ("prompt_not_found", "/prompt_version")


def test_an_answered_call_keeps_its_version(calls):
    """Whatever becomes of the template."""
    calls.book.create(a_call(state=CallState.RINGING, sid="CA1"))
    report = Report("in-progress", "CA1", NOW)
    answer_call(calls, "call_1", report)
    editing.replace_template(calls, a_template(greeting="Other words."), None)
    assert answer_call(calls, "call_1", report).brief.template_version == 1


def test_versions_are_there_also_of_a_deleted_template(calls):
    """One by one and as a list; of a template that never was there are none."""
    second = editing.replace_template(calls, a_template(name="Other"), None)
    _unused(calls)
    editing.delete_template(calls, "template_1", None)
    assert list(editing.list_versions(calls, "template_1", 10, None).items) == [second, a_template()]
    assert editing.get_version(calls, "template_1", "2") == second
    for number in ("3", "0", "01", "x", "-1", "99999"):
        with pytest.raises(NotFound):
            editing.get_version(calls, "template_1", number)
    with pytest.raises(NotFound):
        editing.list_versions(calls, "template_x", 10, None)


def test_a_template_is_tried_out(calls):
    """With a contact or with somebody made up: every text, and what the model is told."""
    texts = {
        "greeting": "Hello {{ first_name }}.",
        "disclosure": "Press 9 at any time.",
        "voicemail_message": "Call {{ call.line }}.",
        "screening_answer": "Ann, for {{ contact.name }}.",
        "recording_announcement": "{{ call.direction }}",
    }
    editing.replace_template(calls, a_template(**texts), None)
    contact = calls.crm.contacts.find_by_phone(NUMBER)
    occasion = editing.occasion_with(calls, contact.id, {}, Direction.INBOUND)
    shown = editing.render_template(calls, "template_1", occasion)
    assert shown.texts == {
        "greeting": "Hello Ada.",
        "disclosure": "Press 9 at any time.",
        "voicemail_message": f"Call {LINE}.",
        "screening_answer": "Ann, for Ada.",
        "recording_announcement": "inbound",
    }
    assert "Hello Ada." in shown.first_words
    assert (shown.template_version, shown.prompt_version) == (2, 1)
    assert shown.instructions
    made_up = editing.occasion_with(calls, None, {"name": "Bo Li"}, Direction.OUTBOUND)
    assert editing.render_template(calls, "template_1", made_up).texts["greeting"] == "Hello Bo."
    with pytest.raises(NotFound):
        editing.occasion_with(calls, "contact_x", {}, Direction.OUTBOUND)


def test_only_configured_providers_can_be_named(calls):
    """A name that is not there is refused at its place; configured ones are taken in any order."""
    wanted = replace(a_template().conduct, providers=("spare", "gone"))
    with pytest.raises(Invalid) as refusal:
        editing.create_template(calls, replace(a_template(conduct=wanted), id="template_2"))
    assert refusal.value.code == "unknown_provider"
    assert [error.pointer for error in refusal.value.errors] == ["/conduct/providers/1"]
    known = replace(wanted, providers=("spare", "openai"))
    kept = editing.create_template(calls, replace(a_template(conduct=known), id="template_2"))
    assert kept.conduct.providers == ("spare", "openai")
