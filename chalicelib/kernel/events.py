"""News: what happened, in a form that other programs may rely on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


@dataclass(frozen=True)
class Event:
    """Something that happened once: told at least once, always under the same id.

    `type` is an object and what became of it, such as `contact.created`; `version` counts changes of
    `data`'s shape that break its readers; `subject` is the id of the object.
    """

    id: str
    type: str
    version: int
    at: datetime
    subject: str
    data: Mapping[str, Any]
