"""Points the account's phone numbers at the webhooks, through Twilio's own client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from twilio.base.exceptions import TwilioException
from twilio.rest import Client

from chalicelib.calls.adapters.addresses import Addresses
from chalicelib.calls.adapters.carrier.client import RedirectedHttpClient
from localcloud.failures import LocalCloudError

if TYPE_CHECKING:
    from localcloud.settings import Settings

_TWILIO_URL = "https://api.twilio.com"


class NumbersFailedError(LocalCloudError):
    """The carrier refused to configure a number."""


def point_numbers(settings: Settings) -> list[str]:
    """Send inbound calls of every configured number to the webhooks; returns the numbers.

    Nothing happens when Twilio itself could not reach the webhooks, because their address is this machine's.
    """
    account = settings.telephony
    if account.api_url == _TWILIO_URL and urlsplit(settings.public_webhook_url).scheme != "https":
        return []
    client = Client(
        account.account_sid, account.auth_token, http_client=RedirectedHttpClient(account.api_url)
    )
    addresses = Addresses(settings.public_webhook_url.rstrip("/"), settings.public_socket_url)
    try:
        return [_point(client, number, addresses) for number in account.numbers]
    except TwilioException as error:
        raise NumbersFailedError(f"the carrier refused to configure the numbers: {error}") from error


def _point(client: Any, number: str, addresses: Addresses) -> str:
    wanted = {
        "voice_url": addresses.inbound(),
        "voice_method": "POST",
        "voice_fallback_url": addresses.fallback(),
        "voice_fallback_method": "POST",
        "status_callback": addresses.inbound_status(),
        "status_callback_method": "POST",
        "sms_url": addresses.message_inbound(),
        "sms_method": "POST",
    }
    owned = client.incoming_phone_numbers.list(phone_number=number, limit=1)
    if not owned:
        raise NumbersFailedError(f"the account does not own {number}; correct TWILIO_FROM_NUMBERS")
    owned[0].update(**wanted)
    return number
