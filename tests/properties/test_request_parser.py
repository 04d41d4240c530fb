"""Whatever is sent, the answer is one that the route declares: never a fault of ours, never a crash."""

from __future__ import annotations

import contextlib
import itertools
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from chalice.app import Request
from properties.odd_requests import OddRequests

import app as application
from chalicelib.entrypoints.middleware import ROUTES
from chalicelib.entrypoints.middleware.answering import answer
from chalicelib.entrypoints.middleware.problems import standard_errors
from chalicelib.entrypoints.openapi.names import names_in
from chalicelib.kernel.errors import Invalid, NotFound
from chalicelib.kernel.page_tokens import PageTokens

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalicelib.entrypoints.middleware import Route

SEED = 20260303
PARSED, SERVED, TOKENS = 90_000, 4_000, 12_000
CONTEXT = SimpleNamespace(aws_request_id="odd", get_remaining_time_in_millis=lambda: 30_000)


def _example(route: Route) -> dict[str, Any]:
    names = route.body.model_fields if route.body else {"nothing": None}
    return dict.fromkeys(names, "x") | (route.example or {})


def _next(source: OddRequests, route: Route) -> dict[str, Any]:
    made = source.next(_example(route), sorted(route.query.model_fields), names_in(route.path))
    return made.event(route.method, route.path)


def _absent(_request: Any) -> None:
    raise NotFound("Nothing here.", code="parsed")


@pytest.fixture
def tell(capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """Give a way to say, although the test passes, what was tried."""

    def say(line: str) -> None:
        with capsys.disabled():
            sys.stdout.write(f"\n{line}\n")

    return say


def _declared(route: Route) -> dict[str, int]:
    return {**standard_errors(route), **route.errors, "parsed": 404}


def test_no_request_is_too_odd_to_be_read(container: Any, tell: Callable[[str], None]) -> None:
    """Every route refuses what it cannot read with a problem of its own, or hands it to its handler."""
    source = OddRequests(SEED)
    statuses: dict[int, int] = {}
    for route, _ in zip(itertools.cycle(ROUTES), range(PARSED), strict=False):
        event = _next(source, route)
        given = answer(route, _absent, Request(event, CONTEXT), event["pathParameters"] or {})
        statuses[given.status_code] = statuses.get(given.status_code, 0) + 1
        assert given.status_code < 500, event
        assert '"code":"' in given.body
        assert any(f'"code":"{code}"' in given.body for code in _declared(route)), given.body
    tell(f"requests parsed: {PARSED}, answers: {dict(sorted(statuses.items()))}")
    assert statuses[404] > PARSED / 20, "too few were read: the odd requests have become too odd"


def test_the_function_itself_answers_odd_requests(container: Any, tell: Callable[[str], None]) -> None:
    """From the event to the answer, with the real handlers over ports in memory."""
    source = OddRequests(SEED + 1)
    served = [route for route in ROUTES if route.path.startswith(("/v1/crm", "/v1/system", "/health"))]
    for route, _ in zip(itertools.cycle(served), range(SERVED), strict=False):
        event = _next(source, route)
        given = application.app(event, CONTEXT)
        assert given["statusCode"] < 500, (event, given)
    tell(f"requests served: {SERVED}")


def test_no_page_token_is_too_odd_to_be_refused(tell: Callable[[str], None]) -> None:
    """Random and tampered tokens are refused, or say what was signed: nobody writes a position."""
    source, tokens = OddRequests(SEED + 2), PageTokens("a key")
    valid = tokens.write("notes", {"kind": "call"}, "note_1")
    for _ in range(TOKENS):
        token = source.token(valid)
        with contextlib.suppress(Invalid):
            assert tokens.read("notes", {"kind": "call"}, token) == "note_1"
    tell(f"page tokens tried: {TOKENS}")
