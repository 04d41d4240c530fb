"""All situations of this folder, one trial for each transport."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from e2e.situations.trial import Trial
from e2e.world import LINES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from e2e.situations.base import Situation

_FOLDER = Path(__file__).parent
# In the order of the page; what is not named here comes after.
_ORDER = ("answers", "machines", "talk", "wishes", "rooms", "callers", "recordings", "messages")


@dataclass(frozen=True, eq=False)
class Area:
    """The situations of one module; `title` is the first line of its docstring."""

    name: str
    title: str
    situations: Sequence[Situation]


def areas() -> list[Area]:
    """Give every module that defines `SITUATIONS`."""
    names = [path.stem for path in _FOLDER.glob("*.py") if "\nSITUATIONS" in path.read_text()]
    found = sorted(names, key=lambda name: (_ORDER.index(name) if name in _ORDER else len(_ORDER), name))
    return [_area(name) for name in found]


def _area(name: str) -> Area:
    module = importlib.import_module(f"e2e.situations.{name}")
    title = (module.__doc__ or name).strip().splitlines()[0].rstrip(".")
    return Area(name, title, module.SITUATIONS)


def trials() -> list[Trial]:
    """Give one trial for each situation and transport, each with numbers of its own.

    Inbound ones have a line of their own; there are as many of them as `LINES` has numbers for.
    """
    pairs = [
        (area.name, situation, transport)
        for area in areas()
        for situation in area.situations
        for transport in situation.transports
    ]
    lines = iter(LINES[1:])
    return [
        Trial(*pair, index, next(lines) if pair[1].inbound else LINES[0]) for index, pair in enumerate(pairs)
    ]
