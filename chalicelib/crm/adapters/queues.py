"""The queue of jobs: messages say what to go on with, the table says how far it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.crm.adapters.messages import FoldChange, ImportChunk, JobStep, PrepareImport, Refold, encode
from chalicelib.kernel.errors import unavailable_on

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.crm.adapters.messages import Message


@unavailable_on(BotoCoreError, ClientError)
class SqsWork:
    """Sends messages to whoever works on jobs; implements `Work`."""

    def __init__(self, client: Any, queue_url: str) -> None:
        self._client = client
        self._queue_url = queue_url

    def prepare_import(self, import_id: str) -> None:
        """Have the file of an import read."""
        self._send(PrepareImport(import_id))

    def import_chunk(self, import_id: str, run: int, lane: int, chunk: int) -> None:
        """Have a chunk of rows imported."""
        self._send(ImportChunk(import_id, run, lane, chunk))

    def job_step(self, job_id: str, step: int) -> None:
        """Have a job go on."""
        self._send(JobStep(job_id, step))

    def refold(self, contact_id: str) -> None:
        """Have a contact indexed and counted again."""
        self._send(Refold(contact_id))

    def fold_change(self, record: Mapping[str, Any]) -> None:
        """Have a stream's record folded later."""
        self._send(FoldChange(record))

    def _send(self, message: Message) -> None:
        self._client.send_message(QueueUrl=self._queue_url, MessageBody=encode(message))
