"""Finding the template that a call is held by; apart from requests, whose number plans cost imports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.kernel.errors import NotFound

if TYPE_CHECKING:
    from chalicelib.calls.domain.templates import CallTemplate
    from chalicelib.calls.ports.calls import CallPorts


def get_template(calls: CallPorts, template_id: str) -> CallTemplate:
    """Give a call template, or `NotFound`."""
    template = calls.templates.get(template_id)
    if template is None:
        raise NotFound(f"There is no call template {template_id}.", code="template_not_found")
    return template
