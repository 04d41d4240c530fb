"""One run of a situation on the stack: its numbers, its call, and what was heard on it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import requests
from e2e.situations.base import LINE, PERSON, Situation, usual_template
from e2e.world import Stack, eventually, own_prompt

from chalicelib.calls.services.answering import inbound_call_id
from localcloud.api import Api

if TYPE_CHECKING:
    from collections.abc import Callable

# Numbers 555-0100 to 555-0199 of any area code are fictional; no other test uses these area codes.
_AREA_CODES = ("206", "303", "312", "404", "503", "512", "602", "617", "702", "718", "813", "919")
_PER_RUN = 5
_RUNS_PER_AREA = 100 // _PER_RUN
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_OVER = {"completed", "busy", "failed", "no-answer", "canceled"}


def numbers_of(situation: Situation, index: int) -> dict[str, str]:
    """Give the telephone numbers of the index-th run: the person's and the other people's."""
    area, place = _AREA_CODES[index // _RUNS_PER_AREA], index % _RUNS_PER_AREA * _PER_RUN
    names = (PERSON, *situation.people)
    if len(names) > _PER_RUN:
        raise ValueError(f"{situation.name}: at most {_PER_RUN - 1} other people")
    found = {name: f"+1{area}55501{place + order:02}" for order, name in enumerate(names)}
    return found | ({PERSON: situation.number} if situation.number else {})


@dataclass
class Trial:
    """A situation over one transport: how to act on it, and how to look at it.

    `line` is our number: in an inbound run, one that only this run uses.
    """

    area: str
    situation: Situation
    transport: str
    index: int
    line: str
    numbers: dict[str, str] = field(default_factory=dict)
    running: Stack | None = None
    contact_id: str = ""
    template_id: str = ""
    call_id: str = ""
    sid: str = ""
    refusal: str = ""
    prompts: dict[str, str] = field(default_factory=dict)
    call: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.numbers = numbers_of(self.situation, self.index) | {LINE: self.line}

    @property
    def id(self) -> str:
        """Name the run as pytest shows it."""
        name = re.sub(r"\W+", "_", self.situation.name.lower()).strip("_")
        return f"{self.area}-{name}-{self.transport}"

    @property
    def marker(self) -> str:
        """Give the words in the prompt by which the model server knows this run."""
        return f"Trial {self.index} of situations."

    @property
    def stack(self) -> Stack:
        """The stack that the run is played on."""
        assert self.running is not None
        return self.running

    @property
    def number(self) -> str:
        """The person's number."""
        return self.numbers[PERSON]

    def on(self, stack: Stack) -> None:
        """Play on this stack, with a client of its own, because runs share no connections."""
        api = Api(stack.endpoints["api_url"], stack.endpoints["admin_token"])
        self.running = replace(stack, api=api)

    def filled(self, value: Any) -> Any:
        """Put this run's numbers where `{name}` stands; everything else in braces stays."""
        if isinstance(value, str):
            return _PLACEHOLDER.sub(lambda found: self.numbers.get(found[1], found[0]), value)
        if isinstance(value, dict):
            return {name: self.filled(item) for name, item in value.items()}
        return [self.filled(item) for item in value] if isinstance(value, list | tuple) else value

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> requests.Response:
        """Send a request to the API as it is."""
        headers["Authorization"] = f"Bearer {self.stack.endpoints['admin_token']}"
        url = self.stack.url("api") + path
        return requests.request(method, url, json=body, headers=headers, timeout=30)

    def change(self, method: str, path: str, body: Any) -> Any:
        """Change something that has a version, whichever it has."""
        answer = self.ask(method, path, body, **{"If-Match": "*"})
        assert answer.ok, answer.text
        return answer.json()

    def legs(self, who: str = PERSON) -> list[dict[str, Any]]:
        """Give the carrier's calls with somebody, oldest first."""
        return self.stack.carrier_calls(self.numbers[who])

    def heard(self, who: str = PERSON) -> list[tuple[str, str]]:
        """Give what was really heard on somebody's calls: who spoke, and the words."""
        return [entry for leg in self.legs(who) for entry in self.stack.heard(leg["sid"])]

    def words(self, who: str = PERSON) -> str:
        """Give all that somebody heard from the other end; dots where it was cut off."""
        calls = (self.stack.control("GET", f"/calls/{leg['sid']}") for leg in self.legs(who))
        said = [_spoken(entry) for call in calls for entry in call["transcript"]]
        return " ".join(" ".join(said).split())

    def texts(self, who: str = PERSON) -> list[str]:
        """Give the messages that somebody was sent."""
        number = self.numbers[who]
        sent = (event.get("params", event) for event in self.stack.log(kind="message.created"))
        return [str(one.get("body", "")) for one in sent if one.get("to") == number]

    def log(self, **query: str) -> list[dict[str, Any]]:
        """Give the carrier's log of the run's call."""
        return self.stack.log(call_sid=self.sid, **query)

    def wait_for(self, probe: Callable[[], Any], within: float = 60.0) -> Any:
        """Wait until `probe` gives something; fail when it does not in time."""
        return eventually(probe, within, every=0.3)

    def when(self, condition: Callable[[dict[str, Any]], Any], within: float = 60.0) -> dict[str, Any]:
        """Wait until the call, as the API shows it, fulfils a condition; give it."""
        found: dict[str, Any] = self.wait_for(lambda: self.call_if(condition), within)
        return found

    def call_if(self, condition: Callable[[dict[str, Any]], Any]) -> dict[str, Any] | None:
        """Give the call, as the API shows it now, if there is one that fulfils a condition."""
        answer = self.ask("GET", f"/v1/calls/{self.call_id}")
        call: dict[str, Any] = answer.json() if answer.ok else {}
        return call if call and condition(call) else None


def _spoken(entry: dict[str, Any]) -> str:
    """Give what an entry of a transcript let the person hear."""
    if entry["speaker"] == "person":
        return ""
    text = str(entry["text"]).rstrip()
    return f"{text}…" if entry.get("interrupted") and text[-1:] not in ".?!" else text


def prepare(trial: Trial) -> None:
    """Script the people, and create what the run needs."""
    situation, stack = trial.situation, trial.stack
    stack.script(trial.number, trial.filled(dict(situation.person)))
    for name, script in situation.people.items():
        stack.script(trial.numbers[name], trial.filled(dict(script)))
    if situation.contact is not None:
        contact = {"name": "Robin Reed", "phone": trial.number} | trial.filled(dict(situation.contact))
        trial.contact_id = stack.api.post("/v1/crm/contacts", contact)["id"]
    body = usual_template(situation, trial.transport) | trial.filled(dict(situation.template))
    body |= {"name": f"Situation {trial.index}", "prompt_id": _prompt(trial)}
    trial.template_id = stack.api.post("/v1/calls/templates", body)["id"]
    if situation.inbound:
        _open_line(trial)
    if situation.before:
        situation.before(trial)


def _prompt(trial: Trial) -> str:
    """Give the prompt that runs share, or one that names the run, when the model must know it."""
    situation = trial.situation
    if not (situation.model_faults or situation.model_rules):
        return trial.prompts[situation.prompt_name]
    return own_prompt(trial.stack.api, situation.prompt_name, f"\n{trial.marker}")


def _open_line(trial: Trial) -> None:
    """Have the template answer the run's own line."""
    if trial.situation.route is not None:
        route = {"template_id": trial.template_id} | trial.filled(dict(trial.situation.route))
        trial.change("PUT", f"/v1/calls/numbers/{trial.line}", route)


def play(trial: Trial) -> None:
    """Have the call, or what stands for it, happen, until its books are closed."""
    situation = trial.situation
    if situation.direction == "outbound":
        _dial(trial)
    elif situation.inbound:
        trial.sid = trial.stack.control("POST", "/inbound", {"from": trial.number, "to": trial.line})[
            "call_sid"
        ]
        trial.call_id = inbound_call_id(trial.sid)
    if situation.during:
        situation.during(trial)
    if situation.expect.dials != 0 and not trial.refusal and situation.direction != "none":
        trial.wait_for(lambda: _is_over(trial), situation.within)  # asks the carrier, which costs us nothing
    if trial.call_id and situation.expect.outcome:
        trial.call = trial.when(lambda call: bool(call["finished_at"]), situation.within)
        trial.sid = trial.call["sid"]
    elif trial.call_id:
        trial.call = trial.call_if(lambda _: True) or {}


def _is_over(trial: Trial) -> bool:
    legs = trial.legs()
    return bool(legs) and all(leg["status"] in _OVER for leg in legs)


def _dial(trial: Trial) -> None:
    """Ask for the call, and keep the code of a refusal."""
    whom = {"contact_id": trial.contact_id} if trial.contact_id else {"number": trial.number}
    answer = trial.ask("POST", "/v1/calls/initiate", whom | {"template_id": trial.template_id})
    if answer.ok:
        trial.call_id = answer.json()["id"]
    else:
        trial.refusal = answer.json()["code"]
