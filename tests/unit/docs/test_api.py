"""The API page and the routes, errors and webhooks of the code are the same."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any

from unit.docs.pages import ROOT, code, pages, rows, section, spans

import app as application
from chalicelib.calls.domain.checks import REFUSALS
from chalicelib.entrypoints.middleware import ROUTES
from chalicelib.entrypoints.middleware.problems import standard_errors
from localcloud.model_server.completions import Completions
from localcloud.model_server.control import Control
from localcloud.model_server.providers import Providers
from localcloud.phone_network.control import ControlApi

if TYPE_CHECKING:
    from collections.abc import Iterable

PAGES = pages()
API = PAGES["docs/api.md"]
_ROUTE = re.compile(r"`(GET|POST|PUT|PATCH|DELETE) (/[^`?: ]*)(?:: [^`]*)?`")
_CARRIER = ("/voice/", "/rooms/", "/sms/")
_NOTHING: Any = None  # routes are told without a running program
_OPEN = "\N{EN DASH}"
_CODE = re.compile(r"[a-z]+(?:_[a-z]+)+|throttled|unauthenticated|suppressed|unavailable")


def _declared() -> set[tuple[str, str]]:
    assert application.app.app_name  # importing it is what fills the registry
    return {(route.method, route.path) for route in ROUTES}


def _simulated(routes: Iterable[Any]) -> set[tuple[str, str]]:
    return {(route.method, route.path) for route in routes}


def _phone_network() -> set[tuple[str, str]]:
    return _simulated(ControlApi(_NOTHING).routes())


def _model_server() -> set[tuple[str, str]]:
    completions = Completions(_NOTHING, ())
    others = Providers(completions).routes()
    return _simulated([*completions.routes(), *others, *Control(_NOTHING).routes()])


def _table(page: str) -> set[tuple[str, str]]:
    found = [_ROUTE.fullmatch(row[0]) for row in rows(PAGES[page])]
    return {(route[1], route[2]) for route in found if route}


def _webhooks() -> set[str]:
    modules = (ROOT / "chalicelib" / "entrypoints" / "carrier").glob("*.py")
    source = "".join(module.read_text(encoding="utf-8") for module in modules)
    paths = re.findall(r'@webhooks\.post\("([^"]+)"\)', source)
    return {path.replace("<", "{").replace(">", "}") for path in paths}


def test_every_route_is_described_as_it_is_declared() -> None:
    """The table has each route once, with its least scope and its status of success."""
    described = [
        (*found.groups(), row[1], row[2]) for row in rows(API) if (found := _ROUTE.fullmatch(row[0]))
    ]
    _declared()
    declared = [
        (route.method, route.path, route.scope.value if route.scope else _OPEN, str(route.status))
        for route in ROUTES
    ]
    assert sorted(described) == sorted(declared)


def test_the_simulators_routes_are_described() -> None:
    """The phone network's page and the model server's page have their routes, all of them."""
    assert _table("docs/phone-network.md") == _phone_network()
    assert _table("docs/model-server.md") == _model_server()


def test_no_page_names_a_route_that_is_not_there() -> None:
    """Wherever a method and a path stand together, some program serves them."""
    served = _declared() | _phone_network() | _model_server()
    assert {route for text in PAGES.values() for route in _ROUTE.findall(text)} <= served
    examples = {path for text in PAGES.values() for part in code(text) for path in _posted(part)}
    assert examples
    assert {("POST", path) for path in examples} <= served


def _posted(text: str) -> list[str]:
    return re.findall(r"\bpost (/v1/[\w/-]+)", text)


def test_the_carriers_addresses_are_named() -> None:
    """The API page names every webhook; no page names another."""
    named = {
        page: {span.partition("#")[0] for span in spans(text) if span.startswith(_CARRIER)}
        for page, text in PAGES.items()
    }
    assert named["docs/api.md"] == _webhooks()
    assert set().union(*named.values()) <= _webhooks()


def test_error_codes_are_raised() -> None:
    """Every code of the errors' table is written somewhere in the code."""
    strings = {
        node.value
        for folder in ("chalicelib", "infra")
        for path in (ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    named = {span for row in rows(section(API, "Errors")) for span in spans(row[1])} - {"application/json"}
    codes = {span for span in named if _CODE.fullmatch(span)}
    assert len(codes) > 15
    assert codes <= strings


def test_every_declared_code_is_named() -> None:
    """The errors' table has each code with which a route may refuse, beside its status."""
    _declared()
    table = {row[0]: set(spans(row[1])) for row in rows(section(API, "Errors"))}
    declared = {
        (str(status), code)
        for route in ROUTES
        for code, status in {**standard_errors(route), **route.errors}.items()
    }
    assert sorted((status, code) for status, code in declared if code not in table.get(status, ())) == []


def test_every_refusal_to_dial_is_named() -> None:
    """The reasons for which a call is refused for good are the codes of a 403."""
    (forbidden,) = (row[1] for row in rows(section(API, "Errors")) if row[0] == "403")
    assert set(spans(forbidden)) >= REFUSALS
