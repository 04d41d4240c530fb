"""Stored rooms, what the carrier does with legs and conferences, and who sees to it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from chalicelib.calls.domain.rooms import Listening, Participant, Room, RoomFile
    from chalicelib.kernel.paging import Page
    from chalicelib.kernel.phones import E164


class RoomTask(StrEnum):
    """What somebody must see to; each may be done twice, late, or in vain."""

    DIAL = "dial"  # call a participant in
    CHECK = "check"  # give up who has not come by now
    DROP = "drop"  # end a leg that nobody waits for
    SEIZE = "seize"  # take a call from the AI, to hand it over
    BRING_BACK = "bring_back"  # tell a waiting caller that nobody comes
    ADJUST = "adjust"  # mute, hold, change a supervisor's mode
    CLOSE = "close"  # end the conference


@dataclass(frozen=True)
class LegOrder:
    """What the carrier is asked for: `ring_s` and `max_duration_s` in seconds."""

    room_id: str
    participant_id: str
    number: E164
    line: E164
    ring_s: int
    max_duration_s: int


class RoomBook(Protocol):
    """Stored rooms."""

    def create(self, room: Room, participants: Sequence[Participant]) -> bool:
        """Store a new room with these participants; False, and nothing is stored, when it exists."""

    def add(self, room_id: str, participant: Participant) -> bool:
        """Store a new participant; False when this one exists."""

    def load(self, room_id: str) -> RoomFile | None:
        """Give a room with its participants, in one consistent query."""

    def change(self, room_id: str, how: Callable[[Room], Room]) -> tuple[Room, Room]:
        """Apply `how` to the newest state, again when somebody was faster; give old and new."""

    def move(
        self, room_id: str, participant_id: str, how: Callable[[Participant], Participant]
    ) -> tuple[Participant, Participant]:
        """Apply `how` to a participant's newest state, again when somebody was faster; give old and new."""

    def live(self, limit: int, start: str | None) -> Page[Room]:
        """Give up to `limit` live conferences, newest first, after `start`."""

    def leg(self, room_id: str, participant_id: str) -> Participant | None:
        """Give a participant, consistently."""

    def of_people(self, owners: Sequence[str], limit: int, start: str | None) -> Page[tuple[str, str]]:
        """Give room and id of up to `limit` participations, after `start`.

        `owners` are ids of contacts, and numbers: of legs that were called by number and are no contact's.
        """

    def forget(self, room_id: str) -> None:
        """Delete a room and all that it knows of people; nothing when there is none."""


class Switchboard(Protocol):
    """The carrier's legs and conferences.

    Placing fails as `Telephony.place` does. All others do nothing to what is already over, raise
    `Forbidden` when the carrier refuses for good, and `Unavailable` when trying again is safe.
    """

    def call_in(self, order: LegOrder) -> str:
        """Place a leg, give the carrier's id."""

    def hang_up(self, sid: str) -> None:
        """End a leg, whether it rings or talks."""

    def bring_back(self, call_id: str, sid: str, attempt_id: str) -> None:
        """Let a call go on at the address where it learns what became of a hand-over."""

    def seize(self, call_id: str, sid: str, attempt_id: str) -> None:
        """Let a call go on at the address where it is handed over."""

    def set_flags(self, room: Room, sid: str, *, muted: bool, held: bool) -> None:
        """Mute, hold, or release a participant."""

    def set_mode(self, room: Room, sid: str, mode: Listening, coached_sid: str) -> None:
        """Change how a supervisor takes part."""

    def end(self, room: Room) -> None:
        """End the conference for everybody in it."""


class RoomWakeups(Protocol):
    """Messages that make somebody see to a room."""

    def see_to(self, task: RoomTask, room_id: str, participant_id: str = "", delay_s: int = 0) -> None:
        """Have a task done, in `delay_s` seconds at the earliest."""
