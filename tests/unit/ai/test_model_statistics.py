"""What questions to models are counted as, and how exact percentiles are."""

from __future__ import annotations

import math
from collections import Counter
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.ai.domain.analysis import Usage
from chalicelib.ai.domain.asking import ModelUse
from chalicelib.ai.domain.model_statistics import (
    FALLBACKS,
    MAX_GROUPS,
    RELATIVE_ERROR,
    By,
    Latency,
    Row,
    dashboard_of,
    middle_of,
    moves_of,
    part_of,
)
from chalicelib.ai.services import questions

DAY = date(2026, 3, 3)


def _moves(*uses):
    return moves_of(DAY, "template_1", [uses])


def _use(provider="openai", model="gpt-4.1-mini", error="", **more):
    return ModelUse(provider, model, error=error, **more)


def _whole(*uses):
    return dashboard_of(_moves(*uses).items(), DAY, DAY, By.DAY).whole


def test_a_failed_question_and_the_one_that_took_over():
    """The error is the first one's, the fallback the second one's."""
    moves = _moves(_use(error="model_timeout"), _use("spare", "own"))
    first, second = (
        moves[Row("2026-03-03", "template_1", *names)]
        for names in (("openai", "gpt-4.1-mini"), ("spare", "own"))
    )
    assert (first["e_model_timeout"], first[FALLBACKS]) == (1, 0)
    assert second[FALLBACKS] == 1


def test_only_after_a_failure_another_provider_takes_over():
    """Not when the caller cut the answer off, nor when the same one is asked again."""
    assert _whole(_use(), _use("spare")).fallbacks == 0
    assert _whole(_use(error=questions.CANCELLED), _use("spare")).fallbacks == 0
    assert _whole(_use(error="model_timeout"), _use()).fallbacks == 0


def test_the_next_turn_is_no_fallback():
    """It asks anew, whoever failed in the turn before; nor is the next question of the same turn."""
    failed, spare = _use(error="model_timeout"), _use("spare", error="model_failed")
    apart = moves_of(DAY, "template_1", [(failed, spare), (_use(),)])
    assert sum(numbers[FALLBACKS] for numbers in apart.values()) == 1
    assert _whole(failed, spare, _use()).fallbacks == 1


def test_a_question_without_a_provider_is_that_of_its_model():
    """The analysis tells only its model; one that nobody else asked stays without."""
    (row,) = _moves(_use(), _use(""))
    assert row.provider == "openai"
    assert {row.provider for row in _moves(_use(), _use("", "own"))} == {"openai", ""}


def test_an_answer_that_was_cut_off_is_no_error():
    """The caller spoke; nothing went wrong."""
    whole = _whole(_use(error=questions.CANCELLED))
    assert (whole.cancelled, dict(whole.errors)) == (1, {})


def test_models_without_a_price_are_told():
    """Their cost is not known, which is not the same as nothing."""
    whole = _whole(_use(model="own", usage=Usage(100, 0, 100)), _use(usage=Usage(1000, 0, 0)))
    assert (whole.unpriced, whole.cost, whole.requests) == (1, 400, 2)


def test_odd_codes_stay_names():
    """A code may hold anything; a number's name may not."""
    assert dict(_whole(_use(error="HTTP 500.x")).errors) == {"_____500_x": 1}


def test_only_the_busiest_groups_are_told():
    """And how many there are; days are told all, in order, without the zeros left out."""
    rows = [(Row("2026-03-03", f"t{n:03}", "p", "m"), Counter(n=n + 1)) for n in range(MAX_GROUPS + 5)]
    found = dashboard_of(rows, DAY, DAY, By.TEMPLATE)
    assert (len(found.groups), found.group_count) == (MAX_GROUPS, MAX_GROUPS + 5)
    assert next(iter(found.groups)) == f"t{MAX_GROUPS + 4:03}"
    days = dashboard_of(rows, date(2026, 3, 1), date(2026, 3, 4), By.DAY).groups
    assert list(days) == ["2026-03-01", "2026-03-02", "2026-03-03", "2026-03-04"]
    assert [numbers.requests > 0 for numbers in days.values()] == [False, False, True, False]


@given(ms=st.integers(1, 600_000))
def test_a_part_is_told_within_its_error(ms):
    """Beside rounding to whole milliseconds."""
    assert abs(middle_of(part_of(ms)) - ms) <= RELATIVE_ERROR * ms + 0.5 + 1e-6


@given(ms=st.lists(st.integers(0, 100_000), min_size=1, max_size=50), share=st.sampled_from([0.5, 0.9, 0.99]))
def test_a_percentile_is_within_its_error(ms, share):
    """Of the true one: the least time within which this share lies."""
    true = max(1, sorted(ms)[max(0, math.ceil(share * len(ms)) - 1)])
    found = Latency(Counter(map(part_of, ms))).percentile(share)
    assert found is not None
    assert abs(found - true) <= RELATIVE_ERROR * true + 0.5 + 1e-6


@given(st.lists(st.integers(0, 10_000)), st.lists(st.integers(0, 10_000)))
def test_latencies_of_two_periods_add_up(one, other):
    """As if all had been measured together."""
    both = Counter(map(part_of, one)) + Counter(map(part_of, other))
    assert Latency(both).percentile(0.9) == Latency(Counter(map(part_of, one + other))).percentile(0.9)


def test_nothing_measured_has_no_percentile():
    """None, and not 0."""
    assert Latency({}).percentile(0.5) is None
