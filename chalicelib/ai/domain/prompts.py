"""Prompt templates: instructions with variables, versioned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True)
class PromptTemplate:
    """Instructions with `{{ variables }}`; the version grows with each change."""

    id: str
    name: str
    text: str
    created_at: datetime
    updated_at: datetime
    version: int = 1
