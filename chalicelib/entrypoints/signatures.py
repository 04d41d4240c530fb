"""Whether the carrier signed a request (X-Twilio-Signature: HMAC-SHA1 over address and form)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twilio.request_validator import RequestValidator

from chalicelib.bootstrap import container

if TYPE_CHECKING:
    from collections.abc import Mapping


def is_signed(url: str, form: Mapping[str, str], signature: str) -> bool:
    """Tell whether any of the account's tokens signed this; there are several while one is rotated."""
    tokens = container().connections.twilio_auth_tokens
    return any(RequestValidator(token).validate(url, dict(form), signature) for token in tokens)
