"""The page of situations tells of all that the suite plays, and of nothing else."""

from __future__ import annotations

from e2e.situations.collection import areas, trials
from e2e.situations.page import PAGE, kept_sections


def test_every_situation_stands_on_the_page():
    """Each area has a section, and each of its situations begins a row there."""
    kept = kept_sections()
    assert list(kept) == [area.title for area in areas()]
    for area in areas():
        rows = {line.split("|")[1].strip() for line in kept[area.title].splitlines() if line.startswith("|")}
        assert rows - {"situation", "---"} == {situation.name for situation in area.situations}


def test_there_are_enough_situations():
    """At least forty, each a different one, and most of them over both transports."""
    names = [(trial.area, trial.situation.name, trial.transport) for trial in trials()]
    assert len(set(names)) == len(names)
    assert len({name for _, name, _ in names}) >= 40


def test_nobody_shares_a_number():
    """The runs do not disturb one another: each has telephone numbers of its own, except where it says so."""
    numbers = [
        number
        for trial in trials()
        for name, number in trial.numbers.items()
        if number not in {trial.situation.number, trial.line} or (name == "line" and trial.situation.inbound)
    ]
    assert len(set(numbers)) == len(numbers)


def test_the_page_is_made_by_a_run():
    """The page says how it is made, and how many situations it has."""
    count = sum(len(area.situations) for area in areas())
    assert f"in {count} situations. Written by `make situations`" in PAGE.read_text(encoding="utf-8")
