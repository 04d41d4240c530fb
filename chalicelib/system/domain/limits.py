"""How many requests one token, or one caller's address, may make: fixed windows of a minute."""

from __future__ import annotations

from dataclasses import dataclass

WINDOW_S = 60


@dataclass(frozen=True)
class Limit:
    """At most `quota` requests by `subject` in each window; `name` says what kind of subject it is."""

    name: str
    subject: str
    quota: int
    window_s: int = WINDOW_S

    @property
    def key(self) -> str:
        """Name whom is counted."""
        return f"{self.name}:{self.subject}"


@dataclass(frozen=True)
class Allowance:
    """What a limit leaves after this request; it starts anew in `resets_in_s` seconds."""

    limit: Limit
    used: int
    resets_in_s: int

    @property
    def remaining(self) -> int:
        """Give how many more requests fit into the window."""
        return max(self.limit.quota - self.used, 0)

    @property
    def exceeded(self) -> bool:
        """Tell whether this request was one too many."""
        return self.used > self.limit.quota
