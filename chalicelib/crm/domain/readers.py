"""How the cells of each field are read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib.crm.domain.cells import (
    read_channel,
    read_country,
    read_email,
    read_language,
    read_line,
    read_refusal,
    read_source,
    read_status,
    read_street,
    read_tags,
    read_time_zone,
)
from chalicelib.crm.domain.time_cells import read_preferred_times

if TYPE_CHECKING:
    from collections.abc import Callable

DO_NOT_CALL = "do_not_call"
# Fields that take certain words only: a column with none of them means something else.
WORDS: dict[str, Callable[[str], Any]] = {
    "country": read_country,
    "time_zone": read_time_zone,
    "language": read_language,
    "preferred_times": read_preferred_times,
    "preferred_channel": read_channel,
    "status": read_status,
    "email": read_email,
}
READERS: dict[str, Callable[[str], Any]] = {
    **dict.fromkeys(
        ("name", "first_name", "middle_name", "last_name", "company", "title", "owner"), read_line
    ),
    **dict.fromkeys(("city", "region", "postal_code"), read_line),
    "street": read_street,
    "source": read_source,
    "tags": read_tags,
    # No field of a contact: a yes is a status. A column of it is never taken for something else, since a
    # wish that is not understood must be an error and not be left out.
    DO_NOT_CALL: read_refusal,
    **WORDS,
}
