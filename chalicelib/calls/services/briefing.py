"""Filling a call template and its prompt in for one call, and finding out early when that cannot work."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from chalicelib.ai.services.prompts import instructions
from chalicelib.calls.domain.calls import Direction
from chalicelib.calls.domain.machines import usual_screening_answer
from chalicelib.calls.domain.naming import NOT_KNOWN, stand_in, without_name
from chalicelib.calls.domain.templates import Brief
from chalicelib.calls.services.announcing import announcement
from chalicelib.calls.services.remembering import remembered
from chalicelib.crm.domain.contacts import UNKNOWN_CALLER, Contact, known_name
from chalicelib.crm.domain.details import ContactStatus
from chalicelib.kernel.area_zones import likely_zone
from chalicelib.kernel.errors import about_field
from chalicelib.kernel.phones import E164

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.ai.domain.conversation import MenuKey
    from chalicelib.ai.domain.prompts import PromptTemplate
    from chalicelib.calls.domain.calls import Call
    from chalicelib.calls.domain.templates import CallTemplate
    from chalicelib.calls.ports.calls import CallPorts

DEFAULT_TIME_ZONE = "UTC"
TEXTS = ("recording_announcement", "greeting", "disclosure", "screening_answer", "voicemail_message")
# What greetings and prompts may say of the appointment of which a call reminds; nothing in other calls.
NO_APPOINTMENT: Mapping[str, str] = dict.fromkeys(("when", "who", "place"), "")
_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
_SOMEBODY = Contact(
    id="contact_sample",
    name="Sample Person",
    phone=E164("+14155550100"),
    email="sample@example.com",
    company="Sample Company",
    title="Sample Title",
    time_zone="America/New_York",
    language="en-US",
    source="sample",
    status=ContactStatus.LEAD,
    created_at=_EPOCH,
    updated_at=_EPOCH,
    version=1,
)


@dataclass(frozen=True)
class Occasion:
    """Who talks to whom, and of which appointment; None: texts may not refer to one."""

    contact: Contact
    direction: Direction
    number: E164
    line: E164
    appointment: Mapping[str, str] | None = field(default_factory=lambda: NO_APPOINTMENT)


def nobody(call: Call) -> Contact:
    """Give a contact that has no name, for a call whose own is gone; it is never stored."""
    return Contact(
        id=call.contact_id,
        name=UNKNOWN_CALLER,
        phone=call.number,
        created_at=call.created_at,
        updated_at=call.created_at,
        version=0,
    )


SAMPLE = Occasion(
    _SOMEBODY,
    Direction.OUTBOUND,
    _SOMEBODY.phone,
    E164("+14155550101"),
    {"when": "Monday, March 9, at 2:30 PM", "who": "Sample Practice", "place": "Sample Street 1"},
)


def write_brief(
    calls: CallPorts,
    template: CallTemplate,
    prompt: PromptTemplate,
    occasion: Occasion,
    now: datetime | None = None,
) -> Brief:
    """Fill greeting and prompt in; `Invalid` with code `bad_template` for a variable that does not exist.

    `now` is what they say that it is, where it is not now.
    """
    variables = variables_of(occasion, now or calls.clock.now(), template.language)
    with about_field("/prompt_id"):
        told = for_model(variables)
        filled = instructions(calls.ai, prompt, told, occasion.contact.custom_fields, template.variables)
    return Brief(
        instructions=filled + remembered(calls, occasion.contact, template.conduct.memory_chars),
        greeting=_first_words(calls, template, occasion, variables),
        transport=template.transport,
        language=template.language,
        languages=template.languages,
        voice=template.voice,
        tools=template.tools,
        menu=_menu(calls, template, variables),
        on_failure=template.on_failure,
        filler_after_ms=template.filler_after_ms,
        transfer_to=template.transfer_to or "",
        transfer_mode=template.transfer_mode,
        when_nobody=template.when_nobody,
        on_machine=template.on_machine,
        voicemail_message=_filled(calls, template, "voicemail_message", variables),
        screening_answer=_screening_answer(calls, template, occasion, variables),
        record=template.record,
        max_spend=template.max_spend,
        max_duration_s=template.max_duration_s,
        extract=template.extract,
        conduct=template.conduct,
        time_zone=zone_of(occasion),
        template_version=template.version,
        prompt_version=prompt.version,
    )


def _menu(calls: CallPorts, template: CallTemplate, variables: Mapping[str, Any]) -> tuple[MenuKey, ...]:
    with about_field("/menu"):
        return tuple(
            replace(each, text=calls.ai.renderer.render(each.text, variables)) for each in template.menu
        )


def fill_texts(calls: CallPorts, template: CallTemplate, occasion: Occasion) -> dict[str, str]:
    """Fill in each text of a template, by its field; `Invalid` with code `bad_template` names the field."""
    variables = variables_of(occasion, calls.clock.now(), template.language)
    return {field: _filled(calls, template, field, variables) for field in TEXTS}


def _first_words(
    calls: CallPorts, template: CallTemplate, occasion: Occasion, variables: Mapping[str, Any]
) -> str:
    """Give all that is said before anybody answers."""
    own = _filled(calls, template, "recording_announcement", variables)
    told = announcement(calls, template, occasion, own)
    fields = ("greeting", "disclosure")
    return " ".join(filter(None, (told, *(_filled(calls, template, field, variables) for field in fields))))


def _screening_answer(
    calls: CallPorts, template: CallTemplate, occasion: Occasion, variables: Mapping[str, Any]
) -> str:
    """Give what a machine that asks who calls is told: the template's own words, or for whom and by whom."""
    if own := _filled(calls, template, "screening_answer", variables):
        return own
    name = known_name(occasion.contact)
    greeting = _filled(calls, template, "greeting", variables)
    return usual_screening_answer(name, greeting, template.language)


def _filled(calls: CallPorts, template: CallTemplate, field: str, variables: Mapping[str, Any]) -> str:
    with about_field(f"/{field}"):
        text = calls.ai.renderer.render(getattr(template, field), variables)
    return text if variables["contact"].name else without_name(text)


def variables_of(occasion: Occasion, now: datetime, language: str) -> dict[str, Any]:
    """Give what greetings and prompts may refer to: `contact`, `first_name`, `call`, `now`, `appointment`.

    A name that is not known is empty; the first name is the word that stands for it in `language`, if any.
    """
    name = known_name(occasion.contact)
    zone = zone_of(occasion)
    local = now.astimezone(ZoneInfo(zone)).strftime("%A, %d %B %Y, %H:%M")
    appointment = {} if occasion.appointment is None else {"appointment": occasion.appointment}
    return {
        **appointment,
        "contact": replace(occasion.contact, name=name),
        "first_name": (name.split() or [stand_in(language)])[0],
        "call": {"direction": occasion.direction.value, "number": occasion.number, "line": occasion.line},
        "now": f"{local} UTC" if zone == DEFAULT_TIME_ZONE else local,
    }


def for_model(variables: Mapping[str, Any]) -> dict[str, Any]:
    """Give the same for a prompt, which says of a name that it is not known."""
    contact = variables["contact"]
    named = contact if contact.name else replace(contact, name=NOT_KNOWN)
    return {**variables, "contact": named, "first_name": variables["first_name"] or NOT_KNOWN}


def zone_of(occasion: Occasion) -> str:
    """Give the contact's time zone, or where their number most likely is; UTC when nothing tells it."""
    return occasion.contact.time_zone or likely_zone(occasion.number) or DEFAULT_TIME_ZONE
