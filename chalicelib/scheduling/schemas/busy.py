"""Busy times of other calendars as the API takes and shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field, StringConstraints

from chalicelib.calls.schemas.fields import View
from chalicelib.kernel.schemas import Input

if TYPE_CHECKING:
    from chalicelib.scheduling.services.ics import BusyImport

Source = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$"),
    Field(description="Whose times these are: they replace those of the same source."),
]
_MAX_URL = 2000


class SourceQuery(Input):
    """Whose times a file has."""

    source: Source = "upload"


class BusyIn(Input):
    """A calendar file (iCalendar), of a megabyte at most."""

    content: Annotated[
        str, Field(min_length=1, description="The text of the file, of a megabyte at most in UTF-8.")
    ]


class BusyFetchIn(Input):
    """Where a calendar file is to be fetched: an address that begins with `https` or `webcal`."""

    url: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=_MAX_URL)]
    source: Source = "feed"


class BusyView(View):
    """What was taken from a calendar file.

    `times` were found and `days` have changed; `unread` entries were not understood. The bookings whose ids
    are `clashes` stand at times that are busy now.
    """

    source: str
    times: int
    days: int
    unread: int
    clashes: list[str]


def busy_view(done: BusyImport) -> BusyView:
    """Give an import of busy times as the API shows it."""
    return BusyView(**{**vars(done), "clashes": list(done.clashes)})
