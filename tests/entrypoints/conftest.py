"""What tests of ways in share: an application of their own routes, and no code that was not declared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import requests
from chalice.app import Blueprint, Chalice
from click.testing import CliRunner
from fakes.line import URL, Line

from chalicelib.entrypoints.middleware import ROUTES, answering, finish
from chalicelib.system.domain.tokens import Scope
from localcloud.cli import main
from tests.conftest import Api

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture(autouse=True)
def declared(monkeypatch) -> Iterator[None]:
    """Fail a test in which a route refuses with a code that it does not declare."""
    undeclared: list[dict[str, Any]] = []
    write = answering.log

    def watch(event: str, **fields: Any) -> None:
        if event == "http.undeclared":
            undeclared.append(fields)
        write(event, **fields)

    monkeypatch.setattr(answering, "log", watch)
    yield
    assert undeclared == []


@pytest.fixture
def serve(container, token_of) -> Iterator[Callable[[Callable[[Blueprint], None]], Api]]:
    """Give an API with only the routes that `declare(blueprint)` declares; they leave no trace."""
    before = len(ROUTES)

    def serve(declare: Callable[[Blueprint], None]) -> Api:
        app = Chalice(app_name="tests", configure_logs=False)
        app.register_middleware(finish, "http")
        bp = Blueprint(__name__)
        declare(bp)
        app.register_blueprint(bp)
        return Api(token_of, app)

    yield serve
    del ROUTES[before:]


@pytest.fixture
def line(api, monkeypatch) -> Line:
    """Connect the commands to the API in memory."""
    connected = Line(api)
    monkeypatch.setattr(requests.Session, "request", connected)
    return connected


@pytest.fixture
def run(line, token_of, tmp_path) -> Callable[..., Any]:
    """Type a command as an administrator, on a terminal of so many columns or in a pipe; give its result."""

    def type_in(
        *words: str, token: str | None = None, environ: dict[str, str] | None = None, terminal: int = 0
    ) -> Any:
        known = {"AICS_API_URL": URL, "AICS_TOKEN": token or token_of(Scope.ADMIN)}
        known |= {"FORCE_COLOR": "1", "COLUMNS": str(terminal)} if terminal else {}
        given = known if environ is None else environ
        return CliRunner().invoke(main, ["--root", str(tmp_path), *words], env=given)

    return type_in
