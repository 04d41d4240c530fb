"""The templates by which contacts are reminded and told: they must be there when a calendar names them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib.calls.services.message_templates import get_message_template
from chalicelib.calls.services.templates import get_template
from chalicelib.kernel.errors import about_field
from chalicelib.scheduling.domain.calendars import Channel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.scheduling.ports.scheduling import SchedulingPorts

_TEXTS = ("confirmation_template_id", "cancellation_template_id")


def check_templates(scheduling: SchedulingPorts, changes: Mapping[str, Any]) -> None:
    """Refuse fields of a calendar that name a template which is not there; those left out are not looked at.

    Raises `NotFound`, code `template_not_found`, naming the field.
    """
    for place, reminder in enumerate(changes.get("reminders", ())):
        find = get_template if reminder.channel is Channel.CALL else get_message_template
        if reminder.template_id is not None:
            with about_field(f"/reminders/{place}/template_id"):
                find(scheduling.calls, reminder.template_id)
    for name in _TEXTS:
        if changes.get(name) is not None:
            with about_field(f"/{name}"):
                get_message_template(scheduling.calls, changes[name])
