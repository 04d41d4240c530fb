"""ConversationRelay's socket: each frame is an invocation of its own, in whichever process is free."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalice.app import Blueprint, WebsocketAPI

from chalicelib.ai.domain import revocation
from chalicelib.ai.domain.conversation import (
    CallerInterrupted,
    CallerPressed,
    CallerSaid,
    CallerUnclear,
    Hangup,
)
from chalicelib.bootstrap import container
from chalicelib.calls.adapters.relay_frames import Notice, Setup, decode, encode
from chalicelib.calls.domain.turns import TurnEnd
from chalicelib.calls.services import turns
from chalicelib.entrypoints.signatures import is_signed
from chalicelib.entrypoints.voices import relay_voice
from chalicelib.kernel.actors import acting_as
from chalicelib.kernel.clock import from_millis
from chalicelib.kernel.errors import Invalid, NotFound
from chalicelib.kernel.logs import log, log_context, log_failure

if TYPE_CHECKING:
    from datetime import datetime

    from chalice.app import WebsocketEvent

    from chalicelib.bootstrap.calls import Calls
    from chalicelib.calls.adapters.relay_frames import Frame
    from chalicelib.calls.adapters.sockets import RelayVoice
    from chalicelib.calls.domain.turns import Turn

bp = Blueprint(__name__)
bp.websocket_api = WebsocketAPI()  # the decorators below look for it

# Which call a socket belongs to never changes, so that a warm process need not ask twice.
_call_of: dict[str, str] = {}
_MAX_REMEMBERED = 1000
_BINDING_TRIES, _BINDING_PAUSE_S = 15, 0.2
# API Gateway ends an invocation for a socket after 29 s.
_TIME_LIMIT_S = 20.0


@bp.on_ws_connect()  # type: ignore[untyped-decorator]  # Chalice
def connect(event: WebsocketEvent) -> None:
    """Admit the carrier only: the handshake is signed over the socket's address as TwiML names it."""
    headers = {name.lower(): value for name, value in (event.to_dict().get("headers") or {}).items()}
    url = container().connections.socket_url
    signature = headers.get("x-twilio-signature", "")
    # Twilio's documentation shows the address with and without a closing slash.
    if not any(is_signed(candidate, {}, signature) for candidate in (url, f"{url}/")):
        log("socket.refused")
        raise PermissionError("The signature does not fit.")


@bp.on_ws_disconnect()  # type: ignore[untyped-decorator]  # Chalice
def disconnect(event: WebsocketEvent) -> None:
    """Note the end; what follows is decided when the carrier calls the session's action address."""
    log("socket.closed", connection_id=event.connection_id)


@bp.on_ws_message()  # type: ignore[untyped-decorator]  # Chalice
def message(event: WebsocketEvent) -> None:
    """Serve one frame. Never raises: API Gateway's error frame would count as malformed at the carrier."""
    connection_id = event.connection_id
    received_at = from_millis(event.to_dict()["requestContext"]["requestTimeEpoch"])
    with log_context(connection_id=connection_id):
        frame = _read(event.body)
        if frame is None:
            return
        try:
            _serve(connection_id, frame, received_at)
        except Exception as error:  # noqa: BLE001  whatever breaks, the caller must hear an apology
            log_failure("frame.failed", error, kind=type(frame).__name__)
            if not isinstance(frame, CallerInterrupted):
                _give_up(connection_id, received_at)


def _read(body: str) -> Frame | None:
    try:
        return decode(body)
    except Invalid as error:
        log("frame.refused", code=error.code)
        return None


def _serve(connection_id: str, frame: Frame, received_at: datetime) -> None:
    if isinstance(frame, Setup):
        _begin(connection_id, frame)
    elif isinstance(frame, Notice):
        log("frame.notice", kind=frame.kind, detail=frame.detail)
    else:
        call_id = _call(connection_id)
        with log_context(call_id=call_id), acting_as(f"call:{call_id}"):
            _converse(connection_id, call_id, frame, received_at)


def _begin(connection_id: str, setup: Setup) -> None:
    """Bind the socket to its call, and get ready for the first words while the greeting is heard.

    Whoever says nothing to the greeting is asked again, as after every turn.
    """
    calls = container().calls
    call = calls.book.get(setup.call_id)
    if call is None or call.sid not in {"", setup.call_sid}:
        raise NotFound("This session belongs to no call of ours.", code="foreign_call")
    calls.turns.bind(connection_id, call.id)
    _remember(connection_id, call.id)
    log("socket.bound", call_id=call.id)
    greeting = relay_voice(connection_id, call.id, setup.turn)
    greeting.said = setup.greeting_chars
    greeting.watch()
    _get_ready(calls)


def _get_ready(calls: Calls) -> None:
    """Build what an answer needs while nobody waits: in a new process its imports take a second."""
    calls.ai.model.prepare()
    revocation.get_ready()
    log("socket.ready", model=calls.ai.model.name, tools=len(calls.tool_specs), socket=bool(calls.socket))


def _converse(
    connection_id: str,
    call_id: str,
    frame: CallerSaid | CallerUnclear | CallerPressed | CallerInterrupted,
    received_at: datetime,
) -> None:
    calls = container().calls
    if isinstance(frame, CallerInterrupted):
        turns.interrupt_turn(calls, call_id, frame, received_at)
        _get_ready(calls)  # what the caller is saying may come to this process next
        return
    request = turns.TurnRequest(call_id, frame, received_at, _TIME_LIMIT_S)
    voices: list[RelayVoice] = []

    def voice_of(turn: Turn) -> RelayVoice:
        voices.append(relay_voice(connection_id, call_id, turn.number))
        return voices[-1]

    try:
        turn = turns.take_turn(calls, request, voice_of)
    except Exception as error:
        if not any(voice.is_done for voice in voices):
            raise
        log_failure("turn.not_kept", error)  # the caller has heard all of it: they notice nothing
        return
    if turn is not None and turn.end is TurnEnd.CUT:
        # Whoever was talked over by a noise alone waits for us, as we do for them.
        relay_voice(connection_id, call_id, turn.number).watch()


def _give_up(connection_id: str, received_at: datetime) -> None:
    """End the session; its action address finds an unanswered turn and apologises there.

    Not when the caller has gone on meanwhile: a newer turn is answered, or has failed by itself.
    """
    try:
        if _is_overtaken(connection_id, received_at):
            log("frame.overtaken")
            return
        frame = encode(Hangup("internal_error"))
        container().calls.socket.post(connection_id, frame or "")
    except Exception as error:  # noqa: BLE001  nothing is left to try: the carrier's own time-out ends it
        log_failure("frame.not_ended", error)


def _is_overtaken(connection_id: str, received_at: datetime) -> bool:
    """Tell whether a turn stands that came after this; where that cannot be found out, none does."""
    call_id = _call_of.get(connection_id)
    if call_id is None:
        return False
    try:
        newer = container().calls.turns.since(call_id, 0)
    except Exception as error:  # noqa: BLE001  whoever may wait for an answer must hear an apology
        log_failure("frame.not_compared", error)
        return False
    return any(turn.received_at > received_at for turn in newer)


def _call(connection_id: str) -> str:
    """Give the call of a socket; the first words may overtake the frame that binds it, so wait a little."""
    root = container()
    for _ in range(_BINDING_TRIES):
        call_id = _call_of.get(connection_id) or root.calls.turns.call_of(connection_id)
        if call_id:
            _remember(connection_id, call_id)
            return call_id
        root.clock.pause(_BINDING_PAUSE_S)
    raise NotFound("This session was never bound to a call.", code="unbound_session")


def _remember(connection_id: str, call_id: str) -> None:
    if len(_call_of) >= _MAX_REMEMBERED:
        _call_of.clear()
    _call_of[connection_id] = call_id
