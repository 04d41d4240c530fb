"""Call templates as the API takes and shows them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
)

from chalicelib.ai.domain.conduct import OnAbuse, OnEmergency
from chalicelib.ai.domain.conversation import END_TOOL, OPT_OUT_TOOL, TRANSFER_TOOL, MenuAction, OnFailure
from chalicelib.ai.schemas.conduct import ConductIn, ConductView
from chalicelib.ai.schemas.prompts import Value, Variables
from chalicelib.calls.domain.purposes import Purpose
from chalicelib.calls.domain.templates import (
    FILLER_AFTER_MS,
    Announce,
    CallTemplate,
    OnMachine,
    TransferMode,
    Transport,
    WhenNobody,
)
from chalicelib.calls.schemas.fields import Id, Phone, View
from chalicelib.calls.schemas.template_parts import (
    ExtractFieldIn,
    ExtractFieldView,
    MaybeText,
    MenuKeyIn,
    MenuKeyView,
    Text,
)
from chalicelib.kernel.clock import cut_to_millis
from chalicelib.kernel.phones import E164

if TYPE_CHECKING:
    from collections.abc import Sequence

DEFAULT_TOOLS = (END_TOOL, TRANSFER_TOOL, OPT_OUT_TOOL, "add_note", "update_contact", "schedule_callback")
# Google has it in every language that it speaks with this family of voices.
_USUAL_VOICE = "Chirp3-HD-Aoede"
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$")]


class CallTemplateIn(BaseModel):
    """A kind of call. Its texts may refer to the contact and the call: `{{ first_name }}`."""

    model_config = ConfigDict(extra="forbid")
    name: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
        Field(description="For people."),
    ]
    greeting: Annotated[Text, Field(description="Spoken first, without asking the model.")]
    disclosure: Annotated[
        MaybeText,
        Field(description="Spoken right after the greeting: that it is an AI, that key 9 stops the calls."),
    ] = ""
    prompt_id: Annotated[Id, Field(description="The prompt that the model is led by.")]
    prompt_version: Annotated[
        int | None,
        Field(ge=1, description="This version of the prompt; null: the one that is published at the time."),
    ] = None
    transport: Annotated[
        Transport, Field(description="relay: ConversationRelay; gather: a webhook for each turn.")
    ] = Transport.RELAY
    language: Annotated[
        Language, Field(description="A language with its country, which voices have: `en-US`, `de-DE`.")
    ] = "en-US"
    languages: Annotated[
        list[Language],
        Field(
            max_length=10,
            description="Others that callers may speak, over the relay; what the model then says is spoken "
            "in them.",
        ),
    ] = []
    voice: Annotated[
        str,
        StringConstraints(pattern=r"^[A-Za-z0-9-]{0,60}$"),
        Field(
            validate_default=True,
            description="A Google voice of the language, without its provider, such as "
            "`en-US-Chirp3-HD-Aoede`; empty: one is chosen.",
        ),
    ] = ""
    tools: Annotated[
        list[str], Field(max_length=20, description="What the model may do; stop_calling_me always works.")
    ] = list(DEFAULT_TOOLS)
    menu: Annotated[
        list[MenuKeyIn], Field(max_length=12, description="Keys that act at once, whatever is being said.")
    ] = []
    on_failure: Annotated[OnFailure, Field(description="What follows when the model fails.")] = (
        OnFailure.HANG_UP
    )
    filler_after_ms: Annotated[
        int,
        Field(ge=500, le=5000, description="Milliseconds without a word until a filler phrase is spoken."),
    ] = FILLER_AFTER_MS
    transfer_mode: Annotated[
        TransferMode,
        Field(description="blind: dialed through; warm: the colleague hears a summary first."),
    ] = TransferMode.BLIND
    when_nobody: Annotated[
        WhenNobody,
        Field(description="What follows when nobody takes a transfer: agent, voicemail or hang_up."),
    ] = WhenNobody.AGENT
    transfer_to: Annotated[
        Phone | None,
        Field(validate_default=True, description="The only number that a call can be handed to."),
    ] = None
    on_machine: Annotated[
        OnMachine,
        Field(description="What an answering machine meets on outbound calls; off: it is not detected."),
    ] = OnMachine.OFF
    voicemail_message: Annotated[
        MaybeText,
        Field(validate_default=True, description="Spoken after the beep; say a number: `{{ call.line }}`."),
    ] = ""
    screening_answer: Annotated[
        MaybeText, Field(description="Said to a machine that asks who is calling.")
    ] = ""
    record: Annotated[bool, Field(description="Record both sides.")] = False
    announce: Annotated[
        Announce,
        Field(description="Whether recording is told always, or only where the law asks for it."),
    ] = Announce.ALWAYS
    recording_announcement: Annotated[
        MaybeText, Field(description="How recording is told; empty: in our words.")
    ] = ""
    max_duration_s: Annotated[
        int, Field(ge=30, le=3600, description="Seconds after which the carrier ends the call.")
    ] = 600
    max_spend: Annotated[
        int | None,
        Field(
            ge=1000,
            le=100_000_000,
            description="Micro-dollars after which the call is ended; null: no limit.",
        ),
    ] = None
    purpose: Annotated[Purpose, Field(description="Why people are called: decides which laws hold.")] = (
        Purpose.INFORMATIONAL
    )
    extract: Annotated[
        list[ExtractFieldIn], Field(max_length=20, description="Values to look for after the call.")
    ] = []
    variables: Annotated[
        Variables, Field(description="Values for what the prompt declares, by name; a contact's go first.")
    ] = {}
    conduct: Annotated[ConductIn, Field(default_factory=ConductIn, description="How the AI behaves.")]

    @field_validator("language")
    @classmethod
    def _with_country(cls, language: str) -> str:
        if "-" not in language:
            raise ValueError(f"Give the country too, such as {language}-{language[:2].upper()}.")
        return language

    @field_validator("voice")
    @classmethod
    def _of_the_language(cls, voice: str, others: ValidationInfo) -> str:
        language = others.data.get("language")
        if language is None:  # refused itself
            return voice
        if not voice:
            return f"{language}-{_USUAL_VOICE}"
        if not voice.startswith(f"{language}-"):
            raise ValueError(f"Give a voice whose name begins with {language}-, or leave voice out.")
        return voice

    @field_validator("languages")
    @classmethod
    def _others(cls, languages: list[str], others: ValidationInfo) -> list[str]:
        if others.data.get("language") in languages:
            raise ValueError("Leave out the one that stands in language.")
        return _distinct(languages, languages)

    @field_validator("menu")
    @classmethod
    def _one_meaning(cls, menu: list[MenuKeyIn]) -> list[MenuKeyIn]:
        return _distinct(menu, [entry.key for entry in menu])

    @field_validator("extract")
    @classmethod
    def _one_value(cls, fields: list[ExtractFieldIn]) -> list[ExtractFieldIn]:
        return _distinct(fields, [each.key for each in fields])

    @field_validator("transfer_to")
    @classmethod
    def _reachable(cls, number: str | None, others: ValidationInfo) -> str | None:
        if number is None and (remedy := _transfers(others.data)):
            raise ValueError(f"Give the number to transfer to, or {remedy}.")
        return number

    @field_validator("voicemail_message")
    @classmethod
    def _leavable(cls, message: str, others: ValidationInfo) -> str:
        if not message and others.data.get("on_machine") is OnMachine.LEAVE_MESSAGE:
            raise ValueError("Give the message to leave, or set on_machine to hang_up or off.")
        return message

    @field_validator("conduct")
    @classmethod
    def _has_colleague(cls, conduct: ConductIn, others: ValidationInfo) -> ConductIn:
        if others.data.get("transfer_to", "") is None:
            for name, transfers in (
                ("on_abuse", conduct.on_abuse is OnAbuse.TRANSFER),
                ("on_emergency", conduct.on_emergency is OnEmergency.TRANSFER),
            ):
                if transfers:
                    raise ValueError(f"Give transfer_to, the number to transfer to, or set {name} otherwise.")
        return conduct

    def template(self, template_id: str, now: datetime) -> CallTemplate:
        """Give the template, as its first version."""
        given = {name: getattr(self, name) for name in type(self).model_fields}
        fields = given | {
            "tools": tuple(self.tools),
            "languages": tuple(self.languages),
            "menu": tuple(entry.menu_key() for entry in self.menu),
            "extract": tuple(each.field() for each in self.extract),
            "conduct": self.conduct.conduct(),
            "transfer_to": E164(self.transfer_to) if self.transfer_to else None,
        }
        return CallTemplate(id=template_id, created_at=cut_to_millis(now), **fields)


def _transfers(given: dict[str, Any]) -> str:
    """Say what to change where a transfer is asked for; empty where none is."""
    if given.get("on_failure") is OnFailure.TRANSFER:
        return "set on_failure to hang_up"
    if any(entry.action is MenuAction.TRANSFER for entry in given.get("menu", ())):
        return "take the keys that transfer off the menu"
    if given.get("when_nobody") is WhenNobody.VOICEMAIL:
        return "leave when_nobody out"
    if given.get("transfer_mode") is TransferMode.WARM:
        return "leave transfer_mode out"
    return ""


def _distinct(items: list[Any], keys: Sequence[str]) -> list[Any]:
    twice = sorted({key for key in keys if list(keys).count(key) > 1})
    if twice:
        raise ValueError(f"Give each once; there is more than one {', '.join(twice)}.")
    return items


class CallTemplateView(View):
    """A version of a kind of call; `updated_at` is when it was made, null for the first."""

    id: str
    name: str
    greeting: str
    disclosure: str
    prompt_id: str
    prompt_version: int | None
    transport: Transport
    language: str
    languages: list[str]
    voice: str
    tools: list[str]
    menu: list[MenuKeyView]
    on_failure: OnFailure
    filler_after_ms: int
    transfer_to: str | None
    transfer_mode: TransferMode
    when_nobody: WhenNobody
    on_machine: OnMachine
    voicemail_message: str
    screening_answer: str
    record: bool
    announce: Announce
    recording_announcement: str
    max_duration_s: int
    max_spend: int | None
    purpose: Purpose
    extract: list[ExtractFieldView]
    variables: dict[str, Value]
    conduct: ConductView
    version: int
    created_at: datetime
    updated_at: datetime | None


class CallTemplateList(BaseModel):
    """Call templates by name."""

    items: list[CallTemplateView]


class CallTemplateVersionList(BaseModel):
    """One page of a template's versions, newest first; the token, if any, asks for the next."""

    items: list[CallTemplateView]
    next_page_token: str | None
