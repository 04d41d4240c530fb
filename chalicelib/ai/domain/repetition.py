"""Conversations that go round in circles: the same answer twice, the same words of the caller three times."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from chalicelib.ai.domain.conversation import Heard, Spoken
from chalicelib.ai.domain.spelling import plain_quotes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chalicelib.ai.domain.conversation import Message

_MOST_SAME_WORDS = 3
# Shorter answers and words are said again without anything being wrong: "You are welcome.", "Yes, please."
_LEAST_WORDS_OF_ANSWER, _LEAST_WORDS_OF_CALLER = 5, 4
_ASKS_AGAIN = re.compile(
    r"""\b(?:again|repeat|once\s+more|pardon|what\s+did\s+you\s+say|didn'?t\s+(?:catch|hear|get)|what\?
    |otra\s+vez|repet\w+|repit\w+|de\s+nuevo|cómo\s+dice|no\s+(?:le\s+)?(?:oí|escuché|entendí)
    |noch\s*(?:ein)?mal|wiederhol\w+|wie\s+bitte|nicht\s+(?:gehört|verstanden)
    |répét\w+|encore\s+une\s+fois|redire|redites|pas\s+(?:entendu|compris))\b | ^\W*(?:what|sorry
    |hello|hm+|eh|huh|was|quoi|comment|perdón|cómo|qué)\W*$
    | ^\W*(?:i'?m\s+)?(?:sorry|excuse\s+me|perdón|perdone|disculpe|entschuldig\w+|excusez|désolée?)\b.*
    (?:\?|\b(?:when|what|where|who|how|which|wann|was|wo|wer|wie|quand|où|qui|quel\w*|cuándo|qué|dónde)\b)""",
    re.IGNORECASE | re.VERBOSE,
)
# Agreement, refusal and thanks are said often, each time to something else.
_POLITE_WORDS = (
    "yes no yeah thank thanks you that that's is it it's right correct ok okay please very much fine good not"
    " really sí si gracias muchas por favor eso es correcto está bien así claro nada nein ja danke bitte das"
    " ist stimmt richtig genau vielen schön sehr oui non merci beaucoup c'est ça exact bon d'accord s'il"
    " vous plaît i am sure all of course"
)
_POLITE = frozenset(_POLITE_WORDS.split())
# This much of the words of two answers that say the same is in both.
_ALIKE = 0.5


def words_of(text: str) -> tuple[str, ...]:
    """Give the words of a text without case and punctuation."""
    return tuple(re.findall(r"\w+(?:'\w+)*", plain_quotes(text).casefold()))


def asks_again(text: str) -> bool:
    """Tell whether the caller wants to hear the same once more."""
    return _ASKS_AGAIN.search(text) is not None


def insists(history: Iterable[Message], text: str) -> bool:
    """Tell whether the caller now says for the third time in a row, word for word, what did not help them."""
    words = words_of(text)
    if len(words) < _LEAST_WORDS_OF_CALLER or _POLITE.issuperset(words):
        return False
    told = tuple(history)
    heard = [words_of(message.text) for message in told if isinstance(message, Heard)]
    before = heard[-(_MOST_SAME_WORDS - 1) :]
    is_same = len(before) == _MOST_SAME_WORDS - 1 and all(each == words for each in before)
    return is_same and _are_alike([message.text for message in told if isinstance(message, Spoken)][-2:])


def _are_alike(answers: list[str]) -> bool:
    """Tell whether most words of these answers are the same."""
    words = [set(words_of(answer)) for answer in answers]
    common, all_words = set.intersection(*words) if words else set(), set().union(*words)
    return len(common) >= _ALIKE * len(all_words)


def is_answering(history: tuple[Message, ...]) -> bool:
    """Tell whether the agent has spoken since the caller did."""
    return any(isinstance(message, Spoken) for message in _since_heard(history))


def times_said(history: tuple[Message, ...], answer: str) -> int:
    """Count how often an answer was given, word for word."""
    words = words_of(answer)
    return sum(isinstance(message, Spoken) and words_of(message.text) == words for message in history)


def _since_heard(history: tuple[Message, ...]) -> list[Message]:
    """Give what came after the caller's last words."""
    last = max((index for index, message in enumerate(history) if isinstance(message, Heard)), default=-1)
    return list(history[last + 1 :])


def last_answer(history: tuple[Message, ...]) -> str:
    """Give what must not be answered again: the last answer, unless it is short or was asked for."""
    heard = next((message.text for message in reversed(history) if isinstance(message, Heard)), "")
    if asks_again(heard) and not is_answering(history):
        return ""
    spoken = next((message.text for message in reversed(history) if isinstance(message, Spoken)), "")
    return spoken if len(words_of(spoken)) >= _LEAST_WORDS_OF_ANSWER else ""


@dataclass
class EchoWatch:
    """Holds an answer back as long as it is, letter by letter, how the last one began.

    `is_of_turn`: the last one was spoken in this turn, so that it is left out of what goes on from it.
    """

    last: str
    held: str = ""
    is_of_turn: bool = False
    is_other: bool = field(default=False, init=False)

    def add(self, text: str) -> str:
        """Take some more of an answer; give what may be spoken now."""
        self.held += text
        if not self.is_other and self.last.startswith(self.held.strip()):
            return ""
        if self.is_of_turn and not self.is_other and self.last:
            self.held = self.held.lstrip().removeprefix(self.last.strip()).lstrip()
        return self._give()

    def anew(self) -> EchoWatch:
        """Watch another answer in the place of this one."""
        return EchoWatch(self.last, is_of_turn=self.is_of_turn)

    def rest(self) -> str:
        """Give what may be spoken when no more comes; what is held then is the last answer once more."""
        return "" if self.is_echo else self._give()

    @property
    def is_echo(self) -> bool:
        """Tell whether what came so far is the whole last answer."""
        return bool(self.last) and not self.is_other and words_of(self.held) == words_of(self.last)

    def _give(self) -> str:
        self.is_other = True
        given, self.held = self.held, ""
        return given
