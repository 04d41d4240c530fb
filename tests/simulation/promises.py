"""The promises that the judge knows, in a few words each."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

PROMISES: Mapping[str, str] = {
    "I1": "dialed twice, or a number in two calls at once",
    "I2": "wishes lost, or ended in two ways",
    "I3": "dialed out of hours",
    "I4": "dialed after an opt-out, a pause or the kill switch",
    "I5": "faster, or more at once, than allowed",
    "I6": "outcomes that are not the carrier's",
    "I7": "sums that are not a recount",
    "I9": "attempts too many or too soon",
    "I10": "spent more than a budget",
    "I11": "opt-outs lost",
}
