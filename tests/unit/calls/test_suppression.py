"""The suppression list: numbers by themselves and as files, read in any usual form, written without loss."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from fakes.calls import NOW, NUMBER, FakeCalls
from fakes.carrier import Fuse, Killed, Perilous
from fakes.crm import FakeCrm
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.bootstrap.suppressions import CallsSuppressions
from chalicelib.calls.adapters.changes import WATCHES
from chalicelib.calls.domain.suppression import Suppression, SuppressionFilter
from chalicelib.calls.schemas.suppressions import suppressions_csv
from chalicelib.calls.services.suppression import (
    find_suppression,
    list_suppressions,
    release_number,
    suppress_number,
)
from chalicelib.calls.services.suppression_import import SuppressionFile, import_suppressions
from chalicelib.kernel.clock import FixedClock
from chalicelib.kernel.errors import Invalid, NotFound
from chalicelib.kernel.phones import E164

SECOND = E164("+14155552672")
ALL = SuppressionFilter()
(NUMBERS,) = (watch for watch in WATCHES if watch.row == "number")


def _listed(calls):
    return sorted(list_suppressions(calls, ALL, 5000).items, key=lambda each: each.number)


def _import(calls, content, country=None, **options):
    return import_suppressions(calls, SuppressionFile(content, country, **options))


def test_a_number_is_suppressed_and_released(calls):
    """Who asks for it again gets the first; a released one is not there any more."""
    first = suppress_number(calls, NUMBER, "a letter")
    assert first == Suppression(NUMBER, NOW, "operator", "a letter")
    assert suppress_number(calls, NUMBER, "another") == find_suppression(calls, NUMBER) == first
    release_number(calls, NUMBER, "asked to")
    for act in (lambda: find_suppression(calls, NUMBER), lambda: release_number(calls, NUMBER, "again")):
        with pytest.raises(NotFound) as refused:
            act()
        assert refused.value.code == "suppression_not_found"


@pytest.mark.parametrize(
    "content",
    [
        "+14155552671\n+14155552672",
        "\ufeff+14155552671\r\n\r\n+14155552672\r\n",
        "(415) 555-2671\n415.555.2672\n",
        "'+14155552671\n'+14155552672\n",
        "name,Phone Number\nAda,+1 415 555 2671\nBob,4155552672\n",
        "Name;Mobile;City\nAda;+14155552671;Rome\n\nBob;+14155552672;\n",
        'number\treason\n"+14155552671"\tnew\n+14155552672\n',
        "+14155552671,Ada\n+14155552672,Bob\n",
    ],
)
def test_files_of_every_usual_form_are_read(calls, content):
    """Lines, tables with or without heading, any delimiter, national numbers, cells made safe."""
    result = _import(calls, content, "US")
    assert (result.added, result.already, result.errors) == (2, 0, ())
    assert [(each.number, each.source) for each in _listed(calls)] == [(NUMBER, "import"), (SECOND, "import")]


def test_a_row_that_cannot_be_read_is_told(calls):
    """With its place, what stands there and what to do; all others are imported."""
    result = _import(calls, "number,reason\n+14155552671,a\n555,b\n,c\n+14155552671,d\n+4155552671,e\n")
    assert (result.added, result.already, result.failed) == (1, 1, 3)
    assert [(error.row, error.value) for error in result.errors] == [(3, "555"), (4, ""), (6, "+4155552671")]
    assert all("+14155552671" in error.remedy for error in result.errors)
    assert _listed(calls) == [Suppression(NUMBER, NOW, "import", "a")]


def test_an_import_again_adds_nothing(calls):
    """What is on the list stays as it was."""
    suppress_number(calls, NUMBER, "first")
    calls.clock.advance(seconds=5)
    results = [_import(calls, f"{NUMBER}\n{SECOND}\n") for _ in range(2)]
    assert [(each.added, each.already) for each in results] == [(1, 1), (0, 2)]
    assert _listed(calls)[0] == Suppression(NUMBER, NOW, "operator", "first")


def test_validating_writes_nothing(calls):
    """The counts are those of an import."""
    suppress_number(calls, NUMBER)
    result = _import(calls, f"{NUMBER}\n{SECOND}\nx1\n", validate_only=True)
    assert (result.added, result.already, result.failed) == (1, 1, 1)
    assert [each.number for each in _listed(calls)] == [NUMBER]


def test_too_many_numbers_are_refused_whole(calls):
    """Five thousand rows are taken, with or without a heading; one more, and nothing is written."""
    lines = [f"+1415555{number:04}" for number in range(5000)]
    for heading in ([], ["number"]):
        with pytest.raises(Invalid) as refused:
            _import(calls, "\n".join([*heading, *lines, NUMBER]))
        assert refused.value.code == "too_many_numbers"
        assert _import(calls, "\n".join([*heading, *lines]), validate_only=True).added == 5000
    assert _listed(calls) == []


def test_what_is_no_csv_is_refused(calls):
    """A cell without end is no row."""
    with pytest.raises(Invalid) as refused:
        _import(calls, '"' + "1" * 200_000)
    assert refused.value.code == "bad_csv"


@pytest.mark.parametrize(
    "instant", ["yesterday", "2026-03-03", "2026-03-03T12:00:01Z", "0001-01-01T00:00:00+14:00"]
)
def test_a_row_of_an_export_has_a_time_that_is_over(calls, instant):
    """Nothing was suppressed in the future, or at no time."""
    result = _import(calls, f"number,suppressed_at,source,reason\n{NUMBER},{instant},operator,\n")
    (error,) = result.errors
    assert "suppressed_at" in error.remedy
    assert _listed(calls) == []


_SOURCES = st.one_of(
    st.sampled_from(["operator", "import", "sms"]), st.from_regex(r"\Acall:call_[0-9a-f]{32}\Z")
)
_REASONS = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=200).map(str.strip)
_FORMULAS = st.sampled_from(["=1+1", "'=1", "''+1", "-", "@x", "'", '"a", "b"', "a;b;c"])
_LISTS = st.dictionaries(
    st.from_regex(r"\A\+[1-9][0-9]{6,14}\Z").map(E164),
    st.tuples(st.integers(0, 10**10), _SOURCES, st.one_of(_REASONS, _FORMULAS)),
    max_size=8,
)


@given(_LISTS)
def test_the_import_of_an_export_loses_nothing(made):
    """Numbers that no plan knows, times, sources, and reasons in all letters come back."""
    one, other = (FakeCalls(clock, FakeCrm(clock)) for clock in (FixedClock(NOW), FixedClock(NOW)))
    for number, (millis, source, reason) in made.items():
        one.numbers.suppress(number, source, NOW - timedelta(milliseconds=millis), reason)
    text = suppressions_csv(_listed(one))
    result = _import(other, text)
    assert (result.added, result.errors) == (len(made), ())
    assert _listed(other) == _listed(one)
    cells = [cell for line in text.splitlines()[1:] for cell in line.split(",")]
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells[:1])


@pytest.mark.parametrize("at", range(1, 4))
def test_an_import_that_died_is_completed_by_repeating_it(calls, at):
    """Wherever it died, the list is the same in the end."""
    content, numbers = f"{NUMBER}\n{SECOND}\n", calls.numbers
    fuse = Fuse(at)
    calls.numbers = Perilous(numbers, fuse)
    for _ in range(3):
        try:
            _import(calls, content)
        except Killed:
            continue
    calls.numbers = numbers
    _import(calls, content)
    assert [(each.number, each.source) for each in _listed(calls)] == [(NUMBER, "import"), (SECOND, "import")]


def _told(old, new):
    before, after = (NUMBERS.read(image) if image else None for image in (old, new))
    return [(told.type, dict(told.data)) for told in NUMBERS.tell(before, after)]


ROW = {"pk": f"NUMBER#{NUMBER}", "sk": "NUMBER", "kind": "number"}
LIVE = {**ROW, "live_call_id": "call_1"}
HELD = {**ROW, "suppressed_at": "2026-03-03T12:00:00.000Z", "suppression_source": "operator"}
FREED = {**ROW, "released_at": "2026-03-04T12:00:00.000Z", "release_reason": "asked to"}


def test_suppressing_and_releasing_are_told_once_each():
    """Also anew after a release; a call that takes or leaves the number is no news."""
    suppressed = {"number": NUMBER, "source": "operator", "suppressed_at": HELD["suppressed_at"]}
    released = {"number": NUMBER, "released_at": FREED["released_at"]}
    for old in (None, LIVE, FREED):
        assert _told(old, HELD) == [("number.suppressed", suppressed)]
    assert _told(HELD, FREED) == [("number.released", released)]
    for old, new in ((None, LIVE), (LIVE, ROW), (HELD, {**HELD, "live_call_id": "x"}), (FREED, None)):
        assert _told(old, new) == []


def test_what_the_crm_asks_for_has_its_source(calls):
    """A record that is gone, or whoever else asked; an operator unless it says so."""
    list_of_calls = CallsSuppressions(SimpleNamespace(calls=calls))
    other = E164("+14155550199")
    list_of_calls.suppress([NUMBER], "gone", "do_not_contact")
    list_of_calls.suppress([NUMBER, other], "revoked")
    found = [find_suppression(calls, number) for number in (NUMBER, other)]
    assert [(each.source, each.reason) for each in found] == [
        ("do_not_contact", "gone"),
        ("operator", "revoked"),
    ]
    assert list_of_calls.is_suppressed(other)


def test_an_import_outlasts_start_where_a_text_had_asked(calls):
    """The number was suppressed already, but only until its next START."""
    calls.numbers.suppress(NUMBER, "sms:message_1", NOW)
    assert _import(calls, str(NUMBER)).added == 1
    assert calls.numbers.status(NUMBER).suppression_source == "import"
    assert _import(calls, str(NUMBER)).added == 0
