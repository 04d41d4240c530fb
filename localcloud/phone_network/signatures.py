"""X-Twilio-Signature: how a request proves that it came from Twilio; sending it is not here."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

HEADER = "X-Twilio-Signature"


def signature(token: str, url: str, form: Mapping[str, str] | None = None) -> str:
    """Sign a request: the full URL without fragment, then each form name and value, sorted by name.

    A GET request and a WebSocket handshake have no form. Source: twilio.com/docs/usage/security.
    """
    signed = url.partition("#")[0] + "".join(name + value for name, value in sorted((form or {}).items()))
    digest = hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()
