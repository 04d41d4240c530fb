"""Fixed sentences that are spoken on a call beside its turns, in the language of the caller."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.ai.domain.conversation import Say
from chalicelib.ai.domain.saying import fixed_language
from chalicelib.ai.domain.sentences import sentence
from chalicelib.calls.domain.templates import other_language
from chalicelib.calls.domain.turns import language_so_far

if TYPE_CHECKING:
    from chalicelib.ai.domain.sentences import Sentence
    from chalicelib.calls.domain.files import CallFile


def say_on(file: CallFile, *keys: Sentence) -> Say:
    """Give fixed sentences, one after the other, in the language in which the caller was answered last.

    Where we do not have them in that, they are in the call's own language, or in English.
    """
    tag = fixed_language(other_language(file.brief, language_so_far(file.turns)))
    language = tag or (file.brief.language if file.brief else "")
    return Say("".join(sentence(key, language) for key in keys), last=True, language=tag)
