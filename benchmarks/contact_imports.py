"""What importing contacts takes: rows a second, memory by the size of the file, all of it deployed."""

from __future__ import annotations

import io
import time
import tracemalloc
from typing import TYPE_CHECKING

import requests

from benchmarks.deployed import deployed
from benchmarks.figures import Figure, Report
from chalicelib.crm.adapters.files.reading import open_table
from chalicelib.crm.domain.imports import RowContact, RowOptions
from chalicelib.crm.domain.mapping import guess_mapping
from chalicelib.crm.domain.rows import read_row

if TYPE_CHECKING:
    from typing import Any

    from benchmarks.deployed import Deployed

_READ_ROWS = 10_000
_SMALL, _LARGE = 1_000, 100_000
_DEPLOYED_ROWS = 2_000
_AREA_CODES = (212, 305, 312, 404, 415, 503, 602, 617, 702, 713)
_MEMORY_RATIO = 3.0  # of a file a hundred times as long
_PATIENCE_S, _POLL_S = 300.0, 0.25


def measure() -> Report:
    """Read in process, then import through a local stack of its own."""
    small, large = _peak(_SMALL), _peak(_LARGE)
    cold, warm = _deployed_rates()
    return Report(
        "importing contacts",
        f"files of five columns; {_READ_ROWS:,} rows read in one process, peak memory of {_SMALL:,} and "
        f"{_LARGE:,} rows, {_DEPLOYED_ROWS:,} rows through the deployed local stack, first with every worker "
        "cold and then with warm ones, from the start of the import until it is done",
        [
            Figure("rows read a second, in process", _read_rate(), "rows/s"),
            Figure(f"peak memory, {_SMALL:,} rows", small, "MB"),
            Figure(f"peak memory, {_LARGE:,} rows", large, "MB", small * _MEMORY_RATIO, large / small),
            Figure("rows imported a second, deployed, cold", cold, "rows/s"),
            Figure("rows imported a second, deployed, warm", warm, "rows/s"),
        ],
    )


def contacts_file(count: int, first: int = 0) -> bytes:
    """Write a file of contacts whose numbers can exist and differ; `first` begins other numbers."""
    rows = (
        f"Person {number} Müller,+1{_AREA_CODES[number % 10]}{2_200_000 + number // 10},"
        f"person{number}@example.com,Company {number % 500},bench"
        for number in range(first, first + count)
    )
    return "\n".join(("name,phone,email,company,tags", *rows, "")).encode()


def _read_rate() -> float:
    begun = time.perf_counter()
    table = open_table(io.BytesIO(contacts_file(_READ_ROWS)))
    mapping = guess_mapping(table.header, {}, table.sample(100))
    read = sum(isinstance(read_row(row, mapping, RowOptions(), {}), RowContact) for row in table)
    return read / (time.perf_counter() - begun)


def _peak(rows: int) -> float:
    """Give the most memory that reading held at once, in megabytes; the file itself not counted."""
    stream = io.BytesIO(contacts_file(rows))
    tracemalloc.start()
    try:
        for _ in open_table(stream):
            pass
        return tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()


def _deployed_rates() -> tuple[float, float]:
    with deployed() as stack:
        cold = _imported(stack, contacts_file(_DEPLOYED_ROWS))
        return cold, _imported(stack, contacts_file(_DEPLOYED_ROWS, _DEPLOYED_ROWS))


def _imported(stack: Deployed, content: bytes) -> float:
    begun = stack.api.post("/v1/crm/contacts/import", {"file_name": "bench.csv"})
    upload = begun["upload"]
    sent = requests.request(
        upload["method"], upload["url"], headers=upload["headers"], data=content, timeout=60
    )
    sent.raise_for_status()
    start = time.monotonic()
    stack.api.post(f"/v1/crm/imports/{begun['id']}/start", {})
    done = _finished(stack, begun["id"], start + _PATIENCE_S)
    return float(done["counts"]["created"] / (time.monotonic() - start))


def _finished(stack: Deployed, import_id: str, deadline: float) -> dict[str, Any]:
    while time.monotonic() < deadline:
        found: dict[str, Any] = stack.api.get(f"/v1/crm/imports/{import_id}")
        if found["state"] not in {"queued", "running"}:
            return found
        time.sleep(_POLL_S)
    raise TimeoutError(import_id)
