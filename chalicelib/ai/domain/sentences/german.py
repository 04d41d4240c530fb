"""What the agent says without asking a model, in German."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.ai.domain.sentences.keys import Sentence

if TYPE_CHECKING:
    from collections.abc import Mapping

WORDS: Mapping[Sentence, str] = {
    Sentence.APOLOGY: (
        " Es tut mir leid, bei mir ist etwas schiefgegangen. Wir melden uns bei Ihnen. Auf Wiederhören."
    ),
    Sentence.APOLOGY_TRANSFER: (
        " Es tut mir leid, bei mir ist etwas schiefgegangen. Ich verbinde Sie mit einem Kollegen."
    ),
    Sentence.GOODBYE: "Vielen Dank für Ihre Zeit. Auf Wiederhören.",
    Sentence.OPTED_OUT: (
        "Ich habe diese Nummer von unserer Liste genommen. Wir rufen Sie nicht mehr an. Auf Wiederhören."
    ),
    Sentence.NUMBER_NEEDED: (
        "Ich kenne Ihre Telefonnummer hier nicht und kann sie deshalb nicht selbst von der Liste nehmen. "
        "Wenn wir Sie anrufen, sagen Sie es bitte dann oder drücken Sie die 9: "
        "Danach rufen wir nicht mehr an."
    ),
    Sentence.CONFIRMED: "Vielen Dank. Ihr Termin ist bestätigt. Auf Wiederhören.",
    Sentence.REPEAT: "Entschuldigung, könnten Sie das bitte noch einmal sagen?",
    Sentence.SILENT_GOODBYE: "Ich kann Sie nicht hören und lege jetzt auf. Auf Wiederhören.",
    Sentence.SPENT: "Ich muss das Gespräch hier beenden. Vielen Dank für Ihre Zeit und auf Wiederhören.",
    Sentence.STILL_THERE: "Sind Sie noch da?",
    Sentence.UNCLEAR: "Entschuldigung, das habe ich nicht verstanden. Könnten Sie es noch einmal sagen?",
    Sentence.TOO_LONG: (
        "Wir sprechen schon eine ganze Weile, und ich muss hier enden. Vielen Dank und auf Wiederhören."
    ),
    Sentence.TRANSFERRING: "Einen Moment, ich verbinde Sie mit einem Kollegen.",
    Sentence.FILLER_1: "Einen Moment, bitte. ",
    Sentence.FILLER_2: "Lassen Sie mich kurz überlegen. ",
    Sentence.FILLER_3: "Eine Sekunde. ",
    Sentence.CHECKING: "Ich sehe kurz nach. ",
    Sentence.SAY_AGAIN: "Entschuldigung, ich sage das noch einmal.",
    Sentence.EMERGENCY: (
        "Wenn jemand in Gefahr ist, legen Sie bitte jetzt auf und wählen Sie die {number}. "
        "Wenn nicht, sagen Sie mir, wie ich helfen kann."
    ),
    Sentence.EMERGENCY_WRITTEN: (
        "Wenn jemand in Gefahr ist, rufen Sie bitte sofort die {number} an. "
        "Wenn nicht, sagen Sie mir, wie ich helfen kann."
    ),
    Sentence.ABUSE_WARNING: (
        "Ich möchte Ihnen helfen, aber bitte bleiben Sie höflich, sonst muss ich das Gespräch beenden."
    ),
    Sentence.ABUSE_GOODBYE: "Ich muss das Gespräch hier beenden. Auf Wiederhören.",
    Sentence.NOT_DONE: "Das konnte ich noch nicht erledigen. Kann ich sonst etwas für Sie tun?",
    Sentence.OFFER_COLLEAGUE: (
        "Es tut mir leid, dass ich hier nicht weiterkomme. Soll ich Sie mit einem Kollegen verbinden?"
    ),
    Sentence.OTHER_WORDS: (
        "Es tut mir leid, ich würde mich nur wiederholen. Könnten Sie es mit anderen Worten sagen?"
    ),
    Sentence.LAST_CHANCE: "Ich kann Sie nicht gut hören. Bitte sagen Sie etwas{keys}.",
    Sentence.KEYS_OFFER: ", oder drücken Sie {keys}",
    Sentence.KEYS_OR: ", oder ",
    Sentence.KEY_FOR_COLLEAGUE: "die {key} für einen Kollegen",
    Sentence.KEY_FOR_OPT_OUT: "die {key}, wenn Sie nicht mehr angerufen werden möchten",
    Sentence.COLLEAGUE_BUSY: "Es tut mir leid, in der Leitung meines Kollegen wird gerade gesprochen.",
    Sentence.COLLEAGUE_NO_ANSWER: "Es tut mir leid, mein Kollege geht nicht ans Telefon.",
    Sentence.COLLEAGUE_DECLINED: "Es tut mir leid, mein Kollege kann den Anruf gerade nicht annehmen.",
    Sentence.COLLEAGUE_NOT_POSSIBLE: "Es tut mir leid, ich kann Sie gerade nicht verbinden.",
    Sentence.ANYTHING_ELSE: " Kann ich Ihnen sonst noch helfen?",
    Sentence.CALL_AGAIN_LATER: " Bitte rufen Sie später noch einmal an. Auf Wiederhören.",
    Sentence.HOLD_THE_LINE: "Bitte bleiben Sie in der Leitung.",
    Sentence.LINE_WAS_BAD: "Entschuldigung, die Verbindung war kurz schlecht. Bitte sprechen Sie weiter.",
    Sentence.WOULD_LIKE_TO_TALK: "{name} möchte mit Ihnen sprechen.",
    Sentence.SOME_CALLER: "Jemand",
    Sentence.THEY_SAID: " Die Worte waren: {words}",
    Sentence.THEY_SAID_NOTHING: " Worum es geht, wurde nicht gesagt.",
    Sentence.JUST_NOW: " Und gerade eben: {words}",
    Sentence.INVITED: "Sie sind zu einer Telefonkonferenz eingeladen.",
    Sentence.SUPERVISES: "Sie werden gebeten, ein Gespräch zu begleiten.",
    Sentence.PRESS_TO_TAKE: "Drücken Sie die 1, um den Anruf anzunehmen.",
    Sentence.PRESS_TO_JOIN: "Drücken Sie die 1, um teilzunehmen.",
    Sentence.CALL_IS_OVER: "Der Anruf ist beendet. Auf Wiederhören.",
    Sentence.ALL_RIGHT: "In Ordnung. Auf Wiederhören.",
    Sentence.LEAVE_MESSAGE: (
        "Gerade kann niemand Ihren Anruf annehmen. Bitte hinterlassen Sie nach dem Ton eine Nachricht."
    ),
    Sentence.NOTHING_HEARD: "Ich habe nichts gehört. Auf Wiederhören.",
    Sentence.MESSAGE_THANKS: "Vielen Dank. Wir melden uns bei Ihnen. Auf Wiederhören.",
    Sentence.CALL_FOR: "Das ist ein Anruf für {name}.",
}
