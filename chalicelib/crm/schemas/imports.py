"""Imports over HTTP: what to do with a file, and what came of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from chalicelib.crm.domain.details import ContactStatus
from chalicelib.crm.domain.importing import MAX_HEADER, ImportState, ImportWish, OnDuplicate, RowOutcome
from chalicelib.crm.domain.imports import RowOptions
from chalicelib.crm.schemas.values import Country, Language, Line, Source, TagName, TimeZone
from chalicelib.kernel.schemas import Input, Instant
from chalicelib.kernel.spreadsheets import write_csv

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalicelib.crm.domain.importing import FileFacts, Import, Progress, Rejection, Upload
    from chalicelib.kernel.paging import Page

MAX_CONTENT = 1_000_000
_MOST_BYTES = 3_000_000  # Lambda gives answers of six million; a last row may add a quarter of one
Header = Annotated[str, StringConstraints(max_length=500)]
Target = Annotated[str, StringConstraints(max_length=60)]


def _check_length(mapping: dict[str, str | None]) -> dict[str, str | None]:
    if sum(map(len, mapping)) > MAX_HEADER:
        raise ValueError(f"The headers may have {MAX_HEADER:,} characters together.")
    return mapping


class ImportOptions(Input):
    """How to read the file, and what happens to rows whose number a contact has already.

    `mapping` says the field of columns by their headers (null: not imported); what it leaves out is guessed.
    `default_country` is for national numbers, `date_order` for dates like 3/4/2026. The other values are for
    contacts that are created and of which the file says nothing; `tags` are added to every contact.
    """

    on_duplicate: OnDuplicate = OnDuplicate.SKIP
    validate_only: bool = False
    mapping: Annotated[dict[Header, Target | None], Field(max_length=200), AfterValidator(_check_length)] = (
        Field(default={})
    )
    encoding: Annotated[str, StringConstraints(max_length=40)] | None = None
    delimiter: Literal[",", ";", "\t", "|"] | None = None
    default_country: Country | None = None
    date_order: Literal["dmy", "mdy"] | None = None
    time_zone: TimeZone | None = None
    language: Language | None = None
    source: Source | None = None
    status: ContactStatus | None = None
    owner: Line | None = None
    tags: Annotated[list[TagName], Field(max_length=10)] = Field(default=[])

    def wish(self) -> ImportWish:
        """Give the use case's input."""
        named = ("default_country", "date_order", "time_zone", "language", "source", "status", "owner")
        return ImportWish(
            options=RowOptions(tags=tuple(self.tags), **{name: getattr(self, name) for name in named}),
            on_duplicate=self.on_duplicate,
            mapping=self.mapping,
            encoding=self.encoding,
            delimiter=self.delimiter,
            validate_only=self.validate_only,
        )


class ImportIn(ImportOptions):
    """A file to import: its text in `content`, or, without it, a file that is uploaded afterwards."""

    file_name: Line = "contacts.csv"
    content: (
        Annotated[
            str,
            StringConstraints(min_length=1, max_length=MAX_CONTENT),
            Field(description="The file's text, up to a million characters; larger files are uploaded."),
        ]
        | None
    ) = None


class UploadView(BaseModel):
    """Where the file goes: send it with this method and these headers before `expires_at`, then start."""

    url: str
    method: str
    headers: dict[str, str]
    expires_at: Instant


class CountsView(BaseModel):
    """How many rows came out how; `duplicates` met a contact, or an earlier row, with their number."""

    created: int
    updated: int
    unchanged: int
    skipped: int
    failed: int
    duplicates: int


class RowErrorView(BaseModel):
    """Why a row was not imported: its number as a spreadsheet shows it, the column, the value, the remedy."""

    row: int
    column: str | None
    value: str
    problem: str
    remedy: str


class DuplicateView(BaseModel):
    """A row whose number a contact has, or an earlier row of the file, and what came of it."""

    row: int
    phone: str
    outcome: RowOutcome
    contact_id: str | None
    earlier_row: int | None


class ImportView(BaseModel):
    """An import as a list shows it; `rows_total` is known once the file was read."""

    id: str
    file_name: str
    state: ImportState
    validate_only: bool
    on_duplicate: OnDuplicate
    rows_total: int | None
    error: str | None
    message: str | None
    created_by: str
    created_at: Instant
    finished_at: Instant | None
    version: int


class ImportProgressView(ImportView):
    """An import with all that is known: the file's format, the mapping, what came of its rows so far.

    `mapping` is what each column goes to, as it was given or guessed; `recognised` names the program whose
    export the file is. While the import waits for its file, `upload` says where that goes.
    """

    run: int
    upload: UploadView | None
    encoding: str | None
    delimiter: str | None
    recognised: str | None
    mapping: dict[str, str | None]
    unmapped: list[str]
    rows_done: int
    counts: CountsView
    first_errors: list[RowErrorView]
    first_duplicates: list[DuplicateView]


class ImportList(BaseModel):
    """One page of imports, newest first; the token, if any, asks for the next."""

    items: list[ImportView]
    next_page_token: str | None


class RejectedQuery(Input):
    """Where a file of rejected rows goes on."""

    after: Annotated[int | None, Field(ge=0, description="The last row of the answer before.")] = None


def import_view(found: Import) -> dict[str, Any]:
    """Give what a list shows of an import."""
    return {
        **vars(found),
        "validate_only": found.wish.validate_only,
        "on_duplicate": found.wish.on_duplicate,
        "rows_total": found.facts.rows if found.facts else None,
    }


def progress_view(progress: Progress, upload: Upload | None, rejected: Sequence[Rejection]) -> dict[str, Any]:
    """Give all that is known of an import."""
    found, counts = progress.of, progress.counts
    facts = found.facts
    return import_view(found) | {
        "upload": upload,
        "encoding": facts.encoding if facts else found.wish.encoding,
        "delimiter": facts.delimiter if facts else found.wish.delimiter,
        "recognised": facts.mapping.recognised if facts else None,
        "mapping": facts.mapping.targets() if facts else found.wish.mapping,
        "unmapped": facts.mapping.unmapped if facts else [],
        "rows_done": counts.rows,
        "counts": counts,
        "first_duplicates": progress.duplicates,
        "first_errors": [error for rejection in rejected for error in rejection.errors],
    }


def rejected_csv(facts: FileFacts | None, page: Page[Rejection]) -> tuple[str, str | None]:
    """Write rejected rows as they stood, with their numbers and what is wrong; ready to mend and import.

    As many as an answer takes, and the last row where there are more. They have the file's delimiter, and
    begin with a byte order mark where the file was in no Unicode: whoever wrote it opens it as it was.
    """
    header, delimiter = (facts.mapping.header, facts.delimiter) if facts else ((), ",")
    mark = "\ufeff" if facts and not facts.encoding.startswith("utf") else ""
    texts, size = [mark + write_csv([[*header, "import_row", "import_error"]], delimiter)], 0
    for number, each in enumerate(page.items):
        row = [*_fitted(each.cells, len(header)), str(each.row), _errors(each)]
        texts.append(write_csv([row], delimiter))
        size += len(json.dumps(texts[-1]))  # as the answer has it
        if size > _MOST_BYTES and number + 1 < len(page.items):
            return "".join(texts), str(each.row)
    return "".join(texts), page.next_start


def _fitted(cells: Sequence[str], width: int) -> list[str]:
    """Keep every cell in a row of the header's width: what is too much goes into the last one."""
    kept = [*cells, *[""] * width][:width]
    if len(cells) > width:
        kept[-1] = " ".join(cells[width - 1 :])
    return kept


def _errors(rejection: Rejection) -> str:
    return " ".join(error.text for error in rejection.errors)
