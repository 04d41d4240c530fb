"""Failed work through the real handlers: drained from the queues, and by REST."""

from __future__ import annotations

import pytest
from aws_lambda_powertools.utilities.data_classes import SQSEvent
from fakes.calls import FakeCalls
from fakes.events import queue_event
from fakes.requests import FakeRequestStore

from chalicelib.calls.adapters.messages import Attend, Finish, encode
from chalicelib.entrypoints import failures, queues
from chalicelib.entrypoints.causes import noting_causes
from chalicelib.kernel.errors import Unavailable
from chalicelib.system.domain.failures import FailedState, WorkQueue
from chalicelib.system.domain.tokens import Scope
from chalicelib.system.services.failures import keep_failed

BODY = encode(Finish("call_1"))
WORK = "/v1/failed-work"


@pytest.fixture
def letters(container):
    """Let the queue of the event be the dead letters of post-call jobs; give a way to drain a batch."""
    container.settings.dead_letter_queues = {"dial": "post_call"}

    def drain(*bodies):
        event = queue_event(*bodies)
        for record in event["Records"]:
            record["attributes"]["SentTimestamp"] = "1772539200000"
        answer = failures.failures(event, None)
        return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]

    return drain


def _open(system):
    return list(system.failures.latest(FailedState.OPEN, None, 10).items)


def test_a_dead_letter_becomes_failed_work(letters, system):
    """It is kept under the queue that it came from, and then deleted there."""
    assert letters(BODY) == []
    (work,) = _open(system)
    assert (work.queue, work.kind, work.subject, work.body) == (WorkQueue.POST_CALL, "finish", "call_1", BODY)


def test_a_letter_that_cannot_be_kept_stays(letters, system):
    """It fails alone, and is drained when the table is back."""
    keep = system.failures.keep
    system.failures.keep = _down
    assert letters(BODY) == ["message-0"]
    system.failures.keep = keep
    assert letters(BODY) == []
    assert len(_open(system)) == 1


def test_letters_of_an_unknown_queue_stay(letters, container, system):
    """Nothing is kept under a wrong name."""
    container.settings.dead_letter_queues = {}
    assert letters(BODY) == ["message-0"]
    assert _open(system) == []


def test_why_a_message_failed_is_found_with_it(letters, container, system):
    """The worker notes the cause at each failure; what succeeds notes nothing."""
    container.calls = FakeCalls(container.clock, container.crm)
    container.calls.book.get = _down
    queues.dial(queue_event("not ours", received=5), None)
    assert system.causes.find("message-0").text == "bad_message"
    body = encode(Attend("call_1"))
    queues.dial(queue_event(body, received=4), None)
    letters(body)
    assert [(work.cause, work.attempts) for work in _open(system)] == [("gone", 4)]


def test_a_cause_that_cannot_be_noted_hides_nothing(container, system):
    """The message fails as it would have, for its own reason."""
    container.calls = FakeCalls(container.clock, container.crm)
    system.causes.note = _down
    answer = queues.dial(queue_event("not ours"), None)
    assert answer["batchItemFailures"] == [{"itemIdentifier": "message-0"}]
    (record,) = SQSEvent(queue_event("not ours")).records
    with pytest.raises(KeyError), noting_causes(record):
        raise KeyError


@pytest.fixture
def work(system):
    """Give open work."""
    return keep_failed(system, WorkQueue.POST_CALL, "m1", BODY, 1_772_539_200_000)


def test_work_is_listed_and_read(api, work):
    """A viewer sees what failed, why and when, open work unless another state is asked for."""
    (item,) = api.get(WORK, scope=Scope.VIEWER).body["items"]
    assert (item["id"], item["state"], item["message"]["call_id"]) == (work.id, "open", "call_1")
    assert "body" not in item
    assert api.get(f"{WORK}/{work.id}", scope=Scope.VIEWER).body == item
    assert api.get(f"{WORK}?queue=dial").body["items"] == []
    assert api.get(f"{WORK}?state=discarded").body["items"] == []
    assert api.get(f"{WORK}?queue=unknown").status == 400


def test_work_is_paged(api, system):
    """The token of a page leads to the next."""
    for number in range(3):
        keep_failed(system, WorkQueue.DIAL, f"m{number}", BODY, 1_772_539_200_000 + number)
    first = api.get(f"{WORK}?page_size=2").body
    second = api.get(f"{WORK}?page_size=2&page_token={first['next_page_token']}").body
    assert (len(first["items"]), len(second["items"]), second["next_page_token"]) == (2, 1, None)


def test_work_is_replayed_once(api, system, work):
    """The message is sent, the answer says so, and a second time is a conflict."""
    answer = api.post(f"{WORK}/{work.id}/replay")
    assert (answer.status, answer.body["state"], answer.body["version"]) == (200, "replayed", 2)
    assert answer.body["settled_by"].startswith("token:")
    again = api.post(f"{WORK}/{work.id}/replay")
    assert (again.status, again.body["code"]) == (409, "failed_work_settled")
    assert len(system.work_queues.sent) == 1


@pytest.mark.parametrize("settle", ["replay", "discard"])
def test_a_request_that_died_before_its_answer_was_kept_gets_it(api, system, work, settle):
    """Repeated with its key it answers what it has made; another key is another request."""
    body = {"reason": "done by hand"} if settle == "discard" else None
    state = FailedState.DISCARDED if settle == "discard" else FailedState.REPLAYED

    def ask(key):
        return api.post(f"{WORK}/{work.id}/{settle}", body, headers={"Idempotency-Key": key})

    with pytest.MonkeyPatch.context() as patches:
        patches.setattr(FakeRequestStore, "_update_record", _down)
        assert ask("key-1").status == 503
    assert system.failures.get(work.id).state is state
    for row in system.requests.rows.values():
        row["in_progress_expiry_timestamp"] = 0  # the time limit of whoever served it has passed
    again = ask("key-1")
    assert (again.status, again.body["state"], again.body["version"]) == (200, state, 2)
    assert "Idempotent-Replayed" not in again.headers
    assert (ask("key-2").status, ask("key-2").body["code"]) == (409, "failed_work_settled")
    assert len(system.work_queues.sent) == (settle == "replay")


def test_all_work_is_replayed(api, system, work):
    """One queue's, or all; the answer counts."""
    assert api.post(f"{WORK}/replay", {"queue": "dial"}).body == {"replayed": 0, "more": False}
    assert api.post(f"{WORK}/replay", {}).body == {"replayed": 1, "more": False}
    assert [body for _, body in system.work_queues.sent] == [work.body]


def test_work_is_discarded_with_a_reason(api, work):
    """Without a reason nothing is given up."""
    assert api.post(f"{WORK}/{work.id}/discard", {"reason": " "}).status == 400
    answer = api.post(f"{WORK}/{work.id}/discard", {"reason": "done by hand"})
    assert (answer.status, answer.body["state"], answer.body["reason"]) == (200, "discarded", "done by hand")


def test_a_viewer_settles_nothing(api, work):
    """Sending again and giving up are for operators."""
    for path, body in ((f"{work.id}/replay", None), ("replay", {}), (f"{work.id}/discard", {"reason": "x"})):
        assert api.post(f"{WORK}/{path}", body, scope=Scope.VIEWER).status == 403


def test_unknown_work_is_not_found(api):
    """Reading, replaying and discarding say the same."""
    path = f"{WORK}/failed_{'0' * 32}"
    answers = [api.get(path), api.post(f"{path}/replay"), api.post(f"{path}/discard", {"reason": "x"})]
    assert {(each.status, each.body["code"]) for each in answers} == {(404, "failed_work_not_found")}


def _down(*_):
    raise Unavailable("It is down.", retryable=True, code="gone")
