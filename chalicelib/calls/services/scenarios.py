"""A call that was held becomes a scenario: who was on the phone is taken out, what was done is expected."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from chalicelib.ai.domain.conversation import END_TOOL, TRANSFER_TOOL
from chalicelib.ai.domain.redaction import (
    COMPANY_STAND_IN,
    EMAIL_STAND_IN,
    STAND_IN,
    Redaction,
    names_of,
)
from chalicelib.ai.domain.scenarios import Agent, Ends, Expectation, Scenario, Somebody, Step, Stub
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

    from chalicelib.calls.domain.calls import Call
    from chalicelib.calls.domain.files import CallFile
    from chalicelib.calls.domain.templates import Brief
    from chalicelib.calls.domain.turns import Turn
    from chalicelib.calls.ports.calls import CallPorts
    from chalicelib.crm.domain.contacts import Contact

_ENDS = {TurnEnd.LISTEN: Ends.LISTEN, TurnEnd.TRANSFER: Ends.TRANSFER, TurnEnd.HANG_UP: Ends.HANG_UP}
_PLAYED = frozenset({TurnKind.SPEECH, TurnKind.KEYS, TurnKind.SILENCE, TurnKind.UNCLEAR})
# Their use ends the turn, which is what is expected.
_STEERING = frozenset({END_TOOL, TRANSFER_TOOL})
_MAX_STEPS = 40
_LONG_NUMBER = 4
_OTHER_KEYS = "1234567890"


def scenario_of_call(calls: CallPorts, call_id: str) -> Scenario:
    """Write a call as a scenario in which nobody real is named; it expects what the agent did then.

    `NotFound`: the call; `Conflict` with code `nothing_was_said` for one in which nobody spoke.
    """
    file = read_call(calls, call_id)
    steps = [turn for turn in file.turns if turn.kind in _PLAYED][:_MAX_STEPS]
    if file.brief is None or not steps:
        raise Conflict("Nobody spoke in this call.", code="nothing_was_said")
    contact = _contact(calls, file.call)
    redaction = Redaction(_known(contact))
    return Scenario(
        name=f"call-{file.call.id[-12:]}",
        description="Made of a call, with names, numbers and addresses replaced. Read it before you keep it.",
        tags=("from-call",),
        agent=_agent(calls, file, file.brief, redaction),
        contact=_stand_in(contact, file.brief),
        at=_local(file, file.brief),
        steps=tuple(_step(turn, before, redaction) for before, turn in _with_before(file.turns, steps)),
        stubs=_stubs(calls, steps, redaction),
    )


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
        language=contact.language or brief.language,
        time_zone=brief.time_zone,
    )


def _agent(calls: CallPorts, file: CallFile, brief: Brief, redaction: Redaction) -> Agent:
    """Give the agent as templates have it: the call's own words have the contact in them."""
    template = template_of_call(calls, file.call.template_id)
    prompt = prompt_of_call(calls.ai, template.prompt_id)
    if brief.prompt_version != prompt.version:
        try:
            prompt = get_version(calls.ai, template.prompt_id, str(brief.prompt_version))
        except NotFound:
            prompt = prompt_of_call(calls.ai, template.prompt_id)
    return Agent(
        prompt=redaction.text(prompt.text),
        greeting=redaction.text(" ".join(filter(None, (template.greeting, template.disclosure)))),
        language=brief.language,
        languages=brief.languages,
        tools=brief.tools,
        direction=file.call.direction.value,
        has_colleague=bool(brief.transfer_to),
        on_failure=brief.on_failure,
        conduct=brief.conduct,
    )


def _local(file: CallFile, brief: Brief) -> datetime:
    began = file.call.answered_at or file.call.created_at
    return began.astimezone(ZoneInfo(brief.time_zone)).replace(tzinfo=None, second=0, microsecond=0)


def _with_before(turns: tuple[Turn, ...], steps: list[Turn]) -> Iterator[tuple[Turn | None, Turn]]:
    """Give each step with the turn before it, which may have been talked over."""
    earlier = {turn.number: turn for turn in turns}
    for turn in steps:
        yield earlier.get(turn.number - 1), turn


def _step(turn: Turn, before: Turn | None, redaction: Redaction) -> Step:
    heard = None if before is None or before.heard is None else redaction.text(before.heard)
    return Step(
        caller=redaction.text(turn.said) if turn.kind is TurnKind.SPEECH else "",
        language=turn.language if turn.kind is TurnKind.SPEECH else "",
        keys=_keys(digits_of(turn.said)) if turn.kind is TurnKind.KEYS else "",
        silent=turn.kind is TurnKind.SILENCE,
        unclear=redaction.text(turn.said) or "[noise]" if turn.kind is TurnKind.UNCLEAR else "",
        heard=heard,
        expect=tuple(_expected(turn, redaction)),
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
    return {run.name: Stub(redaction.text(run.result) or "Done.", run.done) for run in runs}


def _arguments(written: str) -> dict[str, Any] | None:
    try:
        read = json.loads(written or "{}")
    except ValueError:
        return None
    return read if isinstance(read, dict) else None
