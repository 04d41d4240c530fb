"""Which words revoke the consent to calls and messages, in English, Spanish, German and French.

Consent can be revoked "by any reasonable means" (47 CFR 64.1200(a)(10)). A model is never asked, so that no
model can miss it.
"""

from __future__ import annotations

from chalicelib.ai.domain.revocation.english import ENGLISH
from chalicelib.ai.domain.revocation.french import FRENCH
from chalicelib.ai.domain.revocation.german import GERMAN
from chalicelib.ai.domain.revocation.reading import sentences_of
from chalicelib.ai.domain.revocation.spanish import SPANISH
from chalicelib.ai.domain.revocation.written import INSISTENT, INSTRUCTIONS, KEYWORDS, SHORT

__all__ = ["KEYWORDS", "SHORT", "asks_to_be_left", "get_ready"]

_GRAMMARS = (ENGLISH, SPANISH, GERMAN, FRENCH)


def get_ready() -> None:
    """Compile the grammars while nobody waits for an answer; it takes some tens of milliseconds."""
    asks_to_be_left("Hello.")


def asks_to_be_left(text: str, *, written: bool = False) -> bool:
    """Tell whether a sentence of the text asks not to be called or written to again."""
    sentences = sentences_of(INSTRUCTIONS.sub(" ", text))
    return INSISTENT.fullmatch(text) is not None or any(
        grammar.asks(sentences, written=written) for grammar in _GRAMMARS
    )
