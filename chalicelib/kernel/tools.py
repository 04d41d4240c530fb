"""The shape of an action that the model may ask for; domains wrap their use cases in it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from pydantic import BaseModel


@dataclass(frozen=True)
class ToolContext:
    """To whom a tool applies: fixed by the server, never chosen by the model.

    `turn_at` is when the turn began in which it is used, also where that is taken up again; None: in no turn.
    `language` (BCP 47) is what the conversation is held in.
    """

    call_id: str
    contact_id: str
    number: str
    time_zone: str
    now: datetime
    turn_at: datetime | None = None
    language: str = "en"


class Effect(StrEnum):
    """What an action does to the world, beyond giving an answer."""

    NONE = "none"  # it reads, or only steers the conversation
    CHANGES = "changes"  # our own records
    OUTSIDE = "outside"  # something leaves the house: a message, a call


@dataclass(frozen=True)
class Tool:
    """A named action: what the model reads about it, its argument model, and what runs it.

    `run(context, arguments)` gives the sentence that the model gets back. `replaces`: each use takes the
    place of the one before it, so that what was wanted at first may be wanted again. `backs` names what the
    agent may say to be done when it took effect (see `ai/domain/claim_words`); None: what its name tells.
    `reads_back` gives what would be done in the words in which the caller is asked; an action that has it
    always waits for the caller's yes, and what it raises refuses the action at once. `runs_again`: asked for
    the same once more it runs, and finds by itself what is done already.
    """

    name: str
    description: str
    arguments: type[BaseModel]
    run: Callable[[ToolContext, Any], str]
    effect: Effect = Effect.CHANGES
    replaces: bool = False
    backs: tuple[str, ...] | None = None
    reads_back: Callable[[ToolContext, Any], str] | None = None
    runs_again: bool = False

    @property
    def changes(self) -> bool:
        """Tell whether it does more than read, or steer the conversation."""
        return self.effect is not Effect.NONE
