"""Calling many contacts over HTTP, and the handler that does the work."""

from __future__ import annotations

import pytest
from fakes.calls import NUMBER, FakeCalls, furnished
from fakes.events import queue_event

from chalicelib.crm.adapters.messages import JobStep, encode
from chalicelib.entrypoints import jobs
from chalicelib.system.domain.tokens import Scope

BULK_CALL = "/v1/calls/bulk-call"
NEW = "+14155552801"


@pytest.fixture
def calls(container, clock):
    """Give the ports of calls, furnished, to the API."""
    container.calls = FakeCalls(clock, container.crm)
    container.calls.system = container.system
    furnished(container.calls)
    return container.calls


def _body(**targets):
    return {"template_id": "template_1", **targets}


def test_many_are_called_by_a_job(api, calls):
    """It is counted first, for the time it is for, then started, done step by step and followed."""
    asked = _body(filter={"status": "lead"}, not_before="2026-03-03T18:00:00Z", validate_only=True)
    counted = api.post(BULK_CALL, asked, scope=Scope.OPERATOR)
    contact = calls.crm.contacts.find_by_phone(NUMBER)
    assert counted.status == 200
    assert counted.body == {
        "job": None,
        "foreseen": {
            "looked_at": 1,
            "is_more": False,
            "allow": 1,
            "not_yet": 0,
            "refuse": 0,
            "missing": 0,
            "reasons": [{"verdict": "allow", "reason": "allowed", "count": 1, "contact_ids": [contact.id]}],
        },
    }
    started = api.post(BULK_CALL, _body(numbers=[NUMBER, NEW], priority=8), scope=Scope.OPERATOR)
    assert (started.status, started.body["job"]["kind"], started.body["job"]["total"]) == (
        202,
        "bulk_call",
        2,
    )
    job_id = started.body["job"]["id"]
    for _ in range(2):
        assert jobs.jobs(queue_event(encode(JobStep(job_id, 0))), None) == {"batchItemFailures": []}
    done = api.get(f"/v1/crm/jobs/{job_id}").body
    assert (done["state"], done["succeeded"]) == ("done", 2)
    waiting = api.get("/v1/calls/queue").body["items"]
    assert sorted((call["number"], call["priority"]) for call in waiting) == [(NUMBER, 8), (NEW, 8)]


def test_a_tag_names_contacts(api, calls):
    """By its name; one that is not there concerns nobody, and is refused."""
    tag = api.post("/v1/crm/tags", {"name": "Recall due"}).body
    api.post("/v1/crm/contacts", {"name": "Bob", "phone": NEW, "tags": ["Recall due"]})
    counted = api.post(BULK_CALL, _body(tag="recall due", validate_only=True)).body["foreseen"]
    assert counted["looked_at"] == 1
    started = api.post(BULK_CALL, _body(tag=tag["id"])).body["job"]
    assert started["arguments"]["filter"] == {"tag": tag["id"]}
    assert api.post(BULK_CALL, _body(tag="nothing such")).body["code"] == "unknown_tag"


def test_a_repeated_request_is_one_job(api, calls):
    """Under one Idempotency-Key."""
    key = {"Idempotency-Key": "once"}
    first, again = (api.post(BULK_CALL, _body(numbers=[NEW]), headers=key) for _ in range(2))
    assert first.body == again.body
    assert len(api.get("/v1/crm/jobs").body["items"]) == 1


@pytest.mark.parametrize(
    "targets",
    [
        {},
        {"numbers": [NEW], "tag": "x"},
        {"numbers": []},
        {"filter": {}},
        {"numbers": ["5"]},
        {"numbers": [NEW] * 101},
    ],
)
def test_whom_it_concerns_has_to_be_said(api, calls, targets):
    """In one way, and not everybody by accident."""
    refused = api.post(BULK_CALL, _body(**targets))
    assert (refused.status, refused.body["code"]) == (400, "invalid_fields")


def test_what_is_missing_is_refused(api, calls):
    """A template that is not there, a time that is too far away."""
    absent = api.post(BULK_CALL, {"template_id": "template_9", "numbers": [NEW]})
    assert (absent.status, absent.body["code"]) == (404, "template_not_found")
    far = api.post(BULK_CALL, _body(numbers=[NEW], not_before="2028-01-01T00:00:00Z"))
    assert (far.status, far.body["code"]) == (400, "too_far_ahead")
