"""Conversations that go round in circles: the same answer twice, the same words of the caller three times."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from chalicelib.ai.domain.conversation import Heard, Spoken

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chalicelib.ai.domain.conversation import Message

_MOST_SAME_WORDS = 3
# Shorter answers and words are said again without anything being wrong: "You are welcome.", "Yes, please."
_LEAST_WORDS_OF_ANSWER, _LEAST_WORDS_OF_CALLER = 5, 3
_ASKS_AGAIN = re.compile(
    r"""\b(?:again|repeat|once\s+more|pardon|what\s+did\s+you\s+say|didn'?t\s+(?:catch|hear|get)|what\?
    |otra\s+vez|repet\w+|repit\w+|de\s+nuevo|cómo\s+dice|no\s+(?:le\s+)?(?:oí|escuché|entendí)
    |noch\s*(?:ein)?mal|wiederhol\w+|wie\s+bitte|nicht\s+(?:gehört|verstanden)
    |répét\w+|encore\s+une\s+fois|redire|redites|pas\s+(?:entendu|compris))\b | ^\W*(?:what|sorry
    |hello|hm+|eh|huh|was|quoi|comment|perdón|cómo|qué)\W*$""",
    re.IGNORECASE | re.VERBOSE,
)


def words_of(text: str) -> tuple[str, ...]:
    """Give the words of a text without case and punctuation."""
    return tuple(re.findall(r"\w+", text.casefold()))


def asks_again(text: str) -> bool:
    """Tell whether the caller wants to hear the same once more."""
    return _ASKS_AGAIN.search(text) is not None


def insists(history: Iterable[Message], text: str) -> bool:
    """Tell whether the caller now says for the third time in a row, word for word, what did not help them."""
    words = words_of(text)
    heard = [words_of(message.text) for message in history if isinstance(message, Heard)]
    before = heard[-(_MOST_SAME_WORDS - 1) :]
    is_long = len(words) >= _LEAST_WORDS_OF_CALLER
    return is_long and len(before) == _MOST_SAME_WORDS - 1 and all(each == words for each in before)


def last_answer(history: tuple[Message, ...]) -> str:
    """Give what must not be answered again: the last answer, unless it is short or was asked for."""
    if history and isinstance(history[-1], Heard) and asks_again(history[-1].text):
        return ""
    spoken = next((message.text for message in reversed(history) if isinstance(message, Spoken)), "")
    return spoken if len(words_of(spoken)) >= _LEAST_WORDS_OF_ANSWER else ""


@dataclass
class EchoWatch:
    """Holds an answer back as long as it is, letter by letter, how the last one began."""

    last: str
    held: str = ""
    is_other: bool = field(default=False, init=False)

    def add(self, text: str) -> str:
        """Take some more of an answer; give what may be spoken now."""
        self.held += text
        if not self.is_other and self.last.startswith(self.held.strip()):
            return ""
        return self._give()

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
