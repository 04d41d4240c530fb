"""The way to have work done later."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping


class Work(Protocol):
    """Messages to whoever works on jobs; each may come twice, and the table says what is left to do."""

    def prepare_import(self, import_id: str) -> None:
        """Have the file of an import read."""

    def import_chunk(self, import_id: str, run: int, lane: int, chunk: int) -> None:
        """Have a chunk of rows imported."""

    def job_step(self, job_id: str, step: int) -> None:
        """Have a job go on."""

    def refold(self, contact_id: str) -> None:
        """Have a contact indexed and counted again."""

    def fold_change(self, record: Mapping[str, Any]) -> None:
        """Have a stream's record folded later."""
