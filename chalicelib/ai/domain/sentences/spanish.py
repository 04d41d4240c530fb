"""What the agent says without asking a model, in Spanish."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.ai.domain.sentences.keys import Sentence

if TYPE_CHECKING:
    from collections.abc import Mapping

WORDS: Mapping[Sentence, str] = {
    Sentence.APOLOGY: (
        " Lo siento, algo ha fallado por mi parte. Nos pondremos en contacto con usted. Adiós."
    ),
    Sentence.APOLOGY_TRANSFER: " Lo siento, algo ha fallado por mi parte. Le paso con un colega.",
    Sentence.GOODBYE: "Gracias por su tiempo. Adiós.",
    Sentence.OPTED_OUT: "He quitado este número de nuestra lista. No le llamaremos más. Adiós.",
    Sentence.NUMBER_NEEDED: (
        "Aquí no conozco su número de teléfono y no puedo quitarlo de la lista yo mismo. Si le llamamos, "
        "dígalo en esa llamada o pulse el 9, y no le llamaremos más."
    ),
    Sentence.CONFIRMED: "Gracias. Su cita está confirmada. Adiós.",
    Sentence.REPEAT: "Perdone, ¿podría repetirlo?",
    Sentence.SILENT_GOODBYE: "No le oigo, así que voy a colgar. Adiós.",
    Sentence.SPENT: "Tengo que terminar la llamada aquí. Gracias por su tiempo, y adiós.",
    Sentence.STILL_THERE: "¿Sigue usted ahí?",
    Sentence.UNCLEAR: "Perdone, no le he entendido. ¿Podría decirlo otra vez?",
    Sentence.TOO_LONG: "Ya hemos hablado bastante tiempo y tengo que terminar aquí. Gracias, y adiós.",
    Sentence.TRANSFERRING: "Un momento, le paso con un colega.",
    Sentence.FILLER_1: "Un momento, por favor. ",
    Sentence.FILLER_2: "Déjeme pensar. ",
    Sentence.FILLER_3: "Un segundo. ",
    Sentence.CHECKING: "Déjeme comprobarlo. ",
    Sentence.SAY_AGAIN: "Perdón, se lo digo otra vez.",
    Sentence.EMERGENCY: (
        "Si alguien está en peligro, cuelgue ahora y marque el {number}. Si no, dígame en qué puedo ayudarle."
    ),
    Sentence.EMERGENCY_WRITTEN: (
        "Si alguien está en peligro, llame de inmediato al {number}. Si no, dígame en qué puedo ayudarle."
    ),
    Sentence.ABUSE_WARNING: "Quiero ayudarle, pero le pido respeto, o tendré que terminar la llamada.",
    Sentence.ABUSE_GOODBYE: "Tengo que terminar la llamada aquí. Adiós.",
    Sentence.NOT_DONE: "Todavía no he podido hacerlo. ¿Puedo ayudarle en algo más?",
    Sentence.OFFER_COLLEAGUE: "Siento no poder avanzar con esto. ¿Le paso con un colega?",
    Sentence.OTHER_WORDS: "Lo siento, solo me repetiría. ¿Podría decirlo con otras palabras?",
    Sentence.LAST_CHANCE: "No le oigo bien. Por favor, diga algo{keys}.",
    Sentence.KEYS_OFFER: ", o pulse {keys}",
    Sentence.KEYS_OR: ", o ",
    Sentence.KEY_FOR_COLLEAGUE: "el {key} para hablar con un colega",
    Sentence.KEY_FOR_OPT_OUT: "el {key} si no quiere que le llamemos más",
    Sentence.COLLEAGUE_BUSY: "Lo siento, mi colega está en otra llamada.",
    Sentence.COLLEAGUE_NO_ANSWER: "Lo siento, mi colega no contesta.",
    Sentence.COLLEAGUE_DECLINED: "Lo siento, mi colega no puede atender la llamada ahora.",
    Sentence.COLLEAGUE_NOT_POSSIBLE: "Lo siento, ahora no puedo pasarle la llamada.",
    Sentence.ANYTHING_ELSE: " ¿Puedo ayudarle en algo más?",
    Sentence.CALL_AGAIN_LATER: " Por favor, llame más tarde. Adiós.",
    Sentence.HOLD_THE_LINE: "Por favor, no cuelgue.",
    Sentence.LINE_WAS_BAD: "Perdone, la línea ha fallado un momento. Continúe, por favor.",
    Sentence.WOULD_LIKE_TO_TALK: "{name} quiere hablar con usted.",
    Sentence.SOME_CALLER: "Alguien",
    Sentence.THEY_SAID: " Ha dicho: {words}",
    Sentence.THEY_SAID_NOTHING: " No ha dicho de qué se trata.",
    Sentence.JUST_NOW: " Y ahora mismo: {words}",
    Sentence.INVITED: "Está usted invitado a una conferencia telefónica.",
    Sentence.SUPERVISES: "Se le pide que supervise una llamada.",
    Sentence.PRESS_TO_TAKE: "Pulse 1 para atender la llamada.",
    Sentence.PRESS_TO_JOIN: "Pulse 1 para unirse.",
    Sentence.CALL_IS_OVER: "La llamada ha terminado. Adiós.",
    Sentence.ALL_RIGHT: "De acuerdo. Adiós.",
    Sentence.LEAVE_MESSAGE: (
        "En este momento nadie puede atender su llamada. Por favor, deje un mensaje después de la señal."
    ),
    Sentence.NOTHING_HEARD: "No he oído nada. Adiós.",
    Sentence.MESSAGE_THANKS: "Gracias. Nos pondremos en contacto con usted. Adiós.",
    Sentence.CALL_FOR: "Es una llamada para {name}.",
}
