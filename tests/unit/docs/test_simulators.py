"""The pages about the simulators name what their code takes: script fields, log kinds, faults, conditions."""

from __future__ import annotations

import re
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import pytest
from unit.docs.pages import ROOT, pages, rows, section, spans

from localcloud.model_server.errors import InvalidInput
from localcloud.model_server.faults import FaultKind, parse_fault
from localcloud.model_server.patterns import FILTERS
from localcloud.model_server.rules import parse_condition, parse_rule
from localcloud.phone_network.callees import Action, Answer, AnsweredBy, Callee, Rule, Step
from localcloud.phone_network.faults import Effect, FaultRule
from localcloud.phone_network.machines import Machine, Screening

if TYPE_CHECKING:
    from collections.abc import Callable

NETWORK = pages()["docs/phone-network.md"]
MODEL = pages()["docs/model-server.md"]


def _first_column(text: str) -> set[str]:
    return {span for row in rows(text) for span in spans(row[0])}


def _known(parse: Callable[[dict[str, Any]], object]) -> set[str]:
    """Give the fields that a reader of scripts takes, as it says itself when it meets another."""
    with pytest.raises(InvalidInput) as refused:
        parse({"kind": "empty", "nonsense": 1})
    remedy = re.search(r"use only: ([\w, ]+)", str(refused.value.body()))
    assert remedy
    return set(remedy[1].split(", ")) - {"kind"}


def test_a_persons_fields_are_named() -> None:
    """Every field of a person, a machine, a step, a rule and an action has its row."""
    script = _first_column(section(NETWORK, "A person's script"))
    kinds = (Callee, Machine, Screening, Step, Action)
    own = {field.name for kind in kinds for field in fields(kind)} - {"script", "action"}
    assert script == own
    assert {field.name for field in fields(Rule)} - {"action"} <= set(spans(NETWORK))


def test_ways_to_answer_are_named() -> None:
    """Every way to answer, and everything that may pick up, is named."""
    assert {*Answer, *AnsweredBy} <= set(spans(NETWORK))


def test_kinds_of_events_are_named() -> None:
    """The log's table has every kind that the network records, and no other."""
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "localcloud/phone_network").glob("*.py")]
    recorded = {
        kind for source in sources for kind in re.findall(r'(?:record|_log)\(\s*"([a-z_.]+)"', source)
    }
    assert _first_column(section(NETWORK, "The log")) == recorded


def test_the_networks_faults_are_named() -> None:
    """Every effect has its row, and every field of a fault is named."""
    assert _first_column(section(NETWORK, "Faults")) == set(Effect)
    named = set(spans(NETWORK)) | {"effect"}
    assert {field.name for field in fields(FaultRule)} - {"struck"} <= named


def test_the_models_faults_are_named() -> None:
    """Every kind of fault has its row, and every field of a fault is named."""
    faults = section(MODEL, "Faults")
    assert _first_column(faults) == set(FaultKind)
    assert all(name in faults for name in _known(lambda raw: parse_fault(raw, "fault", {})))


def test_rules_and_conditions_are_named() -> None:
    """Every field of a rule and of its condition has its row, and every filter is named."""
    known = _known(lambda raw: parse_rule(raw, "rule", {}, frozenset()))
    known |= _known(lambda raw: parse_condition(raw, "when", {}))
    assert _first_column(section(MODEL, "Rules")) == known
    assert set(FILTERS) <= set(spans(MODEL))
