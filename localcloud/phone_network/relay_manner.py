"""How a ConversationRelay session may be interrupted, read from its attributes and messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from localcloud.phone_network.speaker import Manner

if TYPE_CHECKING:
    from localcloud.phone_network.twiml import Verb

_BY_SPEECH = frozenset({"any", "true", "speech"})
_BY_KEYS = frozenset({"any", "true", "dtmf"})


@dataclass(frozen=True, slots=True)
class RelayManner:
    """The session's defaults; single messages may depart from them."""

    usual: Manner
    greeting: Manner
    reports_speech: bool
    events: frozenset[str]

    @classmethod
    def of(cls, relay: Verb) -> RelayManner:
        """Read a ConversationRelay element."""
        return cls(
            usual=_manner(relay.get("interruptible", "any"), preemptible=relay.get("preemptible") == "true"),
            greeting=_manner(relay.get("welcomeGreetingInterruptible", "any")),
            reports_speech=relay.get("reportInputDuringAgentSpeech", "none") in _BY_SPEECH,
            events=frozenset(relay.get("events").split()),
        )

    def of_frame(self, fields: dict[str, Any]) -> Manner:
        """Read a text or play message."""
        preemptible = fields.get("preemptible", self.usual.preemptible)
        if "interruptible" in fields:
            either = fields["interruptible"]
            return Manner(speech=either, keys=either, preemptible=preemptible)
        return Manner(speech=self.usual.speech, keys=self.usual.keys, preemptible=preemptible)


def _manner(value: str, *, preemptible: bool = False) -> Manner:
    return Manner(speech=value in _BY_SPEECH, keys=value in _BY_KEYS, preemptible=preemptible)
