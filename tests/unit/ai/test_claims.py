"""Words that something was done: found in four languages while they stream, and nothing else."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.ai.domain.claim_backing import Backing
from chalicelib.ai.domain.claim_words import Claim
from chalicelib.ai.domain.claims import ClaimWatch, backed_by, claims_in

CLAIMS = {
    "I have booked you in for Tuesday at four.": Claim.BOOKED,
    "I've just sent you a text.": Claim.SENT,
    "Okay, I booked that for you.": Claim.BOOKED,
    "I\u2019ve noted that.": Claim.NOTED,
    "I have made a note of that.": Claim.NOTED,
    "I've gone ahead and scheduled a callback.": Claim.CALL_PROMISED,
    "Your appointment has been booked for Monday.": Claim.BOOKED,
    "I have you booked for Tuesday.": Claim.BOOKED,
    "Great, I've updated your email address.": Claim.CHANGED,
    "I've put you through to sales.": Claim.PUT_THROUGH,
    "Your appointment is now confirmed.": Claim.DONE,
    "We have cancelled your order.": Claim.CANCELLED,
    "Ich habe den Termin für Dienstag um vier gebucht.": Claim.BOOKED,
    "Das habe ich notiert.": Claim.NOTED,
    "Ihr Termin ist jetzt gebucht.": Claim.BOOKED,
    "Ich habe Ihnen eine SMS geschickt.": Claim.SENT,
    "He reservado su cita para el martes.": Claim.BOOKED,
    "Le he enviado un mensaje.": Claim.SENT,
    "Ya lo he anotado.": Claim.NOTED,
    "Acabo de enviarle un mensaje.": Claim.SENT,
    "Su cita ha sido reservada.": Claim.BOOKED,
    "J'ai réservé votre rendez-vous pour mardi.": Claim.BOOKED,
    "Je vous ai envoyé un message.": Claim.SENT,
    "C'est noté.": Claim.DONE,
    "J'ai bien pris note.": Claim.NOTED,
    "Votre rendez-vous a été annulé.": Claim.CANCELLED,
}
NO_CLAIMS = [
    "We sell pumps.",
    "I can book that for you.",
    "Shall I book it?",
    "Have I noted that correctly?",
    "Once I have booked it, you will get a text.",
    "I have not booked anything.",
    "I haven't sent it.",
    "We sent you an offer last week.",
    "I have three options for you.",
    "I will send you a text.",
    "You have booked a room with us.",
    "Your appointment is on Tuesday.",
    "I would have booked it.",
    "I have heard that you would like to change the booking.",
    "Ich habe drei Termine frei.",
    "Ich habe das nicht gebucht.",
    "Sobald ich den Termin gebucht habe, melde ich mich.",
    "Puedo reservar una cita.",
    "¿Le he enviado el mensaje?",
    "Je peux réserver pour vous.",
    "J'ai trois options.",
    "You are all set!",
    "Tuesday is fully booked.",
    "That slot is booked, I'm afraid.",
    "The clinic is on Main Street, it has been moved to the second floor.",
    "Your data has been stored in Germany.",
    "Your appointment is booked for Tuesday, according to your file.",
    "I see your appointment is already booked.",
    "Once you confirm, you're booked for Tuesday.",
    "Der Termin ist bereits gebucht.",
    "Ich habe gesehen, dass Sie schon angemeldet sind.",
    "Ich habe Ihren Termin noch nicht gebucht.",
    "Das ist erledigt, sobald Sie zustimmen.",
    "Wir haben am Montag und Mittwoch Termine, aber Dienstag ist alles reserviert.",
    "El martes está reservado.",
    "La clínica ha cambiado de dirección.",
    "Todavía no lo he reservado. ¿Qué día prefiere?",
    "No he reservado nada todavía.",
    "Su cita no está reservada.",
    "Listo, ¿qué día prefiere?",
    "Nous avons fixé nos tarifs.",
    "J'ai mis du temps.",
    "Je ne l'ai pas annulé.",
    "Le rendez-vous est fixé à mardi.",
]
LIES = [
    "Your appointment is booked for Tuesday.",
    "Great, your appointment with Dr. Miller on Tuesday is confirmed.",
    "You are booked.",
    "You're booked in for Tuesday.",
    "Booked!",
    "Done.",
    "All done.",
    "Okay, that's booked, is there anything else?",
    "I've put you in for Tuesday.",
    "I've got you down for Tuesday at 3.",
    "I've made your appointment.",
    "I went ahead and booked you.",
    "Your appointment was cancelled.",
    "The appointment has been made.",
    "I've booked you for Tuesday at 3, is there anything else?",
    "I have moved your appointment to an earlier time.",
    "If you like to know: I have booked you.",
    "Gebucht!",
    "Erledigt.",
    "Ihr Termin ist gebucht.",
    "Ihr Termin am Dienstag um drei ist gebucht.",
    "Sie sind eingetragen.",
    "Sie sind für Dienstag angemeldet.",
    "Der Termin wurde verschoben.",
    "Ich habe Sie für Dienstag gebucht, nicht vergessen: Karte mitbringen.",
    "Ich habe einen früheren Termin gebucht, früher ging es nicht.",
    "Ya está hecho.",
    "Listo.",
    "Reservado.",
    "Su cita del martes a las tres ha quedado reservada.",
    "Sí, he reservado su cita.",
    "Votre rendez-vous est réservé.",
    "Réservé !",
    "J'ai pris rendez-vous pour vous.",
    "Vous êtes inscrit.",
]
TEXTS = [*CLAIMS, *NO_CLAIMS, *LIES]
_LONGEST_S = 0.25


def _watched(pieces, backed=frozenset()):
    watch = ClaimWatch(Backing(frozenset(backed)))
    return "".join([watch.add(piece) for piece in pieces]) + watch.rest(), watch.held


@pytest.mark.parametrize(("text", "claim"), CLAIMS.items())
def test_a_claim_is_found(text, claim):
    """Whoever says that it did something claims just that."""
    assert claims_in(text) == {claim}


@pytest.mark.parametrize("text", NO_CLAIMS)
def test_what_claims_nothing_is_let_through(text):
    """Offers, questions, conditions, denials and tales of earlier days are spoken whole."""
    assert claims_in(text) == frozenset()
    assert _watched([text]) == (text, "")


@pytest.mark.parametrize("text", CLAIMS)
def test_a_claim_waits_from_its_first_word_on(text):
    """Nothing of it was spoken when it turns out to be one; what follows it waits too."""
    said, held = _watched([f"Sure. {text}", " Anything else?"])
    assert said.startswith("Sure.")
    assert claims_in(said) == frozenset()
    assert claims_in(held)
    assert f"{said}{held}" == f"Sure. {text} Anything else?"


@pytest.mark.parametrize(("text", "claim"), CLAIMS.items())
def test_a_claim_that_is_borne_out_is_spoken(text, claim):
    """What was really done may be said."""
    assert _watched([text], {claim}) == (text, "")


@pytest.mark.parametrize("text", LIES)
def test_what_tells_the_caller_that_it_is_done_is_held(text):
    """As a state, in one word, in the passive, or with something harmless after it."""
    said, held = _watched([f"Okay. {text}"])
    assert held
    assert claims_in(text)
    assert f"{said}{held}" == f"Okay. {text}"


def test_a_booking_is_no_promise_of_a_call():
    """Who promised to call has booked nothing; who set a time may say just that."""
    promised = backed_by(("schedule_callback",))
    for text in (
        "I've scheduled a call for Tuesday.",
        "I've scheduled that.",
        "Ihr Rückruf ist eingetragen.",
    ):
        assert claims_in(text) <= promised
    for text in (
        "I've booked you for Tuesday.",
        "I've scheduled your appointment.",
        "Ihr Termin ist gebucht.",
    ):
        assert not claims_in(text) <= promised


def test_a_german_sentence_waits_for_few_words():
    """What may end in a claim is let through when so many words have not made it one."""
    watch = ClaimWatch(Backing(frozenset()))
    text = "Wir haben am Dienstag um zehn Uhr noch einen Platz frei, am Mittwoch ebenso"
    assert watch.add(text).startswith("Wir haben am Dienstag um zehn Uhr noch")


def test_no_text_takes_long():
    """Each word costs the same, however long the sentence is."""
    began = time.process_time()
    claims_in("ich habe " * 450)
    watch = ClaimWatch(Backing(frozenset()))
    for _ in range(450):
        watch.add("ich habe ")
    assert time.process_time() - began < _LONGEST_S


@given(st.lists(st.sampled_from(TEXTS), min_size=1, max_size=3), st.data())
def test_the_pieces_of_a_stream_make_no_difference(texts, data):
    """However an answer is cut up, the same words are spoken and the same are held, and none is lost."""
    text = " ".join(texts)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=12)))
    pieces = [text[begin:end] for begin, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    said, held = _watched(pieces)
    assert said + held == text
    assert (said.strip(), held.strip()) == tuple(part.strip() for part in _watched([text]))


def test_other_words_do_not_wait():
    """Only a sentence that may become a claim is kept back, and no longer than it may."""
    watch = ClaimWatch(Backing(frozenset()))
    assert [watch.add(piece) for piece in ("Pumps", " and", " valves.", " I", " may", " help.")] == [
        "Pumps", " and", " valves.", " ", "I may", " help.",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("tools", "claims"),
    [
        ((), frozenset()),
        (("add_note",), {Claim.NOTED, Claim.DONE}),
        (("send_sms",), {Claim.SENT, Claim.DONE}),
        (("frobnicate",), set(Claim)),
        (("book_appointment",), {Claim.BOOKED, Claim.CALL_PROMISED, Claim.EXPECTED, Claim.DONE}),
        (("move_appointment",), {Claim.CHANGED, Claim.NOTED, Claim.EXPECTED, Claim.DONE}),
        (("cancel_appointment",), {Claim.CANCELLED, Claim.DONE}),
        (("schedule_callback",), {Claim.CALL_PROMISED, Claim.EXPECTED, Claim.DONE}),
    ],
)
def test_an_action_bears_out_what_its_name_says(tools, claims):
    """A note is no booking; an action whose name tells nothing may have been anything."""
    assert backed_by(tools) == claims
