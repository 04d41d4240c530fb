"""What is put on the queues: versioned JSON, written here and read here."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.kernel.messages import Codec


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
_CODEC: Codec[Message] = Codec(
    {
        "attend": Attend,
        "end_session": EndSession,
        "finish": Finish,
        "suppress": Suppress,
    }
)
encode, decode = _CODEC.encode, _CODEC.decode
