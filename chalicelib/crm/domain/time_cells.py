"""Preferred times in a cell: `mon-fri 09:00-12:00; sat 10:00-11:00`, read and written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from chalicelib.crm.domain.cell_words import DAYS
from chalicelib.crm.domain.cells import BLANKS, Unreadable
from chalicelib.crm.domain.details import WEEKDAYS, PreferredTime, check_preferred_time
from chalicelib.crm.domain.words import fold
from chalicelib.kernel.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Iterable

_DASH = r"\s*(?:-|\u2013|to|bis|a|until)\s*"
_BLOCK = re.compile(
    rf"(.+?)\s*\b(\d\d?)(?::(\d\d))?(?:\s*(?:h|uhr))?{_DASH}(\d\d?)(?::(\d\d))?(?:\s*(?:h|uhr))?",
    re.IGNORECASE,
)
_SPAN = re.compile(r"\s*(?:-|\u2013)\s*|\s+(?:to|bis|a)\s+")
_LEAST_SPAN = 3  # days that are written as a span


def read_preferred_times(cell: str) -> tuple[PreferredTime, ...]:
    """Read times of the week; each has days and hours, `;` or a new line is between them."""
    blocks = [block.strip(BLANKS) for block in re.split(r"[;\r\n]+", cell) if block.strip(BLANKS)]
    return tuple(map(_read_block, blocks))


def write_preferred_times(times: Iterable[PreferredTime]) -> str:
    """Write times of the week so that they are read as they are."""
    return "; ".join(f"{_write_days(time.days)} {time.start}-{time.end}" for time in times)


def _read_block(block: str) -> PreferredTime:
    found = _BLOCK.fullmatch(block)
    if found is None:
        raise _unreadable()
    start, end = (f"{int(found[at]):02}:{found[at + 1] or '00'}" for at in (2, 4))
    try:
        return check_preferred_time(PreferredTime(_read_days(found[1]), start, end))
    except Unreadable:
        raise
    except Invalid as error:
        raise _unreadable() from error


def _read_days(text: str) -> tuple[str, ...]:
    parts = [part for part in re.split(r"[,/&+]+", text.strip(f"{BLANKS}:")) if part.strip(BLANKS)]
    return tuple(day for part in parts for day in _read_span(part.strip(BLANKS)))


def _read_span(part: str) -> tuple[str, ...]:
    """Read one day, or those from one to another, also across the week's end."""
    ends = [DAYS.get(fold(word), "") for word in _SPAN.split(part)]
    if not all(ends) or len(ends) > 2:  # noqa: PLR2004  a span has two ends
        raise _unreadable()
    first, last = WEEKDAYS.index(ends[0]), WEEKDAYS.index(ends[-1])
    return tuple(WEEKDAYS[(first + step) % 7] for step in range((last - first) % 7 + 1))


def _write_days(days: tuple[str, ...]) -> str:
    """Write days with runs of three and more as spans."""
    runs: list[list[str]] = []
    for day in days:
        if runs and WEEKDAYS.index(day) == WEEKDAYS.index(runs[-1][-1]) + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ",".join(f"{run[0]}-{run[-1]}" if len(run) >= _LEAST_SPAN else ",".join(run) for run in runs)


def _unreadable() -> Unreadable:
    return Unreadable(
        "These are no times of a week.", "Write them like mon-fri 09:00-12:00; sat 10:00-11:00."
    )
