"""What is put on the queue of jobs: versioned JSON, written here and read here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chalicelib.kernel.messages import Codec

if TYPE_CHECKING:
    from collections.abc import Mapping


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
_CODEC: Codec[Message] = Codec(
    {
        "prepare_import": PrepareImport,
        "import_chunk": ImportChunk,
        "job_step": JobStep,
        "refold": Refold,
        "fold_change": FoldChange,
    }
)
encode, decode = _CODEC.encode, _CODEC.decode
