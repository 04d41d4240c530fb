"""What callers hear when a provider fails: turns with real clients, against two model servers with faults."""

from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from fakes.calls import NOW, FakeCalls, connected, furnished
from fakes.crm import FakeCrm

from chalicelib.ai.domain.conversation import CallerSaid, Say
from chalicelib.ai.services.providers import ProviderChain
from chalicelib.bootstrap.providers import provider_of
from chalicelib.calls.services.turns import TurnRequest, take_turn
from chalicelib.kernel.clock import SystemClock, cut_to_millis, millis
from chalicelib.kernel.provider_settings import ProviderSettings
from localcloud.model_server import ModelServer, Options
from localcloud.model_server.faults import parse_fault
from localcloud.model_server.options import Timing
from localcloud.model_server.script_book import parse_script

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from chalicelib.ai.domain.conversation import Directive
    from chalicelib.calls.domain.turns import Turn

MAIN, SPARE = "main", "spare"
NOWHERE = "http://127.0.0.1:9/v1"
# What it takes, at most, to notice that a wait is over and to hear the next one's first word.
_SLACK_MS = 500
_WORDS, _ACTION = "What do you sell?", "Please remember this."
_RULES = [
    {
        "name": "sells",
        "when": {"user": "what do you sell"},
        "say": "We sell pumps and pipes, and we fit them.",
    },
    {
        "name": "notes",
        "when": {"user": "remember"},
        "call": [{"tool": "add_note", "arguments": {"text": "Likes pumps"}}],
    },
    {"name": "noted", "when": {"after_tool": "add_note"}, "say": "Thank you, I have noted that."},
]


@dataclass(frozen=True)
class Waits:
    """How long (milliseconds) is waited before words, within them, until a filler; the models' own pace."""

    first_token_ms: int = 2500
    gap_ms: int = 2000
    filler_after_ms: int = 1500
    model_first_ms: float = 300
    tokens_per_second: float = 25

    @property
    def budget_ms(self) -> int:
        """The longest silence that a caller may hear."""
        return max(self.filler_after_ms, self.first_token_ms - self.filler_after_ms, self.gap_ms) + _SLACK_MS


USUAL = Waits()


@dataclass(frozen=True)
class Trouble:
    """What goes wrong: a fault of the first provider, with `both` also of the second; `{}`: nobody there."""

    name: str
    fault: dict[str, Any] = field(default_factory=dict)
    says: str = _WORDS
    both: bool = False


TROUBLES = (
    Trouble("silent before its first word", {"kind": "stall", "stall_ms": 20_000}),
    Trouble("silent in the middle", {"kind": "stall", "after_tokens": 4, "stall_ms": 20_000}),
    Trouble("429", {"kind": "error_429"}),
    Trouble("500", {"kind": "error_500"}),
    Trouble("cannot be reached"),
    Trouble("hangs up in the middle", {"kind": "drop", "after_tokens": 4}),
    Trouble("cut at its limit, in the middle", {"kind": "truncate", "after_tokens": 4}),
    Trouble("cut at its limit, in an action", {"kind": "truncate", "after_tokens": 1}, says=_ACTION),
    Trouble("invalid JSON on the wire", {"kind": "invalid_json"}),
    Trouble("invalid JSON as an action", {"kind": "invalid_json"}, says=_ACTION),
    Trouble("empty answer", {"kind": "empty"}),
    Trouble("500 of both", {"kind": "error_500"}, both=True),
)


@dataclass(frozen=True)
class Heard:
    """What came of one turn: its words, when they came (milliseconds since the caller's), what is stored."""

    trouble: str
    said: str
    spoken_ms: tuple[int, ...]
    turn: Turn
    turns: int

    @property
    def first_ms(self) -> int:
        """When the caller heard the first word, a filler's too."""
        return self.spoken_ms[0]

    @property
    def silence_ms(self) -> int:
        """The longest time without a new word."""
        return max(
            after - before for before, after in zip((0, *self.spoken_ms), self.spoken_ms, strict=False)
        )

    @property
    def asked(self) -> str:
        """Who was asked in turn, and what was wrong with each answer."""
        return ", ".join(
            f"{use.provider} ({use.error})" if use.error else use.provider for use in self.turn.asked
        )


class _CallClock(SystemClock):
    """Goes as the machine's does, from the time at which calls of tests are held."""

    def __init__(self) -> None:
        self._began = self.elapsed()

    def now(self) -> datetime:
        return cut_to_millis(NOW + timedelta(seconds=self.elapsed() - self._began))


@dataclass
class _TimedVoice:
    """Notes what was spoken, and when; implements `Voice`."""

    clock: SystemClock
    began: float
    spoken_ms: list[int] = field(default_factory=list)
    said: str = ""
    chars_per_second: float = 0.0

    def utter(self, directive: Directive) -> None:
        """Note words."""
        if isinstance(directive, Say) and directive.text.strip():
            self.spoken_ms.append(millis(self.clock.elapsed() - self.began))
            self.said += directive.text


@contextmanager
def two_servers() -> Iterator[dict[str, ModelServer]]:
    """Run two model servers on ports of their own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    servers = {name: ModelServer(Options()) for name in (MAIN, SPARE)}
    try:
        for server in servers.values():
            asyncio.run_coroutine_threadsafe(server.start(), loop).result(10)
        yield servers
    finally:
        for server in servers.values():
            asyncio.run_coroutine_threadsafe(server.stop(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


def hear(servers: dict[str, ModelServer], trouble: Trouble, waits: Waits = USUAL) -> Heard:
    """Take one turn of a call while this goes wrong, and tell what the caller heard."""
    for name, server in servers.items():
        _prepare(server, trouble.fault if name == MAIN or trouble.both else {}, waits)
    clock = _CallClock()
    calls: Any = FakeCalls(clock, FakeCrm(clock))
    furnished(calls)
    connected(calls, tools=("add_note",), filler_after_ms=waits.filler_after_ms)
    settings = [_settings(name, server, trouble, waits) for name, server in servers.items()]
    providers = tuple(map(provider_of, settings))
    calls.ai.model = ProviderChain(providers, clock)
    clients = [provider.speaker() for provider in providers]
    try:
        voice = _TimedVoice(clock, clock.elapsed())
        turn = take_turn(calls, _request(trouble, clock), lambda _: voice)
    finally:
        for client in clients:
            client._client.close()
    assert turn is not None
    return Heard(trouble.name, voice.said.strip(), tuple(voice.spoken_ms), turn, len(calls.shelf.turns))


def _request(trouble: Trouble, clock: SystemClock) -> TurnRequest:
    return TurnRequest("call_1", CallerSaid(trouble.says), clock.now(), 20.0)


def _prepare(server: ModelServer, fault: dict[str, Any], waits: Waits) -> None:
    state = server.state
    state.reset()
    state.use_script(parse_script({"rules": _RULES}, "", state.book.vocabulary))
    state.set_timing(Timing(waits.model_first_ms, waits.tokens_per_second), None)
    state.faults.replace([parse_fault(fault, "", {})] if fault else [])


def _settings(name: str, server: ModelServer, trouble: Trouble, waits: Waits) -> ProviderSettings:
    settings = ProviderSettings(
        name=name,
        kind="openai",
        model="local-model",
        first_token_ms=waits.first_token_ms,
        gap_ms=waits.gap_ms,
        base_url=f"{server.url}/v1",
        api_key="key",
    )
    return settings if trouble.fault or name == SPARE else replace(settings, base_url=NOWHERE)


def report(found: list[Heard], waits: Waits = USUAL) -> str:
    """Give a table: what went wrong, who was asked, what the caller heard and when, against the budget."""
    heads = ["the first provider", "asked", "the caller hears", "first words", "longest silence", "turns"]
    lines = [_row(heads), _row(["---"] * len(heads))]
    for each in found:
        kept = "" if each.silence_ms <= waits.budget_ms else " **over**"
        heard = [f"{each.first_ms} ms", f"{each.silence_ms} ms{kept}", str(each.turns)]
        lines.append(_row([each.trouble, each.asked, each.said, *heard]))
    over = sum(each.silence_ms > waits.budget_ms for each in found)
    lines.append(
        f"\nNo silence may last longer than {waits.budget_ms} ms: {len(found) - over} of {len(found)} kept."
    )
    return "\n".join(lines)


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Play everything that can go wrong and print what callers hear."""
    with two_servers() as servers:
        hear(
            servers, Trouble("nothing", {"kind": "error_500", "times": 1})
        )  # imports what takes long at first
        print(report([hear(servers, trouble) for trouble in TROUBLES]))  # noqa: T201


if __name__ == "__main__":
    main()
