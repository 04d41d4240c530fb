"""What happened in a call, judged from its transcript by fixed words; turning it into JSON is elsewhere."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from localcloud.model_server.transcript import AGENT, PERSON, Line

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that may have happened: how it is heard, what it is called, and what is left to do.

    `heard` is searched in what the person and tools say, `done` in what the agent says was done.
    `agreed` and `task` are templates; `labels` are parts of the names that outcomes and intents go by.
    """

    name: str
    heard: re.Pattern[str]
    labels: tuple[str, ...]
    done: re.Pattern[str] | None = None
    topic: str = ""
    agreed: str = ""
    task: str = ""
    owner: str = "agent"


def _fact(name: str, heard: str, labels: str, done: str = "", **texts: str) -> Fact:
    said = re.compile(done, re.IGNORECASE) if done else None
    return Fact(name, re.compile(heard, re.IGNORECASE), tuple(labels.split()), said, **texts)


STOP = _fact(
    "stop_calling",
    r"(?:stop|quit) (?:calling|ringing|phoning)|(?:do not|don't|never) (?:call|ring|phone)(?: me| us| here)|"
    r"(?:remove|take) (?:me|my number|us) (?:off|from)|no more calls|stop_calling_me",
    "do_not_call opt_out optout dnc opted_out stop unsubscribe suppress",
    r"you're on our do-not-call list|won't (?:call|ring) you again",
    agreed="{name} asked not to be called again",
    task="Keep {name} on the do-not-call list",
    owner="system",
)
WRONG = _fact(
    "wrong_number",
    r"wrong (?:number|person)|no one (?:here )?(?:by|called|with) that name",
    "wrong",
    agreed="It was a wrong number",
)
VOICEMAIL = _fact(
    "voicemail",
    r"leave (?:a|your) message|after the (?:tone|beep)|voice ?mail|not available to take your call",
    "voicemail machine",
    agreed="A voicemail answered and nothing was agreed",
)
TRANSFER = _fact(
    "transfer_to_person",
    r"transfer_to_person|(?:speak|talk) (?:to|with) (?:a|an|some|the|your)? ?(?:real |actual |live )?"
    r"(?:person|human|someone|colleague|manager|dentist|receptionist)|put me through|hand me over",
    "transfer hand_off handoff escalat human",
    r"putting you through|connecting you|transferring you",
    topic="speaking to a person",
    agreed="{name} asked to speak to a person",
    task="Take over the conversation with {name}",
    owner="person",
)
BOOKED = _fact(
    "book_appointment",
    r"book_appointment",
    "appointment_booked booked appointment scheduled booking goal_reached",
    r"appointment is (?:booked|confirmed)|i(?:'ve| have) booked|you(?:'re| are) booked",
    topic="an appointment",
    agreed="An appointment was booked for {name}",
)
CALLBACK = _fact(
    "schedule_callback",
    r"schedule_callback|call(?:ed)?[- ]?(?:me |him |her )?back|"
    r"call me (?:later|again|tomorrow|on|at|in|next)",
    "callback call_back follow_up followup reschedul later",
    r"we(?:'ll| will) call you back|call-back is set",
    topic="a call-back",
    agreed="A call-back was agreed for {when}",
    task="Call {name} back",
)
REFUSED = _fact(
    "not_interested",
    r"not interested|no interest|no,? thank(?:s| you)(?! .*(?:all|everything))|"
    r"don't (?:want|need) (?:it|that|this|any)",
    "not_interested no_interest declin refus rejected lost",
    agreed="{name} was not interested",
)
UPDATED = _fact(
    "update_contact",
    r"update_contact|my (?:new )?(?:e-?mail|address|last name|surname|name)(?: address)? is|change my",
    "update detail",
    topic="their contact details",
    agreed="The details of {name} were brought up to date",
    task="Check the updated details of {name}",
)
PRICES = _fact(
    "ask_price", r"how much|price|cost|expensive|charge|\bfee", "price pricing cost", topic="prices"
)
HOURS = _fact(
    "ask_opening_hours",
    r"opening hours|what time|when (?:are|do) you|open on|are you open",
    "hours opening",
    topic="opening hours",
)
ROBOT = _fact(
    "ask_if_robot",
    r"(?:robot|machine|computer|\bai\b|real person|human)\b[^?.]{0,30}\?",
    "robot ai",
    topic="the AI assistant",
)
INTEREST = _fact(
    "interested",
    r"interested|sounds (?:good|great)|tell me more|mornings?\b|afternoons?\b|"
    r"i(?:'d| would) (?:like|love)|yes,? please",
    "interested qualified success positive",
    topic="a check-up",
    agreed="{name} is interested in a visit",
    task="Send {name} the available times",
)
FACTS = (STOP, WRONG, VOICEMAIL, TRANSFER, BOOKED, CALLBACK, REFUSED, UPDATED, PRICES, HOURS, ROBOT, INTEREST)
DECISIVE = (STOP, WRONG, VOICEMAIL, TRANSFER, BOOKED, CALLBACK, REFUSED, INTEREST)
OVERRULED = {
    STOP: (CALLBACK, REFUSED, INTEREST),
    CALLBACK: (REFUSED, INTEREST),
    BOOKED: (REFUSED, INTEREST),
    REFUSED: (INTEREST,),
}
SILENT_LABELS = (
    "no_answer",
    "no_response",
    "silent",
    "unreach",
    "abandon",
    "no_conversation",
    "hung_up",
    "hangup",
)
DONE_LABELS = (
    "completed",
    "complete",
    "answered",
    "resolved",
    "information",
    "info",
    "neutral",
    "other",
    "unknown",
)
GOOD = re.compile(
    r"\b(?:thanks?|thank you|great|good|love(?:ly)?|perfect|excellent|wonderful|happy|nice|please|yes)\b",
    re.IGNORECASE,
)
BAD = re.compile(
    r"\b(?:stop|angry|annoy\w*|terrible|awful|bad|hate|never|complain\w*|rude|scam|unacceptable|"
    r"not interested|upset|"
    r"disappoint\w*|ridiculous|waste)\b",
    re.IGNORECASE,
)
WHEN = re.compile(
    r"\b(?:(?:later )?today|tomorrow|tonight|(?:(?:next|this|on) )?(?:mon|tues|wednes|thurs|fri|satur|sun)"
    r"day|next week|in (?:an?|\d+|two|three|four|five|a few) (?:minutes?|hours?|days?|weeks?)|"
    r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d\S*)?)"
    r"(?: (?:morning|afternoon|evening))?(?:,? (?:at|around|after) [\w:]+(?: ?[ap]\.?m\b\.?)?)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class CallFacts:
    """A transcript with the facts heard in it; agent lines count only for what the agent said was done."""

    lines: tuple[Line, ...]
    variables: Mapping[str, str]

    @property
    def heard(self) -> tuple[Fact, ...]:
        """Return what happened, the most decisive first."""
        found = [fact for fact in FACTS if any(_tells(line, fact) for line in self.lines)]
        overruled = [other for fact in found for other in OVERRULED.get(fact, ())]
        return tuple(fact for fact in found if fact not in overruled)

    @property
    def decisive(self) -> Fact | None:
        """Return the fact that decides the outcome, if any."""
        return next((fact for fact in self.heard if fact in DECISIVE), None)

    @property
    def person_spoke(self) -> bool:
        """Tell whether the person said anything."""
        return any(line.speaker == PERSON for line in self.lines)

    @property
    def when(self) -> str | None:
        """Return the time that was last named by the person or a tool, in their words."""
        found = [
            match[0] for line in self.lines if line.speaker != AGENT and (match := WHEN.search(line.text))
        ]
        return found[-1] if found else None

    @property
    def name(self) -> str:
        """Return the person's name, or `the person` when it is not known."""
        name = self.variables.get("contact_name", "")
        return name if name and name != "there" else "the person"

    @property
    def sentiment(self) -> str:
        """Return positive, neutral or negative, by counting words of the person."""
        said = " ".join(line.text for line in self.lines if line.speaker == PERSON)
        score = len(GOOD.findall(said)) - 2 * len(BAD.findall(said))
        return "positive" if score > 0 else "negative" if score < 0 else "neutral"

    def fill(self, template: str) -> str:
        """Return a fact's text with `{name}` and `{when}` filled in, starting with a capital letter."""
        text = template.replace("{name}", self.name).replace("{when}", self.when or "a time to be arranged")
        return text[:1].upper() + text[1:]

    def summary(self) -> str:
        """Return two sentences: who spoke of what, and what was agreed."""
        agent = self.variables.get("agent_name") or "the assistant"
        if not self.person_spoke:
            return self.fill(f"{agent} called {{name}}. Nothing was said, so nothing was agreed.")
        topics = list(dict.fromkeys(fact.topic for fact in self.heard if fact.topic))
        if not topics:
            return f"{self.fill('{name}')} and {agent} spoke briefly. {self._agreement()}."
        joined = " and ".join([", ".join(topics[:-1]), topics[-1]] if len(topics) > 1 else topics)
        return f"{self.fill('{name}')} and {agent} spoke about {joined}. {self._agreement()}."

    def _agreement(self) -> str:
        agreed = self.decisive.agreed if self.decisive else ""
        if not agreed and UPDATED in self.heard:
            agreed = UPDATED.agreed
        return self.fill(agreed or "Questions were answered and nothing further was agreed")

    def outcome_labels(self) -> tuple[str, ...]:
        """Return parts of names by which this outcome may be called, the likeliest first."""
        if not self.person_spoke:
            return SILENT_LABELS
        decided = self.decisive.labels if self.decisive else ()
        return (*decided, *DONE_LABELS)


def _tells(line: Line, fact: Fact) -> bool:
    if line.speaker == AGENT:
        return fact.done is not None and fact.done.search(line.text) is not None
    return fact.heard.search(line.text) is not None
