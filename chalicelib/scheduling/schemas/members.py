"""Members of campaigns as the API takes and shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, Field, StringConstraints, model_validator

from chalicelib.calls.domain.outcomes import Outcome
from chalicelib.calls.schemas.calls import DecisionView
from chalicelib.calls.schemas.fields import View
from chalicelib.crm.domain.bulk import MAX_IDS
from chalicelib.crm.domain.listing import ContactFilter
from chalicelib.crm.schemas.filters import ContactFilterIn
from chalicelib.crm.schemas.imports import MAX_CONTENT, ImportOptions
from chalicelib.crm.schemas.values import ContactId, TagWord
from chalicelib.kernel.clock import iso
from chalicelib.kernel.schemas import Input, Instant, PageQuery
from chalicelib.kernel.spreadsheets import write_csv
from chalicelib.scheduling.domain.member_lists import MemberFilter
from chalicelib.scheduling.domain.members import MemberState
from chalicelib.scheduling.services.adding import AddingWish

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from chalicelib.calls.domain.calls import Call
    from chalicelib.scheduling.domain.members import Member, Try
    from chalicelib.scheduling.services.membership import MemberStory

MAX_EXPORT = 1000  # rows of one answer: Lambda gives six million bytes, in which the text is a JSON string
_BYTE_ORDER_MARK = "\ufeff"
_COLUMNS = (
    *("contact_id", "name", "number", "state", "reason", "attempts", "next_at", "last_outcome"),
    *("goal_reached", "template_id", "template_version", "added_at", "calls"),
)
ImportId = Annotated[
    str,
    StringConstraints(pattern=r"^import_[0-9a-f]{32}$"),
    Field(description="The id of an import that is running or done, of the last week: `import_…`."),
]
Code = Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=r"^[a-z0-9_]+$")]


class MembersFile(ImportOptions):
    """A CSV file of contacts: imported as any other, and whoever its rows are become members."""

    content: Annotated[
        str,
        StringConstraints(min_length=1, max_length=MAX_CONTENT),
        Field(description="The file's text; larger files are imported first, and named by `import_id`."),
    ]

    @model_validator(mode="after")
    def _in_earnest(self) -> MembersFile:
        if self.validate_only:
            raise ValueError("To only validate the file, import it with `validate_only`.")
        return self


class MembersIn(Input):
    """Who is to be added: exactly one of these; `tag` is the name or id of a tag."""

    contact_ids: Annotated[tuple[ContactId, ...], Field(min_length=1, max_length=MAX_IDS)] | None = None
    tag: TagWord | None = None
    filter: ContactFilterIn | None = None
    csv: MembersFile | None = None
    import_id: ImportId | None = None

    @model_validator(mode="after")
    def _one(self) -> MembersIn:
        if sum(value is not None for _, value in self) != 1:
            raise ValueError("Give exactly one of `contact_ids`, `tag`, `filter`, `csv` and `import_id`.")
        return self

    def wish(
        self, tag_ids: Callable[[list[str]], tuple[str, ...]], import_id: str | None = None
    ) -> AddingWish:
        """Give the use case's input; `tag_ids` knows tags by their names, `import_id` is that of `csv`."""
        by_tag = ContactFilter(tag=tag_ids([self.tag])[0]) if self.tag else None
        where = by_tag or (self.filter.where(tag_ids) if self.filter else None)
        return AddingWish(self.contact_ids or (), where, import_id or self.import_id)


class MemberFilterIn(Input):
    """Which members: all filters hold together."""

    state: Annotated[MemberState | None, Field(description="In this state.")] = None
    reason: Annotated[Code | None, Field(description="Skipped, or waiting, for this reason.")] = None
    variant: Annotated[
        str | None,
        StringConstraints(min_length=1, max_length=60),
        Field(description="Called by this template; by this version of it: `template_…@2`."),
    ] = None
    outcome: Annotated[Outcome | None, Field(description="Whose last call ended so.")] = None

    def where(self) -> MemberFilter:
        """Give the use case's input."""
        return MemberFilter(self.state, self.reason, self.variant, self.outcome)


class RequeueIn(MemberFilterIn):
    """Whom to call once more: by the reason why they are skipped, or by the outcome of their last call."""

    @model_validator(mode="after")
    def _named(self) -> RequeueIn:
        if self.reason is None and self.outcome is None:
            raise ValueError("Say whom: give a `reason`, an `outcome`, or both.")
        if self.state in (MemberState.WAITING, MemberState.CALLING):
            raise ValueError("Only who is `skipped` or `done` can be called once more.")
        return self


class MembersQuery(PageQuery, MemberFilterIn):
    """Which members of which page."""


class MembersExportQuery(MemberFilterIn):
    """Which members; `after` is where the export goes on, as the `Link` of an answer has it."""

    bom: Annotated[bool, Field(description="Begin with a byte order mark, by which Excel knows UTF-8.")] = (
        False
    )
    after: Annotated[
        str | None,
        StringConstraints(pattern=r"^[0-9]{1,2}#contact_[0-9a-f]{32}$"),
        Field(description="After this member; taken from the link to the next rows."),
    ] = None


class MemberView(BaseModel):
    """A contact in a campaign; `name` is null when the contact is gone.

    `attempts` counts the calls that were asked for; `next_at` is when the member may be called while it
    waits; `reason` says why it is skipped or waits.
    """

    contact_id: str
    name: str | None
    number: str
    state: MemberState
    reason: str
    template_id: str
    template_version: int | None
    attempts: int
    next_at: Instant | None
    call_id: str | None
    called_at: Instant | None
    last_outcome: Outcome | None
    goal_reached: bool
    added_at: Instant
    version: int


class MemberList(BaseModel):
    """One page of members; the token, if any, asks for the next, also when a page of a filter is empty."""

    items: list[MemberView]
    next_page_token: str | None


class MemberAttemptView(View):
    """One call of a member: what came of it when it is over, and why it was dialed, or was not.

    `decision` is null for a call that nobody has decided about yet, or that is kept no longer.
    """

    attempt: int
    call_id: str
    outcome: Outcome | None
    at: Instant | None
    answered: bool
    decision: DecisionView | None


class MemberStoryView(MemberView):
    """A member with every attempt, the first one first."""

    history: list[MemberAttemptView]


def member_view(member: Member, names: Mapping[str, str]) -> dict[str, Any]:
    """Give what lists show of a member."""
    return vars(member) | {"name": names.get(member.contact_id), "call_id": member.call_id or None}


def story_view(story: MemberStory, names: Mapping[str, str]) -> dict[str, Any]:
    """Give a member with its attempts; the last one may go on."""
    member, calls = story.member, story.calls
    attempts = [_attempt(tried, calls.get(tried.call_id)) for tried in member.history]
    if member.state is MemberState.CALLING:
        call = calls.get(member.call_id)
        attempts.append(_begun(member, call))
    return member_view(member, names) | {"history": attempts}


def members_csv(members: Sequence[Member], names: Mapping[str, str], *, bom: bool) -> str:
    """Give members as CSV with a heading; a row has 3 KB at most, whatever the script of the name."""
    return _BYTE_ORDER_MARK * bom + write_csv([_COLUMNS, *(_row(member, names) for member in members)])


def _row(member: Member, names: Mapping[str, str]) -> tuple[str, ...]:
    calls = [*(tried.call_id for tried in member.history), member.call_id]
    shown: dict[str, Any] = vars(member) | {
        "name": names.get(member.contact_id),
        "next_at": member.next_at and iso(member.next_at),
        "goal_reached": "yes" if member.goal_reached else "no",
        "added_at": iso(member.added_at),
        "calls": " ".join(dict.fromkeys(filter(None, calls))),
    }
    return tuple("" if shown[name] is None else str(shown[name]) for name in _COLUMNS)


def _attempt(tried: Try, call: Call | None) -> MemberAttemptView:
    return MemberAttemptView(
        attempt=tried.attempt,
        call_id=tried.call_id,
        outcome=tried.outcome,
        at=tried.at,
        answered=tried.answered,
        decision=_decision(call),
    )


def _begun(member: Member, call: Call | None) -> MemberAttemptView:
    return MemberAttemptView(
        attempt=member.attempts,
        call_id=member.call_id,
        outcome=None,
        at=None,
        answered=bool(call and call.answered_at),
        decision=_decision(call),
    )


def _decision(call: Call | None) -> DecisionView | None:
    return DecisionView.model_validate(call.decision) if call and call.decision else None
