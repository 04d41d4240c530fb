"""What the model gives to actions on appointments: times on the person's own clock, never an id."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from chalicelib.scheduling.domain.offers import PartOfDay

_Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)]
_Start = Annotated[
    datetime, Field(description="Its start, local to the person, as you were given it: 2026-03-05T14:30.")
]
_Service = Annotated[
    _Words, Field(description="The service wanted, if the business has several; else leave out.")
]
_Which = Annotated[
    datetime | None,
    Field(description="The present start of the appointment that is meant, if there are several."),
]
_Reason = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=200),
    Field(description="Why, in the person's words; empty when they did not say."),
]


class Nothing(BaseModel):
    """No arguments."""

    model_config = ConfigDict(extra="forbid")


class Availability(BaseModel):
    """What time the person would like."""

    model_config = ConfigDict(extra="forbid")
    service: _Service = ""
    day: Annotated[
        _Words,
        Field(description="2026-03-05, today, tomorrow, Tuesday, next Tuesday, next week; empty: any day."),
    ] = ""
    until: Annotated[_Words, Field(description="The last day, when several would do; as day.")] = ""
    part: Annotated[PartOfDay | None, Field(description="The part of the day, if they care.")] = None
    moving: Annotated[
        datetime | None,
        Field(description="To move an appointment: its present start; only times it can take are given."),
    ] = None


class Wanted(BaseModel):
    """The appointment to book."""

    model_config = ConfigDict(extra="forbid")
    start: _Start
    service: _Service = ""


class Booked(BaseModel):
    """The appointment that is meant."""

    model_config = ConfigDict(extra="forbid")
    which: _Which = None


class Moving(Booked):
    """Where to move it."""

    start: _Start


class Cancelling(Booked):
    """Why it is cancelled."""

    reason: _Reason = ""
