"""Work that arrives through SQS: calls to look at, sessions to end, calls to finish."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalice.app import Blueprint

from chalicelib.bootstrap import container
from chalicelib.calls.adapters.messages import (
    Analyse,
    AnalyseSpan,
    Attend,
    CheckSilence,
    EndSession,
    FetchRecording,
    FindRecordings,
    Finish,
    Message,
    RetentionStep,
    SeeToRoom,
    SendMessage,
    Suppress,
    TakeOver,
    WakeNext,
    decode,
)
from chalicelib.calls.domain.messages import Place
from chalicelib.calls.services.analyses import analyse_again, analyse_span
from chalicelib.calls.services.closing import end_session
from chalicelib.calls.services.dialing import attend
from chalicelib.calls.services.dispatching import wake_next
from chalicelib.calls.services.finishing import finish_call
from chalicelib.calls.services.machines import take_over
from chalicelib.calls.services.opt_outs import suppress_later
from chalicelib.calls.services.recordings import fetch_recording, find_recordings
from chalicelib.calls.services.retention import run_step
from chalicelib.calls.services.rooms.tasks import see_to
from chalicelib.calls.services.silence import check_silence
from chalicelib.calls.services.texting import attend_message
from chalicelib.entrypoints.batches import each_of, logging_failure
from chalicelib.entrypoints.causes import noting_causes
from chalicelib.entrypoints.voices import relay_voice
from chalicelib.kernel.actors import SYSTEM, acting_as
from chalicelib.kernel.clock import from_iso
from chalicelib.kernel.logs import log_context
from chalicelib.kernel.phones import E164

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
    from chalice.app import SQSEvent

    from chalicelib.bootstrap.calls import Calls

# Chalice takes only a literal ARN; the packaged template has the stack's own queues.
_DIAL_QUEUE = "arn:aws:sqs:us-east-1:000000000000:dial"
_URGENT_QUEUE = "arn:aws:sqs:us-east-1:000000000000:urgent"
_POST_CALL_QUEUE = "arn:aws:sqs:us-east-1:000000000000:post-call"

bp = Blueprint(__name__)


@bp.on_sqs_message(queue_arn=_DIAL_QUEUE, batch_size=1, name="dial")  # type: ignore[untyped-decorator]  # Chalice
def dial(event: SQSEvent) -> Any:
    """Look at calls whose time has come; a message that fails is delivered again."""
    return each_of(event, _serve)


@bp.on_sqs_message(queue_arn=_URGENT_QUEUE, batch_size=1, name="urgent")  # type: ignore[untyped-decorator]
def urgent(event: SQSEvent) -> Any:
    """Do what a caller waits for: end a session, keep a wish not to be called; never behind dials."""
    return each_of(event, _serve)


@bp.on_sqs_message(queue_arn=_POST_CALL_QUEUE, batch_size=1, name="post_call")  # type: ignore[untyped-decorator]
def post_call(event: SQSEvent) -> Any:
    """Finish calls that have ended."""
    return each_of(event, _serve)


def _serve(record: SQSRecord) -> None:
    with noting_causes(record):
        _work(decode(record.body))


def _work(message: Message) -> None:
    call_id = getattr(message, "call_id", "")
    kind = type(message).__name__
    with log_context(call_id=call_id), acting_as(_actor(message)), logging_failure(kind):
        _handle(message)


def _actor(message: Message) -> str:
    """Name whose act the message carries on: its call's, or the one in which a wish was said."""
    if isinstance(message, Suppress):
        return message.source if message.source.startswith("call:") else SYSTEM
    call_id = getattr(message, "call_id", "")
    return f"call:{call_id}" if call_id else SYSTEM


def _handle(message: Message) -> None:
    calls = container().calls
    match message:
        case Attend(call_id=call_id):
            attend(calls, call_id)
        case WakeNext(count=count):
            wake_next(calls, count)
        case EndSession(call_id=call_id):
            end_session(calls, call_id, message.turn, message.connection_id, message.handoff)
        case CheckSilence(call_id=call_id, turn=number, connection_id=connection_id):
            check_silence(
                calls, call_id, number, lambda turn: relay_voice(connection_id, call_id, turn.number)
            )
        case Finish() | Analyse() | AnalyseSpan():
            _read(calls, message)
        case _:
            _handle_other(calls, message)


def _read(calls: Calls, message: Finish | Analyse | AnalyseSpan) -> None:
    """Find out what calls came to: one that has ended, or those that were not read."""
    match message:
        case Finish(call_id=call_id):
            finish_call(calls, call_id)
        case Analyse(call_id=call_id):
            analyse_again(calls, call_id)
        case AnalyseSpan(since=since, until=until, start=start):
            analyse_span(calls, since, until, start)


def _handle_other(calls: Calls, message: Message) -> None:
    """Serve what is about more than the conversation itself."""
    match message:
        case FetchRecording(call_id=call_id, sid=sid):
            fetch_recording(calls, call_id, sid)
        case FindRecordings(call_id=call_id):
            find_recordings(calls, call_id)
        case RetentionStep(run_id=run_id, step=step):
            run_step(calls, run_id, step)
        case SendMessage(contact_id=contact_id, at=at, message_id=message_id):
            attend_message(calls, Place(contact_id, from_iso(at), message_id))
        case SeeToRoom(task=task, room_id=room_id):
            see_to(calls, task, room_id, message.participant_id)
        case TakeOver(call_id=call_id):
            take_over(calls, call_id)
        case Suppress(number=number, source=source):
            suppress_later(calls, E164(number), source)
