"""How MiniStack hands the changes of tables to functions: beside the queues, and over restarts."""

# ruff: noqa: SLF001 - a patch reaches what is not meant to be reached

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any

from ministack.core.responses import AccountRegionScopedDict
from ministack.services import dynamodb, lambda_svc

if TYPE_CHECKING:
    from collections.abc import Callable

    Key = tuple[str, str, str]  # account, region, table

_log = logging.getLogger("localcloud.streams")
_LOOK_SECONDS = 1.0  # a batch that failed is tried again after this


def poll_streams_apart() -> None:
    """Read streams in a thread of their own.

    MiniStack runs a stream's function in the one thread that also fetches messages: while it starts, every
    dial and every hand-off would wait. On AWS they know nothing of each other.
    """
    poll, changed = lambda_svc._poll_dynamodb_streams, threading.Event()
    lambda_svc._poll_dynamodb_streams = _nothing_found
    dynamodb.esm_wake = changed  # a change of a table wakes the readers of streams only
    threading.Thread(target=_read, args=(poll, changed), daemon=True, name="streams").start()


def _nothing_found() -> bool:
    return False


def _read(poll: Callable[[], bool], changed: threading.Event) -> None:
    while True:
        changed.wait(_LOOK_SECONDS)
        changed.clear()
        try:
            while poll():
                pass
        except Exception:  # noqa: BLE001  the thread must outlive whatever a pass meets
            _log.exception("streams.failed")


def keep_unread_changes() -> None:
    """Save what the functions have not read yet, and begin with it after a restart.

    MiniStack saves where each reader stands but not the stream, which begins at zero again: after a restart
    it would pass over as many changes as there had been. What was read without being saved is read again.
    """
    tables, restore, functions = dynamodb.get_state, dynamodb.load_persisted_state, lambda_svc.get_state

    def with_streams() -> dict[str, Any]:
        state: dict[str, Any] = tables()
        return state | {"unread_changes": _unread()}

    def and_streams(data: dict[str, Any]) -> None:
        _take_up(data.get("unread_changes"))
        restore(data)

    def without_positions() -> dict[str, Any]:
        state: dict[str, Any] = functions()
        return state | {"dynamodb_stream_positions": {}}

    dynamodb.get_state, dynamodb.load_persisted_state = with_streams, and_streams
    lambda_svc.get_state = without_positions


def _unread() -> AccountRegionScopedDict:
    read = _read_by_all()
    unread = AccountRegionScopedDict()
    for key, records in dynamodb._stream_records.all_items():
        trimmed = dynamodb._stream_trimmed.get_scoped(*key, 0)
        unread.set_scoped(*key, list(records[max(read.get(key, 0) - trimmed, 0) :]))
    return unread


def _read_by_all() -> dict[Key, int]:
    """Give, for each table that is read, the position that every one of its readers has passed."""
    positions: dict[Key, int] = {}
    for (account, region, mapping), position in lambda_svc._dynamodb_stream_positions.all_items():
        source = (lambda_svc._esms.get_scoped(account, region, mapping) or {}).get("EventSourceArn", "")
        key = (account, region, source.partition("/stream/")[0].rpartition("/")[2])
        positions[key] = min(position, positions.get(key, position))
    return positions


def _take_up(unread: AccountRegionScopedDict | None) -> None:
    for key, records in unread.all_items() if unread is not None else []:
        dynamodb._stream_records.set_scoped(*key, list(records))
