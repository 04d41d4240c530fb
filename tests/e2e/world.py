"""The running local cloud as its users see it, and how tests look at it."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
import psutil
import pytest
import requests

from localcloud.sample_data import PROMPTS
from localcloud.workspace import read_json

if TYPE_CHECKING:
    from localcloud.api import Api
    from localcloud.sample_data import SampleData
    from localcloud.workspace import Workspace

STACK_NAME = "ai-call-system"
MARIA, JAMES, AISHA = "+14155550132", "+12125550147", "+13055550188"
STRANGER, COLLEAGUE = "+14155550177", "+14155550199"
# The account's numbers: calls go out from the first, and each of the others is for one inbound situation.
LINES = ("+15005550006", *(f"+16505550{place}" for place in range(100, 140)))


@dataclass(frozen=True)
class Stack:
    """The running local cloud as its users see it."""

    workspace: Workspace
    endpoints: dict[str, str]
    api: Api
    data: SampleData
    line: str

    def url(self, name: str) -> str:
        """Give an address of endpoints.json."""
        return self.endpoints[f"{name}_url"]

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Ask the phone network's control API."""
        answer = requests.request(method, f"{self.url('phone_network')}/control{path}", json=body, timeout=10)
        assert answer.ok, answer.text
        return answer.json()

    def model(self, method: str, path: str, body: Any = None) -> Any:
        """Ask the model server's control API."""
        base = self.url("model").removesuffix("/v1")
        answer = requests.request(method, f"{base}/control{path}", json=body, timeout=10)
        assert answer.ok, answer.text
        return answer.json()

    def script(self, number: str, script: dict[str, Any]) -> None:
        """Tell the person at a number what to do."""
        self.control("PUT", f"/callees/{number}", script)

    def initiate(self, number: str, template: str = "Sales call", **extra: Any) -> str:
        """Ask for a call to a sample contact; give its id."""
        wish = {"contact_id": self.data.contacts[number], "template_id": self.data.templates[template]}
        return str(self.api.post("/v1/calls/initiate", wish | extra)["id"])

    def finished(self, call_id: str, within: float = 90.0) -> dict[str, Any]:
        """Wait until the call's books are closed; give it."""
        return self.when(call_id, lambda call: bool(call["finished_at"]), within)

    def when(self, call_id: str, condition: Any, within: float = 90.0) -> dict[str, Any]:
        """Wait until the call fulfils a condition; give it."""
        return eventually(lambda: self._call_if(call_id, condition), within)

    def _call_if(self, call_id: str, condition: Any) -> dict[str, Any] | None:
        call: dict[str, Any] = self.api.get(f"/v1/calls/{call_id}")
        return call if condition(call) else None

    def ask(self, method: str, path: str, **options: Any) -> requests.Response:
        """Send a request to the API, whatever version things have, and give its answer as it is."""
        headers = {"Authorization": f"Bearer {self.endpoints['admin_token']}", "If-Match": "*"}
        return requests.request(method, self.url("api") + path, headers=headers, timeout=20, **options)

    def log(self, **query: str) -> list[dict[str, Any]]:
        """Give the carrier's log."""
        found = requests.get(f"{self.url('phone_network')}/control/log", params=query, timeout=10).json()
        events: list[dict[str, Any]] = found["events"]
        return events

    def carrier_calls(self, number: str) -> list[dict[str, Any]]:
        """Give the carrier's calls with a number."""
        calls = self.control("GET", "/calls")["calls"]
        return [call for call in calls if number in (call["to"], call["from"])]

    def heard(self, sid: str) -> list[tuple[str, str]]:
        """Give what was really heard on a call: who spoke, and the words."""
        transcript = self.control("GET", f"/calls/{sid}")["transcript"]
        return [(entry["speaker"], entry["text"]) for entry in transcript]

    def aws(self, service: str) -> Any:
        """Give an administrator's client of the emulated cloud."""
        port = read_json(self.workspace.local / "ports.json")["ministack"]
        keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "us-east-1"}
        return boto3.client(service, endpoint_url=f"http://127.0.0.1:{port}", **keys)

    def resource(self, kind: str, name: str) -> str:
        """Give the physical name of a resource of the stack by its logical one."""
        pages = self.aws("cloudformation").get_paginator("list_stack_resources")
        for page in pages.paginate(StackName=STACK_NAME):
            for found in page["StackResourceSummaries"]:
                if found["ResourceType"] == kind and found["LogicalResourceId"] == name:
                    return str(found["PhysicalResourceId"])
        raise LookupError(name)

    def wake(self, call_id: str) -> None:
        """Put a wake-up for a call on the dial queue, as if one had been delivered again."""
        body = json.dumps({"v": 1, "kind": "attend", "call_id": call_id})
        self.aws("sqs").send_message(QueueUrl=self.resource("AWS::SQS::Queue", "DialQueue"), MessageBody=body)

    def workers(self, part: str) -> list[psutil.Process]:
        """Give the processes of this stack that run a function with `part` in its name."""
        found = []
        for process in psutil.process_iter():
            try:
                environ = process.environ()
            except psutil.Error:
                continue
            mine = str(self.workspace.root) in environ.get("TMPDIR", "") + " ".join(process.cmdline())
            if mine and part in environ.get("AWS_LAMBDA_FUNCTION_NAME", ""):
                found.append(process)
        return found

    def function_lines(self, call_id: str) -> list[dict[str, Any]]:
        """Give what the functions logged about a call."""
        logs = self.aws("logs")
        lines = []
        for group in logs.describe_log_groups()["logGroups"]:
            for event in logs.filter_log_events(logGroupName=group["logGroupName"])["events"]:
                if call_id in event["message"]:
                    lines.extend(
                        json.loads(text) for text in event["message"].splitlines() if call_id in text
                    )
        return lines


def own_prompt(api: Api, name: str = "Sales", more: str = "") -> str:
    """Write a copy of a sample prompt, which nobody else can have changed, with more text; give its id."""
    text = next(prompt["text"] for prompt in PROMPTS if prompt["name"] == name)
    return str(api.post("/v1/ai/templates", {"name": f"Own {name}", "text": text + more})["id"])


def eventually(probe: Any, within: float = 60.0, every: float = 0.2) -> Any:
    """Wait until `probe` gives something; fail when it does not in time."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        found = probe()
        if found:
            return found
        time.sleep(every)
    pytest.fail(f"it did not come about within {within:.0f} s")
