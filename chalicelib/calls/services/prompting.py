"""Prompts beside the call templates that use them: tried out, put to use, deleted when nothing needs them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.ai.domain.prompts import objection_to, roll_back, samples_of, values_for
from chalicelib.ai.services import prompts
from chalicelib.calls.services.briefing import SAMPLE, for_model, variables_of
from chalicelib.kernel.errors import Conflict, Invalid, about_field

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.ai.domain.prompts import PromptTemplate, PromptVariable, Value
    from chalicelib.ai.services.prompts import PromptText
    from chalicelib.calls.domain.templates import CallTemplate
    from chalicelib.calls.ports.calls import CallPorts
    from chalicelib.calls.services.briefing import Occasion


@dataclass(frozen=True)
class PromptPreview:
    """A prompt filled in for somebody; `variables` are the values of what it declares."""

    template_id: str
    version: int
    instructions: str
    stable_chars: int
    variables: Mapping[str, Value]


def create_prompt(calls: CallPorts, wanted: PromptText, template_id: str) -> PromptTemplate:
    """Store a prompt that can be filled in; refused as `prompts.create_prompt`, or when it cannot be."""
    _try_out(calls, wanted)
    return prompts.create_prompt(calls.ai, wanted, template_id)


def replace_prompt(
    calls: CallPorts, template_id: str, wanted: PromptText, expected_version: int | None
) -> PromptTemplate:
    """Make the next version of a prompt; refused as `create_prompt` and `publish_prompt`."""
    prompts.get_prompt(calls.ai, template_id)
    _try_out(calls, wanted)
    if wanted.publish:
        _check_users(calls, template_id, wanted.variables)
    return prompts.replace_prompt(calls.ai, template_id, wanted, expected_version)


def publish_prompt(calls: CallPorts, template_id: str, number: int | None = None) -> PromptTemplate:
    """Have calls use a version from now on, the newest unless `number` says which.

    `Conflict` with code `template_lacks_variable` while a call template does not give what it requires.
    """
    newest = prompts.get_prompt(calls.ai, template_id)
    chosen = prompts.get_version(calls.ai, template_id, str(number or newest.version))
    _check_users(calls, template_id, chosen.variables)
    return prompts.publish_prompt(calls.ai, template_id, chosen.version)


def roll_back_prompt(calls: CallPorts, template_id: str) -> PromptTemplate:
    """Have calls use the version that they used before; refused as `publish_prompt`, or without such."""
    earlier = roll_back(prompts.get_prompt(calls.ai, template_id))
    if earlier is not None:
        number = str(earlier.published_version)
        _check_users(calls, template_id, prompts.get_version(calls.ai, template_id, number).variables)
    return prompts.roll_back_prompt(calls.ai, template_id)


def delete_prompt(calls: CallPorts, template_id: str, expected_version: int | None) -> None:
    """Delete a prompt that no call template uses: `Conflict` with code `prompt_in_use` names one that does.

    Calls that were answered keep theirs; one that waits by a deleted call template still finds it.
    """
    if users := _users(calls, template_id):
        raise Conflict(f"The call template {users[0].name} uses it.", code="prompt_in_use")
    prompts.delete_prompt(calls.ai, template_id, expected_version)


def preview_prompt(
    calls: CallPorts,
    template_id: str,
    occasion: Occasion,
    given: Mapping[str, Value],
    number: int | None = None,
) -> PromptPreview:
    """Fill a version of a prompt in, the newest unless `number` says which; nobody is called.

    Declared variables have the contact's values, else the `given` ones, else their samples. `Invalid` with
    code `undeclared_variable` or `bad_variable` for what is given and cannot be meant.
    """
    prompt = prompts.get_prompt(calls.ai, template_id)
    if number is not None:
        prompt = prompts.get_version(calls.ai, template_id, str(number))
    with about_field("/variables"):
        _check_given(prompt, given)
    sources = (occasion.contact.custom_fields, given, samples_of(prompt))
    language = occasion.contact.language or "en"
    known = for_model(variables_of(occasion, calls.clock.now(), language))
    return PromptPreview(
        template_id=prompt.id,
        version=prompt.version,
        instructions=prompts.instructions(calls.ai, prompt, known, *sources),
        stable_chars=prompts.stable_chars(calls.ai, prompt),
        variables=values_for(prompt, *sources),
    )


def _check_given(prompt: PromptTemplate, given: Mapping[str, Value]) -> None:
    if objection := objection_to(prompt.variables, given, may_lack=True):
        raise Invalid(objection[1], code=objection[0])


def _try_out(calls: CallPorts, wanted: PromptText) -> None:
    """Refuse, by `Invalid`, what cannot be filled in with samples."""
    prompts.check_text(calls.ai, wanted)
    samples = {variable.name: variable.sample for variable in wanted.variables}
    with about_field("/text"):
        calls.ai.renderer.render(wanted.text, {**samples, **variables_of(SAMPLE, calls.clock.now(), "en")})


def _users(calls: CallPorts, prompt_id: str) -> list[CallTemplate]:
    return [template for template in calls.templates.all() if template.prompt_id == prompt_id]


def _check_users(calls: CallPorts, prompt_id: str, variables: tuple[PromptVariable, ...]) -> None:
    """Refuse variables for which a call template that uses the prompt has no value, or one of another type.

    A value that is not asked for any more does no harm.
    """
    names = {variable.name for variable in variables}
    for template in _users(calls, prompt_id):
        if template.prompt_version is not None:
            continue  # it stays with its own version
        given = {name: value for name, value in template.variables.items() if name in names}
        if objection := objection_to(variables, given):
            said = f"The call template {template.name} must be changed first. {objection[1]}"
            raise Conflict(said, code="template_lacks_variable")
