"""Why somebody is called: what decides which rules of law hold."""

from __future__ import annotations

from enum import StrEnum


class Purpose(StrEnum):
    """What a kind of call is for."""

    INFORMATIONAL = "informational"  # about something that the person has with us already
    TELEMARKETING = "telemarketing"  # to sell something: a "telephone solicitation" of 47 CFR 64.1200(f)
    DEBT_COLLECTION = "debt_collection"  # 12 CFR 1006 (Regulation F)
