"""What the agent says without asking a model, in French."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.ai.domain.sentences.keys import Sentence

if TYPE_CHECKING:
    from collections.abc import Mapping

WORDS: Mapping[Sentence, str] = {
    Sentence.APOLOGY: (
        " Je suis désolé, il y a eu un problème de mon côté. Nous reviendrons vers vous. Au revoir."
    ),
    Sentence.APOLOGY_TRANSFER: (
        " Je suis désolé, il y a eu un problème de mon côté. Je vous passe un collègue."
    ),
    Sentence.GOODBYE: "Merci de votre temps. Au revoir.",
    Sentence.OPTED_OUT: "J'ai retiré ce numéro de notre liste. Nous ne vous appellerons plus. Au revoir.",
    Sentence.NUMBER_NEEDED: (
        "Je ne connais pas ici votre numéro de téléphone et ne peux donc pas le retirer de la liste. "
        "Si nous vous appelons, dites-le à ce moment-là ou appuyez sur le 9 : nous ne vous appellerons plus."
    ),
    Sentence.CONFIRMED: "Merci. Votre rendez-vous est confirmé. Au revoir.",
    Sentence.REPEAT: "Pardon, pourriez-vous répéter ?",
    Sentence.SILENT_GOODBYE: "Je ne vous entends pas, je vais donc raccrocher. Au revoir.",
    Sentence.SPENT: "Je dois terminer l'appel ici. Merci de votre temps, et au revoir.",
    Sentence.STILL_THERE: "Êtes-vous toujours là ?",
    Sentence.UNCLEAR: "Pardon, je n'ai pas compris. Pourriez-vous le redire ?",
    Sentence.TOO_LONG: "Nous parlons depuis un bon moment, et je dois m'arrêter ici. Merci, et au revoir.",
    Sentence.TRANSFERRING: "Un instant, je vous passe un collègue.",
    Sentence.FILLER_1: "Un instant, s'il vous plaît. ",
    Sentence.FILLER_2: "Laissez-moi réfléchir. ",
    Sentence.FILLER_3: "Une seconde. ",
    Sentence.CHECKING: "Laissez-moi vérifier. ",
    Sentence.SAY_AGAIN: "Pardon, je vous le redis.",
    Sentence.EMERGENCY: (
        "Si quelqu'un est en danger, raccrochez maintenant et composez le {number}. "
        "Sinon, dites-moi comment je peux vous aider."
    ),
    Sentence.EMERGENCY_WRITTEN: (
        "Si quelqu'un est en danger, appelez tout de suite le {number}. "
        "Sinon, dites-moi comment je peux vous aider."
    ),
    Sentence.ABUSE_WARNING: "Je veux vous aider, mais restez poli, sinon je devrai mettre fin à l'appel.",
    Sentence.ABUSE_GOODBYE: "Je dois mettre fin à l'appel. Au revoir.",
    Sentence.NOT_DONE: "Je n'ai pas encore pu le faire. Puis-je vous aider pour autre chose ?",
    Sentence.OFFER_COLLEAGUE: (
        "Je suis désolé de ne pas avancer sur ce point. Voulez-vous que je vous passe un collègue ?"
    ),
    Sentence.OTHER_WORDS: "Je suis désolé, je ne ferais que me répéter. Pourriez-vous le dire autrement ?",
    Sentence.LAST_CHANCE: "Je vous entends mal. Dites quelque chose, s'il vous plaît{keys}.",
    Sentence.KEYS_OFFER: ", ou tapez {keys}",
    Sentence.KEYS_OR: ", ou ",
    Sentence.KEY_FOR_COLLEAGUE: "{key} pour un collègue",
    Sentence.KEY_FOR_OPT_OUT: "{key} si vous ne souhaitez plus être appelé",
    Sentence.COLLEAGUE_BUSY: "Je suis désolé, mon collègue est déjà en ligne.",
    Sentence.COLLEAGUE_NO_ANSWER: "Je suis désolé, mon collègue ne répond pas.",
    Sentence.COLLEAGUE_DECLINED: "Je suis désolé, mon collègue ne peut pas prendre l'appel pour le moment.",
    Sentence.COLLEAGUE_NOT_POSSIBLE: "Je suis désolé, je ne peux pas transférer votre appel pour le moment.",
    Sentence.ANYTHING_ELSE: " Puis-je vous aider pour autre chose ?",
    Sentence.CALL_AGAIN_LATER: " Rappelez plus tard, s'il vous plaît. Au revoir.",
    Sentence.HOLD_THE_LINE: "Ne quittez pas, s'il vous plaît.",
    Sentence.LINE_WAS_BAD: "Pardon, la ligne était mauvaise un instant. Continuez, s'il vous plaît.",
    Sentence.WOULD_LIKE_TO_TALK: "{name} souhaite vous parler.",
    Sentence.SOME_CALLER: "Quelqu'un",
    Sentence.THEY_SAID: " Ses mots : {words}",
    Sentence.THEY_SAID_NOTHING: " Le sujet n'a pas été précisé.",
    Sentence.JUST_NOW: " Et à l'instant : {words}",
    Sentence.INVITED: "Vous êtes invité à une conférence téléphonique.",
    Sentence.SUPERVISES: "On vous demande de superviser un appel.",
    Sentence.PRESS_TO_TAKE: "Appuyez sur 1 pour prendre l'appel.",
    Sentence.PRESS_TO_JOIN: "Appuyez sur 1 pour participer.",
    Sentence.CALL_IS_OVER: "L'appel est terminé. Au revoir.",
    Sentence.ALL_RIGHT: "D'accord. Au revoir.",
    Sentence.LEAVE_MESSAGE: (
        "Personne ne peut prendre votre appel pour le moment. Laissez un message après le bip."
    ),
    Sentence.NOTHING_HEARD: "Je n'ai rien entendu. Au revoir.",
    Sentence.MESSAGE_THANKS: "Merci. Nous reviendrons vers vous. Au revoir.",
    Sentence.CALL_FOR: "C'est un appel pour {name}.",
}
