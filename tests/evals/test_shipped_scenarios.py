"""The scenarios that are shipped pass with the scripted model, on the engine, tools and CRM in memory."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes.calls import FakeCalls
from fakes.scripted import ScriptedModel

from chalicelib.ai.domain.evaluations import THEIR_OWN
from chalicelib.ai.domain.scenarios import document
from chalicelib.ai.schemas.scenarios import ScenarioIn
from chalicelib.ai.services.rehearsing import Part, play
from chalicelib.ai.services.verdicts import judged
from chalicelib.calls.services.rehearsals import CallStage
from chalicelib.crm.domain.contacts import Tombstone
from localcloud.scenario_files import read_scenarios

SCENARIOS = {each["name"]: each for each in read_scenarios([Path(__file__).parents[2] / "evals"])}
_WANTED = {
    "sales",
    "follow-up",
    "callback",
    "booking",
    "opt-out",
    "angry",
    "child",
    "silence",
    "injection",
    "transfer",
    "emergency",
    "language",
    "persona",
}


@pytest.fixture
def calls(clock, crm) -> FakeCalls:
    """Give the ports in memory, with the model of the local cloud."""
    ports = FakeCalls(clock, crm)
    ports.ai.model = ScriptedModel()
    return ports


def test_what_callers_do_is_covered():
    """There are 25 scenarios or more, of every kind that callers are known by."""
    assert len(SCENARIOS) >= 25
    assert {tag for each in SCENARIOS.values() for tag in each["tags"]} >= _WANTED


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_shipped_scenario_passes(calls, name):
    """Everything that it expects is seen, and its contact is gone afterwards."""
    scenario, stage = ScenarioIn.model_validate(SCENARIOS[name]).scenario(), CallStage(calls)
    stage.check(THEIR_OWN, scenario)
    cast = stage.enter(THEIR_OWN, scenario, f"eval_1#{name}")
    played = judged(calls.ai, scenario, play(calls.ai, stage, scenario, cast, Part(0, 1)), 60)
    stage.leave(cast)
    assert [f"{each.where}: {each.message}" for each in played.failures] == []
    assert played.error == ""
    assert len(played.verdicts) == len(scenario.judge)
    assert isinstance(calls.crm.contacts.get(cast.context.contact_id), Tombstone)


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_is_read_as_it_is_written(name):
    """What is stored, or written into a file, is the same scenario."""
    scenario = ScenarioIn.model_validate(SCENARIOS[name]).scenario()
    assert ScenarioIn.model_validate(document(scenario)).scenario() == scenario
