"""Claims that name no action, or in rarer words: held when nothing bears them out, and nothing else is."""

from __future__ import annotations

import pytest

from chalicelib.ai.domain.claim_backing import Backing
from chalicelib.ai.domain.claim_words import Claim
from chalicelib.ai.domain.claims import ClaimWatch, backed_by, claims_in

BOOKED = """\
It's in the calendar.
Everything is in our diary now.
You're all set for Tuesday.
You're all set for next Tuesday at two.
You're good for Friday at ten.
I've put you down for Tuesday at two.
I've got you in on Tuesday.
I have you for Tuesday at two.
I've pencilled you in for Friday.
I've slotted you in at four.
I've held that slot for you.
I just grabbed you the last spot.
I've blocked the time for you.
Perfect, see you on Tuesday at two.
See you Tuesday!
We'll see you on Tuesday then.
We look forward to seeing you on Friday.
We're expecting you on Monday.
Your slot is secured.
Your appointment is now on Thursday.
Está en la agenda.
Ya queda en el calendario.
Queda reservado para el martes.
El martes a las dos queda reservado.
Le he apartado una hora para el martes.
Le he puesto el martes a las dos.
He fijado su cita para el lunes.
Su cita queda fijada.
Le esperamos el martes a las dos.
Nos vemos el martes.
Perfecto, hasta el martes.
Todo listo para el martes.
Su cita es ahora el jueves.
Ihr Termin steht.
Ihr Termin steht fest.
Der Termin steht jetzt im Kalender.
Das ist im Kalender.
Sie stehen auf der Liste.
Ich habe Sie am Dienstag um zwei eingebucht.
Den Termin habe ich festgemacht.
Wir sehen uns am Dienstag.
Wir erwarten Sie am Dienstag.
Dann bis Dienstag!
Also bis Dienstag um zwei.
Sie haben jetzt am Dienstag einen Termin.
Alles klar für Dienstag.
C'est dans l'agenda.
Vous êtes dans le planning.
Votre rendez-vous est calé.
C'est bon pour mardi.
Je vous ai mis mardi à quatorze heures.
Je vous ai bloqué un créneau.
J'ai posé votre rendez-vous.
On se voit mardi.
Nous vous attendons mardi.
Alors à mardi !
Vous êtes attendu mardi.
"""
SENT = """\
A text is on its way.
Your confirmation is on its way.
The details are already on their way.
The email has gone out.
Text on its way!
El mensaje va en camino.
Su confirmación ya está en camino.
Die SMS ist unterwegs.
Die Bestätigung ist schon raus.
Ihre Mail ist auf dem Weg.
SMS ist raus.
Le SMS est parti.
Votre confirmation est en route.
"""
CHANGED = """\
I've pushed your appointment to Friday.
I've switched it to Friday.
I just bumped your visit to four.
He movido su cita al jueves.
Le he reprogramado la cita.
Reprogramé su cita.
Ich habe Ihren Termin vorverlegt.
J'ai décalé votre rendez-vous.
J'ai reporté votre rendez-vous à jeudi.
Votre rendez-vous a été reporté.
"""
CANCELLED = """\
You're no longer booked for Tuesday.
Your appointment is off the calendar.
I've freed up that slot.
I've dropped your booking.
Su cita queda anulada.
Ich habe Sie ausgetragen.
Sie sind nicht mehr angemeldet.
Je vous ai désinscrit.
Vous n'êtes plus inscrit.
"""
OTHERS = """\
That's taken care of.
Everything is sorted.
Queda anotado.
Eso está resuelto.
Das ist geregelt.
C'est réglé.
C'est dans votre dossier.
"""
LET_THROUGH = """\
See you!
See you soon.
See you then!
Shall I see you on Tuesday?
Will we see you on Tuesday?
Can I put you down for Tuesday?
Would Tuesday at two work for you?
I can see you on Tuesday at two.
The doctor can see you on Tuesday.
If you book now, we'll see you on Tuesday.
Once you confirm, you're all set for Tuesday.
You're all set.
You'll be all set for Tuesday once I have booked it.
Would you like to be in the calendar?
There's nothing in the calendar yet.
I'll check the calendar.
I'm looking in the calendar.
It's not in the calendar yet.
Is it in the calendar?
I have Tuesday at two or Friday at ten.
I have an opening on Tuesday.
I have two slots for you on Tuesday.
We have you on file.
Do I have you for Tuesday?
The technician is on her way.
The doctor is on his way.
Is the text on its way?
Your phone is switched off.
Your data is secured.
Your appointment is on Tuesday.
Are you no longer booked?
You called us on Tuesday.
We are open on Tuesday.
We're not expecting you on Monday, are we?
I can take care of that.
I'll take care of that.
You put yourself down for Tuesday.
What can I do for you on Tuesday?
I will not see you on Tuesday.
I can put it in the calendar for you.
¿Nos vemos el martes?
¿Le va bien el martes a las dos?
Puedo ponerle el martes a las dos.
Si quiere, nos vemos el martes.
La agenda está llena.
No está en la agenda.
Todavía no queda reservado.
Hasta luego.
¿Le esperamos el martes?
Abrimos el martes a las ocho.
El técnico está en camino.
Tengo un hueco el martes.
Steht Ihr Termin schon?
Ihr Termin steht noch nicht fest.
Der Kalender ist voll.
Im Kalender ist am Dienstag noch Platz.
Passt Ihnen Dienstag um zwei?
Ich kann Sie am Dienstag einbuchen.
Wenn Sie wollen, sehen wir uns am Dienstag.
Sehen wir uns am Dienstag?
Bis bald!
Bis Dienstag haben wir geschlossen.
Der Techniker ist unterwegs.
Haben Sie am Dienstag einen Termin?
Sie haben am Dienstag angerufen.
Am Dienstag haben wir einen Termin frei.
Das ist nicht geregelt.
C'est dans quel agenda ?
Ce n'est pas dans l'agenda.
L'agenda est plein.
On se voit mardi ?
Si vous voulez, on se voit mardi.
À bientôt !
Je peux vous mettre mardi à quatorze heures.
Nous sommes ouverts de lundi à mardi.
J'ai un créneau mardi.
Le technicien est en route.
Est-ce que votre rendez-vous est calé ?
Ce n'est pas réglé.
"""
LISTS = {"booked": BOOKED, "sent": SENT, "changed": CHANGED, "cancelled": CANCELLED, "others": OTHERS}
LIES = [line for text in LISTS.values() for line in text.splitlines()]


@pytest.mark.parametrize("text", LIES)
def test_a_claim_in_rarer_words_is_held(text):
    """Nobody has done anything: what tells the caller otherwise is not spoken."""
    watch = ClaimWatch(Backing(frozenset()))
    said = watch.add(f"Okay. {text}") + watch.rest()
    assert watch.has_claim
    assert said + watch.held == f"Okay. {text}"


@pytest.mark.parametrize("text", LET_THROUGH.splitlines())
def test_what_claims_nothing_is_let_through(text):
    """Questions, offers, conditions, courtesies, and what others did or do."""
    assert claims_in(text) == frozenset()


@pytest.mark.parametrize(
    ("tools", "texts"),
    [
        (("book_appointment",), BOOKED),
        (("send_sms",), SENT),
        (("move_appointment",), CHANGED),
        (("cancel_appointment",), CANCELLED),
    ],
)
def test_what_was_done_may_be_said_in_rarer_words(tools, texts):
    """Each kind is borne out by the action of its kind."""
    held = [line for line in texts.splitlines() if claims_in(line) - backed_by(tools)]
    assert held == []


@pytest.mark.parametrize("tools", [("book_appointment",), ("move_appointment",), ("schedule_callback",)])
def test_whoever_set_a_time_may_expect_somebody_then(tools):
    """A time stands after a booking, a move and a promised call; after a note it does not."""
    for text in ("See you on Tuesday.", "It's in the calendar.", "Ihr Termin steht.", "On se voit mardi."):
        assert claims_in(text) == {Claim.EXPECTED}
        assert claims_in(text) <= backed_by(tools)
        assert not claims_in(text) <= backed_by(("add_note",))
