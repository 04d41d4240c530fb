"""What a conversation is made of: messages, events in, directives out; no wording and no I/O."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from chalicelib.ai.domain.conduct import DEFAULT_CONDUCT, Conduct

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.ai.domain.machines import OtherEnd


# The one action that the rules of law demand on every call, whatever its template allows.
OPT_OUT_TOOL = "stop_calling_me"
CONFIRM_TOOL = "confirm_appointment"
# Those that the engine itself carries out once they are granted.
END_TOOL = "end_call"
TRANSFER_TOOL = "transfer_to_person"


@dataclass(frozen=True)
class Heard:
    """Words, or a key, that came from the caller."""

    text: str


@dataclass(frozen=True)
class Spoken:
    """What the caller heard from the agent; less than was written when they talked over it."""

    text: str


@dataclass(frozen=True)
class ToolUsed:
    """An action that the model asked for, and what it was told came of it; `done`: it took effect."""

    id: str
    name: str
    arguments: str
    result: str
    done: bool = False


Message = Heard | Spoken | ToolUsed


@dataclass(frozen=True)
class CallStarted:
    """The call is connected; the agent speaks first."""


@dataclass(frozen=True)
class CallerSaid:
    """A finished utterance, with the language it was understood in (BCP 47), if known."""

    text: str
    language: str = ""


@dataclass(frozen=True)
class CallerPressed:
    """One or more keys of the phone, such as `9` or `1234`; `is_complete`: no more follow."""

    digits: str
    is_complete: bool = False


@dataclass(frozen=True)
class CallerSilent:
    """The caller was asked and said nothing for as long as we wait."""


@dataclass(frozen=True)
class CallerUnclear:
    """Something was heard that is no speech, or was hardly understood; `text` is what it may have been."""

    text: str = ""


@dataclass(frozen=True)
class CallerInterrupted:
    """The caller talked over the agent, who was heard as far as `heard` (barge-in)."""

    heard: str
    after_ms: int = 0


@dataclass(frozen=True)
class CallEnded:
    """The line is gone; nothing can be said any more."""


Event = (
    CallStarted | CallerSaid | CallerPressed | CallerSilent | CallerUnclear | CallerInterrupted | CallEnded
)


@dataclass(frozen=True)
class Say:
    """Text to speak now; `last` closes the agent's talk for this turn.

    `language` (BCP 47) is named where it is not the call's own.
    """

    text: str
    last: bool = False
    language: str = ""


@dataclass(frozen=True)
class Listen:
    """The caller has the floor; `reason` says why, where it is not simply their turn."""

    reason: str = ""


@dataclass(frozen=True)
class AwaitKeys:
    """More keys may follow at once: what comes after this is wanted only when none does."""


@dataclass(frozen=True)
class GoOn:
    """The rest of the answer is still to come: ask for it when what was said has been heard."""


@dataclass(frozen=True)
class UseTool:
    """Run this action and send its `ToolResult` back into the generator."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True)
class Corrected:
    """Words of the model that were held back, as nothing bears them out or they were said before.

    Nothing is to be spoken for it: what is said instead follows.
    """

    text: str


@dataclass(frozen=True)
class Transfer:
    """Hand the caller over to a person."""

    reason: str


@dataclass(frozen=True)
class Hangup:
    """End the call after what was said has been heard."""

    reason: str


Directive = Say | Listen | AwaitKeys | GoOn | UseTool | Corrected | Transfer | Hangup
Ending = Listen | Transfer | Hangup


@dataclass(frozen=True)
class ToolResult:
    """What running an action gave: a sentence for the model, and whether the action took effect."""

    text: str
    done: bool = True


@dataclass(frozen=True)
class ToolSpec:
    """What the model is told of an action; `parameters` is a JSON schema.

    `changes`: it does more than read, so that it can bear out the words that something was done; `backs`
    names which words (values of `Claim`), also of one that reads; None: those that its name tells.
    """

    name: str
    description: str
    parameters: Mapping[str, Any]
    changes: bool = True
    backs: tuple[str, ...] | None = None


class OnFailure(StrEnum):
    """What to do when the model does not answer."""

    HANG_UP = "hang_up"
    TRANSFER = "transfer"


class MenuAction(StrEnum):
    """What a key of a menu does."""

    SAY = "say"  # speak the entry's text, and listen again
    ASK = "ask"  # put the entry's text to the model, as if the caller had said it
    TRANSFER = "transfer"
    OPT_OUT = "opt_out"
    CONFIRM = "confirm"  # note that the caller will come to the appointment; no model is asked
    HANG_UP = "hang_up"


@dataclass(frozen=True)
class MenuKey:
    """One key of a menu: what it does, and the text that goes with it."""

    key: str
    action: MenuAction
    text: str = ""


@dataclass(frozen=True)
class Conversation:
    """All that the engine needs to know to answer one event.

    `silences` counts what came before, in a row, that was no answer. `closing`: we have already said goodbye.
    `has_colleague`: there is somebody to hand over to. `is_spent`: the call has cost what it may.
    `promised`: why we have just said that we put the caller through, which has not begun yet; empty when not.
    `other_end`: who has been heard on a call that we placed; None on a call to us.
    `reasons` say why each turn so far ended as it did, in order; `done` are the names of the actions that
    took effect in it. `is_late`: the call is about to last as long as it may.
    `language` (BCP 47): in which the caller is answered where it is not `own_language`, the call's own; it is
    one of `languages`.
    `number` is the person's own (E.164), empty where nobody knows it.
    `is_written`: the person reads the answers, which are left as the model writes them.
    """

    instructions: str
    greeting: str
    history: tuple[Message, ...] = ()
    tools: tuple[ToolSpec, ...] = ()
    on_failure: OnFailure = OnFailure.HANG_UP
    silences: int = 0
    turns: int = 0
    may_opt_out: bool = True
    closing: bool = False
    menu: tuple[MenuKey, ...] = ()
    has_colleague: bool = False
    is_spent: bool = False
    promised: str = ""
    other_end: OtherEnd | None = None
    conduct: Conduct = DEFAULT_CONDUCT
    reasons: tuple[str, ...] = ()
    done: tuple[str, ...] = ()
    is_late: bool = False
    own_language: str = "en-US"
    languages: tuple[str, ...] = ()
    language: str = ""
    number: str = ""
    is_written: bool = False
