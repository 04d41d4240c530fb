"""What tests share: a clock that stands still, ports in memory, the REST API in process, no network."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
import pytest_socket
from botocore.loaders import create_loader
from fakes.crm import FakeCrm
from fakes.system import FakeSystem

from chalicelib.kernel.clock import FixedClock
from chalicelib.kernel.page_tokens import PageTokens
from chalicelib.system.domain.tokens import Scope
from chalicelib.system.services.tokens import issue_token

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_HERE = Path(__file__).parent
_OFFLINE = tuple(_HERE / name for name in ("unit", "contract", "entrypoints", "simulation", "evals"))


@pytest.fixture(autouse=True)
def offline(request) -> Iterator[None]:
    """Refuse sockets below the end-to-end suites; event loops need their Unix pair.

    A suite that tests a wire format is marked `enable_socket`: its servers are of this process.
    """
    has_wire = request.node.get_closest_marker("enable_socket") is not None
    if has_wire or not any(request.path.is_relative_to(folder) for folder in _OFFLINE):
        yield
        return
    pytest_socket.disable_socket(allow_unix_socket=True)
    yield
    pytest_socket.enable_socket()


@pytest.fixture(autouse=True, scope="session")
def _descriptions_are_read_once() -> Iterator[None]:
    """Keep what botocore reads from disk about a service for all sessions: each test makes new ones."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("botocore.session.create_loader", cache(create_loader))
        yield


@pytest.fixture
def clock() -> FixedClock:
    """Stand at a Tuesday noon in UTC until a test moves it."""
    return FixedClock(datetime(2026, 3, 3, 12, tzinfo=UTC))


@pytest.fixture
def system(clock) -> FakeSystem:
    """Give the system's ports in memory."""
    return FakeSystem(clock)


@pytest.fixture
def crm(clock) -> FakeCrm:
    """Give the CRM's ports in memory."""
    return FakeCrm(clock)


@pytest.fixture
def container(clock, crm, system) -> Iterator[SimpleNamespace]:
    """Stand in for the composition root; a test adds the ports that it needs."""
    from chalicelib import bootstrap  # noqa: PLC0415  only tests of entrypoints need the whole product

    settings = SimpleNamespace(
        token_requests_per_minute=100_000,
        address_requests_per_minute=100_000,
        cors_origins=frozenset({"https://crm.example.com"}),
    )
    replacement = SimpleNamespace(
        clock=clock, crm=crm, system=system, probes={}, settings=settings, page_tokens=PageTokens("test key")
    )
    bootstrap.use(replacement)
    yield replacement
    bootstrap.use(None)


@dataclass(frozen=True)
class Answer:
    """An HTTP answer; `body` is the parsed JSON, None when there is none."""

    status: int
    headers: dict[str, str]
    body: Any


class Api:
    """The REST API through Chalice's gateway, with API Gateway's reading of a failed authorizer."""

    def __init__(self, token_of: Callable[[Scope], str], app: Any) -> None:
        from chalice.test import Client  # noqa: PLC0415

        self._http = Client(app).http
        self._token_of = token_of

    def ask(  # noqa: PLR0913  what a request can have
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        raw: bytes | None = None,
        headers: dict[str, str] | None = None,
        scope: Scope | None = Scope.OPERATOR,
    ) -> Answer:
        """Send a request with a token of this scope (None: with no token)."""
        sent = {"Authorization": f"Bearer {self._token_of(scope)}"} if scope else {}
        if body is not None:
            raw, sent["Content-Type"] = json.dumps(body).encode(), "application/json"
        try:
            answer = self._http.request(method, path, headers={**sent, **(headers or {})}, body=raw or b"")
        except PermissionError as refusal:
            if str(refusal) != "Unauthorized":
                raise
            return Answer(401, {}, None)
        is_json = "json" in answer.headers.get("Content-Type", "json")
        content = json.loads(answer.body or b"null") if is_json else answer.body.decode()
        return Answer(answer.status_code, dict(answer.headers), content)

    def get(self, path: str, **options: Any) -> Answer:
        """Read; see `ask` for the options."""
        return self.ask("GET", path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> Answer:
        """Send a JSON body; see `ask` for the options."""
        return self.ask("POST", path, body=body, **options)


@pytest.fixture
def api(container, token_of) -> Api:
    """Give the REST API over the ports in memory."""
    from app import app  # noqa: PLC0415

    return Api(token_of, app)


@pytest.fixture
def token_of(container) -> Callable[[Scope], str]:
    """Give a token's secret by scope, the same each time."""
    tokens: dict[Scope, str] = {}

    def token_of(scope: Scope) -> str:
        if scope not in tokens:
            tokens[scope] = issue_token(container.system, f"test {scope}", scope)[0]
        return tokens[scope]

    return token_of
