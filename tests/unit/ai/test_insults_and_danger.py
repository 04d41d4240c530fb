"""Harmless words that sound like insults or danger, and danger in everyday words; four languages."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from chalicelib.ai.domain.abuse import is_abusive
from chalicelib.ai.domain.conversation import CallerSaid, Conversation, Hangup, Listen
from chalicelib.ai.domain.emergencies import is_emergency

TALK = Conversation("Be brief.", "Hello.")


@pytest.mark.parametrize(
    "text",
    [
        "Ich bringe Sie um zehn Uhr hin",
        "ich bringe sie um 15 Uhr vorbei, die Unterlagen",
        "Ich bring Sie um halb acht zum Termin",
        "I'll shoot you an email",
        "I'll shoot you a text",
        "I will shoot your colleague an email",
        "I will beat your price",
        "I'm going to beat your competitor",
        "I'm going to kill you with kindness",
        "I need to shut up shop early",
        "Shut up, no way! that is great",
        "The screw your technician used was wrong",
        "the screw you sent does not fit",
        "the lids screw off",
        "Go to hell's kitchen",
        "I want to go to Hell Michigan",
        "You stupid thing, I mean the printer",
        "You fucking rock",
        "suck my thumb",
        "Die Termine, sie sind blöd",
        "Meine Hunde, sie sind total dumm",
        "Sie sind blöd gelaufen, diese Termine",
        "ihr Schwein ist krank",
        "Je suis un pauvre idiot",
        "Je parle du gros con d'à côté",
        "¡Cállate, no me digas!",
        "du Idiot, ich meine den Hund",
    ],
)
def test_harmless_words_are_no_insult(text):
    """Idioms, times of day, and words about things, animals, others or oneself."""
    assert not is_abusive(text)


@pytest.mark.parametrize(
    "text",
    [
        "I'm gonna kill you",
        "I will shoot you!",
        "I'll beat you up",
        "I will kill your family",
        "Shut up!",
        "just shut up and listen",
        "Oh shut up already",
        "Screw you",
        "screw you guys",
        "so screw your company",
        "you can go to hell",
        "you stupid machine",
        "you fucking robot",
        "Ich bringe dich um",
        "ich bring Sie um!",
        "ich werde dich umbringen",
        "Sie sind dumm",
        "du bist so blöd",
        "Sie Trottel",
        "ihr Idioten",
        "Sie sind ein Idiot",
        "pauvre con",
        "tu es un pauvre idiot",
        "cállate",
    ],
)
def test_real_insults_still_are(text):
    """What is taken out for idioms takes out nothing else."""
    assert is_abusive(text)


@pytest.mark.parametrize(("polite", "ending"), [(4, Hangup("abuse")), (5, Listen("abuse_warned"))])
def test_a_warning_lapses_after_five_polite_turns(respond, polite, ending):
    """After that an insult is the first one again."""
    talk = replace(TALK, reasons=("abuse_warned", *[""] * polite))
    assert respond(CallerSaid("You are an idiot."), talk)[-1] == ending


@pytest.mark.parametrize(
    "text",
    [
        "my baby is choking",
        "my father collapsed and isn't moving",
        "my father collapsed",
        "my grandmother isn't moving",
        "My mother fell and she doesn't respond",
        "she doesn't respond",
        "Help, there's a fire",
        "there is a fire in the kitchen",
        "My husband is not breathing, I called two weeks ago about his asthma",
        "my husband is not breathing and I called two weeks ago about his asthma",
        "somebody is breaking into my house, two months ago they did too",
        "it's an emergency, my husband has a broken leg; no, he has an emergency contact card",
        "Is this the suicide prevention line? I want to die",
        "I think my wife is having a stroke",
        "She had a seizure",
        "Call 911",
        "call 112 please",
        "please call nine one one",
        "the burglar has a gun",
        "my mother is dying",
        "I'm dying",
        "I want to end it all",
        "he has a knife",
        "I overdosed",
        "I can barely breathe",
        "Es brennt!",
        "bei uns brennt es",
        "Es brennt in der Küche",
        "mein Vater ist zusammengebrochen",
        "sie atmet nicht",
        "sie reagiert nicht mehr",
        "ich ersticke",
        "Rufen Sie die Polizei!",
        "mi padre se desmayó y no respira",
        "le está dando un infarto",
        "me ahogo",
        "tengo una emergencia",
        "hay fuego en la casa",
        "Au feu !",
        "il y a le feu",
        "mon bébé s'étouffe",
        "mon père s'est effondré",
        "j'appelle la police",
        "j'ai une urgence",
        "I don't want to live anymore",
        "I do not want to be alive",
        "I took too many pills",
        "she has just taken too many of her tablets",
        "I swallowed a whole bottle of sleeping pills",
        "Me voy a matar",
        "ya no quiero vivir",
        "no quiero vivir más",
        "He tomado demasiadas pastillas",
        "Ich möchte nicht mehr leben",
        "Ich habe zu viele Schlaftabletten genommen",
        "Je ne veux plus vivre",
        "J'ai pris trop de médicaments",
    ],
)
def test_everyday_words_of_danger_are_noticed(text):
    """What takes it back counts only in the clause in which it is said."""
    assert is_emergency(text)


@pytest.mark.parametrize(
    "text",
    [
        "my phone is dying",
        "my battery is dying",
        "the battery is going to die",
        "I'm dying of laughter",
        "She is dying to meet you",
        "I had a stroke of luck",
        "I need to call 112 Main Street",
        "I need 112 chairs",
        "I need the 999 package",
        "I need a 911 tyre",
        "Can we end it all here",
        "I have an emergency dentist appointment",
        "I have an emergency at work so I must cancel",
        "my mother had a stroke last year",
        "My husband had a heart attack in 2019 so he can't drive",
        "I almost had a heart attack when I saw the bill",
        "he has a knife block to sell",
        "do you have a knife?",
        "I'm not breathing down your neck",
        "chest pain appointment for next week",
        "the house is on fire sale",
        "he's not moving to Texas",
        "my agent doesn't respond to emails",
        "there is a fire alarm in the hall",
        "the roof collapsed last year",
        "I overdosed on coffee",
        "Je suis au feu rouge",
        "Je suis au feu rouge, rappelez-moi",
        "au feu à droite puis tout droit",
        "J'ai une urgence au travail, je dois annuler",
        "J'appelle la police d'assurance",
        "Es brennt eine Lampe",
        "die Lampe brennt nicht, es brennt nichts",
        "Ich rufe von der Polizei an",
        "Ich rufe an von der Feuerwehr Musterstadt wegen der Rechnung",
        "Ich hole die Polizei nicht",
        "Ich ersticke in Arbeit",
        "ich hatte letztes Jahr einen Herzinfarkt",
        "tengo una emergencia en el trabajo, quiero cambiar la cita",
        "me ahogo en deudas",
        "va a dar un infarto con esos precios",
        "el infarto de mi padre fue en 2010",
        "llamo a la policía local para preguntar",
        "I don't want to live here anymore",
        "I don't want to live anymore in that flat",
        "I don't want to live with this noise",
        "I have never taken too many pills",
        "do you sell pills",
        "no quiero vivir más en esa casa",
        "me voy a matar trabajando",
        "Je ne veux plus vivre ici",
        "Ich möchte nicht mehr in Berlin leben",
        "demasiadas pastillas en la caja",
    ],
)
def test_idioms_and_what_is_past_are_no_danger(text):
    """Idioms, addresses, goods, work, and what happened long ago."""
    assert not is_emergency(text)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en-US", "please call 911 at once"),
        ("es-MX", "llame de inmediato al 911"),
        ("de-DE", "rufen Sie bitte sofort die 112 an"),
        ("fr-FR", "appelez tout de suite le 112"),
    ],
)
def test_who_writes_is_not_told_to_hang_up(respond, language, words):
    """A chat names the number in digits; there is nothing to hang up."""
    talk = replace(TALK, is_written=True, own_language=language)
    assert words in respond(CallerSaid("I can't breathe"), talk)[0].text


@pytest.mark.parametrize(
    "word", ["you are so ", "shut up ", "my husband ", "fuck, ", "i end ", "...", "sie sind so "]
)
def test_no_words_take_long_to_judge(word):
    """Only the first part of them is read."""
    is_abusive("fuck warm up"), is_emergency("fire warm up")
    started = time.process_time()
    is_abusive(word * 4000), is_emergency(word * 4000)
    assert time.process_time() - started < 0.06
