"""The form of a situation: who is called or calls, what they do, and what must come of it.

A module of this folder defines `SITUATIONS`; its docstring's first line is the heading in
docs/situations.md. `test_situations.py` plays all of them on one stack, several at a time, once for every
transport, and compares what was heard and stored with what the module expects. An example:

    SITUATIONS = [
        Situation(
            name="Asks for a colleague who is busy",
            person={
                "answer": 0.5,
                "steps": [{"hears": "minute", "say": "I want to speak to a person."}],
                "rules": [{"hears": "/busy|nobody/", "say": "Then goodbye.", "hang_up": True}],
            },
            people={"colleague": {"answer": "busy", "ring_seconds": 0.5}},
            template={"transfer_to": "{colleague}", "when_nobody": "agent"},
            expect=Expect(
                outcome="completed",
                heard=["put you through", "/nobody|busy/"],
                events=["transfer_failed"],
            ),
        ),
    ]

* `person` is a script of docs/phone-network.md for whoever is called (or calls: `direction="inbound"`);
  `people` are others by name. Each has a number of their own in each run, put where `{name}` stands in a
  string of `template`, `route`, the scripts and `expect`; `{line}` is our number, `{person}` theirs.
* `template` are fields of `POST /v1/calls/templates` beside the usual ones (`usual_template`);
  `contact` fields of the contact, or None when the person is a stranger to us.
* `direction="inbound"`: the person calls a line of their own run, which the template answers; `route` are
  more fields of that line's `PUT /v1/calls/numbers/{line}`, or None: nothing answers there.
  `direction="none"`: nobody calls; `during` acts.
* `network_faults` and `model_faults` are rules as the control APIs take them; they are limited to this run's
  calls, so that runs do not disturb one another (`alone=True` for what cannot be limited). `model_rules` are
  rules of the model server that answer first in this run (a rule may have a `timing`).
* `before`, `during` and `Expect.more` are functions that take the `Trial`: `before` after contact, template
  and scripts are there; `during` once the call was asked for, or has begun; `more` when it is over, to
  assert what else must hold. A `Trial` has `stack`, `number`, `numbers["colleague"]`, `line`, `call_id`,
  `call` (as the API shows it at the end), `words()`, `log()`, `ask()`, `wait_for()`.
* A part to hear is looked for in all that the agent said to the person, without regard to case; between
  slashes it is a regular expression. The page shows the whole sentences around a part, and of a regular
  expression only what it matched: take care that these are the same in every run.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from e2e.situations.trial import Trial

RELAY, GATHER = "relay", "gather"
BOTH = (RELAY, GATHER)
PERSON, LINE = "person", "line"

GREETING = "Hello {{ first_name }}, this is Ava, the AI assistant of Harbor Dental. Do you have a minute?"
WELCOME = "Thank you for calling Harbor Dental. This is Ava, the AI assistant. How can I help you?"


@dataclass(frozen=True)
class Expect:
    """What must have been heard and stored.

    `outcome` None: there is no call, or it does not matter. `refused` is the code with which the API must
    refuse to call. `reason` and `events` (kinds) are looked at when given. `heard_by` are parts that others
    must have heard, by name; `texted` are parts of messages that the person must have received. `stored` are
    words for the page about what `more` asserts.
    """

    outcome: str | None = "completed"
    reason: str | None = None
    refused: str = ""
    heard: Sequence[str] = ()
    not_heard: Sequence[str] = ()
    heard_by: Mapping[str, Sequence[str]] = field(default_factory=dict)
    texted: Sequence[str] = ()
    events: Sequence[str] = ()
    no_events: Sequence[str] = ()
    dials: int | None = None  # how many calls the carrier had with the person
    stored: str = ""
    more: Callable[[Trial], None] | None = None


@dataclass(frozen=True)
class Situation:
    """One thing that happens on the phone; see the module's docstring for the form.

    `does` replaces the words that the page makes of the scripts. `within` is how many seconds the call may
    take until its books are closed.
    """

    name: str
    person: Mapping[str, Any] = field(default_factory=dict)
    expect: Expect = field(default_factory=Expect)
    transports: Sequence[str] = BOTH
    direction: str = "outbound"
    template: Mapping[str, Any] = field(default_factory=dict)
    route: Mapping[str, Any] | None = field(default_factory=dict)
    prompt: str = ""
    contact: Mapping[str, Any] | None = field(default_factory=dict)
    number: str = ""
    people: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    network_faults: Sequence[Mapping[str, Any]] = ()
    model_faults: Sequence[Mapping[str, Any]] = ()
    model_rules: Sequence[Mapping[str, Any]] = ()
    before: Callable[[Trial], None] | None = None
    during: Callable[[Trial], None] | None = None
    does: str = ""
    alone: bool = False
    within: float = 180.0

    @property
    def inbound(self) -> bool:
        """Tell whether the person calls us."""
        return self.direction == "inbound"

    @property
    def prompt_name(self) -> str:
        """Name the sample prompt that the agent has a copy of."""
        return self.prompt or ("Reception" if self.inbound else "Sales")


def usual_template(situation: Situation, transport: str) -> dict[str, Any]:
    """Give the fields of a template that a situation does not change.

    A filler comes late: calls that share two processors with others wait longer than callers do.
    """
    greeting = WELCOME if situation.inbound else GREETING
    return {"greeting": greeting, "transport": transport, "filler_after_ms": 5000}


def talks(*lines: str | Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """Script a person who answers, says these lines in turn, and hangs up when they hear "goodbye".

    A line may be a whole step, as a mapping.
    """
    steps = [{"say": line} if isinstance(line, str) else dict(line) for line in lines]
    rules = [{"hears": "goodbye", "hang_up": True}]
    return {"answer": 0.5, "steps": steps, "rules": rules, "patience_seconds": 240} | more


def colleague(*lines: str, **more: Any) -> dict[str, Any]:
    """Script a colleague who picks up, says these lines at once and hangs up after what comes next."""
    steps = [{"wait": "none", "say": line} for line in lines]
    return {
        "answer": 0.5,
        "steps": steps,
        "rules": [{"hears": "", "hang_up": True}],
        "patience_seconds": 10,
    } | more
