"""What is put on the queues: versioned JSON, written here and read here."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.kernel.messages import Codec


@dataclass(frozen=True)
class Attend:
    """Look at this call."""

    call_id: str


@dataclass(frozen=True)
class WakeNext:
    """Wake so many calls that are next: places are free."""

    count: int


@dataclass(frozen=True)
class EndSession:
    """Tell this socket to end, if the turn is still the last."""

    call_id: str
    turn: int
    connection_id: str
    handoff: str


@dataclass(frozen=True)
class CheckSilence:
    """Ask by this socket whether the caller is there, if nothing was said since the turn."""

    call_id: str
    turn: int
    connection_id: str


@dataclass(frozen=True)
class Finish:
    """Do the post-call job."""

    call_id: str


@dataclass(frozen=True)
class Analyse:
    """Read this call again, whose analysis failed."""

    call_id: str


@dataclass(frozen=True)
class AnalyseSpan:
    """Look for such calls among those accepted in this span, from a position on."""

    since: str
    until: str
    start: str | None


@dataclass(frozen=True)
class FindRecordings:
    """Ask the carrier for recordings of this call of which it has said nothing."""

    call_id: str


@dataclass(frozen=True)
class FetchRecording:
    """Bring this recording to where its row says it is to be."""

    call_id: str
    sid: str


@dataclass(frozen=True)
class RetentionStep:
    """Do this step of a retention run."""

    run_id: str
    step: int


@dataclass(frozen=True)
class SendMessage:
    """Look at this text message."""

    contact_id: str
    at: str
    message_id: str


@dataclass(frozen=True)
class TakeOver:
    """Take this call from the conversation: a machine answered it."""

    call_id: str


@dataclass(frozen=True)
class Suppress:
    """Never dial this number again."""

    number: str
    source: str


@dataclass(frozen=True)
class SeeToRoom:
    """Do this task of a room, for one of its participants or for all of it."""

    task: str
    room_id: str
    participant_id: str


Message = (
    Analyse
    | AnalyseSpan
    | Attend
    | CheckSilence
    | EndSession
    | Finish
    | Suppress
    | TakeOver
    | FetchRecording
    | FindRecordings
    | RetentionStep
    | SeeToRoom
    | SendMessage
    | WakeNext
)
_CODEC: Codec[Message] = Codec(
    {
        "analyse": Analyse,
        "analyse_span": AnalyseSpan,
        "attend": Attend,
        "check_silence": CheckSilence,
        "end_session": EndSession,
        "finish": Finish,
        "suppress": Suppress,
        "take_over": TakeOver,
        "send_message": SendMessage,
        "see_to_room": SeeToRoom,
        "fetch_recording": FetchRecording,
        "find_recordings": FindRecordings,
        "retention_step": RetentionStep,
        "wake_next": WakeNext,
    }
)
encode, decode = _CODEC.encode, _CODEC.decode
