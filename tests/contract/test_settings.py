"""One suite for the settings' port: in memory, and DynamoDB as moto plays it."""

from __future__ import annotations

from dataclasses import replace
from threading import Barrier, Thread

import pytest
from fakes.settings import FakeSettings
from fakes.system import FakeSystem

from chalicelib.kernel.errors import Conflict, Unavailable
from chalicelib.system.adapters import tables
from chalicelib.system.adapters.repository.settings import SettingsRepository
from chalicelib.system.domain.settings import (
    Budgets,
    Caps,
    DayHours,
    Hours,
    KillSwitch,
    Pace,
    Retention,
    StoredSettings,
)
from chalicelib.system.services.settings import change_settings, current_settings

EVERYTHING = {
    "kill_switch": KillSwitch(on=True, reason="wrong script"),
    "pace": Pace(3),
    "caps": Caps(7),
    "budgets": Budgets(per_call_micros=250_000, per_day_micros=None, calls_per_day=0),
    "allowed_countries": ("CA", "US"),
    "hours": Hours(sunday=None, monday=DayHours("09:30", "18:00")),
    "retention": Retention(audit_days=100),
}


@pytest.fixture(params=["memory", "dynamodb"])
def book(request):
    """Give the settings in memory, then on a table."""
    if request.param == "memory":
        return FakeSettings()
    return SettingsRepository(tables.bind(request.getfixturevalue("make_table")("system")))


@pytest.fixture
def ports(clock, book):
    """Give the ports with these settings."""
    return FakeSystem(clock, settings=book)


def test_nothing_is_stored_before_the_first_change(book):
    """There is no row, and no history."""
    assert book.current() is None
    assert list(book.history(10).items) == []


def test_every_section_is_read_as_it_was_written(ports, clock):
    """In the settings and in the history, before and after."""
    change_settings(ports, EVERYTHING, 1, "all at once")
    assert ports.settings.current() == StoredSettings(2, EVERYTHING, clock.now(), "system")
    [change] = ports.settings.history(10).items
    assert (change.version, change.at, change.by, change.reason) == (2, clock.now(), "system", "all at once")
    assert change.after == EVERYTHING
    assert change.before["hours"] == Hours()


def test_a_version_is_written_once(ports):
    """The same next version a second time changes nothing, and neither does one that skips."""
    change_settings(ports, {"pace": Pace(3)}, 1)
    [change] = ports.settings.history(10).items
    stored = ports.settings.current()
    for version in (2, 4):
        late = replace(stored, version=version, sections={"pace": Pace(9)})
        assert ports.settings.change(late, replace(change, version=version)) is False
    assert ports.settings.current() == stored
    assert len(ports.settings.history(10).items) == 1


def test_the_history_comes_in_pages_newest_first(ports):
    """Each change once, past the tenth version too, and the last page says that it is the last."""
    for number in range(1, 13):
        change_settings(ports, {"pace": Pace(number)}, None)
    seen, start = [], None
    for _ in range(5):
        page = ports.settings.history(4, start)
        seen += [change.version for change in page.items]
        start = page.next_start
        if start is None:
            break
    assert start is None
    assert seen == list(range(13, 1, -1))


def test_changes_at_once_make_one_version_each(ports):
    """Of many hands that change one version, one wins; nothing is lost or half written."""
    barrier, won, lost = Barrier(8), [], []

    def change(number):
        barrier.wait()
        try:
            won.append(change_settings(ports, {"pace": Pace(number)}, 1))
        except Conflict as refusal:
            lost.append(refusal.code)

    hands = [Thread(target=change, args=(number,)) for number in range(1, 9)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    [winner] = won
    assert lost == ["version_changed"] * 7
    assert current_settings(ports).pace == winner.pace
    assert [change.version for change in ports.settings.history(10).items] == [2]


@pytest.mark.usefixtures("aws")
def test_a_table_that_is_not_there_is_unavailable(clock):
    """Reading and changing say so, with one retryable error."""
    ports = FakeSystem(clock, settings=SettingsRepository(tables.bind("absent")))
    with pytest.raises(Unavailable):
        current_settings(ports)
    with pytest.raises(Unavailable):
        ports.settings.change(StoredSettings(2, {}, clock.now(), "system"), _change(clock))
    with pytest.raises(Unavailable):
        ports.settings.history(10)


def _change(clock):
    fake = FakeSystem(clock)
    change_settings(fake, {"pace": Pace(1)}, 1)
    return fake.settings.changes[0]
