"""The carrier's recordings: their sound, and their end.

Source: Twilio, docs/voice/api/recording. Addresses are made from ids, never taken from a webhook, so that the
account's credentials go to the configured carrier only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import requests
from twilio.base.exceptions import TwilioException, TwilioRestException

from chalicelib.calls.adapters.carrier.client import asking, client_of
from chalicelib.calls.domain.recordings import RecordingKind, RecordingReport
from chalicelib.kernel.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twilio.rest.api.v2010.account.recording import RecordingInstance

_TIMEOUT_S = (5, 20)
_PIECE = 256 * 1024
_OK, _NOT_FOUND = 200, 404
_LISTED = 50
_BY_VERB = "RecordVerb"  # <Record>, by which we take messages


class TwilioRecordings:
    """Reads and deletes recordings of one account; implements `CarrierRecordings`."""

    def __init__(self, *, account_sid: str, auth_token: str, api_url: str) -> None:
        self._recordings = client_of(account_sid, auth_token, api_url).recordings
        self._credentials = (account_sid, auth_token)
        self._base = f"{api_url.rstrip('/')}/2010-04-01/Accounts/{account_sid}/Recordings"

    def of_call(self, call_sid: str) -> tuple[RecordingReport, ...]:
        """Give what the carrier has of a call, by its own id; unfinished recordings too."""
        with asking():
            rows = self._recordings.list(call_sid=call_sid, limit=_LISTED)
        return tuple(map(_report, rows))

    def read(self, sid: str) -> Iterator[bytes]:
        """Give the sound as WAV, piece by piece, each side on its own channel where there are two."""
        try:
            with requests.get(
                f"{self._base}/{sid}.wav",
                auth=self._credentials,
                timeout=_TIMEOUT_S,
                allow_redirects=False,
                stream=True,
            ) as answer:
                if answer.status_code != _OK:
                    raise _silent(f"The carrier gave no recording: {answer.status_code}.")
                yield from answer.iter_content(_PIECE)
        except requests.RequestException as error:
            raise _silent("The recording could not be read.") from error

    def delete(self, sid: str) -> None:
        """Have the carrier delete a recording; one that it does not have is deleted."""
        try:
            self._recordings(sid).delete()
        except TwilioRestException as error:
            if error.status != _NOT_FOUND:
                raise _silent(f"The carrier did not delete the recording: {error.status}.") from error
        except (TwilioException, requests.RequestException) as error:
            raise _silent("The carrier cannot be asked.") from error


def _report(row: RecordingInstance) -> RecordingReport:
    kind = RecordingKind.VOICEMAIL if str(row.source) == _BY_VERB else RecordingKind.CALL
    seconds = int(row.duration) if row.duration and int(row.duration) >= 0 else None
    return RecordingReport(str(row.sid), str(row.status), kind, seconds, int(row.channels or 1))


def _silent(message: str) -> Unavailable:
    """Have it tried again, whatever failed: reading and deleting twice do no harm."""
    return Unavailable(message, retryable=True, code="carrier_unreachable")
