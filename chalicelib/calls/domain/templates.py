"""Call templates: how a kind of call is held; and the brief that one call is held by."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from chalicelib.ai.domain.conduct import DEFAULT_CONDUCT, Conduct
from chalicelib.ai.domain.conversation import OnFailure
from chalicelib.ai.domain.languages import language_spoken, tag_for
from chalicelib.calls.domain.purposes import Purpose

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from chalicelib.ai.domain.conversation import MenuKey
    from chalicelib.ai.domain.extraction import ExtractField
    from chalicelib.ai.domain.prompts import Value
    from chalicelib.kernel.phones import E164

FILLER_AFTER_MS = 1500


class Transport(StrEnum):
    """How speech travels between the carrier and us."""

    RELAY = "relay"
    GATHER = "gather"


class OnMachine(StrEnum):
    """What to do when an answering machine takes an outbound call; `off` does not ask the carrier."""

    OFF = "off"
    HANG_UP = "hang_up"
    LEAVE_MESSAGE = "leave_message"


class TransferMode(StrEnum):
    """How a caller is handed over: dialed through, or joined when the colleague knows what it is about."""

    BLIND = "blind"
    WARM = "warm"


class WhenNobody(StrEnum):
    """What follows when the colleague is busy, does not answer or declines."""

    AGENT = "agent"  # the AI goes on
    VOICEMAIL = "voicemail"
    HANG_UP = "hang_up"


class Announce(StrEnum):
    """Whether recording is told: always, or unless both sides are known to live where one may record."""

    ALWAYS = "always"
    WHERE_REQUIRED = "where_required"


@dataclass(frozen=True)
class TemplateChoice:
    """By which call template a call is held; `version` None: the one that is current when it is answered."""

    template_id: str
    version: int | None = None

    @property
    def name(self) -> str:
        """Give it in one word: the template's id, and after `@` the version that was chosen, if any."""
        return self.template_id if self.version is None else f"{self.template_id}@{self.version}"


def choice_of(name: str) -> TemplateChoice:
    """Read what `TemplateChoice.name` gave."""
    template_id, _, version = name.partition("@")
    return TemplateChoice(template_id, int(version) if version else None)


@dataclass(frozen=True)
class CallTemplate:
    """A kind of call: what the agent says first, knows, may do, and how it sounds.

    `disclosure` is spoken right after the greeting; `screening_answer` to a machine that asks who calls;
    `voicemail_message` after the beep. All of them, and `recording_announcement`, may have variables.
    `menu` are keys that act at once. `filler_after_ms` is how long a model may be silent before a filler is
    spoken. `max_spend` is in micro-dollars; None: no limit. `languages` are understood beside `language`,
    over the relay. `extract` are values to look for after the call. `variables` are values for what the
    prompt declares. `conduct` is how the AI behaves.
    `prompt_version` is the version of the prompt; None: the one that is published at the time of a call.
    `purpose` is why people are called, which decides what rules of law hold for its outbound calls.
    `updated_at` is when this version was made, None for the first. A version is never changed.
    """

    id: str
    name: str
    greeting: str
    prompt_id: str
    created_at: datetime
    transport: Transport = Transport.RELAY
    language: str = "en-US"
    languages: tuple[str, ...] = ()
    voice: str = "en-US-Chirp3-HD-Aoede"
    tools: tuple[str, ...] = ()
    menu: tuple[MenuKey, ...] = ()
    disclosure: str = ""
    on_failure: OnFailure = OnFailure.HANG_UP
    filler_after_ms: int = FILLER_AFTER_MS
    transfer_to: E164 | None = None
    transfer_mode: TransferMode = TransferMode.BLIND
    when_nobody: WhenNobody = WhenNobody.AGENT
    on_machine: OnMachine = OnMachine.OFF
    voicemail_message: str = ""
    screening_answer: str = ""
    record: bool = False
    announce: Announce = Announce.ALWAYS
    recording_announcement: str = ""
    max_duration_s: int = 600
    max_spend: int | None = None
    purpose: Purpose = Purpose.INFORMATIONAL
    extract: tuple[ExtractField, ...] = ()
    variables: Mapping[str, Value] = field(default_factory=dict, hash=False)
    conduct: Conduct = DEFAULT_CONDUCT
    prompt_version: int | None = None
    updated_at: datetime | None = None
    version: int = 1


@dataclass(frozen=True)
class Brief:
    """A template and its prompt filled in for one call; what every turn is taken by.

    `greeting` holds all that is said first: the announcement of a recording, the greeting, the disclosure.
    """

    instructions: str
    greeting: str
    transport: Transport
    language: str
    voice: str
    tools: tuple[str, ...]
    on_failure: OnFailure
    transfer_to: str
    time_zone: str
    template_version: int
    prompt_version: int
    languages: tuple[str, ...] = ()
    menu: tuple[MenuKey, ...] = ()
    filler_after_ms: int = FILLER_AFTER_MS
    transfer_mode: TransferMode = TransferMode.BLIND
    when_nobody: WhenNobody = WhenNobody.AGENT
    on_machine: OnMachine = OnMachine.OFF
    voicemail_message: str = ""
    screening_answer: str = ""
    record: bool = False
    max_spend: int | None = None
    max_duration_s: int | None = None
    extract: tuple[ExtractField, ...] = ()
    conduct: Conduct = DEFAULT_CONDUCT


def language_heard(brief: Brief, before: str, text: str, tag: str) -> str:
    """Give the language of what was said; `before` is that of the last words, `tag` what the carrier heard.

    Only a call that has several languages changes from one to another.
    """
    known = (brief.language, *brief.languages)
    if not brief.languages:
        return tag_for(tag, known) or tag
    return language_spoken(known, before, text, tag)


def other_language(brief: Brief | None, heard: str) -> str:
    """Give the language in which to answer who was heard in it, if the call has it; empty: its own."""
    return heard if brief is not None and heard in brief.languages else ""
