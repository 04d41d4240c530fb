"""What is watched of recordings: their way into our bucket and out of the world."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib.calls.adapters.recording_events import RECORDING_STORED, VOICEMAIL_RECEIVED
from chalicelib.calls.domain.recordings import RecordingKind, RecordingState
from chalicelib.kernel.changes import Action, Shown, Watch, pk_id, sk_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from chalicelib.kernel.changes import Image, Told

_FIELDS = {
    "call_id": Shown.PLAIN,
    "recording_kind": Shown.PLAIN,
    "state": Shown.PLAIN,
    "seconds": Shown.PLAIN,
    "heard_at": Shown.PLAIN,
    "deleted_at": Shown.PLAIN,
}
# What is not said of a recording: places in lists, and what the machinery does by itself.
_SILENT = frozenset(
    {"sid", "kind", "listed_in", "listed_at", "recorded_at", "channels", "transcription"}
    | {"stored_at", "carrier_deleted_at"}
)


def _read(image: Mapping[str, Any]) -> Image:
    return {**image, "call_id": pk_id(image), "sid": sk_id(image)}


def _tell(old: Image | None, new: Image | None) -> Iterable[Told]:
    is_stored = bool(new) and (new or {})["state"] == RecordingState.STORED
    if new is None or not is_stored or (old or {}).get("state") == RecordingState.STORED:
        return
    is_message = new["recording_kind"] == RecordingKind.VOICEMAIL
    told = {**new, "kind": new["recording_kind"]}
    yield (VOICEMAIL_RECEIVED if is_message else RECORDING_STORED).told(told)


WATCHES = (
    Watch(
        "recording",
        "recording",
        sk_id,
        _FIELDS,
        silent=_SILENT,
        audited=frozenset(Action),
        read=_read,
        tell=_tell,
    ),
)
