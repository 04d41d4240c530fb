"""What bears out the words that something was done: which acts, when, and for which time; pure.

Who has booked Wednesday at ten may say so again and again, but not that a second appointment is booked for
Friday at two.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.ai.domain.claim_words import Claim
from chalicelib.ai.domain.named_times import is_one_of, time_named

if TYPE_CHECKING:
    from datetime import datetime

# Claims that are of a time, where one is named with them.
OF_A_TIME = frozenset({Claim.BOOKED, Claim.CHANGED})
# How things stand, that reading tells as well.
_READ = frozenset({Claim.BOOKED, Claim.DONE})
_ANOTHER = re.compile(
    r"\b(?:another|second|additional|one\s+more|extra|otra|segunda|adicional"
    r"|weiteren|zweiten|zusätzlich\w*|noch\s+einen|autre|deuxième|seconde?|supplémentaire)\b",
    re.IGNORECASE,
)
# Whence something was moved is not where it is.
_WHENCE = re.compile(r"\b(?:from|von|vom|de|del|du)\b.*?\b(?:to|auf|a|al|au|à)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Backing:
    """What may be claimed: `claims` for what was done in the conversation, `now` for what in this turn.

    `rows` are the starts, on the person's own clock, of the appointments that were made or told in it; by
    them the claims of `judged` are judged.
    """

    claims: frozenset[Claim]
    now: frozenset[Claim] = frozenset()
    rows: frozenset[datetime] = frozenset()
    judged: frozenset[Claim] = frozenset()

    @property
    def at_once(self) -> frozenset[Claim]:
        """Give the claims that may be spoken before the rest of their sentence is known."""
        return self.claims - self.judged

    def bears_out(self, claim: Claim, text: str, *, is_state: bool) -> bool:
        """Tell whether a claim may be made; `text` is its sentence from there on.

        `is_state`: it tells how things are, not that somebody has done it just now.
        """
        if claim not in self.claims and not (is_state and claim in _READ and Claim.STANDS in self.claims):
            return False
        if claim not in self.judged:
            return True
        named = time_named(_WHENCE.sub(" ", text) if claim is Claim.CHANGED else text)
        if named.is_known:
            return any(is_one_of(named, row) for row in self.rows)
        return claim in self.now or _ANOTHER.search(text) is None
