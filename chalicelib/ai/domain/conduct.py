"""How a kind of call wants the AI to behave: which models it asks, what it may do, how it reacts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

EMERGENCY = "emergency"  # why a turn ended as it did in which somebody spoke of danger to life


class OnAbuse(StrEnum):
    """What follows when the caller goes on to insult after one warning."""

    GO_ON = "go_on"  # no warning either
    HANG_UP = "hang_up"
    TRANSFER = "transfer"


class OnEmergency(StrEnum):
    """What follows when somebody speaks of an emergency, after the fixed sentence that names the number."""

    OFF = "off"  # no fixed sentence: the model answers
    GO_ON = "go_on"
    HANG_UP = "hang_up"
    TRANSFER = "transfer"


class ApplyFields(StrEnum):
    """What becomes of values that were found in a call and that belong to the contact's record."""

    OFF = "off"
    PROPOSE = "propose"  # an operator accepts or refuses each
    APPLY = "apply"


@dataclass(frozen=True)
class Conduct:
    """The behaviour of one kind of call.

    `providers` are names of configured providers in the order in which they are asked; empty: all, in the
    deployment's order. `temperature` None: the provider's own. `max_answer_tokens` bounds one answer,
    `max_turns` the conversation, `max_tool_uses` the actions of one call. `confirm_tools` are actions that
    are only carried out after the caller has agreed to them. `emergency_text` is said at once when somebody
    speaks of an emergency; empty: our own words. `memory_chars` is how much of what is known of the contact
    from earlier calls may stand in the prompt (characters; 0: nothing). `mask_transcripts`: numbers of
    phones, cards and accounts, and e-mail addresses, are stored masked. `outcomes` are the words of which the
    analysis chooses one for what a call came to; empty: our own.
    """

    providers: tuple[str, ...] = ()
    temperature: float | None = None
    max_answer_tokens: int = 400
    max_turns: int = 40
    max_tool_uses: int = 12
    confirm_tools: tuple[str, ...] = ()
    on_abuse: OnAbuse = OnAbuse.HANG_UP
    on_emergency: OnEmergency = OnEmergency.GO_ON
    emergency_text: str = ""
    apply_fields: ApplyFields = ApplyFields.PROPOSE
    outcomes: tuple[str, ...] = ()
    memory_chars: int = 600
    mask_transcripts: bool = False


DEFAULT_CONDUCT = Conduct()
