"""Files to import in S3: where clients put them, and the chunks that their rows are dealt into."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.crm.adapters.files.reading import open_table
from chalicelib.crm.domain.importing import StoredFile, Upload
from chalicelib.crm.domain.imports import Fault, Row
from chalicelib.kernel.errors import Invalid, NotFound, unavailable_on

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import BinaryIO

    from chalicelib.crm.domain.importing import Import
    from chalicelib.crm.ports.imports import Table
    from chalicelib.kernel.clock import Clock

_UPLOAD_TIME = timedelta(hours=1)
_ABSENT = frozenset({"404", "NoSuchKey"})  # S3 says so only to whoever may list the bucket
_CHANGED = frozenset({"412", "PreconditionFailed"})
_TYPE = "text/csv"


@unavailable_on(BotoCoreError, ClientError)
class S3ImportFiles:
    """Files of one bucket, under `imports/`; implements `ImportFiles`."""

    def __init__(self, client: Any, bucket: str, clock: Clock) -> None:
        self._client = client
        self._bucket = bucket
        self._clock = clock

    def upload(self, import_id: str) -> Upload:
        """Say where a client may put the file of an import."""
        place = {"Bucket": self._bucket, "Key": _file(import_id), "ContentType": _TYPE}
        url = self._client.generate_presigned_url(
            "put_object", Params=place, ExpiresIn=int(_UPLOAD_TIME.total_seconds())
        )
        return Upload(url, "PUT", {"Content-Type": _TYPE}, self._clock.now() + _UPLOAD_TIME)

    def put(self, import_id: str, content: bytes) -> None:
        """Keep the file of an import."""
        self._put(_file(import_id), content, _TYPE)

    def stored(self, import_id: str) -> StoredFile | None:
        """Tell of the file; None when there is none."""
        try:
            found = self._client.head_object(**self._at(_file(import_id)))
        except ClientError as error:
            if error.response["Error"]["Code"] not in _ABSENT:
                raise
            return None
        return StoredFile(int(found["ContentLength"]), found["ETag"])

    def open(self, found: Import) -> Table:
        """Begin to read the file that was there at the start, as the wish says.

        What cannot be read is `Invalid`, also a file that was replaced (code `file_changed`); a missing file
        is `NotFound` (code `file_missing`).
        """
        stream = self._open(_file(found.id), IfMatch=found.file_tag)
        return open_table(stream, found.wish.encoding, found.wish.delimiter)

    def put_chunk(self, import_id: str, run: int, place: tuple[int, int], rows: Sequence[Row]) -> None:
        """Keep rows at a place: their lane and the chunk's number in it."""
        text = json.dumps([_written(row) for row in rows], ensure_ascii=False)
        # A byte that was no text is kept as half a pair until its row is refused.
        self._put(_chunk(import_id, run, place), text.encode(errors="surrogatepass"), "application/json")

    def chunk(self, import_id: str, run: int, place: tuple[int, int]) -> list[Row]:
        """Give the rows at a place; none when they were removed."""
        try:
            body = self._open(_chunk(import_id, run, place)).read()
        except NotFound:
            return []
        return [_read(kept) for kept in json.loads(body.decode(errors="surrogatepass"))]

    def remove_chunk(self, import_id: str, run: int, place: tuple[int, int]) -> None:
        """Remove the rows at a place."""
        self._client.delete_object(**self._at(_chunk(import_id, run, place)))

    def put_contacts(
        self, import_id: str, run: int, place: tuple[int, int], contact_ids: Sequence[str]
    ) -> None:
        """Keep for a week whose the rows at a place were, without those that were refused."""
        self._put(_contacts(import_id, run, place), json.dumps(contact_ids).encode(), "application/json")

    def contacts(self, import_id: str, run: int, place: tuple[int, int]) -> list[str]:
        """Give whose the rows at a place were; `NotFound` (code `file_missing`) when that is not kept."""
        kept: list[str] = json.load(self._open(_contacts(import_id, run, place)))
        return kept

    def remove(self, import_id: str) -> None:
        """Remove the file."""
        self._client.delete_object(**self._at(_file(import_id)))

    def _open(self, key: str, **condition: str) -> BinaryIO:
        try:
            stream: BinaryIO = self._client.get_object(**self._at(key), **condition)["Body"]
        except ClientError as error:
            if error.response["Error"]["Code"] in _CHANGED:
                raise Invalid(
                    "The file was replaced; start the import again.", code="file_changed"
                ) from error
            if error.response["Error"]["Code"] not in _ABSENT:
                raise
            raise NotFound("The file is not there any more; begin again.", code="file_missing") from error
        return stream

    def _put(self, key: str, content: bytes, kind: str) -> None:
        self._client.put_object(**self._at(key), Body=content, ContentType=kind)

    def _at(self, key: str) -> dict[str, str]:
        return {"Bucket": self._bucket, "Key": key}


def _file(import_id: str) -> str:
    return f"imports/{import_id}/file"


def _chunk(import_id: str, run: int, place: tuple[int, int]) -> str:
    lane, number = place
    return f"imports/{import_id}/{run}/{lane}/{number:06}.json"


def _contacts(import_id: str, run: int, place: tuple[int, int]) -> str:
    lane, number = place
    return f"imports/{import_id}/{run}/{lane}/{number:06}-contacts.json"


def _written(row: Row) -> list[Any]:
    fault = row.fault and [row.fault.problem, row.fault.remedy, row.fault.column, row.fault.value]
    return [row.number, row.line, list(row.cells), fault]


def _read(kept: list[Any]) -> Row:
    number, line, cells, fault = kept
    return Row(number, line, tuple(cells), Fault(*fault) if fault else None)
