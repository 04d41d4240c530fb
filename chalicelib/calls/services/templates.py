"""Finding the template that a call is held by; apart from requests, whose number plans cost imports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.kernel.errors import NotFound

if TYPE_CHECKING:
    from chalicelib.calls.domain.templates import CallTemplate, TemplateChoice
    from chalicelib.calls.ports.calls import CallPorts


def get_template(calls: CallPorts, template_id: str) -> CallTemplate:
    """Give the current version of a call template, or `NotFound`, also when it was deleted."""
    return _there(calls.templates.get(template_id), template_id)


def get_chosen(calls: CallPorts, choice: TemplateChoice) -> CallTemplate:
    """Give the chosen version of a call template that is not deleted, or `NotFound`."""
    template = get_template(calls, choice.template_id)
    if choice.version in (None, template.version):
        return template
    return _there(calls.templates.version(choice.template_id, choice.version), choice.name)


def template_of_call(calls: CallPorts, choice: TemplateChoice) -> CallTemplate:
    """Give what an accepted call is held by: of a template that was deleted since, the last version."""
    if choice.version is not None:
        return _there(calls.templates.version(choice.template_id, choice.version), choice.name)
    template = calls.templates.get(choice.template_id)
    if template is None:
        template = next(iter(calls.templates.versions(choice.template_id, 1, None).items), None)
    return _there(template, choice.template_id)


def _there(template: CallTemplate | None, template_id: str) -> CallTemplate:
    if template is None:
        raise NotFound(f"There is no call template {template_id}.", code="template_not_found")
    return template
