"""One answer of the model on its way: what may be spoken, what is held back, what the model is told."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chalicelib.ai.domain.claim_backing import OF_A_TIME, Backing
from chalicelib.ai.domain.claim_words import Claim
from chalicelib.ai.domain.claims import ClaimWatch, backed_by, borne_out, is_borne_out
from chalicelib.ai.domain.conversation import (
    END_TOOL,
    TRANSFER_TOOL,
    Conversation,
    Corrected,
    Heard,
    Listen,
    Say,
    Spoken,
    ToolUsed,
)
from chalicelib.ai.domain.named_times import starts_in
from chalicelib.ai.domain.reactions import may_offer, offer_colleague
from chalicelib.ai.domain.repetition import EchoWatch, insists, is_answering, last_answer, times_said
from chalicelib.ai.domain.saying import say_fixed
from chalicelib.ai.domain.sentences import Sentence

if TYPE_CHECKING:
    from chalicelib.ai.domain.conversation import Directive, ToolSpec, UseTool

_CLAIM_NOTE = """

You were about to say: "{text}" It was not spoken, because no action in this conversation has done it. Either
use the action that does it now, or say truthfully that it is not done. What records say, call a record."""
# Whoever has done this has let a colleague know.
_HEARD_OF = frozenset({Claim.NOTED, Claim.CALL_PROMISED, Claim.PUT_THROUGH})
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
        self.echo, self.claims = self.echo.anew(), ClaimWatch(self.claims.backing)
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
    return Answer(echo, ClaimWatch(backing(conversation)))


def backing(conversation: Conversation) -> Backing:
    """Say which claims were borne out so far: by what was done, and how things stand by what was read.

    What is promised on a call becomes a task when the call is read; nobody reads a chat when it is over.
    """
    specs = {spec.name: spec for spec in conversation.tools}
    backs = {name: _backed_by(name, specs.get(name)) for name in conversation.done}
    done = frozenset(claim for claims in backs.values() for claim in claims)
    is_read = not conversation.is_written or done & _HEARD_OF
    return _with_times(conversation, backs, done | {Claim.REFERRED} if is_read else done)


def _with_times(
    conversation: Conversation, backs: dict[str, frozenset[Claim]], claims: frozenset[Claim]
) -> Backing:
    """Add for which times it was; a claim that an act without a time bears out is not judged by times."""
    uses = [each for each in conversation.history if isinstance(each, ToolUsed) and each.done]
    starts = {use: starts_in((use.arguments, use.result)) for use in uses}
    timeless = [use.name for use, found in starts.items() if not found]
    judged = OF_A_TIME.difference(*(_of_rows(backs.get(name, frozenset())) for name in timeless))
    of_rows = [found for use, found in starts.items() if _of_rows(backs.get(use.name, frozenset()))]
    rows = frozenset(start for found in of_rows for start in found)
    now = frozenset(claim for name in _done_now(conversation) for claim in backs.get(name, ()))
    return Backing(claims, now, rows, judged)


def _of_rows(claims: frozenset[Claim]) -> frozenset[Claim]:
    """Give the claims that are of a time, of those that an act bears out."""
    return OF_A_TIME & (claims | {Claim.BOOKED} if Claim.STANDS in claims else claims)


def _done_now(conversation: Conversation) -> list[str]:
    """Give the actions that took effect since the caller spoke last."""
    places = [place for place, each in enumerate(conversation.history) if isinstance(each, Heard)]
    since = conversation.history[places[-1] if places else 0 :]
    return [each.name for each in since if isinstance(each, ToolUsed) and each.done]


def _backed_by(name: str, spec: ToolSpec | None) -> frozenset[Claim]:
    if spec is not None and spec.backs is not None:
        return borne_out(spec.backs)
    is_reading = spec is not None and not spec.changes and name != TRANSFER_TOOL
    return frozenset() if is_reading or name == END_TOOL else backed_by((name,))


def settled(conversation: Conversation, answer: Answer) -> Directive | None:
    """Give what becomes of words that waited for the actions of their answer; None: none waited."""
    if not answer.withheld.strip():
        return None
    if is_borne_out(answer.withheld, backing(conversation)):
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
