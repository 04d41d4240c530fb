"""Instants as people type them: a day, or a time of day, is one of this machine's time zone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import click

MOMENT_HELP = "such as 2026-03-03, 2026-03-03T08:00 (of this machine's time zone) or 2026-03-03T08:00:00Z"


class _Moment(click.ParamType[Any]):
    """Reads a day as its beginning, and what has no offset in this machine's time zone."""

    name = "moment"

    def convert(self, value: Any, _param: click.Parameter | None, _context: click.Context | None) -> Any:
        """Give the instant as the API takes it; what is none is left to the API to refuse."""
        try:
            read = datetime.fromisoformat(value)
            if read.tzinfo is not None:
                return value
            at = read.astimezone(UTC)
        except (ValueError, OverflowError, OSError):
            return value
        return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


MOMENT = _Moment()
