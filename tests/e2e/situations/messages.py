"""Text messages, beside calls and in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from e2e.situations.base import BOTH, RELAY, Expect, Situation, talks

if TYPE_CHECKING:
    from e2e.situations.trial import Trial

ONCE = (RELAY,)
ADDRESS = "12 Harbor Street"
WANTS = {"hears": "minute", "say": "Could you text me the address?"}
WITH_SMS = {"tools": ["send_sms", "end_call"]}


def thread(trial: Trial) -> list[dict[str, Any]]:
    """Give the messages with the person, oldest first."""
    answer = trial.ask("GET", f"/v1/crm/contacts/{trial.contact_id}/messages")
    assert answer.ok, answer.text
    return list(reversed(answer.json()["items"]))


def written(trial: Trial, text: str, *, handles_words: bool = True) -> None:
    """Let the person write to us, and wait until it is kept."""
    body = {"from": trial.number, "to": trial.line, "body": text, "handles_words": handles_words}
    before = len(thread(trial))
    trial.stack.control("POST", "/inbound-sms", body)
    trial.wait_for(lambda: len(thread(trial)) > before)


def send(trial: Trial, body: str = "See you on Friday, {{ first_name }}.") -> Any:
    """Write to the person, and give the answer."""
    return trial.ask("POST", f"/v1/crm/contacts/{trial.contact_id}/messages", {"body": body})


def becomes(trial: Trial, message_id: str, state: str) -> dict[str, Any]:
    """Wait until a message has a state."""

    def reached() -> dict[str, Any] | None:
        message: dict[str, Any] = trial.ask("GET", f"/v1/calls/messages/{message_id}").json()
        return message if message["state"] == state else None

    found: dict[str, Any] = trial.wait_for(reached)
    return found


def refused(trial: Trial) -> None:
    """Neither a message nor a call is accepted."""
    assert send(trial).json()["code"] == "suppressed"
    wish = {"contact_id": trial.contact_id, "template_id": trial.template_id}
    assert trial.ask("POST", "/v1/calls/initiate", wish).json()["code"] == "suppressed"


def delivered(trial: Trial) -> None:
    """A message is sent and arrives."""
    accepted = send(trial)
    assert accepted.status_code == 202, accepted.text
    message = becomes(trial, accepted.json()["id"], "delivered")
    assert message["body"] == "See you on Friday, Robin."


def undelivered(trial: Trial) -> None:
    """A message is sent and does not arrive."""
    message = becomes(trial, send(trial).json()["id"], "undelivered")
    assert message["reason"] == "carrier_30003"


def two_ways(trial: Trial) -> None:
    """The person answers, and both stand in the thread."""
    becomes(trial, send(trial).json()["id"], "delivered")
    trial.wait_for(lambda: len(thread(trial)) == 2)
    assert [each["direction"] for each in thread(trial)] == ["outbound", "inbound"]


def stops(trial: Trial) -> None:
    """STOP by text message is the end of calls and messages."""
    written(trial, "Stop")
    (message,) = thread(trial)
    assert message["reason"] == "opted_out"
    refused(trial)


def stops_in_words(trial: Trial) -> None:
    """A sentence revokes as well, and is confirmed once."""
    written(trial, "Please stop texting me", handles_words=False)
    trial.wait_for(trial.texts)
    refused(trial)


def starts(trial: Trial) -> None:
    """START takes back what STOP did."""
    written(trial, "STOP")
    written(trial, "START")
    assert thread(trial)[-1]["reason"] == "opted_in"
    becomes(trial, send(trial).json()["id"], "delivered")


def still_suppressed(trial: Trial) -> None:
    """START does not take back what was asked for in another way."""
    answer = trial.ask("POST", "/v1/calls/suppressions", {"number": trial.number, "reason": "a letter"})
    assert answer.ok, answer.text
    written(trial, "START")
    assert thread(trial)[-1]["reason"] == "still_suppressed"
    refused(trial)


def asks_for_help(trial: Trial) -> None:
    """HELP is answered with our number and how to stop."""
    written(trial, "help", handles_words=False)
    trial.wait_for(trial.texts)


def texted_on_call(trial: Trial) -> None:
    """The message of the call stands in the thread, with the call's id."""
    (message,) = thread(trial)
    assert message["call_id"] == trial.call_id
    becomes(trial, message["id"], "delivered")


def none_on_call(trial: Trial) -> None:
    """Nothing was sent."""
    assert thread(trial) == []


def revoke(trial: Trial) -> None:
    """Let the person have revoked the consent to messages."""
    body = {"kind": "sms", "answer": "revoked", "source": "operator"}
    answer = trial.ask("POST", f"/v1/crm/contacts/{trial.contact_id}/consents", body)
    assert answer.ok, answer.text


def _texts(name: str, during: Any, does: str, stored: str, **more: Any) -> Situation:
    expect = Expect(None, stored=stored, texted=more.pop("texted", ()))
    return Situation(name, more.pop("person", {}), expect, ONCE, "none", during=during, does=does, **more)


SITUATIONS = [
    Situation(
        "The caller wants the address as a text message",
        talks(WANTS, {"hears": "on its way", "say": "Thank you, bye.", "hang_up": True}),
        Expect(
            heard=["on its way to this number"], texted=[ADDRESS], stored="delivered", more=texted_on_call
        ),
        BOTH,
        template=WITH_SMS,
    ),
    Situation(
        "The caller wants a text message but once revoked the consent to them",
        talks(WANTS, {"hears": "sorry", "say": "Never mind, bye.", "hang_up": True}),
        Expect(heard=["I'm sorry"], not_heard=["on its way"], stored="nothing was sent", more=none_on_call),
        BOTH,
        template=WITH_SMS,
        before=revoke,
    ),
    _texts(
        "A text message is delivered",
        delivered,
        "Gets a text message.",
        "delivered",
        texted=["See you on Friday, Robin."],
    ),
    _texts(
        "A text message does not arrive",
        undelivered,
        "Their phone is off.",
        "undelivered (carrier_30003)",
        person={"sms_status": "undelivered"},
    ),
    _texts(
        "A text message is answered",
        two_ways,
        "Gets a text message and answers it.",
        "both in the thread",
        person={"sms_replies": [{"hears": "Friday", "say": "Fine by me!", "times": 1}]},
    ),
    _texts("Somebody writes STOP", stops, "Writes STOP.", "neither called nor written to"),
    _texts(
        "Somebody asks in words to be left alone",
        stops_in_words,
        'Writes "Please stop texting me".',
        "neither called nor written to",
        texted=["no more calls or messages"],
    ),
    _texts("Somebody writes STOP, and later START", starts, "Writes STOP, then START.", "written to again"),
    _texts(
        "Somebody who asked by letter not to be called writes START",
        still_suppressed,
        "Writes START.",
        "still neither called nor written to",
    ),
    _texts("Somebody writes HELP", asks_for_help, "Writes HELP.", "answered", texted=["Reply STOP"]),
]
