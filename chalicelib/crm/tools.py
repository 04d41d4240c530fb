"""Actions on the caller's own record that the model may ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

from chalicelib.crm.domain.contacts import ContactChanges
from chalicelib.crm.domain.notes import NewNote, NoteKind
from chalicelib.crm.services import contacts, notes
from chalicelib.kernel.clock import cut_to_millis, to_millis
from chalicelib.kernel.ids import derived_id
from chalicelib.kernel.tools import Tool, ToolContext

if TYPE_CHECKING:
    from chalicelib.crm.ports.crm import CrmPorts

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class NoteArguments(BaseModel):
    """What to remember."""

    model_config = ConfigDict(extra="forbid")
    text: Text


class UpdateArguments(BaseModel):
    """Which of the caller's own details is different, and what it is now."""

    model_config = ConfigDict(extra="forbid")
    field: Literal["name", "email", "company", "title"]
    value: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


def _note(context: ToolContext, text: str) -> NewNote:
    """Make a note of a conversation; the same words in a turn that is taken up again make the same note."""
    at = to_millis(cut_to_millis(context.turn_at or context.now))
    return NewNote(
        context.contact_id,
        NoteKind.GENERAL,
        text,
        author="ai",
        call_id=context.call_id,
        id=derived_id("note", f"{context.call_id}:{text}", at),
    )


def crm_tools(crm: CrmPorts) -> list[Tool]:
    """Give the actions of this domain; the contact is the call's, whatever the model says."""

    def add_note(context: ToolContext, arguments: NoteArguments) -> str:
        notes.add_note(crm, _note(context, arguments.text))
        return "Noted."

    def update_contact(context: ToolContext, arguments: UpdateArguments) -> str:
        fields: dict[str, Any] = {arguments.field: arguments.value}
        contacts.change_contact(crm, context.contact_id, ContactChanges(**fields))
        return f"The {arguments.field} is now {arguments.value}."

    return [
        Tool(
            "add_note",
            "Remember something the caller said that matters later.",
            NoteArguments,
            add_note,
            backs=("noted",),
        ),
        Tool(
            "update_contact",
            "Correct one of the caller's own details.",
            UpdateArguments,
            update_contact,
            replaces=True,
            backs=("changed", "noted"),
        ),
    ]
