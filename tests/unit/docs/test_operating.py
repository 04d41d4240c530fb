"""Deployment, operations and cost pages name the parameters, functions, events and prices of the code."""

from __future__ import annotations

import json
import re

import pytest
from unit.docs.pages import ROOT, pages, rows, section, spans

from chalicelib.ai.domain import prices
from chalicelib.calls.domain import costs
from chalicelib.calls.domain.outcomes import Outcome
from chalicelib.calls.domain.states import CallState
from infra.stack import connections, streams
from infra.stack.functions import RESERVED
from infra.stack.models import model_parameters

PAGES = pages()
_EVENT = re.compile(r"[a-z]+\.[a-z_]+")
_LOGGED = re.compile(r'\blog(?:_failure)?\(\s*"([a-z_.]+)"')


def _parameters():
    return connections.parameters() | model_parameters()


def test_every_parameter_is_described_with_its_default() -> None:
    """The table has each parameter of the template; a default in code letters is the template's own."""
    table = {row[0].strip("`"): row[1] for row in rows(section(PAGES["docs/deployment.md"], "2. Parameters"))}
    table.pop("parameter")
    assert set(table) == set(_parameters())
    for name, default in table.items():
        shown = spans(default)
        assert not shown or shown == [str(_parameters()[name]["Default"])], name
        assert (default == "required") == ("Default" not in _parameters()[name]), name


def test_files_with_secrets_are_not_committed() -> None:
    """What the deployment page has its reader write into the checkout is ignored by git."""
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    written = set(re.findall(r"\b(?:parameters|environment)\.json", PAGES["docs/deployment.md"]))
    assert written == {"parameters.json", "environment.json"}
    assert written <= set(ignored)


def test_reserved_capacity_is_summed() -> None:
    """The page tells how much concurrency the stack sets aside."""
    assert f"reserves {sum(RESERVED.values())} concurrent" in PAGES["docs/deployment.md"]


def test_functions_and_events_are_real() -> None:
    """The operations page names every function, and only events that the code logs."""
    page = PAGES["docs/operations.md"]
    configuration = json.loads((ROOT / ".chalice" / "config.json").read_text(encoding="utf-8"))
    assert set(configuration["stages"]["main"]["lambda_functions"]) <= set(spans(page))
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "chalicelib").rglob("*.py")]
    logged = {event for source in sources for event in _LOGGED.findall(source)}
    named = {span for span in spans(page) if _EVENT.fullmatch(span) and not (ROOT / span).exists()}
    assert named
    assert named <= logged


def test_functions_are_counted() -> None:
    """The page of what was never tried tells how many functions a deployment has."""
    configuration = json.loads((ROOT / ".chalice" / "config.json").read_text(encoding="utf-8"))
    functions = configuration["stages"]["main"]["lambda_functions"]
    assert re.findall(r"\w+(?= functions,)", PAGES["docs/unverified.md"]) == [str(len(functions))]


def test_trying_is_as_long_as_the_pages_say() -> None:
    """How long a stream's batch is tried stands on three pages, as the stack has it."""
    hours = streams._RETRY_SECONDS // 3600
    assert f"tried for {hours} hours" in PAGES["docs/operations.md"]
    assert f"tried for {hours}, " in PAGES["docs/events.md"]
    assert f"after {hours} hours" in PAGES["docs/unverified.md"]


def test_what_a_function_reaches_is_told_of_each() -> None:
    """The security page has every function whose role reaches the system table, and no other."""
    told = {
        span
        for row in rows(section(PAGES["docs/security.md"], "What a function reaches"))[1:]
        for span in spans(row[0])
    }
    policies = {
        path.stem.removeprefix("policy-").replace("-", "_")
        for path in (ROOT / ".chalice").glob("policy-*.json")
        if '"SystemTable"' in path.read_text(encoding="utf-8")
    }
    assert told == policies


def test_states_and_outcomes_are_named() -> None:
    """The page about a call names every state and every outcome."""
    named = set(spans(section(PAGES["docs/call-in-ten-steps.md"], "States")))
    assert {*CallState, *Outcome} <= named


@pytest.mark.parametrize("model", prices.MODELS)
def test_prices_of_models_are_those_that_are_charged(model: str) -> None:
    """A model's row has the prices by which calls are priced."""
    (row,) = (row for row in rows(PAGES["docs/cost.md"]) if row[0] == f"`{model}`")
    price = prices.MODELS[model]
    assert row[1:] == [f"${price.prompt}", f"${price.cached}", f"${price.answer}"]


def test_prices_of_minutes_are_those_that_are_charged() -> None:
    """The minutes of voice and relay, and the date of the list, are those of the code."""
    page = PAGES["docs/cost.md"]
    prices = {row[0]: row[1] for row in rows(page)}
    for direction, price in costs._VOICE_MINUTE.items():
        assert prices[f"`voice`, {direction}"].startswith(f"${price} ")
    relay = next(price for price in costs._TRANSPORT_MINUTE.values() if price)
    assert prices[f"`{relay[0]}`"].startswith(f"${relay[1]} ")
    assert f"list prices of {costs.PRICES_OF} " in page


def test_every_benchmark_is_named() -> None:
    """The cost page has a row for each benchmark that `make bench` runs."""
    source = (ROOT / "benchmarks" / "__main__.py").read_text(encoding="utf-8")
    names = re.findall(r'^    "(\w+)": \w+\.measure', source, re.MULTILINE)
    assert names
    assert set(names) <= {row[0].strip("`") for row in rows(PAGES["docs/cost.md"])}
