from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.kernel.actors import acting_as
from chalicelib.kernel.errors import Conflict
from chalicelib.system.domain.settings import (
    SECTIONS,
    Caps,
    Hours,
    KillSwitch,
    Pace,
    StackLimits,
    sections_of,
)
from chalicelib.system.services.settings import (
    change_settings,
    current_settings,
    dialing_stop,
    settings_history,
)


def test_before_any_change_the_defaults_hold(system):
    """Version 1 exists without a row: nothing is stopped, and the deployment's countries are called."""
    system.stack = StackLimits(frozenset({"US", "CA"}))
    settings = current_settings(system)
    assert (settings.version, settings.changed_at, settings.changed_by) == (1, None, "system")
    assert settings.allowed_countries == ("CA", "US")
    assert settings.kill_switch == KillSwitch(on=False, reason="")
    assert settings.hours.sunday.start == "08:00"
    assert dialing_stop(system) is None


def test_a_change_sets_whole_sections_and_leaves_the_others(system):
    """The next version has what was set; the other sections still follow their defaults."""
    changed = change_settings(system, {"pace": Pace(3), "allowed_countries": ("GB",)}, 1)
    assert (changed.version, changed.pace, changed.allowed_countries) == (2, Pace(3), ("GB",))
    assert current_settings(system) == changed
    assert changed.caps == Caps()


def test_countries_that_nobody_set_follow_the_deployment(system):
    """A change of another section does not freeze the deployment's list."""
    change_settings(system, {"pace": Pace(3)}, 1)
    system.stack = StackLimits(frozenset({"GB"}))
    assert current_settings(system).allowed_countries == ("GB",)


def test_none_sets_a_section_back(system):
    """A section goes back to its default and follows it from then on."""
    change_settings(system, {"pace": Pace(3)}, 1)
    assert change_settings(system, {"pace": None}, 2).pace == Pace()
    assert system.settings.stored.sections == {}


def test_a_change_of_another_version_is_refused(system):
    """Whoever has read an older version changes nothing."""
    change_settings(system, {"pace": Pace(3)}, 1)
    with pytest.raises(Conflict) as refusal:
        change_settings(system, {"pace": Pace(4)}, 1)
    assert refusal.value.code == "version_changed"
    assert current_settings(system).pace == Pace(3)


def test_any_version_will_do_when_asked_so(system):
    """Without an expected version the change applies to whatever holds."""
    change_settings(system, {"pace": Pace(3)}, None)
    assert change_settings(system, {"caps": Caps(5)}, None).version == 3


def test_of_two_changes_at_once_one_is_refused(system):
    """A change that another one overtakes between reading and writing is lost neither silently nor half."""
    change = system.settings.change

    def overtaken(stored, kept):
        system.settings.change = change
        change_settings(system, {"pace": Pace(9)}, None)
        return change(stored, kept)

    system.settings.change = overtaken
    with pytest.raises(Conflict):
        change_settings(system, {"caps": Caps(5)}, 1)
    settings = current_settings(system)
    assert (settings.version, settings.pace, settings.caps) == (2, Pace(9), Caps())


def test_a_change_of_any_version_is_tried_again(system):
    """Whoever is overtaken and does not mind the version changes what holds then: no switch is lost."""
    change, faster = system.settings.change, iter((Pace(8), Pace(9)))

    def overtaken(stored, kept):
        system.settings.change = change
        pace = next(faster, None)
        if pace:
            change_settings(system, {"pace": pace}, None)
            system.settings.change = overtaken
        return change(stored, kept)

    system.settings.change = overtaken
    settings = change_settings(system, {"kill_switch": KillSwitch(on=True)}, None)
    assert (settings.version, settings.pace, settings.kill_switch.on) == (4, Pace(9), True)


def test_a_change_that_is_always_overtaken_gives_up(system):
    """Nothing is tried for ever."""
    system.settings.change = lambda *_: False
    with pytest.raises(Conflict) as refusal:
        change_settings(system, {"pace": Pace(1)}, None)
    assert refusal.value.code == "version_changed"


def test_what_changes_nothing_is_not_kept(system):
    """The same value again makes no version and no history."""
    assert change_settings(system, {"pace": Pace()}, 1).version == 1
    assert change_settings(system, {}, 1).version == 1
    assert settings_history(system, 10, None).items == []


def test_the_history_tells_who_changed_what_and_why(system, clock):
    """Newest first, with the changed sections alone, before and after."""
    with acting_as("token:ann"):
        change_settings(system, {"pace": Pace(3)}, 1, "too fast")
    clock.advance(minutes=1)
    with acting_as("token:bob"):
        change_settings(system, {"kill_switch": KillSwitch(on=True, reason="x"), "pace": Pace(3)}, 2)
    latest, first = settings_history(system, 10, None).items
    assert (first.version, first.by, first.reason) == (2, "token:ann", "too fast")
    assert (first.before, first.after) == ({"pace": Pace()}, {"pace": Pace(3)})
    assert (latest.at - first.at, latest.by) == (timedelta(minutes=1), "token:bob")
    assert latest.after == {"kill_switch": KillSwitch(on=True, reason="x")}


def test_the_switch_and_the_deployment_stop_dialing(system):
    """Either is enough; the deployment is named first because the settings cannot lift it."""
    change_settings(system, {"kill_switch": KillSwitch(on=True)}, None)
    assert dialing_stop(system).code == "kill_switch"
    system.stack = StackLimits(dialing_enabled=False)
    assert dialing_stop(system).code == "dialing_disabled"
    change_settings(system, {"kill_switch": None}, None)
    assert dialing_stop(system).code == "dialing_disabled"


def test_every_section_is_listed(system):
    """The names of the sections are those of the settings' own fields."""
    assert set(sections_of(current_settings(system))) == set(SECTIONS)
    assert isinstance(sections_of(current_settings(system))["hours"], Hours)
