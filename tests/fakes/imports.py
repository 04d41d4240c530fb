"""The CRM's imports in memory, and a worker that takes their messages as from SQS."""

from __future__ import annotations

import hashlib
import io
from datetime import timedelta
from threading import RLock
from typing import TYPE_CHECKING, Any

from fakes.carrier import Killed

from chalicelib.crm.adapters.files.reading import open_table
from chalicelib.crm.domain.importing import StoredFile, Upload
from chalicelib.crm.services.import_work import import_chunk, prepare_import
from chalicelib.kernel.errors import Invalid, NotFound
from chalicelib.kernel.paging import Page

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

    from chalicelib.crm.domain.importing import Import, Lane, Rejection
    from chalicelib.crm.domain.imports import Row
    from chalicelib.kernel.clock import Clock

_RECEIVES = 5


class FakeImports:
    """Imports in dicts; implements `Imports`."""

    def __init__(self) -> None:
        self._by_id: dict[str, Import] = {}
        self._lanes: dict[tuple[str, int], dict[int, Lane]] = {}
        self._rejected: dict[tuple[str, int], dict[int, Rejection]] = {}
        self._seen: dict[tuple[str, int, str], int] = {}
        self._lock = RLock()

    def add(self, new: Import) -> Import:
        """Keep an import once."""
        return self._by_id.setdefault(new.id, new)

    def get(self, import_id: str) -> Import | None:
        """Give an import."""
        return self._by_id.get(import_id)

    def save(self, changed: Import) -> bool:
        """Replace the version before."""
        with self._lock:
            stored = self._by_id.get(changed.id)
            if stored is None or stored.version != changed.version - 1:
                return False
            self._by_id[changed.id] = changed
            return True

    def page(self, page_size: int, start: str | None) -> Page[Import]:
        """Give the newest first."""
        found = sorted(self._by_id.values(), key=lambda one: one.id, reverse=True)
        found = [one for one in found if start is None or one.id < start]
        return Page(found[:page_size], found[page_size - 1].id if len(found) > page_size else None)

    def put_lanes(self, import_id: str, run: int, lanes: Sequence[Lane]) -> None:
        """Keep the lanes of a run once."""
        self._lanes.setdefault((import_id, run), {lane.number: lane for lane in lanes})

    def lanes(self, import_id: str, run: int) -> list[Lane]:
        """Give the lanes of a run."""
        return list(self._lanes.get((import_id, run), {}).values())

    def save_lane(self, import_id: str, run: int, lane: Lane) -> bool:
        """Replace the lane a chunk behind."""
        with self._lock:
            lanes = self._lanes[import_id, run]
            if lanes[lane.number].next_chunk != lane.next_chunk - 1:
                return False
            lanes[lane.number] = lane
            return True

    def reject(self, import_id: str, run: int, rejections: Sequence[Rejection]) -> None:
        """Keep rows that were not imported."""
        self._rejected.setdefault((import_id, run), {}).update({each.row: each for each in rejections})

    def rejections(self, import_id: str, run: int, page_size: int, start: str | None) -> Page[Rejection]:
        """Give rows that were not imported."""
        kept = self._rejected.get((import_id, run), {})
        rows = [kept[row] for row in sorted(kept) if row > int(start or 0)]
        return Page(rows[:page_size], str(rows[page_size - 1].row) if len(rows) > page_size else None)

    def claim(self, import_id: str, run: int, phones: Sequence[str], row: int) -> None:
        """Note the first row with each number."""
        for phone in phones:
            self._seen.setdefault((import_id, run, phone), row)

    def claimed(self, import_id: str, run: int, phones: Sequence[str], row: int) -> int | None:
        """Give the first other row with one of the numbers."""
        found = (self._seen.get((import_id, run, phone), row) for phone in phones)
        return min((each for each in found if each != row), default=None)

    def forget(self, import_id: str, run: int, rows: Sequence[int], phones: Sequence[str]) -> None:
        """Forget rows and numbers."""
        for row in rows:
            self._rejected.get((import_id, run), {}).pop(row, None)
        for phone in phones:
            self._seen.pop((import_id, run, phone), None)


class FakeImportFiles:
    """Files in a dict; implements `ImportFiles`."""

    def __init__(self, clock: Clock) -> None:
        self.kept: dict[str, Any] = {}
        self._clock = clock

    def upload(self, import_id: str) -> Upload:
        """Give an address that nobody serves."""
        expires_at = self._clock.now() + timedelta(hours=1)
        return Upload(f"https://files.example/{import_id}", "PUT", {"Content-Type": "text/csv"}, expires_at)

    def put(self, import_id: str, content: bytes) -> None:
        """Keep a file."""
        self.kept[import_id] = content

    def stored(self, import_id: str) -> StoredFile | None:
        """Tell of a file."""
        content = self.kept.get(import_id)
        return None if content is None else StoredFile(len(content), _tag(content))

    def open(self, found: Import) -> Any:
        """Read a file."""
        content = self.kept.get(found.id)
        if content is None:
            raise NotFound("gone", code="file_missing")
        if _tag(content) != found.file_tag:
            raise Invalid("changed", code="file_changed")
        return open_table(io.BytesIO(content), found.wish.encoding, found.wish.delimiter)

    def put_chunk(self, import_id: str, run: int, place: tuple[int, int], rows: Sequence[Row]) -> None:
        """Keep rows."""
        self.kept[f"{import_id}/{run}/{place}"] = list(rows)

    def chunk(self, import_id: str, run: int, place: tuple[int, int]) -> list[Row]:
        """Give rows."""
        return list(self.kept.get(f"{import_id}/{run}/{place}", ()))

    def remove_chunk(self, import_id: str, run: int, place: tuple[int, int]) -> None:
        """Remove rows."""
        self.kept.pop(f"{import_id}/{run}/{place}", None)

    def put_contacts(
        self, import_id: str, run: int, place: tuple[int, int], contact_ids: Sequence[str]
    ) -> None:
        """Keep whose rows they were."""
        self.kept[f"{import_id}/{run}/{place}/contacts"] = list(contact_ids)

    def contacts(self, import_id: str, run: int, place: tuple[int, int]) -> list[str]:
        """Give whose rows they were."""
        kept: list[str] | None = self.kept.get(f"{import_id}/{run}/{place}/contacts")
        if kept is None:
            raise NotFound("gone", code="file_missing")
        return kept

    def remove(self, import_id: str) -> None:
        """Remove a file."""
        self.kept.pop(import_id, None)


def _tag(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def work_imports_off(crm: Any, messages: list[tuple[Any, ...]], order: random.Random | None = None) -> None:
    """Take messages until none is left; one whose worker dies comes again, up to five times.

    With `order` they come in any order, some of them twice.
    """
    received: dict[tuple[Any, ...], int] = {}
    while messages:
        message = messages.pop(order.randrange(len(messages)) if order else 0)
        if order and order.random() < 0.3:
            messages.append(message)
        try:
            _work(crm, message)
        except Killed:
            received[message] = received.get(message, 0) + 1
            assert received[message] <= _RECEIVES
            messages.append(message)


def _work(crm: Any, message: tuple[Any, ...]) -> None:
    match message:
        case ("prepare_import", import_id):
            prepare_import(crm, import_id)
        case ("import_chunk", import_id, run, lane, chunk):
            import_chunk(crm, import_id, run, (lane, chunk))
