"""Languages, tempers, dangers, and last words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from e2e.situations.base import RELAY, Expect, Situation, talks
from e2e.situations.wishes import REFUSED_NEXT, is_suppressed

if TYPE_CHECKING:
    from e2e.situations.trial import Trial

LAST_WORDS = "No thanks, I am happy where I am."
KNOWN = {"key": "preferred_day", "value": "Thursdays after four"}


def words_are_kept(trial: Trial) -> None:
    """What was said while hanging up stands in the transcript."""
    assert trial.call["turns"][-1]["said"] == LAST_WORDS


def wish_is_kept(trial: Trial) -> None:
    """The words are in the transcript too, and nobody calls again."""
    assert trial.call["turns"][-1]["said"] == "Stop calling me."
    is_suppressed(trial)


def languages_are_told(trial: Trial) -> None:
    """Each turn has the language that was spoken in it."""
    spoken = [turn["language"] for turn in trial.call["turns"] if turn["said"]]
    assert spoken[0].startswith("en"), spoken
    assert spoken[1:] == ["de-DE"] * len(spoken[1:]), spoken


def remember(trial: Trial) -> None:
    """Have an operator write down what an earlier call brought."""
    answer = trial.ask("POST", f"/v1/crm/contacts/{trial.contact_id}/memory", KNOWN)
    assert answer.status_code == 201, answer.text


def colleague_has_a_task(trial: Trial) -> None:
    """Somebody is told of the danger, with this call."""
    notes = trial.ask("GET", f"/v1/crm/contacts/{trial.contact_id}/notes").json()["items"]
    assert any(note["kind"] == "task" and note["call_id"] == trial.call_id for note in notes), notes


def callback_waits(trial: Trial) -> None:
    """A call to the person waits for the time that was promised."""

    def waiting() -> list[str]:
        calls = trial.ask("GET", f"/v1/calls?contact_id={trial.contact_id}").json()["items"]
        return [call["id"] for call in calls if call["state"] == "queued"]

    assert len(trial.wait_for(waiting, 20)) == 1


SITUATIONS = [
    Situation(
        "Says no, and hangs up in the same breath",
        talks({"say": LAST_WORDS, "hang_up": True}),
        Expect("completed", stored="the last words", more=words_are_kept),
        (RELAY,),
    ),
    Situation(
        "Wants no more calls, and hangs up in the same breath",
        talks({"say": "Stop calling me.", "hang_up": True}),
        Expect("opted_out", stored=f"the last words; {REFUSED_NEXT}", more=wish_is_kept),
        (RELAY,),
    ),
    Situation(
        "Is called in Spanish",
        talks(
            {"say": "¿Es usted un robot?", "lang": "es-ES"},
            {"say": "No me llame más, por favor.", "lang": "es-ES"},
            rules=[{"hears": "Adiós", "hang_up": True}],
        ),
        Expect(
            "opted_out",
            heard=["¿Tiene un momento?", "No le llamaremos más"],
            not_heard=["We will not call"],
            stored=REFUSED_NEXT,
            more=is_suppressed,
        ),
        (RELAY,),
        template={"language": "es-ES", "greeting": "Hola, soy Ava, de Harbor Dental. ¿Tiene un momento?"},
    ),
    Situation(
        "Changes the language in the middle of the call",
        talks(
            "Yes, sure.",
            {"say": "Können wir bitte Deutsch sprechen?", "lang": "de-DE"},
            {"say": "Bitte rufen Sie mich nicht mehr an.", "lang": "de-DE"},
            rules=[{"hears": "Wiederhören", "hang_up": True}],
        ),
        Expect(
            "opted_out",
            heard=["mornings or afternoons", "Gern, sprechen wir Deutsch.", "Wir rufen Sie nicht mehr an"],
            stored="the language of each turn",
            more=languages_are_told,
        ),
        (RELAY,),
        template={"languages": ["de-DE"]},
        model_rules=[
            {
                "name": "german",
                "when": {"user": {"regex": "Deutsch sprechen"}},
                "say": "Gern, sprechen wir Deutsch. Passt es Ihnen gerade?",
            }
        ],
    ),
    Situation(
        "Insults the agent, and does not stop",
        talks("You stupid idiot.", "Shut up, you piece of shit."),
        Expect(
            "completed",
            reason="abuse",
            heard=["please stay polite", "I have to end the call here"],
        ),
        (RELAY,),
    ),
    Situation(
        "Is in danger",
        talks("Help, my husband is not breathing!", {"say": "I will call them.", "hang_up": True}),
        Expect(
            "completed",
            heard=["/please hang up now and dial/"],
            events=["emergency"],
            stored="a task for a colleague",
            more=colleague_has_a_task,
        ),
        (RELAY,),
    ),
    Situation(
        "Has told in an earlier call what suits them",
        talks("What do you know about me?", "Goodbye."),
        Expect("completed", heard=["You prefer Thursdays after four"]),
        (RELAY,),
        before=remember,
        model_rules=[
            {
                "name": "remembers",
                "when": {"user": {"regex": "know about me"}, "system": {"regex": "Thursdays after four"}},
                "say": "You prefer Thursdays after four.",
            }
        ],
    ),
    Situation(
        "Is promised a call by an agent that sets no time",
        talks("Please call me back tomorrow at 3 pm.", "Goodbye."),
        Expect(
            "completed",
            heard=["Yes, we will call you back tomorrow at three."],
            stored="the promised call waits",
            more=callback_waits,
        ),
        (RELAY,),
        model_rules=[
            {
                "name": "promises",
                "when": {"user": {"regex": "call me back"}},
                "say": "Yes, we will call you back tomorrow at three. Is there anything else?",
            }
        ],
    ),
]
