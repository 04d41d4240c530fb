"""The suppression list as the API takes and shows it: as JSON, and as CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, Field, StringConstraints, ValidationInfo, field_validator

from chalicelib.calls.domain.suppression import MAX_REASON, SuppressionFilter
from chalicelib.calls.schemas.fields import View
from chalicelib.calls.services.suppression_import import COLUMNS, SuppressionFile
from chalicelib.kernel.clock import iso
from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.numbering import check_country, parse_phone
from chalicelib.kernel.schemas import Input, Instant, InstantIn, PageQuery
from chalicelib.kernel.spreadsheets import write_csv

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chalicelib.calls.domain.suppression import Suppression

MAX_CONTENT = 1_000_000
# Escaped in JSON, a character of the content may take more than one byte.
MAX_BODY_BYTES = 2 * MAX_CONTENT


def _country(code: str) -> str:
    try:
        return check_country(code)
    except Invalid as error:
        raise ValueError(error.message) from error


Country = Annotated[
    str,
    AfterValidator(_country),
    Field(
        json_schema_extra={"pattern": "^[A-Z]{2}$"},
        description="Where national numbers are read (ISO 3166 alpha-2).",
    ),
]
Reason = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=MAX_REASON, pattern=r"^[^\x00-\x1f\x7f]*$"),
]
Source = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z][a-z_]{0,30}(:[A-Za-z0-9_]{1,60})?$"),
    Field(description="What asked for it: `operator`, `import`, `call` for any call, `call:call_…` for one."),
]
Since = Annotated[InstantIn | None, Field(alias="from", description="Suppressed from this instant on.")]
Until = Annotated[InstantIn | None, Field(alias="to", description="Suppressed before this instant.")]


class SuppressionIn(Input):
    """A number that nobody may dial; a national one needs `country`."""

    country: Country | None = None
    number: Annotated[
        str,
        StringConstraints(strip_whitespace=True, max_length=40),
        Field(validate_default=True, description="As people write it: `+14155550123`, `(415) 555-0123`."),
    ]
    reason: Annotated[Reason, Field(description="For people.")] = ""

    @field_validator("number")
    @classmethod
    def _possible(cls, number: str, others: ValidationInfo) -> str:
        try:
            return parse_phone(number, others.data.get("country"))
        except Invalid as error:
            raise ValueError(error.message) from error


class SuppressionsQuery(PageQuery):
    """Which suppressions, and which page of them."""

    source: Source | None = None
    since: Since = None
    until: Until = None

    def wanted(self) -> SuppressionFilter:
        """Give the use case's input."""
        return SuppressionFilter(self.source, self.since, self.until)


class SuppressionExportQuery(Input):
    """Which suppressions; `before` is where the export goes on, as the `Link` of an answer has it."""

    source: Source | None = None
    since: Since = None
    until: Until = None
    before: Annotated[
        str | None,
        StringConstraints(pattern=r"^[0-9]{4}-[0-9T:.-]{15,25}Z#\+[1-9][0-9]{6,14}$"),
        Field(description="Suppressed earlier than this one; taken from the link to the next rows."),
    ] = None

    def wanted(self) -> SuppressionFilter:
        """Give the use case's input."""
        return SuppressionFilter(self.source, self.since, self.until)


class ReleaseQuery(Input):
    """Why a number may be dialed again."""

    reason: Annotated[
        str,
        StringConstraints(
            strip_whitespace=True, min_length=1, max_length=MAX_REASON, pattern=r"^[^\x00-\x1f\x7f]*$"
        ),
        Field(description="Why it may be dialed again; kept in the audit log."),
    ]


class SuppressionView(View):
    """A number that nobody dials: since when, what asked for it, and what people wrote about it."""

    number: str
    suppressed_at: Instant
    source: str
    reason: str


class SuppressionList(View):
    """One page of suppressions, newest first; the token, if any, asks for the next."""

    items: list[SuppressionView]
    next_page_token: str | None


class SuppressionImportIn(Input):
    """Numbers, one a line, or a table with a column of them, or an export of this list."""

    content: Annotated[
        str,
        StringConstraints(min_length=1, max_length=MAX_CONTENT),
        Field(description="At most 5,000 rows; comma, semicolon, tab or bar between cells."),
    ]
    default_country: Country | None = None
    validate_only: Annotated[bool, Field(description="Count and check, and write nothing.")] = False

    def file(self) -> SuppressionFile:
        """Give the use case's input."""
        return SuppressionFile(self.content, self.default_country, self.validate_only)


class NumberErrorView(View):
    """A row that was not imported: its place in the content, from 1; what stands there; what to do."""

    row: int
    value: str
    remedy: str


class ImportResultView(View):
    """Numbers that were added, were there already (or twice in the content), and rows that were refused."""

    added: int
    already: int
    failed: int
    errors: list[NumberErrorView]


def suppressions_csv(suppressions: Iterable[Suppression]) -> str:
    """Give suppressions as CSV with a heading; the import restores all of it."""
    rows = ((each.number, iso(each.suppressed_at), each.source, each.reason) for each in suppressions)
    return write_csv([COLUMNS, *rows])
