"""Identifiers: a readable prefix and a UUIDv7, so that ids sort in the order of creation."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets

import uuid_utils

_ORDERS = 1 << 64
_SHAPE = re.compile(r"[a-z]{2,12}_[0-9a-f]{32}")


def new_id(prefix: str) -> str:
    """Make an id such as `call_0197…`; unique without coordination (RFC 9562, version 7)."""
    return f"{prefix}_{uuid_utils.uuid7().hex}"


def derived_id(prefix: str, seed: str, at_millis: int = 0, order: int | None = None) -> str:
    """Make the same id from the same seed, so that doing something twice makes one thing.

    With `at_millis` (milliseconds since the epoch) it sorts among the ids made at that time; those of one
    time sort by `order`, of which the last 64 bits are kept, and by nothing else where it is None.
    """
    time = f"{at_millis:012x}" if at_millis else ""
    place = time if order is None else f"{time}{order % _ORDERS:016x}"
    return f"{prefix}_{place}{hashlib.sha256(seed.encode()).hexdigest()[: 32 - len(place)]}"


def order_of(text: str) -> int | None:
    """Give the order of an id that `derived_id` made with a time and an order; None for what is no id."""
    return int(text.rpartition("_")[2][12:28], 16) if _SHAPE.fullmatch(text) else None


def made_at_millis(text: str) -> int:
    """Give when an id of `new_id`, or of `derived_id` with a time, was made: milliseconds since the epoch."""
    return int(text.rpartition("_")[2][:12], 16)


def is_id(text: str, prefix: str) -> bool:
    """Tell whether `text` has the shape of an id of this kind."""
    return text.startswith(f"{prefix}_") and _SHAPE.fullmatch(text) is not None


def new_secret(prefix: str) -> str:
    """Make an unguessable token of 256 bits that leak scanners can recognise by its prefix."""
    return f"{prefix}_{secrets.token_urlsafe(32)}"


def new_signing_secret(prefix: str) -> str:
    """Make a key of 256 bits in standard Base64, as Standard Webhooks writes them: `whsec_…`."""
    return f"{prefix}_{base64.b64encode(secrets.token_bytes(32)).decode()}"
