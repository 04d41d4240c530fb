"""Text messages that are written once and sent often, with variables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

HELP_TEMPLATE = "help"  # the name of the one that answers HELP


@dataclass(frozen=True)
class MessageTemplate:
    """A text with variables, by a name; each change makes a new version."""

    id: str
    name: str
    text: str
    created_at: datetime
    updated_at: datetime
    version: int = 1
