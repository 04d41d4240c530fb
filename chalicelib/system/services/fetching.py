"""Fetching a file from an address that somebody gave, if that address may be reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.kernel.errors import FieldError, Invalid
from chalicelib.system.services.webhooks import locate

if TYPE_CHECKING:
    from chalicelib.system.ports.fetching import FetchPorts

_REASONS = {
    "connection": "Nobody answers at this address.",
    "tls": "The address has no certificate that is trusted.",
    "timeout": "The address takes too long to answer.",
    "redirect": "The address leads on to another one; give that one.",
    "encoding": "The address sends a compressed file.",
    "too_large": "The file is too large.",
}


def fetch(ports: FetchPorts, url: str, max_bytes: int) -> bytes:
    """Give the file at an address by which webhooks could be reached, too.

    Raises `Invalid`, naming `/url`: `address_refused` when it may not be reached, `address_failed` when there
    is no file to be had from it, or one of more than `max_bytes`.
    """
    destination, addresses = locate(ports, url)
    fetched = ports.fetcher.fetch(destination, addresses, max_bytes)
    if fetched.error:
        detail = _REASONS.get(fetched.error, f"The address answers with status {fetched.status}.")
        wrong = (FieldError("/url", detail),)
        raise Invalid("The file could not be fetched.", code="address_failed", errors=wrong)
    return fetched.content
