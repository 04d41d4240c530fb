"""Templates of text messages are kept, changed and filled in."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from chalicelib.calls.domain.calls import Direction
from chalicelib.calls.domain.naming import without_name
from chalicelib.calls.services.briefing import Occasion, variables_of
from chalicelib.kernel.clock import cut_to_millis
from chalicelib.kernel.errors import Conflict, Invalid, NotFound, about_field
from chalicelib.kernel.ids import is_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.calls.domain.message_templates import MessageTemplate
    from chalicelib.calls.ports.calls import CallPorts
    from chalicelib.crm.domain.contacts import Contact
    from chalicelib.kernel.phones import E164

MAX_TEMPLATES = 200


def fill(
    calls: CallPorts, text: str, contact: Contact, numbers: tuple[E164, E164], variables: Mapping[str, Any]
) -> str:
    """Fill a text in for a contact; `numbers` are theirs and ours.

    `Invalid` with code `bad_template` for a variable that neither the contact nor `variables` has.
    """
    number, line = numbers
    occasion = Occasion(contact, Direction.OUTBOUND, number, line, None)
    own = variables_of(occasion, calls.clock.now(), contact.language)
    filled = calls.ai.renderer.render(text, {**variables, **own})
    return filled if own["contact"].name else without_name(filled)


def add_message_template(calls: CallPorts, template: MessageTemplate) -> MessageTemplate:
    """Store a template; with the same id again, it gives the one that exists.

    `Invalid` with code `bad_template` for one that has a mistake, `Conflict` with code `too_many_templates`.
    """
    _check(calls, template.text)
    if len(calls.message_templates.all()) >= MAX_TEMPLATES:
        raise Conflict(f"There are {MAX_TEMPLATES} templates at most.", code="too_many_templates")
    return calls.message_templates.add(template)


def get_message_template(calls: CallPorts, template_id: str) -> MessageTemplate:
    """Give a template, or raise `NotFound` with code `template_not_found`."""
    found = calls.message_templates.get(template_id) if is_id(template_id, "template") else None
    if found is None:
        raise NotFound("There is no such message template.", code="template_not_found")
    return found


def change_message_template(
    calls: CallPorts, template_id: str, name: str, text: str, expected_version: int | None
) -> MessageTemplate:
    """Put another name and text in place, or raise `Conflict` with code `version_changed`."""
    _check(calls, text)
    stored = _expected(calls, template_id, expected_version)
    now = cut_to_millis(calls.clock.now())
    changed = replace(stored, name=name, text=text, updated_at=now, version=stored.version + 1)
    if not calls.message_templates.save(changed, stored.version):
        raise _changed()
    return changed


def remove_message_template(calls: CallPorts, template_id: str, expected_version: int | None) -> None:
    """Delete a template; messages that were made of it stay as they are."""
    stored = _expected(calls, template_id, expected_version)
    if not calls.message_templates.remove(template_id, stored.version):
        raise _changed()


def _expected(calls: CallPorts, template_id: str, version: int | None) -> MessageTemplate:
    stored = get_message_template(calls, template_id)
    if version not in (None, stored.version):
        raise _changed()
    return stored


def _changed() -> Conflict:
    return Conflict("The template has changed; read it again.", code="version_changed")


def _check(calls: CallPorts, text: str) -> None:
    """Refuse what has a mistake, or is empty for everybody; its own variables are not known yet."""
    with about_field("/text"):
        calls.ai.renderer.check(text)
        if not text.strip():
            raise Invalid("Give a text to send.", code="body_missing")
