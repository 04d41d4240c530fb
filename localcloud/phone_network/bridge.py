"""Two lines joined: what one person says the other hears."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from localcloud.phone_network.tasks import cancel

if TYPE_CHECKING:
    from localcloud.phone_network.line import Line, Spoken


class _Ear:
    """Passes one person's speech on to the other line."""

    name = "bridge"

    def __init__(self, other: Line, star: asyncio.Event | None) -> None:
        self._other = other
        self._star = star
        self._parts: list[str] = []

    def speech_started(self) -> None:
        """Begin a new utterance."""
        self._parts.clear()

    def heard(self, spoken: Spoken) -> None:
        """Pass the utterance on once it is complete."""
        self._parts.append(spoken.text)
        if spoken.last:
            self._other.overhear(" ".join(self._parts))

    def speech_missed(self) -> None:
        """Pass nothing on: noise has no words."""

    def digit(self, digit: str) -> None:
        """End the bridge with a star, where that was asked for."""
        if digit == "*" and self._star:
            self._star.set()


class Bridge:
    """The connection of a caller with the person that <Dial> reached."""

    def __init__(self, caller: Line, dialled: Line, *, hang_up_on_star: bool = False) -> None:
        self._caller = caller
        self._dialled = dialled
        self._over = asyncio.Event()
        self._star = self._over if hang_up_on_star else None
        self.joined = False

    async def hold(self) -> None:
        """Keep the lines joined until one of them is hung up."""
        self.joined = True
        self._caller.listen(_Ear(self._dialled, self._star))
        self._dialled.listen(_Ear(self._caller, None))
        waiting = [
            asyncio.ensure_future(ending)
            for ending in (self._caller.until_down(), self._dialled.until_down(), self._over.wait())
        ]
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await cancel(*waiting)
            self._caller.listen(None)
            self._dialled.listen(None)
