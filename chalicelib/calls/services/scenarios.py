"""A call that was held becomes a scenario: who was on the phone is taken out, what was done is expected."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from chalicelib.ai.domain.conversation import END_TOOL, TRANSFER_TOOL
from chalicelib.ai.domain.prompts import samples_of, setting, values_for
from chalicelib.ai.domain.redaction import (
    COMPANY_STAND_IN,
    EMAIL_STAND_IN,
    STAND_IN,
    Redaction,
    names_of,
)
from chalicelib.ai.domain.scenarios import Agent, Ends, Expectation, Scenario, Somebody, Step, Stub
from chalicelib.ai.domain.sentences import primary
from chalicelib.ai.domain.wording import digits_of
from chalicelib.ai.services.prompts import get_version, prompt_of_call
from chalicelib.calls.domain.turns import TurnEnd, TurnKind
from chalicelib.calls.services.briefing import nobody
from chalicelib.calls.services.desk import read_call
from chalicelib.calls.services.templates import template_of_call
from chalicelib.crm.services.contacts import get_contact
from chalicelib.kernel.errors import Conflict, NotFound
from chalicelib.kernel.tools import Effect

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from chalicelib.ai.domain.prompts import PromptTemplate, Value
    from chalicelib.calls.domain.calls import Call
    from chalicelib.calls.domain.files import CallFile
    from chalicelib.calls.domain.templates import Brief, CallTemplate
    from chalicelib.calls.domain.turns import Turn
    from chalicelib.calls.ports.calls import CallPorts
    from chalicelib.crm.domain.contacts import Contact

_ENDS = {TurnEnd.LISTEN: Ends.LISTEN, TurnEnd.TRANSFER: Ends.TRANSFER, TurnEnd.HANG_UP: Ends.HANG_UP}
_PLAYED = frozenset({TurnKind.SPEECH, TurnKind.KEYS, TurnKind.SILENCE, TurnKind.UNCLEAR})
# Their use ends the turn, which is what is expected.
_STEERING = frozenset({END_TOOL, TRANSFER_TOOL})
# What scenarios may have, as `POST /v1/ai/evaluations` takes them.
_MAX_STEPS = 40
_MAX_TEXT = 2000
_MAX_SHORT = 200
_MAX_PROMPT = 20_000
_MAX_EXPECTED = 40
_MAX_TOOLS = 20
_MAX_LANGUAGES = 10
_TAG = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")
_LONG_NUMBER = 4
_OTHER_KEYS = "1234567890"


def scenario_of_call(calls: CallPorts, call_id: str) -> Scenario:
    """Write a call as a scenario in which nobody real is named; it expects what the agent did then.

    `NotFound`: the call; `Conflict` with code `nothing_was_said` for one in which nobody spoke.
    """
    file = read_call(calls, call_id)
    steps = [turn for turn in file.turns if turn.kind in _PLAYED and _has_words(turn)][:_MAX_STEPS]
    if file.brief is None or not steps:
        raise Conflict("Nobody spoke in this call.", code="nothing_was_said")
    contact = _contact(calls, file.call)
    redaction = Redaction(_known(contact))
    return Scenario(
        name=f"call-{file.call.id[-12:]}",
        description="Made of a call, with names, numbers and addresses replaced. Read it before you keep it.",
        tags=("from-call",),
        agent=_agent(calls, file, file.brief, contact, redaction),
        contact=_stand_in(contact, file.brief),
        at=_local(file, file.brief),
        steps=tuple(_step(turn, before, redaction) for before, turn in _with_before(file.turns, steps)),
        stubs=_stubs(calls, steps, redaction),
    )


def _has_words(turn: Turn) -> bool:
    """Tell whether a turn can be played: speech that nobody understood, or keys that are none, cannot."""
    if turn.kind is TurnKind.KEYS:
        return bool(digits_of(turn.said))
    return turn.kind is not TurnKind.SPEECH or bool(turn.said.strip())


def _contact(calls: CallPorts, call: Call) -> Contact:
    try:
        return get_contact(calls.crm, call.contact_id)
    except NotFound:
        return nobody(call)


def _known(contact: Contact) -> dict[str, str]:
    known = names_of(contact.name)
    if contact.company:
        known[contact.company] = COMPANY_STAND_IN
    if contact.email:
        known[contact.email] = EMAIL_STAND_IN
    return known


def _stand_in(contact: Contact, brief: Brief) -> Somebody:
    return Somebody(
        name=STAND_IN,
        email=EMAIL_STAND_IN if contact.email else None,
        company=COMPANY_STAND_IN if contact.company else None,
        language=_tag(contact.language or "") or _tag(brief.language) or "en-US",
        time_zone=brief.time_zone,
    )


def _agent(calls: CallPorts, file: CallFile, brief: Brief, contact: Contact, redaction: Redaction) -> Agent:
    """Give the agent as templates have it: the call's own words have the contact in them."""
    template = template_of_call(calls, file.call.choice)
    prompt = _prompt(calls, template, brief)
    values = _values(prompt, template, contact)
    return Agent(
        prompt=redaction.text(setting(values) + prompt.text)[:_MAX_PROMPT],
        greeting=_greeting(template, redaction),
        language=_tag(brief.language) or "en-US",
        languages=tuple(filter(None, map(_tag, brief.languages)))[:_MAX_LANGUAGES],
        tools=brief.tools[:_MAX_TOOLS],
        direction=file.call.direction.value,
        has_colleague=bool(brief.transfer_to),
        on_failure=brief.on_failure,
        conduct=brief.conduct,
    )


def _prompt(calls: CallPorts, template: CallTemplate, brief: Brief) -> PromptTemplate:
    prompt = prompt_of_call(calls.ai, template.prompt_id)
    if brief.prompt_version != prompt.version:
        with suppress(NotFound):
            return get_version(calls.ai, template.prompt_id, str(brief.prompt_version))
    return prompt


def _values(prompt: PromptTemplate, template: CallTemplate, contact: Contact) -> dict[str, Value]:
    """Give what the prompt declares as the template has it; for the contact's own values their samples."""
    samples = {name: sample for name, sample in samples_of(prompt).items() if name in contact.custom_fields}
    return values_for(prompt, samples, template.variables)


def _greeting(template: CallTemplate, redaction: Redaction) -> str:
    said = redaction.text(" ".join(filter(None, (template.greeting, template.disclosure))))
    return said.strip()[:_MAX_TEXT] or "Hello."


def _local(file: CallFile, brief: Brief) -> datetime:
    began = file.call.answered_at or file.call.created_at
    return began.astimezone(ZoneInfo(brief.time_zone)).replace(tzinfo=None, second=0, microsecond=0)


def _with_before(turns: tuple[Turn, ...], steps: list[Turn]) -> Iterator[tuple[Turn | None, Turn]]:
    """Give each step with the turn before it, which may have been talked over."""
    earlier = {turn.number: turn for turn in turns}
    for turn in steps:
        yield earlier.get(turn.number - 1), turn


def _step(turn: Turn, before: Turn | None, redaction: Redaction) -> Step:
    heard = None if before is None or before.heard is None else redaction.text(before.heard)[:_MAX_TEXT]
    return Step(
        caller=redaction.text(turn.said).strip()[:_MAX_TEXT] if turn.kind is TurnKind.SPEECH else "",
        language=_tag(turn.language) if turn.kind is TurnKind.SPEECH else "",
        keys=_keys(digits_of(turn.said)) if turn.kind is TurnKind.KEYS else "",
        silent=turn.kind is TurnKind.SILENCE,
        unclear=_unclear(turn, redaction) if turn.kind is TurnKind.UNCLEAR else "",
        heard=heard,
        expect=tuple(_expected(turn, redaction))[:_MAX_EXPECTED],
    )


def _unclear(turn: Turn, redaction: Redaction) -> str:
    return redaction.text(turn.said).strip()[:_MAX_SHORT].strip() or "[noise]"


def _tag(language: str) -> str:
    """Give a language's tag as scenarios have it, with a country or without: of `es-419` the language."""
    return (
        language
        if _TAG.fullmatch(language)
        else primary(language)
        if _TAG.fullmatch(primary(language))
        else ""
    )


def _keys(digits: str) -> str:
    """Give keys of a menu as they are; a longer number, which may be somebody's, as a made-up one."""
    return digits if len(digits) < _LONG_NUMBER else (_OTHER_KEYS * len(digits))[: len(digits)]


def _expected(turn: Turn, redaction: Redaction) -> Iterator[Expectation]:
    for run in turn.tools:
        if run.name not in _STEERING:
            arguments = redaction.value(_arguments(run.arguments))
            yield Expectation(uses=run.name, arguments=arguments, done=run.done)
    if turn.end in _ENDS:
        yield Expectation(ends=_ENDS[turn.end])


def _stubs(calls: CallPorts, turns: list[Turn], redaction: Redaction) -> dict[str, Stub]:
    """Answer what left the house as it was answered then; the last answer of each action counts."""
    outside = {name for name, tool in calls.tools.items() if tool.effect is Effect.OUTSIDE}
    runs = [run for turn in turns for run in turn.tools if run.name in outside]
    stubs = {run.name: Stub(_told(run.result, redaction), run.done) for run in runs}
    return dict(list(stubs.items())[:_MAX_TOOLS])


def _told(result: str, redaction: Redaction) -> str:
    return redaction.text(result).strip()[:_MAX_TEXT].strip() or "Done."


def _arguments(written: str) -> dict[str, Any] | None:
    try:
        read = json.loads(written or "{}")
    except ValueError:
        return None
    return read if isinstance(read, dict) else None
