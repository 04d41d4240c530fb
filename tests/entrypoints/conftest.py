"""What tests of ways in share: an application of their own routes, and no code that was not declared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from chalice.app import Blueprint, Chalice

from chalicelib.entrypoints.middleware import ROUTES, answering, finish
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
