"""The carrier's recordings: their sound, and their end.

Source: Twilio, docs/voice/api/recording. Addresses are made from ids, never taken from a webhook, so that the
account's credentials go to the configured carrier only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import requests
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.rest import Client

from chalicelib.calls.adapters.carrier.client import RedirectedHttpClient
from chalicelib.kernel.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

_TIMEOUT_S = (5, 20)
_PIECE = 256 * 1024
_OK, _NOT_FOUND = 200, 404


class TwilioRecordings:
    """Reads and deletes recordings of one account; implements `CarrierRecordings`."""

    def __init__(self, *, account_sid: str, auth_token: str, api_url: str) -> None:
        self._recordings = Client(
            account_sid, auth_token, http_client=RedirectedHttpClient(api_url)
        ).recordings
        self._credentials = (account_sid, auth_token)
        self._base = f"{api_url.rstrip('/')}/2010-04-01/Accounts/{account_sid}/Recordings"

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


def _silent(message: str) -> Unavailable:
    """Have it tried again, whatever failed: reading and deleting twice do no harm."""
    return Unavailable(message, retryable=True, code="carrier_unreachable")
