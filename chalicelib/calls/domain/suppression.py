"""The suppression list: numbers that are not dialed, since when, and what asked for that."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chalicelib.kernel.clock import iso
from chalicelib.kernel.errors import FieldError, Invalid

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.kernel.phones import E164

OPERATOR = "operator"
IMPORT = "import"
TEXT = "sms:"  # how the source of a suppression begins that a text message asked for
MAX_REASON = 200
_SOURCE = re.compile(r"[a-z][a-z_]{0,30}(:[A-Za-z0-9_]{1,60})?")


@dataclass(frozen=True)
class Suppression:
    """A number that nobody may dial.

    `source` is what asked for it: `operator`, `import`, `call:<id>` of the call in which it was said,
    `chat:<id>` of the chat, `sms:<id>` of the text message, or `do_not_contact` of a contact that is gone;
    `reason` is what people wrote about it.
    """

    number: E164
    suppressed_at: datetime
    source: str
    reason: str = ""

    @property
    def is_by_text(self) -> bool:
        """Tell whether a text message asked for it: then another one, START, may lift it."""
        return is_by_text(self.source)

    def over(self, held: Suppression) -> Suppression:
        """Give what holds when this is asked for after `held`: the first one stands, but a text's.

        Whatever is no text takes the place of a text's source and reason, so that no START lifts it; the
        time stays. A newer text takes its place whole, so that an older START does not lift it.
        """
        if not held.is_by_text or self.source == held.source:
            return held
        return self if self.is_by_text else replace(self, suppressed_at=held.suppressed_at)

    @property
    def position(self) -> str:
        """Its place in the list; what was suppressed earlier sorts before it."""
        return f"{iso(self.suppressed_at)}#{self.number}"


@dataclass(frozen=True)
class SuppressionFilter:
    """Which of them: by source (`call` means every call), from `since` until before `until`."""

    source: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def __post_init__(self) -> None:
        if self.since and self.until and self.since >= self.until:
            wrong = (FieldError("/to", "Give a time after `from`."),)
            raise Invalid("The span of time is empty.", code="invalid_fields", errors=wrong)

    def takes(self, suppression: Suppression) -> bool:
        """Tell whether a suppression has the source; the span of time is the storage's to ask for."""
        return self.source in (None, suppression.source, suppression.source.partition(":")[0])


def is_by_text(source: str) -> bool:
    """Tell whether this is the source of a suppression that a text message asked for."""
    return source.startswith(TEXT)


def is_source(text: str) -> bool:
    """Tell whether something has the form of a source: a word, or a word and an id."""
    return _SOURCE.fullmatch(text) is not None
