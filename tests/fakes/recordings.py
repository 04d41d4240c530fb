"""Recordings, their sounds in both places, routes and retention runs, in memory."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.calls.domain.recordings import Recording, RecordingKind
from chalicelib.calls.domain.retention import DataKind, Due
from chalicelib.calls.ports.recordings import SoundAddress
from chalicelib.kernel.clock import iso
from chalicelib.kernel.errors import Unavailable
from chalicelib.kernel.paging import Page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from fakes.call_books import Shelf

    from chalicelib.calls.domain.recordings import RecordingReport
    from chalicelib.calls.domain.retention import RetentionRun
    from chalicelib.calls.domain.routes import LineRoute
    from chalicelib.kernel.clock import Clock
    from chalicelib.kernel.phones import E164

SID = f"RE{'1' * 32}"
OTHER_SID = f"RE{'2' * 32}"
SOUND = b"RIFF and some sound"


@dataclass
class FakeRecordings:
    """Recordings; implements `RecordingBook`."""

    shelf: Shelf

    def get(self, call_id: str, sid: str) -> Recording | None:
        """Give a recording."""
        return self.shelf.recordings.get((call_id, sid))

    def of_call(self, call_id: str) -> tuple[Recording, ...]:
        """Give those of a call."""
        return tuple(each for (owner, _), each in sorted(self.shelf.recordings.items()) if owner == call_id)

    def change(
        self, call_id: str, sid: str, how: Callable[[Recording | None], Recording | None]
    ) -> tuple[Recording | None, Recording | None]:
        """Change a recording, again when somebody was faster."""
        while True:
            old = self.get(call_id, sid)
            new = how(old)
            if new is None or new == old:
                return old, old
            new = replace(new, version=old.version + 1 if old else 1)
            with self.shelf.lock:
                if self.get(call_id, sid) == old:
                    self.shelf.recordings[call_id, sid] = new
                    return old, new

    def remove(self, call_id: str, sid: str) -> None:
        """Forget a recording."""
        self.shelf.recordings.pop((call_id, sid), None)

    def voicemails(self, *, heard: bool | None, limit: int, start: str | None) -> Page[Recording]:
        """Sort those with sound, and cut the page out."""
        found = {
            position(each): each
            for each in self.shelf.recordings.values()
            if each.kind is RecordingKind.VOICEMAIL and each.is_kept and heard in {None, bool(each.heard_at)}
        }
        keys = sorted((key for key in found if start is None or key < start), reverse=True)
        return Page([found[key] for key in keys[:limit]], keys[limit - 1] if len(keys) > limit else None)


def position(recording: Recording) -> str:
    """Give a recording's place in lists."""
    return f"{iso(recording.recorded_at)}#{recording.sid}"


@dataclass
class FakeSounds:
    """Sounds in our bucket; implements `SoundStore`."""

    clock: Clock
    kept: dict[tuple[str, str], bytes] = field(default_factory=dict)

    def put(self, call_id: str, sid: str, sound: Iterable[bytes]) -> int:
        """Keep a sound."""
        self.kept[call_id, sid] = b"".join(sound)
        return len(self.kept[call_id, sid])

    def address(self, call_id: str, sid: str) -> SoundAddress:
        """Give an address that says what it is of."""
        url = f"https://files.example.com/recordings/{call_id}/{sid}.wav?signed"
        return SoundAddress(url, self.clock.now() + timedelta(minutes=5))

    def remove(self, call_id: str, sid: str) -> None:
        """Forget a sound."""
        self.kept.pop((call_id, sid), None)


@dataclass
class FakeCarrierRecordings:
    """Sounds at the carrier, which may be silent; implements `CarrierRecordings`."""

    kept: dict[str, bytes] = field(default_factory=dict)
    reachable: bool = True
    reads: int = 0
    deleted: list[str] = field(default_factory=list)
    reports: dict[str, tuple[RecordingReport, ...]] = field(default_factory=dict)

    def of_call(self, call_sid: str) -> tuple[RecordingReport, ...]:
        """Give what a test says of a call, less what was deleted."""
        if not self.reachable:
            raise Unavailable("silent", retryable=True, code="carrier_unreachable")
        return tuple(each for each in self.reports.get(call_sid, ()) if each.sid not in self.deleted)

    def read(self, sid: str) -> Iterator[bytes]:
        """Give a sound in two pieces."""
        self.reads += 1
        if not self.reachable or sid not in self.kept:
            raise Unavailable("silent", retryable=True, code="carrier_unreachable")
        sound = self.kept[sid]
        return iter((sound[:4], sound[4:]))

    def delete(self, sid: str) -> None:
        """Forget a sound."""
        if not self.reachable:
            raise Unavailable("silent", retryable=True, code="carrier_unreachable")
        self.kept.pop(sid, None)
        self.deleted.append(sid)


@dataclass
class FakeRoutes:
    """Routes of our numbers; implements `RouteBook`."""

    by_line: dict[str, LineRoute] = field(default_factory=dict)

    def get(self, line: E164) -> LineRoute | None:
        """Give a route."""
        return self.by_line.get(line)

    def some(self, lines: tuple[E164, ...]) -> list[LineRoute]:
        """Give those that are there, by number."""
        return [self.by_line[line] for line in sorted(set(lines)) if line in self.by_line]

    def save(self, route: LineRoute) -> bool:
        """Keep a route in place of the version before."""
        old = self.by_line.get(route.line)
        if (old.version if old else 0) != route.version - 1:
            return False
        self.by_line[route.line] = route
        return True


@dataclass
class FakeRetention:
    """Runs, and what is kept for a while; implements `RetentionBook`."""

    shelf: Shelf
    runs: dict[str, RetentionRun] = field(default_factory=dict)
    messages: dict[str, Due] = field(default_factory=dict)

    def create(self, run: RetentionRun) -> bool:
        """Keep a new run."""
        is_new = run.id not in self.runs
        self.runs.setdefault(run.id, run)
        return is_new

    def get(self, run_id: str) -> RetentionRun | None:
        """Give a run."""
        return self.runs.get(run_id)

    def save(self, run: RetentionRun) -> bool:
        """Keep a run in place of the version before."""
        if self.runs[run.id].version != run.version - 1:
            return False
        self.runs[run.id] = run
        return True

    def older(self, kind: DataKind, before: datetime, limit: int, after: str) -> tuple[Due, ...]:
        """Sort what is there, and cut."""
        rows = sorted(row for row in self._rows(kind) if after < row.position < iso(before))
        return tuple(rows[:limit])

    def remove(self, row: Due) -> None:
        """Forget a row."""
        self.messages.pop(row.sk, None)

    def _rows(self, kind: DataKind) -> list[Due]:
        match kind:
            case DataKind.TRANSCRIPTS:
                texts = self.shelf.texts.items()
                return [Due(f"{iso(since)}#{name}", f"CALL#{name}", "AFTERMATH") for name, since in texts]
            case DataKind.MESSAGES:
                return list(self.messages.values())
        wanted = RecordingKind.CALL if kind is DataKind.RECORDINGS else RecordingKind.VOICEMAIL
        return [
            Due(position(each), f"CALL#{each.call_id}", f"RECORDING#{each.sid}")
            for each in self.shelf.recordings.values()
            if each.is_kept and each.kind is wanted
        ]
