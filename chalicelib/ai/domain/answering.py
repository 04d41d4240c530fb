"""One answer of the model on its way: what may be spoken, what is held back, what the model is told."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chalicelib.ai.domain.claims import ClaimWatch, backed_by, borne_out, claims_in
from chalicelib.ai.domain.conversation import (
    END_TOOL,
    TRANSFER_TOOL,
    Conversation,
    Corrected,
    Listen,
    Say,
    Spoken,
)
from chalicelib.ai.domain.reactions import may_offer, offer_colleague
from chalicelib.ai.domain.repetition import EchoWatch, insists, is_answering, last_answer, times_said
from chalicelib.ai.domain.saying import say_fixed
from chalicelib.ai.domain.sentences import Sentence

if TYPE_CHECKING:
    from chalicelib.ai.domain.claim_words import Claim
    from chalicelib.ai.domain.conversation import Directive, ToolSpec, UseTool

_CLAIM_NOTE = """

You were about to say: "{text}" It was not spoken, because no action in this conversation has done it. Either
use the action that does it now, or say truthfully that it is not done. What records say, call a record."""
# An answer that was given so often has not helped.
_TOO_OFTEN = 2
_ECHO_NOTE = """

You were about to say once more, word for word, what you said last. It was not spoken. Answer in other words,
ask what is missing, or offer to put the caller through or to have somebody call back."""
_INSIST_NOTE = """

The caller says the same for the third time: your answers have not helped. Answer differently, or offer that
somebody calls back."""


@dataclass
class Answer:
    """What one question to the model gave so far; `text` is what was let through, `uses` what it wants."""

    echo: EchoWatch
    claims: ClaimWatch
    text: str = ""
    uses: tuple[UseTool, ...] = ()

    def add(self, text: str) -> str:
        """Take some more; give what may be spoken now."""
        return self._let(self.claims.add(self.echo.add(text)))

    def rest(self) -> str:
        """Give what may be spoken when the model has finished; words before an action may be the same."""
        end = self.echo.held if self.uses and self.echo.is_echo else self.echo.rest()
        if end and self.uses:
            self.echo.held = ""
        return self._let(self.claims.add(end) + self.claims.rest())

    def begin_anew(self, bridge: str) -> str:
        """Forget what was not let through: the answer comes from its beginning, after these words."""
        self.echo, self.claims = self.echo.anew(), ClaimWatch(self.claims.backed)
        return self._let(bridge)

    @property
    def withheld(self) -> str:
        """What was not let through."""
        return self.echo.held + self.claims.held

    @property
    def is_echo(self) -> bool:
        """Tell whether it is what was answered last."""
        return self.echo.is_echo

    @property
    def is_said(self) -> bool:
        """Tell whether it only says again what was spoken in this turn."""
        return self.echo.is_of_turn and self.echo.is_echo

    def _let(self, text: str) -> str:
        self.text += text
        return text


def answer_in(conversation: Conversation) -> Answer:
    """Begin an answer to a conversation."""
    history = conversation.history
    echo = EchoWatch(last_answer(history), is_of_turn=is_answering(history))
    return Answer(echo, ClaimWatch(backed(conversation)))


def backed(conversation: Conversation) -> frozenset[Claim]:
    """Say which claims were borne out so far: by what was done, not by what was read."""
    specs = {spec.name: spec for spec in conversation.tools}
    return frozenset(claim for name in conversation.done for claim in _backed_by(name, specs.get(name)))


def _backed_by(name: str, spec: ToolSpec | None) -> frozenset[Claim]:
    if spec is not None and spec.backs is not None:
        return borne_out(spec.backs)
    is_reading = spec is not None and not spec.changes and name != TRANSFER_TOOL
    return frozenset() if is_reading or name == END_TOOL else backed_by((name,))


def settled(conversation: Conversation, answer: Answer) -> Directive | None:
    """Give what becomes of words that waited for the actions of their answer; None: none waited."""
    if not answer.withheld.strip():
        return None
    if claims_in(answer.withheld) <= backed(conversation):
        return Say(answer.withheld + " ", language=conversation.language)
    return Corrected(answer.withheld.strip())


def corrections(conversation: Conversation, answer: Answer) -> tuple[Directive, ...]:
    """Say what is fitting when the model, asked again, still says what must not be said."""
    if not answer.is_echo:
        return (say_fixed(conversation, Sentence.NOT_DONE), Listen())
    if times_said(conversation.history, answer.echo.last) < _TOO_OFTEN:
        return (Say(answer.withheld, last=True, language=conversation.language), Listen())
    if may_offer(conversation):
        return offer_colleague(conversation)
    return (say_fixed(conversation, Sentence.OTHER_WORDS), Listen())


def corrected(conversation: Conversation, answer: Answer) -> Conversation:
    """Tell the model what it must not say, and what of its answer was spoken."""
    note = _ECHO_NOTE if answer.is_echo else _CLAIM_NOTE.format(text=answer.withheld.strip())
    return spoken(replace(conversation, instructions=conversation.instructions + note), answer.text)


def spoken(conversation: Conversation, text: str) -> Conversation:
    """Add what was let through to the history."""
    if not text.strip():
        return conversation
    return replace(conversation, history=(*conversation.history, Spoken(text)))


def advised(conversation: Conversation, text: str) -> Conversation:
    """Tell the model when the caller goes round in circles; `text` is not in the history yet."""
    if not insists(conversation.history, text):
        return conversation
    return replace(conversation, instructions=conversation.instructions + _INSIST_NOTE)
