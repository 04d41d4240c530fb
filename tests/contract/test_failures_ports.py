"""One suite for the ports of failed work: in memory, and DynamoDB as moto plays it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import boto3
import pytest
from fakes.failures import FakeCauses, FakeFailedWork

from chalicelib.kernel.errors import Unavailable
from chalicelib.system.adapters import tables
from chalicelib.system.adapters.repository.failures import CauseRepository, FailedWorkRepository
from chalicelib.system.adapters.work_queues import SqsWorkQueues
from chalicelib.system.domain.failures import (
    Cause,
    FailedState,
    FailedWork,
    Settlement,
    WorkQueue,
    discarded,
    replayed,
    replaying,
)


@pytest.fixture(params=["memory", "dynamodb"])
def books(request):
    """Give the places of work and of causes in memory, then on a table."""
    if request.param == "memory":
        return FakeFailedWork(), FakeCauses()
    connection = tables.bind(request.getfixturevalue("make_table")("system"))
    return FailedWorkRepository(connection), CauseRepository()


@pytest.fixture
def work(clock):
    """Give open work of which everything is known."""
    return FailedWork(
        id="failed_" + f"{1:032x}",
        queue=WorkQueue.DIAL,
        kind="attend",
        subject="call_1",
        body='{"v": 1}',
        failed_at=clock.now(),
        cause="moved: It moved.",
        attempts=5,
    )


def _number(work, number, queue=WorkQueue.DIAL):
    return replace(work, id="failed_" + f"{number:032x}", queue=queue)


def test_work_is_read_as_it_was_written(books, work):
    """Every field comes back, with a cause and without."""
    book, _ = books
    bare = replace(_number(work, 2), cause=None, attempts=None)
    for each in (work, bare):
        book.keep(each)
        assert book.get(each.id) == each
    assert book.get(_number(work, 3).id) is None


def test_work_is_kept_once(books, work, clock):
    """The first row stands, open or settled; a letter that comes again changes nothing."""
    book, _ = books
    book.keep(work)
    book.keep(replace(work, body="other"))
    assert book.get(work.id) == work
    done = discarded(work, Settlement("settlement_1", "token:1", clock.now()), "done by hand")
    assert book.settle(done) is True
    book.keep(work)
    assert book.get(work.id) == done
    assert list(book.latest(FailedState.OPEN, None, 10).items) == []


def test_work_is_settled_once(books, work, clock):
    """Whoever comes second is told, and changes nothing; work that was never kept cannot be settled."""
    book, _ = books
    done = replayed(work, Settlement("settlement_1", "token:1", clock.now()))
    assert book.settle(done) is False
    book.keep(work)
    assert book.settle(done) is True
    assert book.settle(discarded(work, Settlement("settlement_2", "token:2", clock.now()), "x")) is False
    assert book.settle(done) is False
    assert book.get(work.id) == done


def test_work_whose_replay_has_begun_is_not_discarded(books, work, clock):
    """The mark is kept with open work, the last one stands, and settled work takes none."""
    book, _ = books
    first, second = (Settlement(f"settlement_{n}", "token:1", clock.now()) for n in (1, 2))
    assert book.mark(replaying(work, first)) is False
    book.keep(work)
    assert book.mark(replaying(work, first)) is True
    assert book.mark(replaying(work, second)) is True
    assert book.settle(discarded(work, first, "x")) is False
    assert book.get(work.id) == replaying(work, second)
    assert book.settle(replayed(work, first)) is True
    assert book.mark(replaying(work, second)) is False
    assert book.get(work.id) == replayed(work, first)


def test_work_is_listed_by_state_and_queue(books, work, clock):
    """The latest first; each state and each queue by itself, or all queues together."""
    book, _ = books
    found = [_number(work, n, WorkQueue.DIAL if n % 2 else WorkQueue.NEWS) for n in range(1, 6)]
    for each in found:
        book.keep(each)
    book.settle(replayed(found[4], Settlement("settlement_1", "system", clock.now())))
    ids = [each.id for each in found]
    listed = {
        (state, queue): [each.id for each in book.latest(state, queue, 10).items]
        for state in FailedState
        for queue in (None, WorkQueue.DIAL, WorkQueue.NEWS, WorkQueue.URGENT)
    }
    assert listed[FailedState.OPEN, None] == [ids[3], ids[2], ids[1], ids[0]]
    assert listed[FailedState.OPEN, WorkQueue.DIAL] == [ids[2], ids[0]]
    assert listed[FailedState.OPEN, WorkQueue.NEWS] == [ids[3], ids[1]]
    assert listed[FailedState.REPLAYED, None] == listed[FailedState.REPLAYED, WorkQueue.DIAL] == [ids[4]]
    assert listed[FailedState.OPEN, WorkQueue.URGENT] == listed[FailedState.DISCARDED, None] == []


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8])
def test_pages_cover_everything_once(books, work, size):
    """Page after page shows each piece of work once, in one order, and ends."""
    book, _ = books
    queues = list(WorkQueue)
    found = [_number(work, n, queues[n % len(queues)]) for n in range(7)]
    for each in found:
        book.keep(each)
    seen, start = [], None
    for _ in range(8):
        page = book.latest(FailedState.OPEN, None, size, start)
        seen += [each.id for each in page.items]
        start = page.next_start
        if start is None:
            break
    assert seen == [each.id for each in reversed(found)]


def test_the_last_cause_stands(books, clock):
    """Each failure replaces the one before, message by message."""
    _, causes = books
    causes.note("m1", Cause("first", 1), clock.now())
    causes.note("m1", Cause("second", 2), clock.now())
    assert causes.find("m1") == Cause("second", 2)
    assert causes.find("m2") is None


def test_open_work_never_expires(make_table, work, clock):
    """Only settled work and causes have a time after which the table forgets them."""
    connection = tables.bind(make_table("system"))
    book, causes = FailedWorkRepository(connection), CauseRepository()
    book.keep(work)
    book.keep(_number(work, 2))
    book.settle(replayed(_number(work, 2), Settlement("settlement_1", "system", clock.now())))
    causes.note("m1", Cause("x", 1), clock.now())
    rows = boto3.client("dynamodb").scan(TableName="system")["Items"]
    expiry = {row["row"]["S"] + row.get("state", {"S": ""})["S"]: row.get("expires_at") for row in rows}
    assert expiry["failed_workopen"] is None
    in_two_weeks = (clock.now() + timedelta(days=14)).timestamp()
    assert int(expiry["cause"]["N"]) > in_two_weeks
    assert int(expiry["failed_workreplayed"]["N"]) > in_two_weeks


@pytest.mark.usefixtures("aws")
def test_a_table_that_is_not_there_is_unavailable(work):
    """A letter that cannot be kept says so, and stays in its queue."""
    book = FailedWorkRepository(tables.bind("absent"))
    with pytest.raises(Unavailable):
        book.keep(work)
    with pytest.raises(Unavailable):
        book.settle(work)
    with pytest.raises(Unavailable):
        book.mark(work)


@pytest.mark.usefixtures("aws")
def test_a_message_goes_back_to_its_own_queue():
    """The body arrives as it was; a queue that is not there is unavailable."""
    sqs = boto3.client("sqs")
    urls = {name: sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("dial", "news")}
    queues = SqsWorkQueues(sqs, {**urls, "urgent": urls["dial"] + "-absent"})
    queues.send(WorkQueue.NEWS, "body")
    assert "Messages" not in sqs.receive_message(QueueUrl=urls["dial"])
    assert [m["Body"] for m in sqs.receive_message(QueueUrl=urls["news"])["Messages"]] == ["body"]
    with pytest.raises(Unavailable):
        queues.send(WorkQueue.URGENT, "body")
