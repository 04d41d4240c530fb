"""Beginning a chat by a call template or a prompt, for a contact or somebody who is not known."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.ai.domain.chats import ChatBrief
from chalicelib.ai.domain.tooling import is_steering
from chalicelib.ai.services.chats import NewChat, begin_chat, delete_chat
from chalicelib.ai.services.prompts import instructions, prompt_to_use
from chalicelib.calls.domain.calls import Direction
from chalicelib.calls.services.briefing import Occasion, for_model, variables_of, write_brief, zone_of
from chalicelib.calls.services.templates import get_template
from chalicelib.crm.domain.contacts import UNKNOWN_CALLER, Contact
from chalicelib.crm.services.contacts import get_contact
from chalicelib.kernel.actors import actor
from chalicelib.kernel.errors import NotFound, about_field
from chalicelib.kernel.phones import E164
from chalicelib.system.services.settings import current_settings

if TYPE_CHECKING:
    from chalicelib.ai.domain.chats import Chat
    from chalicelib.calls.domain.templates import Brief
    from chalicelib.calls.ports.calls import CallPorts

# What a chat by instructions alone may cost (micro-dollars): there is no call template that says so.
_MAX_SPEND = 1_000_000
# Stands for the number of somebody who has none; no number has this form.
_NO_NUMBER = str.__new__(E164, "")


@dataclass(frozen=True)
class ChatWish:
    """By what a chat is held, a call template or a prompt alone, and with whom; empty: nobody known."""

    id: str
    template_id: str = ""
    prompt_id: str = ""
    contact_id: str = ""


def start_chat(calls: CallPorts, wish: ChatWish) -> Chat:
    """Begin a chat; with the same id again it is the one that exists.

    `NotFound` for a template, prompt or contact that is not there; `Invalid` when the prompt cannot be filled
    in. It is kept as long as transcripts are.
    """
    contact = get_contact(calls.crm, wish.contact_id) if wish.contact_id else _nobody(calls)
    number = contact.phone if wish.contact_id else _NO_NUMBER
    line = calls.lines[0] if calls.lines else _NO_NUMBER
    occasion = Occasion(contact, Direction.INBOUND, number, line)
    brief = _by_template(calls, wish, occasion) if wish.template_id else _by_prompt(calls, wish, occasion)
    days = current_settings(calls.system).retention.transcripts_days
    chat = begin_chat(
        calls.ai,
        NewChat(
            wish.id,
            brief,
            kept_for=timedelta(days=days),
            created_by=actor(),
            contact_id=contact.id,
            number=number,
        ),
    )
    _check_still_there(calls, chat)
    return chat


def _check_still_there(calls: CallPorts, chat: Chat) -> None:
    """Take a chat back, and raise `NotFound`, when its contact was deleted while it began.

    Whoever erased the contact has seen the chat, or is seen here.
    """
    if not chat.head.contact_id:
        return
    try:
        get_contact(calls.crm, chat.head.contact_id)
    except NotFound:
        with suppress(NotFound):
            delete_chat(calls.ai, chat.id)
        raise


def _by_template(calls: CallPorts, wish: ChatWish, occasion: Occasion) -> ChatBrief:
    """Hold the chat as a call of this template would be; nothing is recorded.

    Where nobody is known, there is nobody for whom anything could be done.
    """
    template = replace(get_template(calls, wish.template_id), record=False, recording_announcement="")
    prompt = prompt_to_use(calls.ai, template.prompt_id, template.prompt_version)
    brief = write_brief(calls, template, prompt, occasion)
    chat = _chat_brief(brief, template.id, prompt.id)
    chat = replace(chat, preferred_language=occasion.contact.language or "")
    return chat if wish.contact_id else replace(chat, tools=tuple(filter(is_steering, chat.tools)))


def _chat_brief(brief: Brief, template_id: str, prompt_id: str) -> ChatBrief:
    return ChatBrief(
        instructions=brief.instructions,
        prompt_id=prompt_id,
        prompt_version=brief.prompt_version,
        template_id=template_id,
        template_version=brief.template_version,
        greeting=brief.greeting,
        language=brief.language,
        languages=brief.languages,
        tools=brief.tools,
        menu=brief.menu,
        on_failure=brief.on_failure,
        has_colleague=bool(brief.transfer_to),
        time_zone=brief.time_zone,
        max_spend=brief.max_spend,
        conduct=brief.conduct,
    )


def _by_prompt(calls: CallPorts, wish: ChatWish, occasion: Occasion) -> ChatBrief:
    """Hold the chat by instructions alone, without any action."""
    prompt = prompt_to_use(calls.ai, wish.prompt_id)
    contact = occasion.contact
    with about_field("/prompt_id"):
        language = contact.language or ChatBrief.language
        variables = for_model(variables_of(occasion, calls.clock.now(), language))
        filled = instructions(calls.ai, prompt, variables, contact.custom_fields)
    return ChatBrief(
        filled,
        prompt.id,
        prompt.version,
        max_spend=_MAX_SPEND,
        language=contact.language or ChatBrief.language,
        time_zone=zone_of(occasion),
    )


def _nobody(calls: CallPorts) -> Contact:
    """Give a contact for somebody who is not known; it is never stored."""
    now = calls.clock.now()
    return Contact(id="", name=UNKNOWN_CALLER, phone=_NO_NUMBER, created_at=now, updated_at=now, version=0)
