"""What an operator sets up and reads: call templates, routes of our numbers, single calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.ai.services import get_prompt
from chalicelib.calls.domain.permission import objection_to
from chalicelib.calls.services.briefing import SAMPLE, write_brief
from chalicelib.calls.services.templates import get_template
from chalicelib.kernel.errors import Forbidden, Invalid, NotFound, about_field
from chalicelib.kernel.numbering import plan_of
from chalicelib.system.services.settings import current_settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalicelib.calls.domain.files import CallFile
    from chalicelib.calls.domain.lifecycle import Call
    from chalicelib.calls.domain.templates import CallTemplate
    from chalicelib.calls.ports.calls import CallPorts
    from chalicelib.kernel.paging import Page
    from chalicelib.kernel.phones import E164


def create_template(calls: CallPorts, template: CallTemplate) -> CallTemplate:
    """Store a kind of call that can be held.

    Its prompt must exist, greeting and prompt must render, its tools must be ones that we have, and
    the number that it transfers to must be one that we may dial.
    """
    with about_field("/prompt_id"):
        prompt = get_prompt(calls.ai, template.prompt_id)
    write_brief(calls, template, prompt, SAMPLE)
    with about_field("/transfer_to"):
        _check_target(calls, template.transfer_to)
    with about_field("/tools"):
        _check_tools(calls, template.tools)
    calls.templates.add(template)
    return template


def _check_tools(calls: CallPorts, names: tuple[str, ...]) -> None:
    unknown = sorted(set(names) - set(calls.tools))
    if unknown:
        known = ", ".join(sorted(calls.tools))
        raise Invalid(f"There is no tool {', '.join(unknown)}; there are {known}.", code="unknown_tool")


def _check_target(calls: CallPorts, number: E164 | None) -> None:
    if number is None:
        return
    countries = frozenset(current_settings(calls.system).allowed_countries)
    objection = objection_to(plan_of(number), countries)
    if objection:
        raise Forbidden(f"Calls cannot be transferred to {number}. {objection[1]}", code=objection[0])


def route_line(calls: CallPorts, line: E164, template_id: str) -> None:
    """Let a template answer one of our numbers."""
    with about_field("/template_id"):
        get_template(calls, template_id)
    if line not in calls.lines:
        raise NotFound(f"{line} is not one of our numbers (TWILIO_FROM_NUMBERS).", code="line_not_found")
    calls.templates.route(line, template_id)


def list_calls(
    calls: CallPorts, contact_ids: Sequence[str], page_size: int, start: str | None = None
) -> Page[Call]:
    """List the calls of one person, newest first, by all ids that the person has had; no erased ones."""
    return calls.book.of_contacts(contact_ids, page_size, start)


def read_call(calls: CallPorts, call_id: str) -> CallFile:
    """Give a call with all that belongs to it."""
    file = calls.book.load(call_id)
    if file is None:
        raise NotFound(f"There is no call {call_id}.", code="call_not_found")
    return file
