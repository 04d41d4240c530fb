"""The audit log as the API shows it: entries as JSON, and as CSV."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from chalicelib.kernel.changes import Action
from chalicelib.kernel.clock import iso
from chalicelib.kernel.schemas import Input, Instant, InstantIn, PageQuery
from chalicelib.kernel.spreadsheets import write_csv
from chalicelib.system.domain.audit import AuditFilter

if TYPE_CHECKING:
    from chalicelib.kernel.paging import Page
    from chalicelib.system.domain.audit import AuditEntry

_COLUMNS = ("at", "actor", "action", "object_kind", "object_id", "before", "after", "id")
# Lambda answers with 6 MB at most; the rest is asked for by the next link.
_MAX_CSV_CHARACTERS = 4_000_000

Actor = Annotated[
    str,
    StringConstraints(
        pattern=r"^(token|call):[A-Za-z0-9_]{1,60}$|^token:cognito:[A-Za-z0-9-]{1,60}$|^(system|unknown)$"
    ),
    Field(
        description="Who: `token:token_…`, `token:cognito:…` (a person), `call:call_…`, `system`, `unknown`."
    ),
]
ObjectName = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z_]{1,30}:[A-Za-z0-9_+-]{1,60}$"),
    Field(description="What: `contact:contact_…`; a number by itself, as `number:%2B14155550123`."),
]
Since = Annotated[InstantIn | None, Field(alias="from", description="From this instant on.")]
Until = Annotated[InstantIn | None, Field(alias="to", description="Before this instant.")]


class AuditQuery(PageQuery):
    """Which entries, and which page of them."""

    actor: Actor | None = None
    object: ObjectName | None = None
    since: Since = None
    until: Until = None

    def wanted(self) -> AuditFilter:
        """Give the use case's input."""
        return AuditFilter(self.actor, self.object, self.since, self.until)


class AuditExportQuery(Input):
    """Which entries; `before` is where the export goes on, as the `Link` of an answer has it."""

    actor: Actor | None = None
    object: ObjectName | None = None
    since: Since = None
    until: Until = None
    before: Annotated[
        str | None,
        StringConstraints(pattern=r"^[0-9]{4}-[0-9T:.-]{15,25}Z#audit_[0-9a-f]{32}$"),
        Field(description="Older than this entry; taken from the link to the next rows."),
    ] = None

    def wanted(self) -> AuditFilter:
        """Give the use case's input."""
        return AuditFilter(self.actor, self.object, self.since, self.until)


class AuditEntryView(BaseModel):
    """One act; `before` and `after` have the fields that it changed, personal ones masked."""

    model_config = ConfigDict(from_attributes=True)
    id: str
    at: Instant
    actor: str
    action: Action
    object_kind: str
    object_id: str
    before: dict[str, Any]
    after: dict[str, Any]


class AuditList(BaseModel):
    """One page of entries, newest first; the token, if any, asks for the next."""

    items: list[AuditEntryView]
    next_page_token: str | None


def audit_csv(page: Page[AuditEntry]) -> tuple[str, str | None]:
    """Give the entries as CSV with a heading, and where the next rows begin, None at the end.

    When the entries are too many for one answer, it ends earlier.
    """
    rows: list[tuple[str, ...]] = []
    size = 0
    for entry in page.items:
        rows.append(_row(entry))
        size += sum(map(len, rows[-1]))
        if size > _MAX_CSV_CHARACTERS:
            break
    ends_early = len(rows) < len(page.items)
    start = position_of(page.items[len(rows) - 1]) if ends_early else page.next_start
    return write_csv([_COLUMNS, *rows]), start


def position_of(entry: AuditEntry) -> str:
    """Give the place of an entry in the log; what is older sorts before it."""
    return f"{iso(entry.at)}#{entry.id}"


def _row(entry: AuditEntry) -> tuple[str, ...]:
    shown = (json.dumps(part, ensure_ascii=False, sort_keys=True) for part in (entry.before, entry.after))
    kind, object_id = entry.object_kind, entry.object_id
    return iso(entry.at), entry.actor, entry.action.value, kind, object_id, *shown, entry.id
