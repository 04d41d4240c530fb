"""Points the account's phone numbers at the webhooks, through Twilio's own client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from twilio.base.exceptions import TwilioException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from localcloud.failures import LocalCloudError

if TYPE_CHECKING:
    from localcloud.settings import Settings

_TWILIO_URL = "https://api.twilio.com"
_TIMEOUT_SECONDS = 10.0


class NumbersFailedError(LocalCloudError):
    """The carrier refused to configure a number."""


class _RedirectedClient(TwilioHttpClient):  # type: ignore[misc]
    """Twilio's HTTP client, speaking to another address than Twilio's."""

    def __init__(self, api_url: str) -> None:
        super().__init__(timeout=_TIMEOUT_SECONDS)
        self._api_url = api_url.rstrip("/")

    def request(self, method: str, url: str, *arguments: Any, **options: Any) -> Any:
        return super().request(method, url.replace(_TWILIO_URL, self._api_url, 1), *arguments, **options)


def point_numbers(settings: Settings) -> list[str]:
    """Send inbound calls of every configured number to the webhooks; returns the numbers.

    Nothing happens when Twilio itself could not reach the webhooks, because their address is this machine's.
    """
    account = settings.telephony
    if account.api_url == _TWILIO_URL and urlsplit(settings.public_webhook_url).scheme != "https":
        return []
    client = Client(account.account_sid, account.auth_token, http_client=_RedirectedClient(account.api_url))
    try:
        return [_point(client, number, settings.public_webhook_url) for number in account.numbers]
    except TwilioException as error:
        raise NumbersFailedError(f"the carrier refused to configure the numbers: {error}") from error


def _point(client: Any, number: str, webhook_url: str) -> str:
    addresses = {
        "voice_url": f"{webhook_url}/voice/inbound",
        "voice_method": "POST",
        "voice_fallback_url": f"{webhook_url}/voice/fallback",
        "voice_fallback_method": "POST",
        "status_callback": f"{webhook_url}/voice/inbound/status",
        "status_callback_method": "POST",
    }
    owned = client.incoming_phone_numbers.list(phone_number=number, limit=1)
    if not owned:
        raise NumbersFailedError(f"the account does not own {number}; correct TWILIO_FROM_NUMBERS")
    owned[0].update(**addresses)
    return number
