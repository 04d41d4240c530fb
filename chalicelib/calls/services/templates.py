"""Finding the template that a call is held by; apart from requests, whose number plans cost imports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.kernel.errors import NotFound

if TYPE_CHECKING:
    from chalicelib.calls.domain.templates import CallTemplate
    from chalicelib.calls.ports.calls import CallPorts


def get_template(calls: CallPorts, template_id: str) -> CallTemplate:
    """Give the current version of a call template, or `NotFound`, also when it was deleted."""
    return _there(calls.templates.get(template_id), template_id)


def template_of_call(calls: CallPorts, template_id: str) -> CallTemplate:
    """Give what an accepted call is held by: of a template that was deleted since, the last version."""
    template = calls.templates.get(template_id)
    if template is None:
        template = next(iter(calls.templates.versions(template_id, 1, None).items), None)
    return _there(template, template_id)


def _there(template: CallTemplate | None, template_id: str) -> CallTemplate:
    if template is None:
        raise NotFound(f"There is no call template {template_id}.", code="template_not_found")
    return template
