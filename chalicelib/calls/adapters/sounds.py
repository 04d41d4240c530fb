"""Sounds of recordings in S3: encrypted, written in bounded memory, played by signed address."""

from __future__ import annotations

from datetime import timedelta
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.calls.ports.recordings import SoundAddress
from chalicelib.kernel.errors import unavailable_on

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chalicelib.kernel.clock import Clock

_PLAYABLE = timedelta(minutes=5)
_TYPE = "audio/x-wav"


@unavailable_on(BotoCoreError, ClientError)
class S3SoundStore:
    """Sounds of one bucket, under `recordings/`; implements `SoundStore`."""

    def __init__(self, client: Any, bucket: str, clock: Clock) -> None:
        self._client = client
        self._bucket = bucket
        self._clock = clock

    def put(self, call_id: str, sid: str, sound: Iterable[bytes]) -> int:
        """Keep a sound, encrypted, in place of one that is there; give its size in bytes."""
        with TemporaryFile() as file:  # S3 wants the length first, and an hour of sound is 115 MB
            for piece in sound:
                file.write(piece)
            size = file.tell()
            file.seek(0)
            self._client.put_object(
                **self._at(call_id, sid), Body=file, ContentType=_TYPE, ServerSideEncryption="AES256"
            )
        return size

    def address(self, call_id: str, sid: str) -> SoundAddress:
        """Say where the sound can be played for five minutes, without a token."""
        url = self._client.generate_presigned_url(
            "get_object",
            Params=self._at(call_id, sid)
            | {"ResponseContentType": _TYPE, "ResponseCacheControl": "no-store"},
            ExpiresIn=int(_PLAYABLE.total_seconds()),
        )
        return SoundAddress(url, self._clock.now() + _PLAYABLE)

    def remove(self, call_id: str, sid: str) -> None:
        """Delete a sound; nothing when there is none."""
        self._client.delete_object(**self._at(call_id, sid))

    def _at(self, call_id: str, sid: str) -> dict[str, str]:
        return {"Bucket": self._bucket, "Key": f"recordings/{call_id}/{sid}.wav"}
