"""Call templates are made, changed version by version, tried out and deleted."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chalicelib.ai.domain.prompts import objection_to as objection_to_values
from chalicelib.ai.domain.providers import check_known
from chalicelib.ai.services.prompts import prompt_to_use
from chalicelib.calls.domain.permission import objection_to
from chalicelib.calls.services.briefing import SAMPLE, Occasion, fill_texts, write_brief
from chalicelib.calls.services.proposals import check_targets
from chalicelib.calls.services.templates import get_template
from chalicelib.crm.services.contacts import get_contact
from chalicelib.kernel.clock import cut_to_millis
from chalicelib.kernel.errors import Conflict, Forbidden, Invalid, NotFound, about_field
from chalicelib.kernel.numbering import plan_of
from chalicelib.system.services.settings import current_settings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from chalicelib.ai.domain.prompts import PromptTemplate
    from chalicelib.calls.domain.calls import Direction
    from chalicelib.calls.domain.templates import CallTemplate
    from chalicelib.calls.ports.calls import CallPorts
    from chalicelib.kernel.paging import Page
    from chalicelib.kernel.phones import E164

MAX_TEMPLATES = 200
_TRIES = 5
_NUMBER = re.compile(r"[1-9][0-9]{0,3}")


@dataclass(frozen=True)
class Rendering:
    """The texts of a template filled in; `first_words` is all that is said before anybody answers."""

    template_id: str
    template_version: int
    prompt_version: int
    instructions: str
    first_words: str
    texts: Mapping[str, str]


def create_template(calls: CallPorts, template: CallTemplate) -> CallTemplate:
    """Store a kind of call that can be held; the same id again gives the one that is there.

    Its prompt must exist, its texts and its prompt must render, its tools must be ones that we have, and
    the number that it transfers to must be one that we may dial. `Conflict` with code `too_many_templates`
    when there are 200.
    """
    _check(calls, template)
    known = {each.id for each in calls.templates.all()}
    if len(known - {template.id}) >= MAX_TEMPLATES:
        raise Conflict(f"There are {MAX_TEMPLATES} call templates at most.", code="too_many_templates")
    if calls.templates.create(template):
        return template
    stored = calls.templates.get(template.id)
    if stored is None:
        raise Conflict("What this request created was deleted.", code="template_gone")
    return stored


def replace_template(calls: CallPorts, wanted: CallTemplate, expected_version: int | None) -> CallTemplate:
    """Make `wanted` the next version of its template; changing nothing makes none.

    Refused as `create_template`, and by `NotFound` or `Conflict` with code `version_changed`. Calls that
    have been answered keep the version that they are held by.
    """
    _check(calls, wanted)
    for _ in range(_TRIES):
        before = _expected(calls, wanted.id, expected_version)
        same = replace(
            wanted, created_at=before.created_at, updated_at=before.updated_at, version=before.version
        )
        if same == before:
            return before
        next_one = replace(same, updated_at=cut_to_millis(calls.clock.now()), version=before.version + 1)
        if calls.templates.save(next_one, before):
            return next_one
    raise _changed()


def delete_template(calls: CallPorts, template_id: str, expected_version: int | None) -> None:
    """Delete a template that nothing uses; its versions stay readable.

    `Conflict` with code `template_in_use` when it answers one of our numbers, or one of the next 1,000 calls
    that wait would be held by it. A call that waits all the same is held by its last version.
    """
    for _ in range(_TRIES):
        template = _expected(calls, template_id, expected_version)
        _check_unused(calls, template_id)
        if calls.templates.remove(template, calls.clock.now()):
            return
    raise _changed()


def get_version(calls: CallPorts, template_id: str, number: str) -> CallTemplate:
    """Give one version of a template, also of one that was deleted, or `NotFound`."""
    template = calls.templates.version(template_id, int(number)) if _NUMBER.fullmatch(number) else None
    if template is None:
        raise NotFound(f"There is no version {number} of {template_id}.", code="template_not_found")
    return template


def list_versions(
    calls: CallPorts, template_id: str, page_size: int, start: str | None
) -> Page[CallTemplate]:
    """List the versions of a template, newest first, also of one that was deleted, or `NotFound`."""
    page = calls.templates.versions(template_id, page_size, start)
    if not page.items and start is None:
        get_template(calls, template_id)
    return page


def render_template(calls: CallPorts, template_id: str, occasion: Occasion) -> Rendering:
    """Fill all texts of a template in, as for one call; `Invalid` with code `bad_template`."""
    template = get_template(calls, template_id)
    prompt = prompt_to_use(calls.ai, template.prompt_id, template.prompt_version)
    brief = write_brief(calls, template, prompt, occasion)
    return Rendering(
        template_id=template.id,
        template_version=template.version,
        prompt_version=prompt.version,
        instructions=brief.instructions,
        first_words=brief.greeting,
        texts=fill_texts(calls, template, occasion),
    )


def occasion_with(
    calls: CallPorts, contact_id: str | None, sample: Mapping[str, Any], direction: Direction
) -> Occasion:
    """Say with whom a template is tried out: a contact, or somebody with these details."""
    contact = get_contact(calls.crm, contact_id) if contact_id else replace(SAMPLE.contact, **sample)
    line = calls.lines[0] if calls.lines else SAMPLE.line
    return Occasion(contact, direction, contact.phone, line, SAMPLE.appointment)


def _check(calls: CallPorts, template: CallTemplate) -> None:
    with about_field("/prompt_id" if template.prompt_version is None else "/prompt_version"):
        prompt = prompt_to_use(calls.ai, template.prompt_id, template.prompt_version)
    with about_field("/variables"):
        _check_values(prompt, template)
    fill_texts(calls, template, SAMPLE)
    write_brief(calls, template, prompt, SAMPLE)
    with about_field("/transfer_to"):
        _check_target(calls, template.transfer_to)
    with about_field("/tools"):
        _check_tools(calls, template.tools)
    with about_field("/extract"):
        check_targets(calls, template.extract)
    with about_field("/conduct/confirm_tools"):
        _check_tools(calls, template.conduct.confirm_tools)
    if template.conduct.providers:
        check_known(template.conduct.providers, calls.ai.providers, "/conduct/providers")


def _check_values(prompt: PromptTemplate, template: CallTemplate) -> None:
    if objection := objection_to_values(prompt.variables, template.variables):
        raise Invalid(objection[1], code=objection[0])


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


def _check_unused(calls: CallPorts, template_id: str) -> None:
    for route in calls.routes.some(calls.lines):
        if template_id in {route.template_id, route.after_hours_template_id}:
            raise Conflict(
                f"It answers {route.line}: give that number another first.", code="template_in_use"
            )
    if calls.lists.waits_with(template_id):
        raise Conflict(
            "Calls wait that would be held by it: hang them up, or let them end.", code="template_in_use"
        )


def _expected(calls: CallPorts, template_id: str, version: int | None) -> CallTemplate:
    template = get_template(calls, template_id)
    if version not in (None, template.version):
        raise _changed()
    return template


def _changed() -> Conflict:
    return Conflict("The call template was changed meanwhile; read it again.", code="version_changed")
