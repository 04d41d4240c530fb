"""The callbacks of one call, and what else happens to it, to be delivered in any order and number."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from fakes.calls import NOW, a_brief, a_call

from chalicelib.ai.domain.conversation import OPT_OUT_TOOL
from chalicelib.ai.domain.tooling import ToolRun
from chalicelib.calls.domain.calls import CallEvent, Report, add_event
from chalicelib.calls.domain.happenings import Happening
from chalicelib.calls.domain.states import CallState
from chalicelib.calls.domain.templates import OnMachine
from chalicelib.calls.domain.turns import Turn, TurnEnd, TurnKind
from chalicelib.calls.services.machines import note_verdict
from chalicelib.calls.services.progress import record_report
from chalicelib.kernel.clock import iso

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Delivery = tuple[str, "Callable[[Any], object]"]
GREETING = Turn(0, TurnKind.GREETING, NOW, answer="Hello.", end=TurnEnd.LISTEN)
TALK = (GREETING, Turn(1, TurnKind.SPEECH, NOW, said="a person, please", answer="Sure.", end=TurnEnd.LISTEN))


@dataclass(frozen=True)
class Story:
    """Six deliveries of one call, its turns, and what must come of it whatever their order and number."""

    name: str
    deliveries: tuple[Delivery, ...]
    outcome: str
    reason: str = ""
    turns: tuple[Turn, ...] = field(default=TALK)
    brief: dict[str, Any] = field(default_factory=dict)
    jobs: int = 1  # how often a post-call job is asked for: never when nobody answered


def status(name: str, second: int, **fields: Any) -> Delivery:
    """Deliver a status callback, with the carrier's own time."""
    told = Report(name, "CA1", NOW + timedelta(seconds=second), **fields)
    return name, partial(_report, told)


def happening(kind: Happening, second: int, detail: str = "") -> Delivery:
    """Deliver another webhook, as what it writes down."""
    event = CallEvent(iso(NOW + timedelta(seconds=second)), kind, kind, detail)
    return kind.value, partial(_happen, event)


def _report(told: Report, calls: Any) -> None:
    record_report(calls, "call_1", told)


def _happen(event: CallEvent, calls: Any) -> None:
    calls.book.change("call_1", lambda call: add_event(call, event))


def _find(answered_by: str, calls: Any) -> None:
    note_verdict(calls, "call_1", answered_by)


def _close_turn(calls: Any) -> None:
    """Finish the answer of a turn that was open when the line broke: the model had understood."""
    run = ToolRun("t", OPT_OUT_TOOL, "{}", "Done.", done=True, took_ms=1)
    turn = Turn(1, TurnKind.SPEECH, NOW, said="I would rather not hear from you", tools=(run,))
    calls.turns.close("call_1", replace(turn, answer="", end=TurnEnd.HANG_UP, reason="opted_out"))


_RINGING = (status("initiated", 0), status("ringing", 1))
_UP = (*_RINGING, status("in-progress", 4))
_DOWN = status("completed", 60, duration_s=56)

STORIES = (
    Story(
        "talk",
        (*_UP, status("answered", 5), happening(Happening.PERSON, 7, "human"), _DOWN),
        "completed",
    ),
    Story(
        "machine",
        (
            *_UP,
            happening(Happening.MACHINE, 9, "machine_end_beep"),
            happening(Happening.MESSAGE_LEFT, 30),
            _DOWN,
        ),
        "voicemail_left",
        turns=(GREETING,),
    ),
    Story(
        "cut_message",
        (
            *_UP,
            happening(Happening.MACHINE, 9, "machine_end_other"),
            happening(Happening.MESSAGE_BEGUN, 10),
            _DOWN,
        ),
        "voicemail_no_message",
        "message_cut",
        turns=(GREETING,),
    ),
    Story(
        "transfer",
        (
            *_UP,
            happening(Happening.TRANSFER_BEGUN, 20, "warm"),
            happening(Happening.TRANSFER_JOINED, 30),
            _DOWN,
        ),
        "transferred",
    ),
    Story(
        "nobody_reached",
        (
            *_UP,
            happening(Happening.TRANSFER_BEGUN, 20, "blind"),
            happening(Happening.TRANSFER_FAILED, 40, "busy"),
            _DOWN,
        ),
        "completed",
    ),
    Story(
        "declined",
        (
            status("queued", 0),
            *_RINGING,
            status("ringing", 2),
            status("busy", 9, sip_code="603"),
            status("no-answer", 9, sip_code="603"),
        ),
        "declined",
        "sip_603",
        turns=(),
        jobs=0,
    ),
    Story(
        "new_status",
        (*_UP, status("paused", 20), status("resumed", 30), _DOWN),
        "completed",
    ),
)

_BRIDGED = happening(Happening.TRANSFER_BEGUN, 20, "blind")
# What decides comes on another way than the end of the call, and may be told after it.
LATE_STORIES = (
    Story("blind_transfer", (*_UP, _BRIDGED, happening(Happening.TRANSFER_JOINED, 60), _DOWN), "transferred"),
    Story(
        "blind_transfer_to_nobody",
        (*_UP, _BRIDGED, happening(Happening.TRANSFER_FAILED, 60, "caller_gone"), _DOWN),
        "completed",
    ),
    Story(
        "verdict",
        (*_UP, ("verdict", partial(_find, "machine_start")), _DOWN),
        "voicemail_no_message",
        turns=(GREETING,),
        brief={"on_machine": OnMachine.HANG_UP},
    ),
    Story(
        "answered_turn",
        (*_UP, ("opt_out", _close_turn), _DOWN),
        "opted_out",
        turns=(GREETING, Turn(1, TurnKind.SPEECH, NOW, said="I would rather not hear from you")),
    ),
)


def placed(calls: Any, story: Story) -> None:
    """Store a call that the carrier was asked for, with the turns of the story."""
    calls.book.create(a_call(state=CallState.DIALING, dialed_at=NOW, look_at=NOW + timedelta(seconds=120)))
    calls.book.put_brief("call_1", a_brief(**story.brief))
    for turn in story.turns:
        calls.turns.open("call_1", turn)


def deliver(calls: Any, deliveries: Iterable[Delivery]) -> None:
    """Deliver one after the other."""
    for _, take in deliveries:
        take(calls)
