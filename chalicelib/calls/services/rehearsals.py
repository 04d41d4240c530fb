"""The stage of evaluations: a throw-away contact in the real CRM, and the agent as calls would have it."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from chalicelib.ai.domain.conversation import Conversation
from chalicelib.ai.domain.prompts import PromptTemplate
from chalicelib.ai.domain.rehearsals import ContactSeen
from chalicelib.ai.ports.evaluations import Cast
from chalicelib.ai.services.prompts import get_version, prompt_to_use
from chalicelib.calls.domain.calls import Direction
from chalicelib.calls.domain.templates import CallTemplate
from chalicelib.calls.services.briefing import DEFAULT_TIME_ZONE, Occasion, write_brief
from chalicelib.calls.services.templates import get_template
from chalicelib.crm.domain.contacts import Contact, NewContact
from chalicelib.crm.domain.listing import ContactFilter, Listing, Span
from chalicelib.crm.domain.throwaway import is_throw_away, throw_away_id
from chalicelib.crm.services.contacts import create_contact, delete_contact, get_contact, list_contacts
from chalicelib.crm.services.notes import list_notes
from chalicelib.kernel.errors import Conflict, Invalid, NotFound
from chalicelib.kernel.ids import derived_id
from chalicelib.kernel.phones import E164
from chalicelib.kernel.tools import ToolContext

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.ai.domain.evaluations import Subject
    from chalicelib.ai.domain.scenarios import Scenario
    from chalicelib.calls.domain.templates import Brief
    from chalicelib.calls.ports.calls import CallPorts

SOURCE = "evaluation"
# Numbers that nobody has (North American Numbering Plan: 555-0100 to 555-0199 of each area).
_LINE = E164("+12125550100")
_AREAS = tuple(f"{area}" for area in (201, 202, 206, 212, 213, 303, 312, 404, 415, 503, 512, 602, 617, 702))
_TRIES = 20
_LEFTOVERS = 10
_NOTES = 100
_SWEPT = 25
_SWEPT_AFTER = timedelta(hours=1)
_FIELDS = ("name", "email", "company", "title", "language", "time_zone", "status")


@dataclass(frozen=True)
class CallStage:
    """Plays scenarios as calls are held, without a carrier; implements `Stage`."""

    calls: CallPorts

    def check(self, subject: Subject, scenario: Scenario) -> None:
        """Refuse what cannot be played.

        `NotFound`: the template or the prompt; `Invalid`: its text, code `bad_template`, or a tool that there
        is not, code `unknown_tool`.
        """
        contact = self._somebody(scenario, "contact_check", _LINE)
        wanted = self._brief(subject, scenario, contact).tools
        unknown = [name for name in wanted if name not in self.calls.tools]
        if unknown:
            raise Invalid(f"There is no tool {unknown[0]}.", code="unknown_tool")

    def enter(self, subject: Subject, scenario: Scenario, seed: str) -> Cast:
        """Make the contact; the same `seed` again deletes what a playing that died has left."""
        self.check(subject, scenario)
        contact = self._newcomer(scenario, seed)
        try:
            return self._cast(subject, scenario, contact, derived_id("call", seed))
        except Exception:
            self._delete(contact.id)
            raise

    def _cast(self, subject: Subject, scenario: Scenario, contact: Contact, call_id: str) -> Cast:
        brief = self._brief(subject, scenario, contact)
        now, zone = self._now(scenario), brief.time_zone
        context = ToolContext(call_id, contact.id, contact.phone, zone, now, language=brief.language)
        return Cast(self._conversation(brief), context, self.calls.tools, brief.tools)

    def look(self, cast: Cast) -> ContactSeen:
        """Read the contact's record."""
        contact = get_contact(self.calls.crm, cast.context.contact_id)
        notes = list_notes(self.calls.crm, contact.id, _NOTES).items
        fields = {name: getattr(contact, name) for name in _FIELDS}
        return ContactSeen(
            {name: None if value is None else str(value) for name, value in fields.items()},
            tuple(note.body for note in reversed(notes)),
        )

    def leave(self, cast: Cast) -> None:
        """Delete the contact; again changes nothing."""
        self._delete(cast.context.contact_id)

    def sweep(self) -> None:
        """Delete contacts that playings have left which died for good: some of those of an hour ago."""
        before = self.calls.clock.now() - _SWEPT_AFTER
        wanted = Listing(ContactFilter(source=SOURCE, created=Span(until=before)))
        for contact in list_contacts(self.calls.crm, wanted, _SWEPT).items:
            if is_throw_away(contact.id):
                self._delete(contact.id)

    def _delete(self, contact_id: str) -> None:
        with suppress(NotFound):
            delete_contact(self.calls.crm, contact_id)

    def _newcomer(self, scenario: Scenario, seed: str) -> Contact:
        """Give a contact that is new: an id is never used twice, also when its playing has died."""
        for place in range(_LEFTOVERS):
            contact_id = throw_away_id(f"{seed}#{place}")
            left = self.calls.crm.contacts.get(contact_id)
            if left is None:
                return self._created(scenario, contact_id)
            if isinstance(left, Contact):
                self._delete(contact_id)
        raise Conflict("This playing has died too often.", code="rehearsal_died")

    def _created(self, scenario: Scenario, contact_id: str) -> Contact:
        digits = int(hashlib.sha256(contact_id.encode()).hexdigest()[:8], 16)
        for place in range(digits, digits + _TRIES):
            number = E164(f"+1{_AREAS[place // 100 % len(_AREAS)]}55501{place % 100:02}")
            new = NewContact(**vars(scenario.contact), phone=number, source=SOURCE)
            try:
                return create_contact(self.calls.crm, new, contact_id)
            except Conflict as conflict:
                if conflict.code != "phone_taken":
                    raise
        raise Conflict("The numbers that nobody has are all taken.", code="no_fictional_number")

    def _somebody(self, scenario: Scenario, contact_id: str, number: E164) -> Contact:
        now = self.calls.clock.now()
        who = vars(scenario.contact)
        return Contact(
            **who, id=contact_id, phone=number, source=SOURCE, created_at=now, updated_at=now, version=1
        )

    def _brief(self, subject: Subject, scenario: Scenario, contact: Contact) -> Brief:
        template = self._template(subject, scenario)
        occasion = Occasion(contact, Direction(scenario.agent.direction), contact.phone, _LINE)
        prompt = self._prompt(subject, scenario, template)
        return write_brief(self.calls, template, prompt, occasion, self._now(scenario))

    def _template(self, subject: Subject, scenario: Scenario) -> CallTemplate:
        if subject.template_id:
            return get_template(self.calls, subject.template_id)
        agent = scenario.agent
        return CallTemplate(
            id="template_scenario",
            name=scenario.name,
            greeting=agent.greeting,
            prompt_id="",
            created_at=self.calls.clock.now(),
            language=agent.language,
            languages=agent.languages,
            tools=agent.tools,
            transfer_to=_LINE if agent.has_colleague else None,
            on_failure=agent.on_failure,
            conduct=agent.conduct,
        )

    def _prompt(self, subject: Subject, scenario: Scenario, template: CallTemplate) -> PromptTemplate:
        if subject.prompt_id and subject.prompt_version:
            return get_version(self.calls.ai, subject.prompt_id, str(subject.prompt_version))
        if subject.prompt_id:
            return prompt_to_use(self.calls.ai, subject.prompt_id)
        if template.prompt_id:
            return prompt_to_use(self.calls.ai, template.prompt_id, template.prompt_version)
        now = self.calls.clock.now()
        return PromptTemplate(
            "prompt_scenario", scenario.name, scenario.agent.prompt, created_at=now, updated_at=now
        )

    def _conversation(self, brief: Brief) -> Conversation:
        specs = self.calls.tool_specs
        return Conversation(
            instructions=brief.instructions,
            greeting=brief.greeting,
            tools=tuple(specs[name] for name in brief.tools if name in specs),
            on_failure=brief.on_failure,
            menu=brief.menu,
            has_colleague=bool(brief.transfer_to),
            conduct=brief.conduct,
            own_language=brief.language,
            languages=brief.languages,
        )

    def _now(self, scenario: Scenario) -> datetime:
        """Give the instant at which it is played: the scenario's own, in the contact's time, or now."""
        if scenario.at is None:
            return self.calls.clock.now()
        return scenario.at.replace(tzinfo=ZoneInfo(scenario.contact.time_zone or DEFAULT_TIME_ZONE))
