"""AWS's binary frames for streams of events: lengths, headers, payload, and a check sum over each part."""

from __future__ import annotations

import struct
from binascii import crc32

_STRING = 7
_PRELUDE, _CHECKSUM = 12, 4


def frame(event_type: str, payload: bytes) -> bytes:
    """Return one event as a frame."""
    headers = b"".join(
        (
            _header(":event-type", event_type),
            _header(":content-type", "application/json"),
            _header(":message-type", "event"),
        )
    )
    lengths = struct.pack("!II", _PRELUDE + len(headers) + len(payload) + _CHECKSUM, len(headers))
    head = lengths + struct.pack("!I", crc32(lengths))
    message = head + headers + payload
    return message + struct.pack("!I", crc32(message))


def _header(name: str, value: str) -> bytes:
    key, text = name.encode(), value.encode()
    return struct.pack("!B", len(key)) + key + struct.pack("!BH", _STRING, len(text)) + text
