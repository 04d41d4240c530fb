"""What is answered by rule because the caller is in danger, insults, or goes round in circles with us."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.ai.domain.abuse import is_abusive
from chalicelib.ai.domain.conduct import EMERGENCY, OnAbuse, OnEmergency
from chalicelib.ai.domain.conversation import CallerSaid, CallerUnclear, Hangup, Listen, Say, Transfer
from chalicelib.ai.domain.emergencies import emergency_number, is_emergency, spoken_number
from chalicelib.ai.domain.repetition import insists
from chalicelib.ai.domain.saying import say_fixed
from chalicelib.ai.domain.sentences import Sentence
from chalicelib.ai.domain.tooling import agrees

if TYPE_CHECKING:
    from chalicelib.ai.domain.conversation import Conversation, Directive, Event

# Why a turn ended as it did; the next turns are answered by it.
ABUSE_WARNED = "abuse_warned"
ABUSE = "abuse"
COLLEAGUE_OFFERED = "colleague_offered"
# After so many turns without an insult a warning lapses.
_TURNS_OF_WARNING = 5


def react_to_danger(conversation: Conversation, event: Event) -> tuple[Directive, ...]:
    """Name the emergency number, once, to whoever speaks of an emergency; hardly heard words count."""
    on_emergency = conversation.conduct.on_emergency
    is_told = on_emergency is OnEmergency.OFF or EMERGENCY in conversation.reasons
    if is_told or not isinstance(event, CallerSaid | CallerUnclear) or not is_emergency(event.text):
        return ()
    return (_emergency_words(conversation), _after_emergency(conversation))


def _emergency_words(conversation: Conversation) -> Say:
    if own := conversation.conduct.emergency_text:
        return Say(own, last=True)
    number = emergency_number(conversation.own_language, conversation.number)
    if conversation.is_written:
        return say_fixed(conversation, Sentence.EMERGENCY_WRITTEN, number=number)
    return say_fixed(conversation, Sentence.EMERGENCY, number=spoken_number(number))


def _after_emergency(conversation: Conversation) -> Directive:
    match conversation.conduct.on_emergency:
        case OnEmergency.HANG_UP:
            return Hangup(EMERGENCY)
        case OnEmergency.TRANSFER if conversation.has_colleague:
            return Transfer(EMERGENCY)
        case _:
            return Listen(EMERGENCY)


def react_to_words(conversation: Conversation, event: Event) -> tuple[Directive, ...]:
    """Answer insults, a yes to the colleague whom we have just offered, and words said for the third time."""
    if not isinstance(event, CallerSaid):
        return ()
    if conversation.conduct.on_abuse is not OnAbuse.GO_ON and is_abusive(event.text):
        return _answer_to_abuse(conversation)
    if conversation.reasons[-1:] == (COLLEAGUE_OFFERED,) and agrees(event.text):
        return (say_fixed(conversation, Sentence.TRANSFERRING), Transfer("asked_for_person"))
    if may_offer(conversation) and insists(conversation.history, event.text):
        return offer_colleague(conversation)
    return ()


def _answer_to_abuse(conversation: Conversation) -> tuple[Directive, ...]:
    if ABUSE_WARNED not in conversation.reasons[-_TURNS_OF_WARNING:]:
        return (say_fixed(conversation, Sentence.ABUSE_WARNING), Listen(ABUSE_WARNED))
    if conversation.conduct.on_abuse is OnAbuse.TRANSFER and conversation.has_colleague:
        return (say_fixed(conversation, Sentence.TRANSFERRING), Transfer(ABUSE))
    return (say_fixed(conversation, Sentence.ABUSE_GOODBYE), Hangup(ABUSE))


def may_offer(conversation: Conversation) -> bool:
    """Tell whether there is a colleague to offer who was not offered yet."""
    return conversation.has_colleague and COLLEAGUE_OFFERED not in conversation.reasons


def offer_colleague(conversation: Conversation) -> tuple[Directive, ...]:
    """Offer somebody else; a yes to it puts the caller through."""
    return (say_fixed(conversation, Sentence.OFFER_COLLEAGUE), Listen(COLLEAGUE_OFFERED))
