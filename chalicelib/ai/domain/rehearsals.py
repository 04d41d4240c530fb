"""What was seen when a scenario was played: words, actions, ends, times, and what did not hold."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from chalicelib.ai.domain.analysis import Usage
from chalicelib.ai.domain.asking import ModelUse
from chalicelib.ai.domain.prices import DEAREST, token_cost

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SAID, USED, ENDED = "said", "used", "ended"


@dataclass(frozen=True)
class Seen:
    """One thing that the agent did: it `said` a text, `used` an action, or `ended` its turn.

    `name` is the action's, or how the turn ended; `text` what was said, what the action answered, or why the
    turn ended.
    """

    kind: str
    text: str = ""
    name: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    done: bool = True


@dataclass(frozen=True)
class TurnSeen:
    """What the caller did in one turn, and what came of it; milliseconds from the caller's words.

    Turn 0 is the greeting. `caller` are words, or a remark in brackets where there were none.
    """

    number: int
    caller: str
    seen: tuple[Seen, ...]
    first_words_ms: int | None = None
    total_ms: int = 0

    @property
    def words(self) -> str:
        """All that the agent said in this turn."""
        return " ".join(each.text for each in self.seen if each.kind == SAID).strip()

    @property
    def end(self) -> str:
        """How the turn ended; empty when nothing was to be done."""
        return next((each.name for each in self.seen if each.kind == ENDED), "")

    @property
    def reason(self) -> str:
        """Why it ended so; empty where it is simply the caller's turn."""
        return next((each.text for each in self.seen if each.kind == ENDED), "")


@dataclass(frozen=True)
class ContactSeen:
    """What stood in the contact's record after the conversation."""

    fields: Mapping[str, str | None] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    opted_out: bool = False


@dataclass(frozen=True)
class Failure:
    """Something that had to hold and did not: where (`turn 2`, `contact`, …), and what was seen instead."""

    where: str
    message: str


@dataclass(frozen=True)
class Verdict:
    """What a model judged of one sentence, and why."""

    criterion: str
    holds: bool
    reason: str = ""


@dataclass(frozen=True)
class Rehearsal:
    """One playing of a scenario; `run` counts all of an evaluation's, `attempt` those of one scenario.

    `error` is why it could not be played to its end; empty when it could. `asked` are the questions to
    providers, in order.
    """

    run: int
    scenario: str
    attempt: int
    turns: tuple[TurnSeen, ...] = ()
    contact: ContactSeen = field(default_factory=ContactSeen)
    failures: tuple[Failure, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    usage: Usage = field(default_factory=Usage)
    error: str = ""
    took_ms: int = 0
    asked: tuple[ModelUse, ...] = ()

    @property
    def cost(self) -> int:
        """What models have cost (micro-dollars)."""
        return cost_of(self.asked)

    @property
    def passed(self) -> bool:
        """Tell whether it was played to its end and everything held."""
        return not self.failures and not self.error


def cost_of(asked: Iterable[ModelUse]) -> int:
    """Say what questions cost (micro-dollars); a model without a known price is taken for the dearest."""
    return sum(token_cost(use.model, use.usage, DEAREST).amount for use in asked)


def read_rehearsal(kept: Mapping[str, Any]) -> Rehearsal:
    """Read what `dataclasses.asdict` has written and JSON has kept."""
    rehearsal = Rehearsal(kept["run"], kept["scenario"], kept["attempt"])
    contact = kept["contact"]
    return replace(
        rehearsal,
        turns=tuple(
            TurnSeen(**{**turn, "seen": tuple(Seen(**each) for each in turn["seen"])})
            for turn in kept["turns"]
        ),
        contact=ContactSeen(**{**contact, "notes": tuple(contact["notes"])}),
        failures=tuple(Failure(**each) for each in kept["failures"]),
        verdicts=tuple(Verdict(**each) for each in kept["verdicts"]),
        usage=Usage(**kept["usage"]),
        error=kept["error"],
        took_ms=kept["took_ms"],
        asked=tuple(ModelUse(**{**use, "usage": Usage(**use["usage"])}) for use in kept.get("asked", ())),
    )
