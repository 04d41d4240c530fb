"""What keys of the phone do without a model: those of the menu, and those that every call has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.ai.domain.conversation import MenuAction
from chalicelib.ai.domain.saying import fixed_language
from chalicelib.ai.domain.sentences import Sentence, sentence

if TYPE_CHECKING:
    from chalicelib.ai.domain.conversation import Conversation, MenuKey

OPT_OUT_KEY = "9"
# Where no menu says otherwise, and only right after it was offered.
COLLEAGUE_KEY = "1"


def entry_of(menu: tuple[MenuKey, ...], digits: str) -> MenuKey | None:
    """Give the entry of a menu for what was pressed."""
    return next((entry for entry in menu if entry.key == digits), None)


def opts_out(menu: tuple[MenuKey, ...], digits: str) -> bool:
    """Tell whether what was pressed means: do not call me again. `9` does on every call."""
    entry = entry_of(menu, digits)
    return digits == OPT_OUT_KEY or (entry is not None and entry.action is MenuAction.OPT_OUT)


def acts_alone(menu: tuple[MenuKey, ...], digits: str) -> bool:
    """Tell whether a key acts at once, so that it begins no longer number."""
    return opts_out(menu, digits) or entry_of(menu, digits) is not None


def colleague_key(conversation: Conversation) -> str:
    """Give the key that leads to a colleague; empty when there is none."""
    for entry in conversation.menu:
        if entry.action is MenuAction.TRANSFER:
            return entry.key
    is_free = entry_of(conversation.menu, COLLEAGUE_KEY) is None
    return COLLEAGUE_KEY if conversation.has_colleague and is_free else ""


def offers(conversation: Conversation) -> str:
    """Say which keys there are, as the end of "Please say something"; empty when there is none."""
    language = fixed_language(conversation.language) or conversation.own_language
    colleague = colleague_key(conversation)
    offered = [sentence(Sentence.KEY_FOR_COLLEAGUE, language, key=colleague)] if colleague else []
    if conversation.may_opt_out:
        offered.append(sentence(Sentence.KEY_FOR_OPT_OUT, language, key=OPT_OUT_KEY))
    keys = sentence(Sentence.KEYS_OR, language).join(offered)
    return sentence(Sentence.KEYS_OFFER, language, keys=keys) if offered else ""
