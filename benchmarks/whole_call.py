"""One call from the wish to its finished books, through the real use cases and repositories, on moto."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, cast

import boto3
from moto import mock_aws

from benchmarks.conversation import ANSWER, EXCHANGES, GREETING, INSTRUCTIONS, LINE, PERSON, TOOLS
from benchmarks.ledger import Entry, Ledger
from benchmarks.product import REGION, TABLES, container
from chalicelib.ai.domain.analysis import Usage
from chalicelib.ai.domain.conversation import CallerSaid
from chalicelib.ai.domain.prompts import PromptTemplate
from chalicelib.ai.ports import Finished, TextDelta
from chalicelib.calls.adapters.sockets import RelayVoice
from chalicelib.calls.adapters.twiml import CollectedVoice
from chalicelib.calls.domain.lifecycle import Report
from chalicelib.calls.domain.templates import CallTemplate, Transport
from chalicelib.calls.services import answering, closing, dialing, finishing, progress, requests, turns
from chalicelib.crm import services as crm
from chalicelib.crm.domain import NewContact
from chalicelib.kernel.ids import new_id
from infra.stack.tables import CALLS_INDEXES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from chalicelib.ai.ports import ModelPart, ModelRequest
    from chalicelib.bootstrap import Container
    from chalicelib.calls.domain.turns import Turn
    from chalicelib.calls.ports import PlaceOrder

# What `Telephony.place` asks the carrier to report; TwiML is asked for besides.
STATUS_EVENTS = ("answered", "completed")
_SID = "CA" + "0" * 32
_CONNECTION = "connection-1"
_DURATION_S = 90
_CHARS_PER_SECOND = 15.0


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


class _Carrier:
    """Accepts every call."""

    def place(self, _order: PlaceOrder) -> str:
        return _SID


class _Model:
    """Answers at once, word by word."""

    name = "local-model"

    def stream(self, _request: ModelRequest) -> Iterator[ModelPart]:
        first, *others = ANSWER.split(" ")
        yield TextDelta(first)
        yield from (TextDelta(f" {word}") for word in others)
        yield Finished(Usage(600, 0, 30))

    def extract(self, *_: Any) -> tuple[Any, Usage]:
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
        root = container(queue_url=_create_resources())
        root.calls.telephony = cast("Any", _Carrier())
        root.calls.ai.model = cast("Any", _Model())
        calls = _Calls(root, ledger)
        return WholeCalls(
            {transport: calls.answered(transport) for transport in Transport}, calls.unanswered()
        )


class _Calls:
    """Holds calls to one contact, one after another."""

    def __init__(self, root: Container, ledger: Ledger) -> None:
        self._root, self._calls, self._ledger = root, root.calls, ledger
        new = NewContact(name="Maria Garcia", phone=PERSON, time_zone="America/Los_Angeles")
        self._contact_id = crm.create_contact(root.crm, new).id

    def answered(self, transport: Transport) -> WholeCall:
        """Hold a call of six turns, hung up by the person."""
        socket = _Socket()
        self._calls.socket = socket
        call_id = self._dialed(transport)
        with self._phase("answer"):
            answering.answer_call(self._calls, call_id, self._report("in-progress"))
        self._answered_callback(call_id)
        self._conversation(call_id, transport)
        self._ended(call_id, "completed")
        return self._counted(len(socket.frames))

    def unanswered(self) -> WholeCall:
        """Let a call ring until the carrier gives up."""
        self._ended(self._dialed(Transport.RELAY), "no-answer")
        return self._counted(0)

    def _phase(self, name: str) -> AbstractContextManager[None]:
        return self._ledger.phase(name)

    def _counted(self, frames: int) -> WholeCall:
        phases = self._ledger.closed()
        return WholeCall(phases, sum(phases.values(), Entry()), frames)

    def _dialed(self, transport: Transport) -> str:
        wish = requests.CallWish(self._template(transport), self._contact_id)
        with self._phase("request"):
            call_id = requests.request_call(self._calls, wish).id
        with self._phase("dial"):
            dialing.attend(self._calls, call_id)
        return call_id

    def _template(self, transport: Transport) -> str:
        now = self._root.clock.now()
        prompt = PromptTemplate(new_id("prompt"), "Sales", INSTRUCTIONS, now, now)
        self._root.ai.prompts.add(prompt)
        template = CallTemplate(
            new_id("template"), "Sales call", GREETING, prompt.id, now, transport=transport, tools=TOOLS
        )
        self._calls.templates.add(template)
        return template.id

    def _answered_callback(self, call_id: str) -> None:
        if "answered" in STATUS_EVENTS:
            with self._phase("status callbacks"):
                progress.record_report(self._calls, call_id, self._report("in-progress", 1))

    def _conversation(self, call_id: str, transport: Transport) -> None:
        relay = transport is Transport.RELAY
        if relay:
            with self._phase("socket setup"):
                self._calls.book.get(call_id)
                self._calls.turns.bind(_CONNECTION, call_id)
        for number, (said, _) in enumerate(EXCHANGES, start=1):
            with self._phase(f"turn {number}"):
                self._turn(call_id, number, said, relay=relay)
        if relay:
            with self._phase("session ended"):
                closing.session_ended(self._calls, call_id, "completed")

    def _turn(self, call_id: str, number: int, said: str, *, relay: bool) -> None:
        """Take a turn as the socket's function or the webhook does, which reads the call again."""
        event, now = CallerSaid(said, "en-US"), self._calls.clock.now()
        request = turns.TurnRequest(call_id, event, now, None if relay else number)
        turns.take_turn(self._calls, request, self._relay_voice if relay else lambda _: CollectedVoice())
        if not relay:
            self._calls.book.load(call_id)

    def _relay_voice(self, turn: Turn) -> RelayVoice:
        calls = self._calls
        return RelayVoice(
            calls.socket, calls.wakeups, _CONNECTION, "call", turn.number, _CHARS_PER_SECOND
        )

    def _ended(self, call_id: str, status: str) -> None:
        with self._phase("status callbacks"):
            progress.record_report(self._calls, call_id, self._report(status, 2))
        with self._phase("post-call"):
            finishing.finish_call(self._calls, call_id)

    def _report(self, status: str, sequence: int | None = None) -> Report:
        at = self._root.clock.now() + timedelta(seconds=sequence or 0)
        return Report(status, _SID, at, sequence, _DURATION_S if status == "completed" else None)


def _create_resources() -> str:
    dynamodb = boto3.client("dynamodb", region_name=REGION)
    for table in TABLES:
        dynamodb.create_table(**_table(table, CALLS_INDEXES if table == "CALLS_TABLE" else {}))
    url: str = boto3.client("sqs", region_name=REGION).create_queue(QueueName="queue")["QueueUrl"]
    return url


def _table(name: str, indexes: dict[str, tuple[str, str]]) -> dict[str, Any]:
    attributes = ["pk", "sk", *(key for keys in indexes.values() for key in keys)]
    table: dict[str, Any] = {
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": key, "AttributeType": "S"} for key in attributes],
        "KeySchema": _keys("pk", "sk"),
    }
    if indexes:
        table["GlobalSecondaryIndexes"] = [
            {"IndexName": index, "KeySchema": _keys(*keys), "Projection": {"ProjectionType": "KEYS_ONLY"}}
            for index, keys in indexes.items()
        ]
    return table


def _keys(hash_key: str, range_key: str) -> list[dict[str, str]]:
    return [
        {"AttributeName": hash_key, "KeyType": "HASH"},
        {"AttributeName": range_key, "KeyType": "RANGE"},
    ]
