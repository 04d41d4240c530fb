"""The names of the fixed sentences; what they say in each language is in the modules beside this one."""

from __future__ import annotations

from enum import StrEnum


class Sentence(StrEnum):
    """Something that is said without asking a model. Names in braces are filled in by whoever says it."""

    APOLOGY = "apology"
    APOLOGY_TRANSFER = "apology_transfer"
    GOODBYE = "goodbye"
    OPTED_OUT = "opted_out"
    NUMBER_NEEDED = "number_needed"  # for a wish not to be called of somebody whose number nobody knows
    CONFIRMED = "confirmed"
    REPEAT = "repeat"
    SILENT_GOODBYE = "silent_goodbye"
    SPENT = "spent"
    STILL_THERE = "still_there"
    UNCLEAR = "unclear"
    TOO_LONG = "too_long"
    TRANSFERRING = "transferring"
    # Spoken while the model is silent; each ends so that the answer can follow.
    FILLER_1 = "filler_1"
    FILLER_2 = "filler_2"
    FILLER_3 = "filler_3"
    # Spoken while an action takes long; ends so that the answer can follow.
    CHECKING = "checking"
    # Spoken when an answer broke off and is begun again.
    SAY_AGAIN = "say_again"
    # Danger, insults, and talks that go round in circles.
    EMERGENCY = "emergency"  # {number}
    EMERGENCY_WRITTEN = "emergency_written"  # {number}; to somebody who writes to us
    ABUSE_WARNING = "abuse_warning"
    ABUSE_GOODBYE = "abuse_goodbye"
    NOT_DONE = "not_done"
    OFFER_COLLEAGUE = "offer_colleague"
    OTHER_WORDS = "other_words"
    # The last question to somebody who is silent, with the keys that they may press.
    LAST_CHANCE = "last_chance"  # {keys}
    KEYS_OFFER = "keys_offer"  # {keys}
    KEYS_OR = "keys_or"
    KEY_FOR_COLLEAGUE = "key_for_colleague"  # {key}
    KEY_FOR_OPT_OUT = "key_for_opt_out"  # {key}
    # Hand-overs that reached nobody, and what follows.
    COLLEAGUE_BUSY = "colleague_busy"
    COLLEAGUE_NO_ANSWER = "colleague_no_answer"
    COLLEAGUE_DECLINED = "colleague_declined"
    COLLEAGUE_NOT_POSSIBLE = "colleague_not_possible"
    ANYTHING_ELSE = "anything_else"
    CALL_AGAIN_LATER = "call_again_later"
    HOLD_THE_LINE = "hold_the_line"
    LINE_WAS_BAD = "line_was_bad"
    # To colleagues, and to others who are called in.
    WOULD_LIKE_TO_TALK = "would_like_to_talk"  # {name}
    SOME_CALLER = "some_caller"
    THEY_SAID = "they_said"  # {words}
    THEY_SAID_NOTHING = "they_said_nothing"
    JUST_NOW = "just_now"  # {words}
    INVITED = "invited"
    SUPERVISES = "supervises"
    PRESS_TO_TAKE = "press_to_take"
    PRESS_TO_JOIN = "press_to_join"
    CALL_IS_OVER = "call_is_over"
    ALL_RIGHT = "all_right"
    # Messages that callers leave.
    LEAVE_MESSAGE = "leave_message"
    NOTHING_HEARD = "nothing_heard"
    MESSAGE_THANKS = "message_thanks"
    CALL_FOR = "call_for"  # {name}
