"""One suite for the audit log: in memory, and on DynamoDB as moto plays it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from fakes.news import FakeAuditLog

from chalicelib.kernel.changes import Action
from chalicelib.kernel.errors import Unavailable
from chalicelib.kernel.ids import derived_id
from chalicelib.system.adapters import tables
from chalicelib.system.adapters.repository.audit import AuditRepository
from chalicelib.system.domain.audit import AuditEntry, AuditFilter

START = datetime(2026, 3, 3, 23, 59, 58, tzinfo=UTC)
ALL = AuditFilter()


@pytest.fixture(params=["memory", "dynamodb"])
def log(request):
    """Give a log in memory, then on a table."""
    if request.param == "memory":
        return FakeAuditLog()
    tables.bind(request.getfixturevalue("make_table")("system", "SystemTable"))
    return AuditRepository()


def _entry(number, **changes):
    entry = AuditEntry(
        id=derived_id("audit", str(number)),
        at=START + timedelta(seconds=number),
        actor="token:token_1",
        action=Action.UPDATED,
        object_kind="contact",
        object_id="contact_1",
        before={"status": "lead"},
        after={"status": "customer", "priority": 5, "tools": ["a", "b"]},
    )
    return replace(entry, **changes)


def _filled(log, count=12):
    entries = [_entry(number) for number in range(count)]
    for entry in entries:
        log.add(entry)
    return list(reversed(entries))


def _read(log, wanted=ALL, page_size=5):
    pages, start = [], None
    while True:
        page = log.find(wanted, page_size, start)
        pages.append(list(page.items))
        start = page.next_start
        if start is None:
            return pages


def test_an_entry_is_read_as_it_was_written(log):
    """Every field comes back."""
    log.add(_entry(1))
    assert log.find(ALL, 5, None).items == [_entry(1)]


def test_an_entry_is_kept_once(log):
    """The same again changes nothing, whatever it says: the log is append-only."""
    log.add(_entry(1))
    log.add(_entry(1, actor="token:forger", after={}))
    assert log.find(ALL, 5, None).items == [_entry(1)]


def test_pages_go_from_new_to_old_over_days(log):
    """Each entry once, the newest first, over midnight, with a short last page."""
    newest_first = _filled(log)
    pages = _read(log)
    assert [len(page) for page in pages] == [5, 5, 2]
    assert [entry for page in pages for entry in page] == newest_first


def test_a_page_that_ends_exactly_has_no_next(log):
    """No empty page follows the last."""
    _filled(log, 5)
    assert [len(page) for page in _read(log)] == [5]


def test_days_without_entries_cost_nothing(log):
    """What is a year apart is read like what is a second apart."""
    old, new = _entry(1), _entry(2, at=START + timedelta(days=365))
    log.add(old)
    log.add(new)
    assert _read(log, page_size=1) == [[new], [old]]


@pytest.mark.parametrize("page_size", [1, 3, 100])
def test_filters_choose(log, page_size):
    """By actor, by object, by both; pages are as long as without."""
    for number in range(8):
        actor, thing = f"token:token_{number % 2}", f"contact_{number % 4}"
        log.add(_entry(number, actor=actor, object_id=thing))
    for wanted, expected in (
        (AuditFilter(actor="token:token_1"), [7, 5, 3, 1]),
        (AuditFilter(object="contact:contact_2"), [6, 2]),
        (AuditFilter(actor="token:token_0", object="contact:contact_2"), [6, 2]),
        (AuditFilter(actor="token:token_1", object="contact:contact_2"), []),
        (AuditFilter(actor="call:call_1"), []),
    ):
        found = [entry for page in _read(log, wanted, page_size) for entry in page]
        assert [(entry.at - START).seconds for entry in found] == expected


@pytest.mark.parametrize("who", [{}, {"actor": "token:token_1"}, {"object": "contact:contact_1"}])
def test_a_span_begins_inside_and_ends_outside(log, who):
    """`since` belongs to it and `until` does not, in pages as well."""
    _filled(log)
    wanted = AuditFilter(since=START + timedelta(seconds=1), until=START + timedelta(seconds=4), **who)
    found = [(entry.at - START).seconds for page in _read(log, wanted, 2) for entry in page]
    assert found == [3, 2, 1]


def test_entries_of_one_instant_are_all_read(log):
    """A stream tells time in seconds: many entries have the same, and none is lost between pages."""
    entries = {derived_id("audit", f"same {number}") for number in range(9)}
    for entry_id in entries:
        log.add(_entry(0, id=entry_id))
    found = [entry.id for page in _read(log, page_size=2) for entry in page]
    assert len(found) == 9
    assert set(found) == entries


@pytest.mark.parametrize("days", [30, 3650])
def test_entries_expire(make_table, aws, days):
    """After as many days as the settings say, with the row of their day not before them."""
    tables.bind(make_table("system", "SystemTable"))
    AuditRepository().add(_entry(1), timedelta(days=days))
    rows = {row["row"]["S"]: int(row["expires_at"]["N"]) for row in aws.scan(TableName="system")["Items"]}
    assert rows["audit"] == int((_entry(1).at + timedelta(days=days)).timestamp())
    assert rows["audit_day"] >= rows["audit"]


def test_entries_are_spread_over_four_keys_a_day(make_table, aws):
    """A busy day meets no limit of one key."""
    tables.bind(make_table("system", "SystemTable"))
    log = AuditRepository()
    for number in range(40):
        log.add(_entry(0, id=derived_id("audit", str(number))))
    keys = {row["pk"]["S"] for row in aws.scan(TableName="system")["Items"]} - {"AUDIT"}
    assert keys == {f"AUDIT#2026-03-03#{shard}" for shard in range(4)}


def test_an_entry_is_found_although_its_writer_died_after_the_day(make_table, monkeypatch):
    """The day is kept before the entry, so an entry is never where nobody looks."""
    tables.bind(make_table("system", "SystemTable"))
    log = AuditRepository()
    with monkeypatch.context() as broken:
        broken.setattr(tables.AuditItem, "save", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            log.add(_entry(1))
    AuditRepository().add(_entry(1))
    assert log.find(ALL, 5, None).items == [_entry(1)]


@pytest.mark.usefixtures("aws")
def test_a_table_that_is_not_there_is_unavailable():
    """So the stream tells again."""
    tables.bind("absent")
    with pytest.raises(Unavailable):
        AuditRepository().add(_entry(1))
    with pytest.raises(Unavailable):
        AuditRepository().find(ALL, 5, None)
