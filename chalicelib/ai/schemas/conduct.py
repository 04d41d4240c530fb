"""How the AI behaves on a kind of call, as the API takes and shows it."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from chalicelib.ai.domain.conduct import DEFAULT_CONDUCT, ApplyFields, Conduct, OnAbuse, OnEmergency
from chalicelib.ai.domain.tooling import is_steering
from chalicelib.kernel.schemas import Input

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class ConductIn(Input):
    """How the AI behaves; what is left out is as usual."""

    providers: Annotated[
        list[Name],
        Field(
            default_factory=list,
            max_length=5,
            description="Providers in the order to ask; empty: as deployed.",
        ),
    ]
    temperature: Annotated[
        float | None, Field(ge=0, le=2, description="The model's temperature; null: the provider's own.")
    ] = None
    max_answer_tokens: Annotated[int, Field(ge=50, le=2000, description="Tokens of one answer at most.")] = (
        DEFAULT_CONDUCT.max_answer_tokens
    )
    max_turns: Annotated[int, Field(ge=2, le=100, description="Turns after which the call is ended.")] = (
        DEFAULT_CONDUCT.max_turns
    )
    max_tool_uses: Annotated[int, Field(ge=0, le=50, description="Actions in one call at most.")] = (
        DEFAULT_CONDUCT.max_tool_uses
    )
    confirm_tools: Annotated[
        list[Name],
        Field(
            default_factory=list,
            max_length=20,
            description="Actions that are carried out only after the caller has agreed to them.",
        ),
    ]
    on_abuse: Annotated[OnAbuse, Field(description="What follows insults after one warning.")] = (
        DEFAULT_CONDUCT.on_abuse
    )
    on_emergency: Annotated[OnEmergency, Field(description="What follows words of an emergency.")] = (
        DEFAULT_CONDUCT.on_emergency
    )
    emergency_text: Annotated[
        str,
        StringConstraints(strip_whitespace=True, max_length=500),
        Field(description="Said at once in an emergency; empty: our own words."),
    ] = ""
    apply_fields: Annotated[
        ApplyFields, Field(description="What becomes of found values that belong to the contact.")
    ] = DEFAULT_CONDUCT.apply_fields
    outcomes: Annotated[
        list[Word],
        Field(
            default_factory=list,
            max_length=20,
            description="Words for what a call came to, of which the analysis chooses one; empty: our own.",
        ),
    ]
    memory_chars: Annotated[
        int, Field(ge=0, le=4000, description="Characters of earlier calls' facts in the prompt; 0: none.")
    ] = DEFAULT_CONDUCT.memory_chars
    mask_transcripts: Annotated[
        bool, Field(description="Store numbers of phones, cards and accounts, and e-mail addresses, masked.")
    ] = DEFAULT_CONDUCT.mask_transcripts

    @field_validator("providers", "outcomes")
    @classmethod
    def _each_once(cls, names: list[str]) -> list[str]:
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"Give each once; there is more than one {', '.join(twice)}.")
        return names

    @field_validator("confirm_tools")
    @classmethod
    def _confirmable(cls, names: list[str]) -> list[str]:
        if steering := ", ".join(filter(is_steering, names)):
            raise ValueError(f"Leave out {steering}: it steers the conversation, and is never confirmed.")
        return names

    def conduct(self) -> Conduct:
        """Give the domain's value."""
        given = {name: getattr(self, name) for name in type(self).model_fields}
        lists = {name: tuple(given[name]) for name in ("providers", "confirm_tools", "outcomes")}
        return Conduct(**{**given, **lists})


class ConductView(BaseModel):
    """How the AI behaves."""

    model_config = ConfigDict(from_attributes=True)

    providers: list[str]
    temperature: float | None
    max_answer_tokens: int
    max_turns: int
    max_tool_uses: int
    confirm_tools: list[str]
    on_abuse: OnAbuse
    on_emergency: OnEmergency
    emergency_text: str
    apply_fields: ApplyFields
    outcomes: list[str]
    memory_chars: int
    mask_transcripts: bool
