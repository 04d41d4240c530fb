"""What the agent says without asking a model, in English."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.ai.domain.sentences.keys import Sentence

if TYPE_CHECKING:
    from collections.abc import Mapping

WORDS: Mapping[Sentence, str] = {
    Sentence.APOLOGY: " I am sorry, something went wrong on my side. We will get back to you. Goodbye.",
    Sentence.APOLOGY_TRANSFER: (
        " I am sorry, something went wrong on my side. Let me put you through to a colleague."
    ),
    Sentence.GOODBYE: "Thank you for your time. Goodbye.",
    Sentence.OPTED_OUT: "I have taken this number off our list. We will not call you again. Goodbye.",
    Sentence.NUMBER_NEEDED: (
        "I do not know your phone number here, so I cannot take it off our list myself. If we call you, "
        "say so on that call or press 9, and we will not call you again."
    ),
    Sentence.CONFIRMED: "Thank you. Your appointment is confirmed. Goodbye.",
    Sentence.REPEAT: "Sorry, could you say that once more?",
    Sentence.SILENT_GOODBYE: "I cannot hear you, so I will hang up now. Goodbye.",
    Sentence.SPENT: "I have to end the call here. Thank you for your time, and goodbye.",
    Sentence.STILL_THERE: "Are you still there?",
    Sentence.UNCLEAR: "Sorry, I did not catch that. Could you say it again?",
    Sentence.TOO_LONG: ("We have talked for quite a while, and I have to end here. Thank you, and goodbye."),
    Sentence.TRANSFERRING: "One moment, I will put you through to a colleague.",
    Sentence.FILLER_1: "One moment, please. ",
    Sentence.FILLER_2: "Let me think. ",
    Sentence.FILLER_3: "Just a second. ",
    Sentence.CHECKING: "Let me check that. ",
    Sentence.SAY_AGAIN: "Sorry, let me say that again.",
    Sentence.EMERGENCY: (
        "If anybody is in danger, please hang up now and dial {number}. If not, tell me how I can help you."
    ),
    Sentence.EMERGENCY_WRITTEN: (
        "If anybody is in danger, please call {number} at once. If not, tell me how I can help you."
    ),
    Sentence.ABUSE_WARNING: "I want to help you, but please stay polite, or I will have to end the call.",
    Sentence.ABUSE_GOODBYE: "I have to end the call here. Goodbye.",
    Sentence.NOT_DONE: "I have not been able to do that yet. Is there something else I can do for you?",
    Sentence.OFFER_COLLEAGUE: (
        "I am sorry that I am not getting any further with this. Shall I put you through to a colleague?"
    ),
    Sentence.OTHER_WORDS: "I am sorry, I would only repeat myself. Could you say it in other words?",
    Sentence.LAST_CHANCE: "I cannot hear you well. Please say something{keys}.",
    Sentence.KEYS_OFFER: ", or press {keys}",
    Sentence.KEYS_OR: ", or ",
    Sentence.KEY_FOR_COLLEAGUE: "{key} for a colleague",
    Sentence.KEY_FOR_OPT_OUT: "{key} if you do not want to be called again",
    Sentence.COLLEAGUE_BUSY: "I am sorry, my colleague is on another call.",
    Sentence.COLLEAGUE_NO_ANSWER: "I am sorry, my colleague does not answer.",
    Sentence.COLLEAGUE_DECLINED: "I am sorry, my colleague cannot take the call right now.",
    Sentence.COLLEAGUE_NOT_POSSIBLE: "I am sorry, I cannot put you through right now.",
    Sentence.ANYTHING_ELSE: " Can I help you with something else?",
    Sentence.CALL_AGAIN_LATER: " Please call again later. Goodbye.",
    Sentence.HOLD_THE_LINE: "Please hold the line.",
    Sentence.LINE_WAS_BAD: "Sorry, the line was bad for a moment. Please go on.",
    Sentence.WOULD_LIKE_TO_TALK: "{name} would like to talk to you.",
    Sentence.SOME_CALLER: "A caller",
    Sentence.THEY_SAID: " They said: {words}",
    Sentence.THEY_SAID_NOTHING: " They have not said what it is about.",
    Sentence.JUST_NOW: " And just now: {words}",
    Sentence.INVITED: "You are invited to a conference call.",
    Sentence.SUPERVISES: "You are asked to supervise a call.",
    Sentence.PRESS_TO_TAKE: "Press 1 to take the call.",
    Sentence.PRESS_TO_JOIN: "Press 1 to join.",
    Sentence.CALL_IS_OVER: "The call is over. Goodbye.",
    Sentence.ALL_RIGHT: "All right. Goodbye.",
    Sentence.LEAVE_MESSAGE: "Nobody can take your call right now. Please leave a message after the beep.",
    Sentence.NOTHING_HEARD: "I did not hear anything. Goodbye.",
    Sentence.MESSAGE_THANKS: "Thank you. We will get back to you. Goodbye.",
    Sentence.CALL_FOR: "This is a call for {name}.",
}
