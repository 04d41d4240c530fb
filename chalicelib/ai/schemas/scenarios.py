"""Scenarios as the API takes them; YAML files have the same fields."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, field_validator, model_validator

from chalicelib.ai.domain.conversation import OnFailure
from chalicelib.ai.domain.scenarios import (
    Agent,
    Ends,
    EndState,
    Expectation,
    Persona,
    Scenario,
    Somebody,
    Step,
    Stub,
)
from chalicelib.ai.schemas.conduct import ConductIn
from chalicelib.kernel.schemas import Input

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,79}$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Tool = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$")]
_MAX_STEPS = 40


class ExpectationIn(Input):
    """Something to see: exactly one of `says`, `uses`, `ends`."""

    says: Annotated[
        Annotated[list[Text], Field(max_length=20)] | Text,
        Field(
            default_factory=list,
            description="A text in the agent's words, or several of which one is; `/…/`: an expression.",
        ),
    ]
    uses: Annotated[Tool | None, Field(description="An action that the agent uses.")] = None
    arguments: Annotated[
        dict[str, Any] | None, Field(description="Its exact arguments; null: any. A text may be `/…/`.")
    ] = None
    done: Annotated[bool | None, Field(description="Whether it took effect; null: either.")] = None
    ends: Annotated[Ends | None, Field(description="How the turn ends.")] = None
    reason: Annotated[Short, Field(description="Why it ends, such as `opted_out`; empty: any.")] = ""

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        if sum(map(bool, (self.says, self.uses, self.ends))) != 1:
            raise ValueError("Give exactly one of says, uses, ends.")
        return self

    def expectation(self) -> Expectation:
        """Give the domain's value."""
        says = (self.says,) if isinstance(self.says, str) else tuple(self.says)
        return Expectation(says, self.uses or "", self.arguments, self.done, self.ends, self.reason)


Expectations = Annotated[list[ExpectationIn], Field(default_factory=list, max_length=40)]
Waiting = Annotated[int, Field(ge=0, le=60_000, description="Milliseconds to the first words; 0: any.")]


class StepIn(Input):
    """One thing that the caller does: exactly one of `caller`, `keys`, `silent`, `unclear`."""

    caller: Annotated[
        str, StringConstraints(strip_whitespace=True, max_length=2000), Field(description="What they say.")
    ] = ""
    language: Annotated[Language | Literal[""], Field(description="The language that was heard.")] = ""
    keys: Annotated[
        str, StringConstraints(pattern=r"^[0-9*#]{0,20}$"), Field(description="Keys that they press.")
    ] = ""
    silent: Annotated[bool, Field(description="They say nothing.")] = False
    unclear: Annotated[Short, Field(description="Words that were hardly understood.")] = ""
    heard: Annotated[
        Annotated[str, StringConstraints(max_length=2000)] | None,
        Field(description="How far the agent's last answer was heard before they spoke; null: all of it."),
    ] = None
    expect: Annotated[Expectations, Field(description="What must be seen in this turn, in this order.")]
    never: Annotated[Expectations, Field(description="What must not be seen in this turn.")]
    within_ms: Waiting = 0

    @model_validator(mode="after")
    def _one_act(self) -> Self:
        if sum(map(bool, (self.caller, self.keys, self.silent, self.unclear))) != 1:
            raise ValueError("Give exactly one of caller, keys, silent, unclear.")
        return self

    def step(self) -> Step:
        """Give the domain's value."""
        given = {name: getattr(self, name) for name in type(self).model_fields}
        return Step(**{**given, "expect": _seen(self.expect), "never": _seen(self.never)})


class PersonaIn(Input):
    """A caller whom a model plays."""

    description: Annotated[Text, Field(description="Who they are.")]
    goal: Annotated[Text, Field(description="What they want.")]
    max_turns: Annotated[int, Field(ge=1, le=20, description="How often they speak at most.")] = 8


class AgentIn(Input):
    """The agent that the scenario brings along, for evaluations that name no template."""

    prompt: Annotated[
        str,
        StringConstraints(strip_whitespace=True, max_length=20_000),
        Field(description="As prompt templates."),
    ] = ""
    greeting: Annotated[Text, Field(description="Spoken first, without asking the model.")] = "Hello."
    language: Language = "en-US"
    languages: Annotated[list[Language], Field(default_factory=list, max_length=10)]
    tools: Annotated[list[Tool], Field(default_factory=list, max_length=20, description="What it may do.")]
    direction: Annotated[Literal["inbound", "outbound"], Field(description="Who has called.")] = "outbound"
    has_colleague: Annotated[bool, Field(description="Whether there is somebody to hand over to.")] = True
    on_failure: OnFailure = OnFailure.HANG_UP
    conduct: Annotated[ConductIn, Field(default_factory=ConductIn)]

    def agent(self) -> Agent:
        """Give the domain's value."""
        given = {name: getattr(self, name) for name in type(self).model_fields}
        lists = {name: tuple(given[name]) for name in ("languages", "tools")}
        return Agent(**{**given, **lists, "conduct": self.conduct.conduct()})


class SomebodyIn(Input):
    """Who is on the phone; nobody real."""

    name: Annotated[Short, Field(min_length=1)] = "Alex Example"
    email: Short | None = None
    company: Short | None = None
    title: Short | None = None
    language: Language = "en-US"
    time_zone: Annotated[Short, Field(min_length=1)] = "America/Los_Angeles"


class StubIn(Input):
    """What the model is told of an action that is only rehearsed."""

    text: Text = "Done."
    done: Annotated[bool, Field(description="Whether the model is told that it took effect.")] = True
    asks: Annotated[
        Short,
        Field(description="What the caller is asked first, of actions on appointments; without a mark."),
    ] = "Shall I do that"


class EndStateIn(Input):
    """What must stand in the contact's record afterwards."""

    fields: Annotated[dict[str, str | None], Field(default_factory=dict, max_length=10)]
    notes: Annotated[
        list[Text] | None, Field(max_length=20, description="Each is in a note of its own; null: any.")
    ] = None
    opted_out: Annotated[bool | None, Field(description="Whether they want no more calls.")] = None

    def end_state(self) -> EndState:
        """Give the domain's value."""
        return EndState(self.fields, None if self.notes is None else tuple(self.notes), self.opted_out)


class ScenarioIn(Input):
    """A conversation to play: by `steps`, or by a `persona`; or by steps and then a persona."""

    name: Annotated[
        Name,
        Field(description="Small letters, digits, - and _, 80 at most; unique in an evaluation."),
    ]
    description: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""
    tags: Annotated[list[Name], Field(default_factory=list, max_length=10)]
    agent: Annotated[AgentIn, Field(default_factory=AgentIn)]
    contact: Annotated[SomebodyIn, Field(default_factory=SomebodyIn)]
    at: Annotated[
        datetime | None, Field(description="When it is played, local to the contact: 2026-03-03T10:00.")
    ] = None
    steps: Annotated[list[StepIn], Field(default_factory=list, max_length=_MAX_STEPS)]
    persona: PersonaIn | None = None
    stubs: Annotated[dict[Tool, StubIn], Field(default_factory=dict, max_length=20)]
    greets: Annotated[Expectations, Field(description="What must be seen in the greeting.")]
    expect: Annotated[Expectations, Field(description="What must be seen in all of it, in this order.")]
    never: Annotated[Expectations, Field(description="What must not be seen anywhere.")]
    contact_after: Annotated[EndStateIn, Field(default_factory=EndStateIn)]
    max_questions: Annotated[int, Field(ge=0, le=20, description="Questions in one turn; 0: any.")] = 1
    within_ms: Waiting = 0
    judge: Annotated[
        list[Text], Field(default_factory=list, max_length=10, description="Sentences that a model judges.")
    ]

    @field_validator("at")
    @classmethod
    def _local(cls, at: datetime | None) -> datetime | None:
        if at is not None and at.tzinfo is not None:
            raise ValueError("Write the local time without an offset, such as 2026-03-03T10:00.")
        return at

    @model_validator(mode="after")
    def _has_a_caller(self) -> Self:
        if not self.steps and self.persona is None:
            raise ValueError("Give steps, or a persona.")
        return self

    def scenario(self) -> Scenario:
        """Give the domain's value."""
        given = {name: getattr(self, name) for name in type(self).model_fields}
        made = {
            "tags": tuple(self.tags),
            "agent": self.agent.agent(),
            "contact": Somebody(**vars(self.contact)),
            "steps": tuple(step.step() for step in self.steps),
            "persona": Persona(**vars(self.persona)) if self.persona else None,
            "stubs": {name: Stub(**vars(stub)) for name, stub in self.stubs.items()},
            "contact_after": self.contact_after.end_state(),
            "judge": tuple(self.judge),
        }
        seen = {name: _seen(given[name]) for name in ("greets", "expect", "never")}
        return Scenario(**{**given, **made, **seen})


def _seen(expectations: list[ExpectationIn]) -> tuple[Expectation, ...]:
    return tuple(each.expectation() for each in expectations)
