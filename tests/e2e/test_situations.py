"""Every situation of the phone, over the wire: what was heard, what was stored, and the page about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from e2e.situations.collection import areas, trials
from e2e.situations.page import PAGE, is_to_be_written, kept_sections, page, section
from e2e.situations.stage import perform

if TYPE_CHECKING:
    from e2e.situations.collection import Area
    from e2e.situations.trial import Trial
    from e2e.world import Stack

TRIALS = {trial.id: trial for trial in trials()}


@pytest.fixture(scope="module")
def troubles(request: pytest.FixtureRequest, running: Stack) -> dict[str, str]:
    """What went wrong in each trial that was asked for, all of them played before the first is judged."""
    return perform(running, _wanted(request))


def _wanted(request: pytest.FixtureRequest) -> list[Trial]:
    """Give the trials that the command line chose."""
    items = [item for item in request.session.items if item.path == request.path]
    return [item.callspec.params["trial"] for item in items if "trial" in getattr(item, "fixturenames", ())]


@pytest.mark.parametrize("trial", TRIALS.values(), ids=TRIALS.keys())
def test_situation(trial: Trial, troubles: dict[str, str]) -> None:
    """What the person hears and what is stored are what the situation says."""
    if trouble := troubles.get(trial.id):
        pytest.fail(trouble, pytrace=False)


def test_the_page_tells_what_happened(request: pytest.FixtureRequest, troubles: dict[str, str]) -> None:
    """Each section of docs/situations.md says what came of its situations, where all of them were played.

    Sections in which something went wrong are left alone.
    """
    played = {
        area.title: section(area, some) for area in areas() if (some := _whole(area, request, troubles))
    }
    if is_to_be_written():
        PAGE.write_text(page(kept_sections() | played), encoding="utf-8")
    kept = kept_sections()
    told = [row for title in played for row in kept.get(title, "").splitlines()]
    assert told == [row for text in played.values() for row in text.splitlines()], "run `make situations`"


def _whole(area: Area, request: pytest.FixtureRequest, troubles: dict[str, str]) -> list[Trial]:
    """Give the trials of an area; nothing when some were not asked for, or went wrong."""
    found = [trial for trial in _wanted(request) if trial.area == area.name]
    expected = sum(len(situation.transports) for situation in area.situations)
    return found if len(found) == expected and not any(trial.id in troubles for trial in found) else []
