"""Rooms, the carrier's switchboard and the queue of rooms, in memory."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from threading import RLock
from typing import TYPE_CHECKING

from fakes.carrier import Killed

from chalicelib.calls.domain.rooms import Participant, Role, Room, RoomFile
from chalicelib.kernel.clock import iso
from chalicelib.kernel.errors import Forbidden, NotFound, Unavailable
from chalicelib.kernel.paging import Page

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from chalicelib.calls.domain.rooms import Listening
    from chalicelib.calls.ports.rooms import LegOrder, RoomTask


@dataclass
class FakeRooms:
    """Rooms; implements `RoomBook`."""

    heads: dict[str, Room] = field(default_factory=dict)
    legs: dict[tuple[str, str], Participant] = field(default_factory=dict)
    lock: RLock = field(default_factory=RLock)

    def create(self, room: Room, participants: Sequence[Participant]) -> bool:
        """Keep a new room."""
        with self.lock:
            if room.id in self.heads:
                return False
            self.heads[room.id] = replace(room, version=1)
            for each in participants:
                self.legs[room.id, each.id] = replace(each, version=1)
            return True

    def add(self, room_id: str, participant: Participant) -> bool:
        """Keep a new participant."""
        with self.lock:
            if (room_id, participant.id) in self.legs:
                return False
            self.legs[room_id, participant.id] = replace(participant, version=1)
            return True

    def load(self, room_id: str) -> RoomFile | None:
        """Give all of a room."""
        with self.lock:
            if room_id not in self.heads:
                return None
            mine = [leg for (owner, _), leg in self.legs.items() if owner == room_id]
            mine.sort(key=lambda leg: (leg.asked_at, leg.id))
            return RoomFile(self.heads[room_id], tuple(mine))

    def change(self, room_id: str, how: Callable[[Room], Room]) -> tuple[Room, Room]:
        """Change a room's head."""
        with self.lock:
            old = self.heads.get(room_id)
            if old is None:
                raise NotFound("absent", code="conference_not_found")
            new = how(old)
            if new == old:
                return old, old
            new = self.heads[room_id] = replace(new, version=old.version + 1)
            return old, new

    def move(
        self, room_id: str, participant_id: str, how: Callable[[Participant], Participant]
    ) -> tuple[Participant, Participant]:
        """Change a participant."""
        with self.lock:
            old = self.legs.get((room_id, participant_id))
            if old is None:
                raise NotFound("absent", code="participant_not_found")
            new = how(old)
            if new == old:
                return old, old
            new = self.legs[room_id, participant_id] = replace(new, version=old.version + 1)
            return old, new

    def live(self, limit: int, start: str | None) -> Page[Room]:
        """Give the live conferences, newest first."""
        found = {f"{iso(room.created_at)}#{room.id}": room for room in self.heads.values() if room.is_listed}
        keys = sorted((key for key in found if start is None or key < start), reverse=True)
        shown = [found[key] for key in keys[:limit]]
        return Page(shown, keys[limit - 1] if len(keys) > limit else None)

    def leg(self, room_id: str, participant_id: str) -> Participant | None:
        """Give a participant."""
        return self.legs.get((room_id, participant_id))

    def of_people(self, owners: Sequence[str], limit: int, start: str | None) -> Page[tuple[str, str]]:
        """Give the participations of contacts and numbers."""
        mine = sorted(key for key, leg in self.legs.items() if (leg.contact_id or leg.number) in owners)
        keys = [key for key in mine if start is None or "#".join(key) > start]
        return Page(keys[:limit], "#".join(keys[limit - 1]) if len(keys) > limit else None)

    def forget(self, room_id: str) -> None:
        """Forget a room."""
        self.heads.pop(room_id, None)
        for key in [key for key in self.legs if key[0] == room_id]:
            del self.legs[key]


@dataclass
class FakeSwitchboard:
    """Does with each order what `moods` says, as `FakeCarrier`; implements `Switchboard`.

    `log` is all that reached the carrier, in order: the verb, then what it was about.
    """

    moods: list[str] = field(default_factory=lambda: ["accept"])
    orders: list[LegOrder] = field(default_factory=list)
    log: list[tuple[str, ...]] = field(default_factory=list)
    is_silent: bool = False

    def call_in(self, order: LegOrder) -> str:
        """Take, refuse or lose an order."""
        mood = self.moods.pop(0) if len(self.moods) > 1 else self.moods[0]
        match mood:
            case "refuse":
                raise Forbidden("refused", code="carrier_21215")
            case "busy":
                raise Unavailable("busy", retryable=True, code="carrier_20429")
            case "unheard":
                raise Unavailable("timeout", retryable=False, code="carrier_unclear")
        self.orders.append(order)
        sid = f"CA{len(self.orders):032x}"
        self.log.append(("call_in", order.participant_id))
        if mood == "killed":
            raise Killed
        if mood == "lost":
            raise Unavailable("timeout", retryable=False, code="carrier_unclear")
        return sid

    def _do(self, *what: str) -> None:
        if self.is_silent:
            raise Unavailable("silent", retryable=True, code="carrier_unreachable")
        self.log.append(what)

    def hang_up(self, sid: str) -> None:
        """Keep that a leg was ended."""
        self._do("hang_up", sid)

    def bring_back(self, call_id: str, sid: str, attempt_id: str) -> None:
        """Keep that a call was told."""
        self._do("bring_back", call_id, sid, attempt_id)

    def seize(self, call_id: str, sid: str, attempt_id: str) -> None:
        """Keep that a call was taken."""
        self._do("seize", call_id, sid, attempt_id)

    def set_flags(self, room: Room, sid: str, *, muted: bool, held: bool) -> None:
        """Keep what was set."""
        self._do("set_flags", room.sid, sid, f"muted={muted}", f"held={held}")

    def set_mode(self, room: Room, sid: str, mode: Listening, coached_sid: str) -> None:
        """Keep what was set."""
        self._do("set_mode", room.sid, sid, mode, coached_sid)

    def end(self, room: Room) -> None:
        """Keep that a conference was ended."""
        self._do("end", room.id)


@dataclass
class FakeRoomWakeups:
    """Tasks in a list, with their delays; implements `RoomWakeups`."""

    tasks: list[tuple[RoomTask, str, str, int]] = field(default_factory=list)

    def see_to(self, task: RoomTask, room_id: str, participant_id: str = "", delay_s: int = 0) -> None:
        """Keep a task."""
        self.tasks.append((task, room_id, participant_id, delay_s))

    def named(self, task: RoomTask) -> list[str]:
        """Give the participants of all tasks of a kind."""
        return [participant for kind, _, participant, _ in self.tasks if kind is task]


def only(there: RoomFile, role: Role) -> Participant:
    """Give the one participant of a role."""
    (found,) = [each for each in there.participants if each.role is role]
    return found
