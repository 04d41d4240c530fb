"""Parts of call templates as the API takes and shows them: keys of a menu, values to look for."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints, ValidationInfo, field_validator

from chalicelib.ai.domain.conversation import MenuAction, MenuKey
from chalicelib.ai.domain.extraction import ExtractField, ExtractType
from chalicelib.calls.schemas.fields import View
from chalicelib.kernel.schemas import Input

OPT_OUT_KEY = "9"  # "press 9 to never be called again" works on every outbound call
_SPEAKING = frozenset({MenuAction.SAY, MenuAction.ASK})

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]
MaybeText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class MenuKeyIn(Input):
    """A key that the caller may press at any time, and what it does at once."""

    key: Annotated[
        str,
        StringConstraints(pattern=r"^[0-9*#]$"),
        Field(description="One of 0-9, * and #; 9 only for opt_out."),
    ]
    action: Annotated[
        MenuAction,
        Field(
            description="say: speak the text; ask: answer the text as if the caller had said it; transfer; "
            "opt_out: never call again; confirm: the caller will come to the appointment (needs the action "
            "confirm_appointment); hang_up."
        ),
    ]
    text: Annotated[MaybeText, Field(validate_default=True, description="What say speaks, or ask asks.")] = ""

    def menu_key(self) -> MenuKey:
        """Give the domain's value."""
        return MenuKey(self.key, self.action, self.text)

    @field_validator("action")
    @classmethod
    def _nine_opts_out(cls, action: MenuAction, others: ValidationInfo) -> MenuAction:
        if others.data.get("key") == OPT_OUT_KEY and action is not MenuAction.OPT_OUT:
            raise ValueError("Key 9 always stops the calls: set opt_out here, or choose another key.")
        return action

    @field_validator("text")
    @classmethod
    def _said(cls, text: str, others: ValidationInfo) -> str:
        if not text and others.data.get("action") in _SPEAKING:
            raise ValueError("Give the text that is to be spoken or asked.")
        return text


class ExtractFieldIn(Input):
    """A value to look for in the conversation after the call."""

    key: Annotated[Key, Field(description="Its name in the analysis, such as preferred_day.")]
    type: Annotated[ExtractType, Field(description="date is written YYYY-MM-DD; choice needs choices.")]
    description: Annotated[
        str,
        StringConstraints(strip_whitespace=True, max_length=300),
        Field(description="What is meant, for the model."),
    ] = ""
    maps_to: Annotated[
        str,
        StringConstraints(pattern=r"^([a-z][a-z0-9_]{0,39})?$"),
        Field(
            description="The contact's field that it belongs to: email, company, title, or the key of a "
            "custom field; empty: none."
        ),
    ] = ""
    choices: Annotated[
        list[Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]],
        Field(
            default_factory=list, max_length=20, validate_default=True, description="What a choice may be."
        ),
    ]

    def field(self) -> ExtractField:
        """Give the domain's value."""
        return ExtractField(self.key, self.type, self.description, tuple(self.choices), self.maps_to)

    @field_validator("choices")
    @classmethod
    def _fitting(cls, choices: list[str], others: ValidationInfo) -> list[str]:
        if others.data.get("type") is ExtractType.CHOICE and len(set(choices)) < 2:  # noqa: PLR2004  one is none
            raise ValueError("Give at least two different choices.")
        if others.data.get("type") is not ExtractType.CHOICE and choices:
            raise ValueError("Only a choice has choices: set type to choice, or leave them out.")
        return choices


class MenuKeyView(View):
    """A key and what it does."""

    key: str
    action: MenuAction
    text: str


class ExtractFieldView(View):
    """A value that is looked for after the call."""

    key: str
    type: ExtractType
    description: str
    choices: list[str]
    maps_to: str
