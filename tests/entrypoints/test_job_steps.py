"""Steps of jobs through the real handler: work is done, and what fails is delivered again alone."""

from __future__ import annotations

import pytest
from fakes.events import queue_event

from chalicelib.crm.adapters.messages import JobStep, encode
from chalicelib.crm.domain.bulk import BulkAction, BulkWish
from chalicelib.crm.domain.contacts import NewContact
from chalicelib.crm.services.bulk import start_bulk
from chalicelib.crm.services.contacts import create_contact, get_contact
from chalicelib.crm.services.jobs import get_job
from chalicelib.entrypoints import jobs
from chalicelib.kernel.errors import Unavailable
from chalicelib.kernel.phones import E164


@pytest.fixture
def started(container):
    """Start a bulk action on one contact."""
    ada = create_contact(container.crm, NewContact("Ada", E164("+14155552671")))
    return ada, start_bulk(container.crm, BulkWish(BulkAction.ASSIGN, "Grace", ids=(ada.id,)))


def test_a_step_is_done_by_its_message(container, started):
    """The contact is changed, and the job says so; the message that comes again changes nothing."""
    ada, job = started
    for _ in range(2):
        answer = jobs.jobs(queue_event(encode(JobStep(job.id, 0))), None)
        assert answer == {"batchItemFailures": []}
    assert get_contact(container.crm, ada.id).version == 2
    assert get_job(container.crm, job.id).succeeded == 1


def test_a_step_that_finds_nobody_in_comes_again(container, started, monkeypatch):
    """An outage is no result: the message is delivered again."""
    _, job = started

    def away(*_arguments):
        raise Unavailable("away", retryable=True)

    monkeypatch.setattr(container.crm.contacts, "get", away)
    answer = jobs.jobs(queue_event(encode(JobStep(job.id, 0))), None)
    assert len(answer["batchItemFailures"]) == 1
    assert get_job(container.crm, job.id) == job
