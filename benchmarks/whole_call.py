"""One call from the wish to its finished books, through the real handlers and repositories, on moto."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

from moto import mock_aws

from benchmarks.conversation import ANSWER, EXCHANGES, GREETING, INSTRUCTIONS, PERSON, TOOLS
from benchmarks.empty_account import create_resources
from benchmarks.lambda_events import frame_event, prompt_event, queue_event, webhook_event
from benchmarks.ledger import Entry, Ledger
from benchmarks.product import container
from chalicelib import bootstrap
from chalicelib.ai.domain.analysis import Usage
from chalicelib.ai.domain.asking import ModelUse
from chalicelib.ai.domain.prompts import PromptTemplate
from chalicelib.ai.ports.models import Finished, TextDelta
from chalicelib.calls.adapters import messages
from chalicelib.calls.domain.calls import Report
from chalicelib.calls.domain.templates import CallTemplate, Transport
from chalicelib.calls.services import requests
from chalicelib.crm.domain.contacts import NewContact
from chalicelib.crm.domain.timeline import CallEntry
from chalicelib.crm.services import contacts as crm
from chalicelib.crm.services.finished_calls import keep_call
from chalicelib.entrypoints import carrier, queues, relay_socket
from chalicelib.kernel.clock import FixedClock
from chalicelib.kernel.ids import new_id
from chalicelib.kernel.phones import mask

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chalicelib.ai.domain.asking import Tell
    from chalicelib.ai.ports.models import ModelPart, ModelRequest
    from chalicelib.bootstrap import Container
    from chalicelib.calls.domain.calls import Call
    from chalicelib.calls.ports.telephony import PlaceOrder

# What `Telephony.place` asks the carrier to report; TwiML is asked for besides.
STATUS_EVENTS = ("completed",)
_SID = "CA" + "0" * 32
_RING_S, _GREETING_S, _EXCHANGE_S = 10, 8, 12
_TALK_S = 80
_SWEEP_LIMIT = 100


@dataclass(frozen=True)
class WholeCall:
    """What one call asked of AWS, by phase, and the frames that went out."""

    phases: dict[str, Entry]
    total: Entry
    frames: int


@dataclass(frozen=True)
class WholeCalls:
    """One call of each kind."""

    answered: dict[Transport, WholeCall]
    unanswered: WholeCall


@dataclass(frozen=True)
class _Carrier:
    """Accepts every call, and finds it under way when asked."""

    clock: FixedClock

    def place(self, _order: PlaceOrder) -> str:
        return _SID

    def find(self, _call: Call) -> Report:
        return Report("in-progress", _SID, self.clock.now())


class _Model:
    """Answers at once, word by word."""

    name = "local-model"

    def prepare(self) -> None:
        pass

    def stream(self, request: ModelRequest) -> Iterator[ModelPart]:
        request.tell(ModelUse("local", self.name, Usage(600, 0, 30), 0, 0))
        first, *others = ANSWER.split(" ")
        yield TextDelta(first)
        yield from (TextDelta(f" {word}") for word in others)
        yield Finished(Usage(600, 0, 30))

    def extract(self, _task: str, _text: str, _name: str, _schema: Any, tell: Tell, *_: Any) -> Any:
        tell(ModelUse("local", self.name, Usage(700, 0, 60), None, 0))
        analysis = {
            "summary": "Maria Garcia and Ava spoke about a check-up. A call-back was agreed for tomorrow.",
            "sentiment": "positive",
            "intents": ["interested", "schedule_callback"],
            "action_items": [{"text": "Call Maria Garcia back", "owner": "agent"}],
        }
        return analysis, Usage(700, 0, 60)


@dataclass
class _Socket:
    frames: list[str] = field(default_factory=list)

    def post(self, _connection_id: str, frame: str) -> bool:
        self.frames.append(frame)
        return True


@cache
def whole_calls() -> WholeCalls:
    """Hold one call of each kind and count; once, because PynamoDB keeps a process's first connection."""
    ledger = Ledger()
    with mock_aws(), ledger.installed():
        root = container(queue_url=create_resources())
        clock = FixedClock(root.clock.now())
        root.clock = clock
        root.calls.telephony = cast("Any", _Carrier(clock))
        root.calls.ai.model = cast("Any", _Model())
        bootstrap.use(root)
        try:
            calls = _Calls(root, clock, ledger)
            answered = {transport: calls.answered(transport) for transport in Transport}
            return WholeCalls(answered, calls.unanswered())
        finally:
            bootstrap.use(None)


class _Calls:
    """Holds calls to one contact through the handlers; the dispatcher looks whenever time has passed."""

    def __init__(self, root: Container, clock: FixedClock, ledger: Ledger) -> None:
        self._root, self._clock, self._ledger = root, clock, ledger
        new = NewContact(name="Maria Garcia", phone=PERSON, time_zone="America/Los_Angeles")
        self._contact_id = crm.create_contact(root.crm, new).id

    def answered(self, transport: Transport) -> WholeCall:
        """Hold a call of six turns, hung up by the person."""
        socket = _Socket()
        self._root.calls.socket = socket
        call_id = self._dialed(transport)
        self._webhook("answer", call_id, "answer", CallStatus="in-progress")
        if "answered" in STATUS_EVENTS:
            self._webhook("status callbacks", call_id, "status", CallStatus="in-progress", SequenceNumber="1")
        self._pass(call_id, _GREETING_S)
        if transport is Transport.RELAY:
            self._relay_conversation(call_id)
        else:
            self._gather_conversation(call_id)
        self._ended(call_id, "completed")
        if transport is Transport.RELAY:
            self._check_silence(call_id, len(EXCHANGES))
        return self._counted(len(socket.frames))

    def unanswered(self) -> WholeCall:
        """Let a call ring until the carrier gives up."""
        self._ended(self._dialed(Transport.RELAY), "no-answer")
        return self._counted(0)

    def _counted(self, frames: int) -> WholeCall:
        phases = self._ledger.closed()
        return WholeCall(phases, sum(phases.values(), Entry()), frames)

    def _dialed(self, transport: Transport) -> str:
        wish = requests.CallWish(self._template(transport), self._contact_id)
        with self._ledger.phase("request"):
            call_id = requests.request_call(self._root.calls, wish).id
        with self._ledger.phase("dial"):
            queues.dial(queue_event(messages.encode(messages.Attend(call_id))), None)
        self._pass(call_id, _RING_S)
        return call_id

    def _template(self, transport: Transport) -> str:
        now = self._clock.now()
        prompt = PromptTemplate(new_id("prompt"), "Sales", INSTRUCTIONS, now, now)
        self._root.ai.prompts.add(prompt)
        template = CallTemplate(
            new_id("template"), "Sales call", GREETING, prompt.id, now, transport=transport, tools=TOOLS
        )
        self._root.calls.templates.create(template)
        return template.id

    def _relay_conversation(self, call_id: str) -> None:
        setup = {"type": "setup", "callSid": _SID, "customParameters": {"call_id": call_id}}
        with self._ledger.phase("socket setup"):
            relay_socket.message(frame_event(setup), None)
        for number, (said, _) in enumerate(EXCHANGES, start=1):
            with self._ledger.phase(f"turn {number}"):
                relay_socket.message(prompt_event(said), None)
            self._check_silence(call_id, number - 1)
            self._pass(call_id, _EXCHANGE_S)
        self._webhook("session ended", call_id, "session-ended", SessionStatus="completed")

    def _check_silence(self, call_id: str, number: int) -> None:
        """Deliver what looks for silence after a turn: it comes when the caller has long spoken on."""
        message = messages.CheckSilence(call_id, number, "c1")
        with self._ledger.phase("silence checks"):
            queues.urgent(queue_event(messages.encode(message)), None)

    def _gather_conversation(self, call_id: str) -> None:
        for number, (said, _) in enumerate(EXCHANGES, start=1):
            self._webhook(f"turn {number}", call_id, f"turn/{number}", SpeechResult=said)
            self._pass(call_id, _EXCHANGE_S)

    def _webhook(self, phase: str, call_id: str, path: str, **form: str) -> None:
        event = webhook_event(f"/voice/{call_id}/{path}", {"CallSid": _SID, **form})
        with self._ledger.phase(phase):
            answer = carrier.hook.hook(event, None)
        if answer["statusCode"] >= HTTPStatus.BAD_REQUEST:
            raise RuntimeError(f"{path} was answered with {answer}")

    def _ended(self, call_id: str, status: str) -> None:
        duration = {"CallDuration": str(_TALK_S)} if status == "completed" else {}
        self._webhook(
            "status callbacks", call_id, "status", CallStatus=status, SequenceNumber="2", **duration
        )
        with self._ledger.phase("post-call"):
            queues.post_call(queue_event(messages.encode(messages.Finish(call_id))), None)
        call = self._root.calls.book.get(call_id)
        if call is None or call.finished_at is None:
            raise RuntimeError(f"the call was not finished: {call}")
        with self._ledger.phase("fold"):
            keep_call(self._root.crm, _entry(call), call.answered_at)

    def _pass(self, call_id: str, seconds: int) -> None:
        """Let time pass; what the dispatcher finds due is looked at, its own queries are everybody's."""
        self._clock.advance(seconds=seconds)
        book, now = self._root.calls.book, self._clock.now()
        if call_id in book.silent(now, _SWEEP_LIMIT) + book.due(now, _SWEEP_LIMIT):
            with self._ledger.phase("look without news"):
                queues.dial(queue_event(messages.encode(messages.Attend(call_id))), None)


def _entry(call: Call) -> CallEntry:
    """Give what the timeline shows of a finished call, as the function `fold` reads it from the stream."""
    return CallEntry(
        id=call.id,
        contact_id=call.contact_id,
        at=call.dialed_at or call.created_at,
        direction=call.direction,
        number=mask(call.number),
        outcome=call.outcome,
        reason=call.reason or None,
        duration_s=call.duration_s,
    )
