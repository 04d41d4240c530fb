"""Signatures of outgoing messages, as Standard Webhooks prescribes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from standardwebhooks import Webhook as Signer

if TYPE_CHECKING:
    from chalicelib.system.domain.deliveries import Letter


def signed_headers(letter: Letter) -> dict[str, str]:
    """Give the three headers that say which message this is, when it was sent, and that it is ours.

    During a rotation there are two signatures, apart by a space; a receiver accepts any that fits.
    """
    signatures = [
        Signer(secret).sign(letter.id, letter.at, letter.body)
        for secret in letter.secrets.valid_at(letter.at)
    ]
    return {
        "webhook-id": letter.id,
        "webhook-timestamp": str(int(letter.at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
