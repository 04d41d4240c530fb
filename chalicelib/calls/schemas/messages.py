"""Text messages and their templates over HTTP."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, computed_field, model_validator

from chalicelib.calls.domain.calls import Direction
from chalicelib.calls.domain.message_templates import MessageTemplate
from chalicelib.calls.domain.messages import MessageState
from chalicelib.calls.domain.segments import MAX_CHARACTERS, Encoding, segments_of
from chalicelib.calls.schemas.fields import Id, Phone, View
from chalicelib.calls.services.messages import MessageWish
from chalicelib.kernel.clock import cut_to_millis
from chalicelib.kernel.phones import E164
from chalicelib.kernel.schemas import Input, Instant

_MAX_VARIABLES = 50
_MAX_TEMPLATE = 4000

Body = Annotated[
    str,
    StringConstraints(min_length=1, max_length=_MAX_TEMPLATE),
    Field(
        description=f"The text; `{{{{ first_name }}}}` and other variables are filled in. "
        f"At most {MAX_CHARACTERS} characters when they are."
    ),
]
Line = Annotated[Phone | None, Field(description="Which of our numbers writes; null: the first.")]
VariableName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
VariableText = Annotated[str, StringConstraints(max_length=MAX_CHARACTERS)]
Variables = Annotated[
    dict[VariableName, VariableText],
    Field(max_length=_MAX_VARIABLES, description="Variables beside those of the contact."),
]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]


class ContactMessageIn(Input):
    """What to write to a contact: a text, or a stored template."""

    body: Body | None = None
    template_id: Id | None = None
    variables: Variables = Field(default_factory=dict)
    number: Annotated[Phone | None, Field(description="Where to; null: the contact's first number.")] = None
    line: Line = None

    @model_validator(mode="after")
    def _one_text(self) -> ContactMessageIn:
        if (self.body is None) == (self.template_id is None):
            raise ValueError("Give either body or template_id.")
        return self

    def wish(self, requested_by: str, message_id: str, contact_id: str | None) -> MessageWish:
        """Give the wish that this request expresses."""
        return MessageWish(
            contact_id=contact_id,
            number=E164(self.number) if self.number else None,
            template=self.body or "",
            template_id=self.template_id or "",
            variables=self.variables,
            line=E164(self.line) if self.line else None,
            requested_by=requested_by,
            message_id=message_id,
        )


class MessageIn(ContactMessageIn):
    """To whom to write, and what: give a contact or a number."""

    contact_id: Id | None = None

    @model_validator(mode="after")
    def _somebody(self) -> MessageIn:
        if self.contact_id is None and self.number is None:
            raise ValueError("Give contact_id or number.")
        return self


class MessageView(View):
    """A text message as the API shows it."""

    id: str
    contact_id: str
    direction: Direction
    number: str
    line: str
    body: str
    state: MessageState
    reason: Annotated[
        str, Field(description="Why it was not sent or delivered, or what a received one changed.")
    ]
    encoding: Encoding
    segments: int
    media: Annotated[int, Field(description="Pictures and files that came with it; they are not kept.")]
    answers: Annotated[str, Field(description="The received message to which this is the automatic answer.")]
    template_id: str
    call_id: str
    requested_by: str
    created_at: Instant
    sent_at: Instant | None
    ended_at: Instant | None
    version: int

    @computed_field(description="The first character that takes the text out of the cheap alphabet (GSM-7).")  # type: ignore[prop-decorator]
    @property
    def forced_by(self) -> str | None:
        """Give the character because of which a part holds 70 characters instead of 160."""
        return segments_of(self.body).forced_by


class MessageList(BaseModel):
    """One page of a thread, newest first; the token, if any, asks for the next."""

    items: list[MessageView]
    next_page_token: str | None


class MessageTemplateIn(Input):
    """A template of text messages."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: Annotated[Name, Field(description="The one that is called `help` answers the word HELP.")]
    text: Body

    def template(self, template_id: str, now: Any) -> MessageTemplate:
        """Give the template that this request describes."""
        at = cut_to_millis(now)
        return MessageTemplate(template_id, self.name, self.text, at, at)


class MessageTemplateView(View):
    """A template of text messages as the API shows it."""

    id: str
    name: str
    text: str
    created_at: Instant
    updated_at: Instant
    version: int


class MessageTemplateList(BaseModel):
    """All templates of text messages, by name."""

    items: list[MessageTemplateView]
