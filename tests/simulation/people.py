"""Who is called: where they are, what they do when it rings, what they say; the same for the same seed."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from chalicelib.crm.domain.contacts import NewContact
from chalicelib.crm.services.contacts import create_contact
from chalicelib.kernel.ids import derived_id
from chalicelib.kernel.phones import E164

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chalicelib.crm.domain.contacts import Contact
    from chalicelib.crm.ports.crm import CrmPorts

# The zones of area codes, from the map of the North American Numbering Plan; 208 lies in two of them.
AREAS = {
    "212": ("America/New_York",),
    "305": ("America/New_York",),
    "404": ("America/New_York",),
    "617": ("America/New_York",),
    "313": ("America/Detroit",),
    "208": ("America/Boise", "America/Los_Angeles"),
    "312": ("America/Chicago",),
    "504": ("America/Chicago",),
    "713": ("America/Chicago",),
    "303": ("America/Denver",),
    "801": ("America/Denver",),
    "602": ("America/Phoenix",),
    "206": ("America/Los_Angeles",),
    "310": ("America/Los_Angeles",),
    "415": ("America/Los_Angeles",),
    "907": ("America/Anchorage",),
    "808": ("Pacific/Honolulu",),
}
_AREA_CODES = tuple(AREAS)
_MOVED = 0.1  # of the people live elsewhere than where their number is from, and have said so
_ELSEWHERE = ("America/New_York", "America/Denver", "America/Los_Angeles", "Pacific/Honolulu")
_OPT_OUT = "Please stop calling me."
_WORDS = "Yes, that is fine. Thank you."
_FATES = {"answered": 40, "no-answer": 28, "busy": 14, "machine": 13, "failed": 3, "declined": 2}


@dataclass(frozen=True)
class Fate:
    """What becomes of one call: how it ends, how many seconds it rings and is talked, what is said."""

    status: str
    rings_s: float
    talks_s: float = 0.0
    says: str = ""
    sip_code: str = ""

    @property
    def opts_out(self) -> bool:
        """Tell whether the person asks not to be called again."""
        return self.says == _OPT_OUT


@dataclass
class People:
    """Everybody who is called."""

    seed: int
    opt_outs: float = 0.03  # of those who answer

    def create(self, crm: CrmPorts, count: int) -> list[Contact]:
        """Store so many contacts."""
        return [create_contact(crm, new, derived_id("contact", new.phone)) for new in self._new(count)]

    def fate(self, number: str, attempt: int) -> Fate:
        """Give what becomes of the carrier's nth call to a number."""
        chance = Random(f"{self.seed}:{number}:{attempt}")
        [kind] = chance.choices(list(_FATES), list(_FATES.values()))
        match kind:
            case "answered":
                words = _OPT_OUT if chance.random() < self.opt_outs else _WORDS
                return Fate("completed", chance.uniform(3, 18), chance.uniform(12, 100), words)
            case "machine":
                return Fate("completed", chance.uniform(15, 22), chance.uniform(8, 30))
            case "no-answer":
                return Fate("no-answer", chance.uniform(20, 30))
            case "declined":
                return Fate("busy", chance.uniform(2, 8), sip_code="603")
        return Fate(kind, chance.uniform(1, 4))

    def _new(self, count: int) -> Iterator[NewContact]:
        chance = Random(f"{self.seed}:people")
        for place in range(count):
            area = _AREA_CODES[place % len(_AREA_CODES)]
            number = E164(f"+1{area}555{place // len(_AREA_CODES):04d}")
            zone = chance.choice(_ELSEWHERE) if chance.random() < _MOVED else ""
            yield NewContact(name=f"Person {place}", phone=number, **({"time_zone": zone} if zone else {}))


def zones_of(number: str) -> tuple[str, ...]:
    """Give the zones in which somebody with this number may be, by the number alone."""
    return AREAS[number[2:5]]
