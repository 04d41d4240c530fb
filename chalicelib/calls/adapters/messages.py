"""What is put on the queues: versioned JSON, written here and read here."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from chalicelib.kernel.errors import Invalid

_VERSION = 1


@dataclass(frozen=True)
class Attend:
    """Look at this call."""

    call_id: str


@dataclass(frozen=True)
class EndSession:
    """Tell this socket to end, if the turn is still the last."""

    call_id: str
    turn: int
    connection_id: str
    handoff: str


@dataclass(frozen=True)
class Finish:
    """Do the post-call job."""

    call_id: str


@dataclass(frozen=True)
class Suppress:
    """Never dial this number again."""

    number: str
    source: str


Message = Attend | EndSession | Finish | Suppress
_KINDS: dict[str, type[Message]] = {
    "attend": Attend,
    "end_session": EndSession,
    "finish": Finish,
    "suppress": Suppress,
}
_KINDS_OF = {_VERSION: _KINDS}
_NAMES = {kind: name for name, kind in _KINDS.items()}


def encode(message: Message) -> str:
    """Write a message."""
    return json.dumps({"v": _VERSION, "kind": _NAMES[type(message)], **asdict(message)})


def decode(body: str) -> Message:
    """Read a message; `Invalid` for one that is not ours, or of a version that we do not know."""
    try:
        fields: dict[str, Any] = json.loads(body)
        return _KINDS_OF[fields.pop("v")][fields.pop("kind")](**fields)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Invalid("This message is not one that we write.", code="bad_message") from error
