"""Every example of the description is what it says: sent as it is, the operation succeeds."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
import requests
from e2e.world import LINES, eventually, own_prompt

from infra.contract import CURRENT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from e2e.world import Stack

DOCUMENT = json.loads(CURRENT.read_text(encoding="utf-8"))
BODY = "application/json"
EXAMPLES = [
    pytest.param(method.upper(), path, operation, id=operation["operationId"])
    for path, item in DOCUMENT["paths"].items()
    for method, operation in item.items()
    if "requestBody" in operation
]
_TASK = {"kind": "task", "body": "To do"}
_FACT = {"key": "pet", "value": "a dog"}
_PROPOSED = "company"
# What has a name of its own: an example cannot be sent twice, or beside sample data.
_NAMED_ONCE = {"/v1/crm/tags": "name", "/v1/crm/custom-fields": "key"}
_PROMPTS = "/v1/ai/templates"
_CAMPAIGNS = "/v1/scheduling/campaigns"
HOOK = "https://127.0.0.1:9/hook"  # example.com has no address where there is no network


class World:
    """The running stack, and things in it to name where an example names things that are not there."""

    _numbers = count(3000)

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._named: dict[str, str] = {}
        self._makers: dict[str, Callable[[], str]] = {
            "contact_id": self._contact,
            "from": lambda: self._made("/v1/crm/contacts", self._somebody()),
            "note_id": lambda: self._made(f"/v1/crm/contacts/{self._named['contact_id']}/notes", _TASK),
            "tag_id": lambda: self._made("/v1/crm/tags", {"name": f"tag {uuid4().hex[:8]}"}),
            "key": self._field,
            "import_id": self._import,
            "template_id": self._template,
            "message-templates": lambda: self._made(
                "/v1/calls/message-templates", {"name": f"text {uuid4().hex[:8]}", "text": "See you."}
            ),
            "call_id": self._live_call,
            "queue": self._waiting_call,
            "fact_id": lambda: self._made(f"/v1/crm/contacts/{self._named['contact_id']}/memory", _FACT),
            "conference_id": self._conference,
            "participants": lambda: self._joined(0),
            "supervisors": self._supervisor,
            "number": lambda: LINES[-1],
            "campaign_id": self._campaign,
            "calendar_id": self._calendar,
            "booking_id": self._booking,
            "prompt_id": lambda: own_prompt(stack.api),
            "token_id": lambda: self._made("/v1/tokens", {"name": "To rotate", "scope": "viewer"}),
            "webhook_id": lambda: self._made("/v1/webhooks", {"url": HOOK, "enabled": False}),
            "work_id": self._failed_work,
        }

    def named(self, name: str) -> str:
        """Give the id, or the number, of something that is there; a note's is the last contact's."""
        self._named[name] = self._makers[name]()
        return self._named[name]

    def fitted(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Put into an example what must be there, and what must not be there yet."""
        named = {"from"} if path.endswith("/merge") else set()
        names = {name for name in body if name.endswith("_id") or name in named} - {"contact_id"}
        fitted = body | {name: self.named(name) for name in names}
        somebody = next(iter(self._stack.data.contacts.values()))
        if "contact_id" in body:
            fitted["contact_id"] = somebody
        if path == _CAMPAIGNS:
            fitted["contact_ids"] = [somebody]
        if "tag" in body.get("filter", {}):
            fitted["filter"] = body["filter"] | {"tag": self.named("tag_id")}
        if "phone" in body:
            fitted["phone"] = self._somebody()["phone"]
        if "start" in body:
            fitted["start"] = self._slots()[1]
        if "url" in body:
            fitted["url"] = HOOK
        if path in _NAMED_ONCE:
            name = _NAMED_ONCE[path]
            fitted[name] = f"{body[name].lower()}_{uuid4().hex[:8]}"
        return fitted

    def send(self, method: str, path: str, body: Any) -> requests.Response:
        """Send a request that changes any version, once."""
        headers = {
            "Authorization": f"Bearer {self._stack.endpoints['admin_token']}",
            "Idempotency-Key": str(uuid4()),
            "If-Match": "*",
        }
        url = self._stack.url("api") + path
        return requests.request(method, url, json=body, headers=headers, timeout=30)

    def clean(self) -> None:
        """Put the kill switch back, and leave no webhook."""
        off = {"kill_switch": {"on": False, "reason": ""}, "reason": "the example was tried"}
        assert self.send("PATCH", "/v1/settings", off).ok
        for webhook in self._stack.api.every("/v1/webhooks"):
            assert self.send("DELETE", f"/v1/webhooks/{webhook['id']}", None).ok

    def id_in(self, path: str, name: str) -> str:
        """Give the id of what this part of a path names, by what stands before it where that says more."""
        if path.startswith(f"{_PROMPTS}/"):
            return self._prompt()
        if path.endswith("/proposals/{field}") or name == "field":
            return _PROPOSED if name == "field" else self._call_with_proposal()
        if path.endswith("/attendance"):
            return self._begun(self.named(name))
        before = path.partition(f"/{{{name}}}")[0].rpartition("/")[2]
        return self.named(before if before in self._makers else name)

    def _person(self, **script: Any) -> str:
        """Script somebody who stays on the line; give the number."""
        number = str(self._somebody()["phone"])
        self._stack.script(number, {"answer": 0.2, "patience_seconds": 300} | script)
        return number

    def _live_call(self) -> str:
        wish = {"number": self._person(), "template_id": self._template()}
        call_id = self._made("/v1/calls/initiate", wish)
        self._stack.when(call_id, lambda call: call["state"] == "in_progress")
        return call_id

    def _waiting_call(self) -> str:
        when = {"not_before": (datetime.now(UTC) + timedelta(days=1)).isoformat()}
        return self._made(
            "/v1/calls/initiate", {"number": self._person(), "template_id": self._template()} | when
        )

    def _call_with_proposal(self) -> str:
        """Hold a call in which somebody says where they work; give its id when that is proposed."""
        template = {
            "name": "Asks for the company",
            "prompt_id": own_prompt(self._stack.api),
            "greeting": "Which company do you work for?",
            "extract": [{"key": _PROPOSED, "type": "text", "maps_to": _PROPOSED}],
        }
        steps = [
            {"hears": "company", "say": "I work for Globex."},
            {"hang_up": True},
        ]  # once they were answered
        wish = {
            "contact_id": self._contact_at(self._person(steps=steps)),
            "template_id": self._made("/v1/calls/templates", template),
        }
        call = self._stack.finished(self._made("/v1/calls/initiate", wish))
        assert [proposal["field"] for proposal in call["proposals"]] == [_PROPOSED]
        return str(call["id"])

    def _contact_at(self, number: str) -> str:
        return self._made("/v1/crm/contacts", {"name": "Somebody", "phone": number})

    def _conference(self) -> str:
        guests = [{"number": self._joiner()} for _ in range(2)]
        self._named["conference_id"] = room = self._made("/v1/calls/conferences", {"participants": guests})
        self._joined(1)
        return room

    def _joiner(self) -> str:
        return self._person(steps=[{"hears": "press 1", "press": "1"}])

    def _joined(self, place: int) -> str:
        """Wait until everybody of the conference has come; give the participant at this place."""
        path = f"/v1/calls/conferences/{self._named['conference_id']}"

        def found() -> str | None:
            people = self._stack.api.get(path)["participants"]
            is_whole = all(each["state"] == "joined" for each in people)
            return str(people[place]["id"]) if is_whole else None

        return str(eventually(found))

    def _supervisor(self) -> str:
        path = f"/v1/calls/conferences/{self._named['conference_id']}/supervisors"
        supervisor = self._made(path, {"number": self._joiner()})
        self._joined(0)
        return supervisor

    def _contact(self) -> str:
        return self._made("/v1/crm/contacts", self._somebody())

    def _somebody(self) -> dict[str, Any]:
        """Give a contact with a number that nobody has."""
        return {"name": "Somebody", "phone": f"+1415555{next(self._numbers)}"}

    def _prompt(self) -> str:
        """Write a prompt with a second version; call templates know nothing of it."""
        offer = {"name": "offer", "type": "text", "sample": "spring", "required": False}
        first = {"name": "To change", "text": "Be brief.", "variables": [offer]}
        prompt = self._made(_PROMPTS, first)
        assert self.send("PUT", f"{_PROMPTS}/{prompt}", first | {"text": "Be long."}).ok
        return prompt

    def _template(self) -> str:
        """Write a call template; what the sample ones say is left alone."""
        body = {"name": "To change", "prompt_id": own_prompt(self._stack.api), "greeting": "How can I help?"}
        return self._made("/v1/calls/templates", body)

    def _campaign(self) -> str:
        body = {"name": "To change", "template_id": self._template()}
        return self._made("/v1/scheduling/campaigns", body)

    def _calendar(self) -> str:
        """Make a calendar that is open all day."""
        days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
        hours = {day: [{"start": "00:00", "end": "24:00"}] for day in days}
        body = {"name": "To change", "time_zone": "UTC", "hours": hours}
        return self._made("/v1/scheduling/calendars", body)

    def _slots(self) -> list[str]:
        """Give the next times that are free in the calendar that was named last."""
        calendar_id = self._named.get("calendar_id") or self.named("calendar_id")
        today = datetime.now(UTC).date()
        days = {"from": today.isoformat(), "to": (today + timedelta(days=1)).isoformat()}
        path = "/v1/scheduling/time-slots/availability"
        found = self._stack.api.get(path, calendar_id=calendar_id, **days)["items"]
        return [each["start"] for each in found]

    def _booking(self) -> str:
        start = self._slots()[0]
        calendar_id, contact_id = self._named["calendar_id"], self._contact()
        wish = {"calendar_id": calendar_id, "contact_id": contact_id, "start": start}
        return self._made("/v1/scheduling/bookings", wish)

    def _begun(self, booking_id: str) -> str:
        """Let a booking have begun, which nobody wants to wait for."""
        self._stack.aws("dynamodb").update_item(
            TableName=self._stack.resource("AWS::DynamoDB::Table", "SchedulingTable"),
            Key={"pk": {"S": f"BOOKING#{booking_id}"}, "sk": {"S": "BOOKING"}},
            UpdateExpression="SET #start = :start",
            ExpressionAttributeNames={"#start": "start"},
            ExpressionAttributeValues={":start": {"S": "2026-03-03T12:00:00.000Z"}},
        )
        return booking_id

    def _field(self) -> str:
        field = {"key": f"f_{uuid4().hex[:8]}", "label": "To change", "kind": "choice", "choices": ["Gold"]}
        return str(self._stack.api.post("/v1/crm/custom-fields", field)["key"])

    def _import(self) -> str:
        file = {"content": "Name,Tel.\nAda,+14155552671\n", "validate_only": True}
        path = f"/v1/crm/imports/{self._made('/v1/crm/contacts/import', file)}"
        return str(eventually(lambda: self._over(path)))

    def _over(self, path: str) -> str | None:
        found = self._stack.api.get(path)
        return found["id"] if found["state"] == "done" else None

    def _made(self, path: str, body: dict[str, Any]) -> str:
        return str(self._stack.api.post(path, body)["id"])

    def _failed_work(self) -> str:
        url = self._stack.resource("AWS::SQS::Queue", "PostCallQueueDeadLetters")
        kind = f"example{uuid4().hex[:8]}"
        self._stack.aws("sqs").send_message(
            QueueUrl=url, MessageBody=json.dumps({"v": 1, "kind": kind, "call_id": "call_" + "0" * 32})
        )

        def found() -> str | None:
            items = self._stack.api.get("/v1/failed-work", queue="post_call")["items"]
            return next((item["id"] for item in items if item["kind"] == kind), None)

        return str(eventually(found))


@pytest.fixture
def world(stack: Stack) -> Iterator[World]:
    """The stack, cleaned afterwards."""
    world = World(stack)
    yield world
    world.clean()


@pytest.mark.parametrize(("method", "path", "operation"), EXAMPLES)
def test_every_example_is_accepted(world: World, method: str, path: str, operation: dict[str, Any]) -> None:
    """Only the names of things in it are put in, for those of the example do not exist."""
    body = world.fitted(path, operation["requestBody"]["content"][BODY]["example"])
    for parameter in operation["parameters"]:
        if parameter.get("in") == "path":
            name = parameter["name"]
            path = path.replace(f"{{{name}}}", world.id_in(path, name))
    answer = world.send(method, path, body)
    assert answer.ok, answer.text
    assert str(answer.status_code) in operation["responses"]
