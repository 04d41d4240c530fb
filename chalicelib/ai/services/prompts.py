"""Prompt templates: written, changed version by version, put to use, and filled in for one conversation."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chalicelib.ai.domain import prompts
from chalicelib.ai.domain.prompts import FIRST, KNOWN, MAX_PROMPTS, PromptTemplate
from chalicelib.ai.domain.wording import HOUSE_RULES
from chalicelib.kernel.clock import cut_to_millis
from chalicelib.kernel.errors import Conflict, Invalid, NotFound, about_field
from chalicelib.kernel.ids import new_id
from chalicelib.kernel.paging import Page

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from chalicelib.ai.domain.prompts import PromptVariable, Value
    from chalicelib.ai.ports.ai import AiPorts

_TRIES = 5
_NUMBER = re.compile(r"[1-9][0-9]{0,3}")


@dataclass(frozen=True)
class PromptText:
    """What people write of a prompt; `publish` says whether calls use it from now on."""

    name: str
    text: str
    description: str = ""
    variables: tuple[PromptVariable, ...] = ()
    publish: bool = True


def create_prompt(ai: AiPorts, wanted: PromptText, template_id: str | None = None) -> PromptTemplate:
    """Store a prompt template; the same id again gives the one that is there.

    `Invalid` with code `bad_template` when the syntax is wrong, or `undeclared_variable`; `Conflict` with
    code `too_many_prompts` when there are 200.
    """
    check_text(ai, wanted)
    template = _first_version(ai, template_id or new_id("prompt"), wanted)
    if ai.prompts.count() >= MAX_PROMPTS and ai.prompts.get(template.id) is None:
        raise Conflict(f"There are {MAX_PROMPTS} prompt templates at most.", code="too_many_prompts")
    try:
        ai.prompts.add(template)
    except Conflict:
        return _made_before(ai, template.id)
    return template


def check_text(ai: AiPorts, wanted: PromptText) -> None:
    """Refuse, by `Invalid`, a mistake in the syntax or a variable that nobody declared."""
    with about_field("/text"):
        unknown = ai.renderer.names(wanted.text) - KNOWN - {each.name for each in wanted.variables}
        if unknown:
            names, known = ", ".join(sorted(unknown)), ", ".join(sorted(KNOWN))
            raise Invalid(f"Declare {names} in variables; {known} need not be.", code="undeclared_variable")
        ai.renderer.check(wanted.text)


def replace_prompt(
    ai: AiPorts, template_id: str, wanted: PromptText, expected_version: int | None
) -> PromptTemplate:
    """Make the next version of a template; changing nothing makes none, but may put it to use.

    Refused as `create_prompt`, and by `NotFound` or `Conflict` with code `version_changed`.
    """
    check_text(ai, wanted)
    for _ in range(_TRIES):
        before = _expected(ai, template_id, expected_version)
        after = _next_version(ai, before, wanted)
        if wanted.publish:
            after = prompts.publish(after, after.version)
        if after == before or _kept(ai, after, before):
            return after
    raise _changed()


def publish_prompt(ai: AiPorts, template_id: str, number: int | None = None) -> PromptTemplate:
    """Have calls use a version from now on, the newest unless `number` says which; `NotFound` without it."""
    if number is not None:
        get_version(ai, template_id, str(number))
    return _published(ai, template_id, lambda prompt: prompts.publish(prompt, number or prompt.version))


def roll_back_prompt(ai: AiPorts, template_id: str) -> PromptTemplate:
    """Have calls use the version that they used before the present one.

    `Conflict` with code `nothing_to_roll_back` when no other was put to use before.
    """
    return _published(ai, template_id, _rolled_back)


def delete_prompt(ai: AiPorts, template_id: str, expected_version: int | None) -> None:
    """Delete a template; its versions stay readable. Whether it is used is for others to know."""
    for _ in range(_TRIES):
        template = _expected(ai, template_id, expected_version)
        if ai.prompts.remove(template, ai.clock.now()):
            return
    raise _changed()


def get_prompt(ai: AiPorts, template_id: str) -> PromptTemplate:
    """Give the newest version of a prompt template, a draft or not, or `NotFound`."""
    template = ai.prompts.get(template_id)
    if template is None:
        raise NotFound(f"There is no prompt template {template_id}.", code="prompt_not_found")
    return template


def prompt_to_use(ai: AiPorts, template_id: str, number: int | None = None) -> PromptTemplate:
    """Give the version that calls use; `Invalid` with code `prompt_not_published` when there is none.

    With a `number` it is that version, also when it was never published.
    """
    newest = get_prompt(ai, template_id)
    if number is None:
        return _in_use(ai, newest)
    return replace(_stored(ai, template_id, str(number)), publications=newest.publications)


def prompt_of_call(ai: AiPorts, template_id: str, number: int | None = None) -> PromptTemplate:
    """Give what a call is held by that cannot be refused any more: also of a deleted prompt."""
    if number is not None:
        return _stored(ai, template_id, str(number))
    newest = ai.prompts.get(template_id)
    if newest is None:
        newest = next(iter(ai.prompts.versions(template_id, 1, None).items), None)
    if newest is None:
        raise NotFound(f"There is no prompt template {template_id}.", code="prompt_not_found")
    return newest if newest.published_version is None else _in_use(ai, newest)


def get_version(ai: AiPorts, template_id: str, number: str) -> PromptTemplate:
    """Give one version of a prompt, also of one that was deleted, or `NotFound`."""
    return _as_of_now(ai, _stored(ai, template_id, number))


def list_versions(ai: AiPorts, template_id: str, page_size: int, start: str | None) -> Page[PromptTemplate]:
    """List the versions of a prompt, newest first, also of one that was deleted, or `NotFound`."""
    page = ai.prompts.versions(template_id, page_size, start)
    if not page.items and start is None:
        get_prompt(ai, template_id)
    return replace(page, items=[_as_of_now(ai, version) for version in page.items])


def find_prompts(ai: AiPorts, words: str, page_size: int, start: str | None = None) -> Page[PromptTemplate]:
    """Give templates, by name, in whose name, description or text every one of these words stands.

    A page has fewer than `page_size` when their texts are long.
    """
    wanted = words.casefold().split()
    found = sorted(
        (prompt for prompt in ai.prompts.all() if all(word in _searched(prompt) for word in wanted)),
        key=prompts.place_of,
    )
    left = [prompt for prompt in found if start is None or prompts.place_of(prompt) > start]
    shown = left[: min(page_size, prompts.how_many_fit(left))]
    return Page(shown, prompts.place_of(shown[-1]) if len(shown) < len(left) else None)


def instructions(
    ai: AiPorts, prompt: PromptTemplate, variables: Mapping[str, Any], *sources: Mapping[str, Value]
) -> str:
    """Fill a prompt, after the rules that hold for every call; `Invalid` when it cannot be.

    `variables` are those that every prompt has; declared ones have their values from the first of the
    `sources` that fits. What follows the prompt, for one conversation, comes last, so that the beginning
    stays the same and providers can cache it.
    """
    declared = prompts.values_for(prompt, *sources)
    return HOUSE_RULES + ai.renderer.render_marked(prompt.text, {**declared, **variables})


def stable_chars(ai: AiPorts, prompt: PromptTemplate) -> int:
    """Count the characters at the beginning of the instructions that are the same for every call."""
    return len(HOUSE_RULES) + len(ai.renderer.beginning(prompt.text))


def _first_version(ai: AiPorts, template_id: str, wanted: PromptText) -> PromptTemplate:
    now = cut_to_millis(ai.clock.now())
    return PromptTemplate(
        template_id,
        wanted.name,
        wanted.text,
        created_at=now,
        updated_at=now,
        description=wanted.description,
        variables=wanted.variables,
        publications=FIRST if wanted.publish else (),
    )


def _made_before(ai: AiPorts, template_id: str) -> PromptTemplate:
    stored = ai.prompts.get(template_id)
    if stored is None:
        raise Conflict("What this request created was deleted.", code="template_gone")
    return stored


def _next_version(ai: AiPorts, before: PromptTemplate, wanted: PromptText) -> PromptTemplate:
    same = replace(
        before,
        name=wanted.name,
        text=wanted.text,
        description=wanted.description,
        variables=wanted.variables,
    )
    if same == before:
        return before
    return replace(same, updated_at=cut_to_millis(ai.clock.now()), version=before.version + 1)


def _kept(ai: AiPorts, after: PromptTemplate, before: PromptTemplate) -> bool:
    if after.version == before.version:
        return ai.prompts.publish(after, before)
    return ai.prompts.save(after, before)


def _published(
    ai: AiPorts, template_id: str, change: Callable[[PromptTemplate], PromptTemplate]
) -> PromptTemplate:
    for _ in range(_TRIES):
        before = get_prompt(ai, template_id)
        after = change(before)
        if after == before or ai.prompts.publish(after, before):
            return after
    raise _changed()


def _rolled_back(prompt: PromptTemplate) -> PromptTemplate:
    earlier = prompts.roll_back(prompt)
    if earlier is None:
        raise Conflict("No other version was put to use before.", code="nothing_to_roll_back")
    return earlier


def _in_use(ai: AiPorts, newest: PromptTemplate) -> PromptTemplate:
    if newest.published_version is None:
        raise Invalid(f"No version of {newest.id} is published.", code="prompt_not_published")
    if not newest.is_draft:
        return newest
    used = ai.prompts.version(newest.id, newest.published_version)
    return replace(used or newest, publications=newest.publications)


def _stored(ai: AiPorts, template_id: str, number: str) -> PromptTemplate:
    """Give a version as it is stored, an old one as it was when it was replaced, or `NotFound`."""
    version = ai.prompts.version(template_id, int(number)) if _NUMBER.fullmatch(number) else None
    if version is None:
        raise NotFound(f"There is no version {number} of {template_id}.", code="prompt_not_found")
    return version


def _as_of_now(ai: AiPorts, version: PromptTemplate) -> PromptTemplate:
    """Say of an old version which one is in use now, and not when it was replaced."""
    newest = ai.prompts.get(version.id)
    return replace(version, publications=newest.publications) if newest else version


def _searched(prompt: PromptTemplate) -> str:
    return f"{prompt.name}\n{prompt.description}\n{prompt.text}".casefold()


def _expected(ai: AiPorts, template_id: str, version: int | None) -> PromptTemplate:
    template = get_prompt(ai, template_id)
    if version not in (None, template.version):
        raise _changed()
    return template


def _changed() -> Conflict:
    return Conflict("The prompt template was changed meanwhile; read it again.", code="version_changed")
