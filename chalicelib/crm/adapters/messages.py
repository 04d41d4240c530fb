"""What is put on the queue of jobs: versioned JSON, written here and read here."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from chalicelib.kernel.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Mapping

_VERSION = 1


@dataclass(frozen=True)
class PrepareImport:
    """Read the file of this import and deal its rows out."""

    import_id: str


@dataclass(frozen=True)
class ImportChunk:
    """Import these rows; the chunks of a lane follow one another."""

    import_id: str
    run: int
    lane: int
    chunk: int


@dataclass(frozen=True)
class JobStep:
    """Go on with this job, if it still stands at this step."""

    job_id: str
    step: int


@dataclass(frozen=True)
class Refold:
    """Index and count this contact again."""

    contact_id: str


@dataclass(frozen=True)
class FoldChange:
    """Fold a stream's record that could not be folded at first; `record` is as the stream gave it."""

    record: Mapping[str, Any]


Message = PrepareImport | ImportChunk | JobStep | Refold | FoldChange
_KINDS: dict[str, type[Message]] = {
    "prepare_import": PrepareImport,
    "import_chunk": ImportChunk,
    "job_step": JobStep,
    "refold": Refold,
    "fold_change": FoldChange,
}
_KINDS_OF = {_VERSION: _KINDS}
_NAMES = {kind: name for name, kind in _KINDS.items()}


def encode(message: Message) -> str:
    """Write a message."""
    return json.dumps({"v": _VERSION, "kind": _NAMES[type(message)], **asdict(message)})


def decode(body: str) -> Message:
    """Read a message; `Invalid` for one that is not ours, or of a version that we do not know."""
    try:
        fields: dict[str, Any] = json.loads(body)
        return _KINDS_OF[fields.pop("v")][fields.pop("kind")](**fields)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Invalid("This message is not one that we write.", code="bad_message") from error
