"""Scenarios: a conversation that is played to try the agent, and what must be seen in it; no playing here."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from chalicelib.ai.domain.conduct import DEFAULT_CONDUCT, Conduct
from chalicelib.ai.domain.conversation import OnFailure

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime


class Ends(StrEnum):
    """How a turn of the agent ends."""

    LISTEN = "listen"
    TRANSFER = "transfer"
    HANG_UP = "hang_up"


@dataclass(frozen=True)
class Expectation:
    """Something to see: words, the use of an action, or an end; exactly one of `says`, `uses`, `ends`.

    `says` are texts of which one must be in the agent's words, whatever the case; between slashes, such as
    `/call you back (on|at)/`, it is a regular expression. `arguments` must be equal, None: any; a text in
    them may be an expression too. `done` says whether the action took effect, None: either. `reason` is the
    end's, empty: any.
    """

    says: tuple[str, ...] = ()
    uses: str = ""
    arguments: Mapping[str, Any] | None = None
    done: bool | None = None
    ends: Ends | None = None
    reason: str = ""


@dataclass(frozen=True)
class Step:
    """One thing that the caller does, and what must follow.

    Exactly one of: `caller` (words, in `language` if that is known), `keys`, `silent`, `unclear` (words that
    were hardly understood). `heard`: how far the agent's last answer was heard before the caller talked over
    it; None: all of it. `expect` must be seen in this order, `never` not at all; `within_ms` is the time to
    the agent's first words, 0: any.
    """

    caller: str = ""
    language: str = ""
    keys: str = ""
    silent: bool = False
    unclear: str = ""
    heard: str | None = None
    expect: tuple[Expectation, ...] = ()
    never: tuple[Expectation, ...] = ()
    within_ms: int = 0


@dataclass(frozen=True)
class Persona:
    """A caller who is played by a model: who they are, what they want, how often they speak at most."""

    description: str
    goal: str
    max_turns: int = 8


@dataclass(frozen=True)
class Agent:
    """The agent that a scenario brings along; as a call template and its prompt, without storing either."""

    prompt: str = ""
    greeting: str = "Hello."
    language: str = "en-US"
    languages: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    direction: str = "outbound"
    has_colleague: bool = True
    on_failure: OnFailure = OnFailure.HANG_UP
    conduct: Conduct = DEFAULT_CONDUCT


@dataclass(frozen=True)
class Somebody:
    """Who is on the phone, before the conversation; nobody real."""

    name: str = "Alex Example"
    email: str | None = None
    company: str | None = None
    title: str | None = None
    language: str = "en-US"
    time_zone: str = "America/Los_Angeles"


@dataclass(frozen=True)
class Stub:
    """What the model is told of an action that is only rehearsed; `done`: that it took effect.

    `asks` is the question by which an action that reads itself back is agreed upon.
    """

    text: str = "Done."
    done: bool = True
    asks: str = "Shall I do that"


@dataclass(frozen=True)
class EndState:
    """What must stand in the contact's record afterwards.

    `fields` must be equal; each of `notes` must be in a note of its own, as `Expectation.says` is in words;
    `notes` None: any. `opted_out` None: either.
    """

    fields: Mapping[str, str | None] = field(default_factory=dict)
    notes: tuple[str, ...] | None = None
    opted_out: bool | None = None


@dataclass(frozen=True)
class Scenario:
    """A conversation to play, by `steps` or with a `persona`, and what must hold of the whole of it.

    `at` is when it is played, local to the contact, such as 2026-03-03T10:00. `stubs` answer actions that
    leave the house, by name. `expect` must be seen in this order in the whole conversation, `never` nowhere.
    `max_questions` is how many questions the agent may ask in one turn, 0: any number; `within_ms` bounds the
    time to the first words of each turn, 0: any. `judge` are sentences that a model judges, when asked for.
    """

    name: str
    description: str = ""
    tags: tuple[str, ...] = ()
    agent: Agent = field(default_factory=Agent)
    contact: Somebody = field(default_factory=Somebody)
    at: datetime | None = None
    steps: tuple[Step, ...] = ()
    persona: Persona | None = None
    stubs: Mapping[str, Stub] = field(default_factory=dict)
    greets: tuple[Expectation, ...] = ()
    expect: tuple[Expectation, ...] = ()
    never: tuple[Expectation, ...] = ()
    contact_after: EndState = field(default_factory=EndState)
    max_questions: int = 1
    within_ms: int = 0
    judge: tuple[str, ...] = ()


def document(scenario: Scenario) -> dict[str, Any]:
    """Write a scenario as JSON has it, without what is as usual."""
    written: dict[str, Any] = _plain(asdict(scenario), asdict(Scenario("")))
    if scenario.steps:
        written["steps"] = [
            _plain(asdict(step), asdict(Step())) | _lists(expect=step.expect, never=step.never)
            for step in scenario.steps
        ]
    return written | _lists(greets=scenario.greets, expect=scenario.expect, never=scenario.never)


def _lists(**lists: Iterable[Expectation]) -> dict[str, Any]:
    usual = asdict(Expectation())
    return {
        name: [_plain(asdict(each), usual) for each in expectations]
        for name, expectations in lists.items()
        if expectations
    }


def _plain(written: dict[str, Any], usual: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is as usual, in the parts as well; lists instead of tuples, text instead of instants."""
    found = {}
    for name, value in written.items():
        if value == usual.get(name):
            continue
        known = usual.get(name)
        found[name] = _plain(value, known) if isinstance(value, dict) and known else _value(value)
    return found


def _value(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return [_value(each) for each in value]
    if isinstance(value, dict):
        return {name: _value(each) for name, each in value.items()}
    if isinstance(value, StrEnum):
        return value.value
    return value.isoformat(timespec="minutes") if hasattr(value, "isoformat") else value
