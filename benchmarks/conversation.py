"""The conversation that turns are measured on: a greeting, six exchanges, every tool offered."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from chalicelib.ai.domain.conversation import OnFailure
from chalicelib.ai.domain.wording import HOUSE_RULES
from chalicelib.calls.domain.calls import Call, Direction
from chalicelib.calls.domain.files import CallFile
from chalicelib.calls.domain.states import CallState
from chalicelib.calls.domain.templates import Brief, Transport
from chalicelib.calls.domain.turns import GREETING_TURN, Turn, TurnEnd, TurnKind
from chalicelib.kernel.phones import E164

CALL_ID = "call_01890000000070008000000000000000"
LINE, PERSON = E164("+15005550006"), E164("+14155550132")
BEGAN = datetime(2026, 3, 3, 18, tzinfo=UTC)
TOOLS = (
    "add_note",
    "update_contact",
    "schedule_callback",
    "transfer_to_person",
    "stop_calling_me",
    "end_call",
)
GREETING = "Hello Maria, this is Ava, the AI assistant of Harbor Dental. Do you have a minute?"
INSTRUCTIONS = (
    "Your name is Ava, the AI assistant of Harbor Dental.\nContact name: Maria Garcia\nDirection: outbound\n"
    "It is Tuesday, 03 March 2026, 10:00 where the contact lives.\nYou call a patient because a check-up is "
    "due. Find out whether they would like to come, note what they prefer, and offer that a colleague calls "
    "back to settle the time."
)
EXCHANGES = (
    (
        "Yes, sure. What is it about?",
        "It is time for your next check-up. We have openings this week.",
    ),
    ("How long does it take?", "About half an hour. There is no need to bring anything."),
    ("And what does it cost?", "A check-up with cleaning is 95 dollars. Most insurers pay for it."),
    ("Can I come on a Saturday?", "Yes, on Saturdays we are open from nine to one. Would that suit you?"),
    ("Mornings are best for me.", "Very good. I have made a note of that. Shall a colleague call you back?"),
    ("Yes, please.", "Thank you. They will call you tomorrow. Is there anything else that I can do for you?"),
)
QUESTION = "Where exactly are you?"
ANSWER = (
    "We are at 12 Harbor Street, next to the ferry terminal. "
    "There is free parking behind the building, and the bus stops in front of it."
)


def brief(transport: Transport) -> Brief:
    """Return what the call is held by."""
    return Brief(
        instructions=HOUSE_RULES + INSTRUCTIONS,
        greeting=GREETING,
        transport=transport,
        language="en-US",
        voice="en-US-Chirp3-HD-Aoede",
        tools=TOOLS,
        on_failure=OnFailure.HANG_UP,
        transfer_to="+14155550199",
        time_zone="America/Los_Angeles",
        template_version=1,
        prompt_version=1,
    )


def call_file(transport: Transport) -> CallFile:
    """Return a call after its greeting and six exchanges."""
    return CallFile(_call(), brief(transport), tuple(_turns()))


def _call() -> Call:
    return Call(
        id=CALL_ID,
        direction=Direction.OUTBOUND,
        state=CallState.IN_PROGRESS,
        number=PERSON,
        line=LINE,
        contact_id="contact_01890000000070008000000000000000",
        template_id="template_01890000000070008000000000000000",
        created_at=BEGAN,
        due_at=BEGAN,
        sid="CA" + "0" * 32,
        version=4,
    )


def _turns() -> list[Turn]:
    greeting = Turn(GREETING_TURN, TurnKind.GREETING, BEGAN, answer=GREETING, end=TurnEnd.LISTEN)
    spoken = [
        Turn(number, TurnKind.SPEECH, _after(number), said=said, answer=answer, end=TurnEnd.LISTEN)
        for number, (said, answer) in enumerate(EXCHANGES, start=1)
    ]
    return [greeting, *spoken]


def _after(number: int) -> datetime:
    return BEGAN + timedelta(seconds=10 * number)
