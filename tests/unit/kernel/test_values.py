from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.kernel.clock import FixedClock, SystemClock, from_iso, from_millis, iso, to_millis
from chalicelib.kernel.ids import is_id, new_id, new_secret
from chalicelib.kernel.money import dollars, micros

INSTANTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
AMOUNTS = st.decimals(-1000, 1000, places=6)


def test_ids_sort_in_the_order_of_creation():
    """Later ids are greater, also within one millisecond, and none comes twice."""
    ids = [new_id("call") for _ in range(5000)]
    assert ids == sorted(set(ids))


@given(st.text(max_size=50))
def test_only_ids_look_like_ids(text):
    """Arbitrary text has not the shape of an id."""
    assert not is_id(text, "call")


@pytest.mark.parametrize("prefix", ["call", "contact", "note"])
def test_an_id_is_of_its_kind_only(prefix):
    """The prefix tells kinds apart."""
    made = new_id(prefix)
    assert is_id(made, prefix)
    assert not is_id(made, "member")
    assert not is_id(made + "\n", prefix)


def test_secrets_are_long_and_never_repeat():
    """A secret has 43 characters after its prefix: 256 bits."""
    secrets = {new_secret("aics") for _ in range(100)}
    assert len(secrets) == 100
    assert {len(secret) for secret in secrets} == {len("aics_") + 43}


@given(st.lists(AMOUNTS, max_size=50))
def test_sums_of_money_are_exact(amounts):
    """Adding micro-dollars gives what adding the decimals gives."""
    assert sum(map(micros, amounts)) == micros(sum(amounts, Decimal(0)))


@given(AMOUNTS)
def test_money_survives_being_shown(amount):
    """Six decimals show a micro-dollar exactly."""
    assert micros(dollars(micros(amount))) == micros(amount)


@pytest.mark.parametrize(
    ("text", "amount"), [("0.0000005", 1), ("0.0000004", 0), ("-0.0000005", -1), ("0.0145", 14_500)]
)
def test_less_than_a_micro_dollar_is_rounded_half_up(text, amount):
    """Half a micro-dollar counts as one, away from zero."""
    assert micros(text) == amount


@given(INSTANTS, INSTANTS)
def test_written_instants_sort_like_instants(one, other):
    """The text form keeps the order of time, to the millisecond."""
    assert (iso(one) < iso(other)) <= (one < other)
    assert (to_millis(one) < to_millis(other)) <= (one < other)


@given(INSTANTS)
def test_instants_survive_being_written(instant):
    """Text and number give the instant back, to the millisecond."""
    assert abs(from_iso(iso(instant)) - instant) < timedelta(milliseconds=1)
    assert abs(from_millis(to_millis(instant)) - instant) < timedelta(milliseconds=1)


def test_text_and_number_agree_on_whole_milliseconds():
    """An instant of whole milliseconds is the same in both forms."""
    instant = datetime(2026, 3, 3, 12, 0, 0, 999_000, tzinfo=UTC)
    assert from_iso(iso(instant)) == from_millis(to_millis(instant)) == instant


def test_instants_of_other_zones_are_written_in_utc():
    """The zone of the value does not change the text."""
    local = datetime(2026, 3, 3, 7, tzinfo=timezone(timedelta(hours=-5)))
    assert iso(local) == "2026-03-03T12:00:00.000Z"


def test_the_system_clock_is_aware_and_does_not_go_back():
    """Now is in UTC, and elapsed time grows."""
    clock = SystemClock()
    assert clock.now().utcoffset() == timedelta(0)
    assert clock.elapsed() <= clock.elapsed()


def test_clocks_tell_whole_milliseconds():
    """As storage keeps them: what was read again is what was written."""
    clocks = [SystemClock(), FixedClock(datetime(2026, 3, 3, microsecond=123_999, tzinfo=UTC))]
    told = [clock.now() for clock in clocks for _ in range(5)]
    assert [from_iso(iso(instant)) for instant in told] == told


def test_a_fixed_clock_moves_when_told():
    """Time stands still between advances."""
    clock = FixedClock(datetime(2026, 3, 3, tzinfo=UTC))
    before, elapsed = clock.now(), clock.elapsed()
    assert clock.now() == before
    clock.advance(seconds=90)
    assert clock.now() - before == timedelta(seconds=90)
    assert clock.elapsed() - elapsed == 90
