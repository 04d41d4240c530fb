"""Every route against every kind of bearer, from the declarations themselves: nothing is left out."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from app import app
from chalicelib.entrypoints.middleware import ROUTES
from chalicelib.kernel.errors import Unavailable
from chalicelib.system.domain.tokens import Scope
from chalicelib.system.services.tokens import issue_token, revoke_token

# Pages for people and their parts: files without a secret, which need no declaration.
STATIC = {"/console", "/console/{name}", "/docs", "/docs/{name}", "/docs/vendor/{name}"}
OPEN = {"/health", "/health/ready", "/v1/openapi.json"}
# These ask for a signature, which a link has.
SIGNED = {"/v1/scheduling/bookings/{booking_id}/invitation", "/v1/scheduling/calendars/{calendar_id}/feed"}
_PLACEHOLDERS = {"number": "+14155550100"}
_REFUSED = (401, 403)


class _Silent:
    """Any port: whatever is asked of it, it does not answer."""

    def __getattr__(self, name):
        raise Unavailable("silent", retryable=True, code="storage_unavailable")


@pytest.fixture
def bearers(container, clock):
    """Give the headers of every kind of bearer."""
    secrets = {scope.value: issue_token(container.system, scope.value, scope)[0] for scope in Scope}
    expired, _ = issue_token(container.system, "late", Scope.ADMIN, clock.now() + timedelta(seconds=1))
    revoked, gone = issue_token(container.system, "gone", Scope.ADMIN)
    revoke_token(container.system, gone.id)
    clock.advance(seconds=1)
    admin = secrets["admin"]
    headers = {kind: f"Bearer {secret}" for kind, secret in secrets.items()}
    return headers | {
        "expired": f"Bearer {expired}",
        "revoked": f"Bearer {revoked}",
        "malformed": f"Bearer {admin[:-1]}",
        "unknown": f"Bearer aics_{'x' * 43}",
        "wrong scheme": f"Basic {admin}",
        "no scheme": admin,
        "none": "",
    }


def _expected(route, kind):
    """Tell what a bearer gets: 401, 403, or None when they pass."""
    if route.scope is None:
        return None
    if kind not in set(Scope):
        return 401
    return None if Scope(kind).covers(route.scope) else 403


def _path(route):
    names = re.findall(r"\{(\w+)\}", route.path)
    return route.path.format(**{name: _PLACEHOLDERS.get(name, f"{name[:-3]}_{'0' * 32}") for name in names})


def _identify(route):
    return f"{route.method} {route.path}"


@pytest.mark.parametrize("route", ROUTES, ids=_identify)
def test_every_route_admits_whom_it_declares(api, bearers, container, route):
    """No token, a wrong one or one that ended: 401; a lesser scope: 403; the others pass."""
    for port in ("calls", "ai", "scheduling"):
        setattr(container, port, _Silent())
    body = route.example if route.body else None
    found = {}
    for kind, header in bearers.items():
        headers = {"If-Match": "*"} | ({"Authorization": header} if header else {})
        status = api.ask(route.method, _path(route), body=body, headers=headers, scope=None).status
        found[kind] = status if status in _REFUSED else None
    assert found == {kind: _expected(route, kind) for kind in bearers}


def test_only_these_routes_are_open():
    """A route without a token is a decision, written here."""
    assert {route.path for route in ROUTES if route.scope is None} == OPEN | SIGNED


def test_every_route_of_the_application_is_declared():
    """What Chalice serves is in the registry, or a static page, or the preflight of what is."""
    declared = {(route.path, route.method) for route in ROUTES}
    known = {path for path, _ in declared}
    for path, methods in app.routes.items():
        for method in methods:
            is_static = path in STATIC and method == "GET"
            is_preflight = method == "OPTIONS" and path in known
            assert (path, method) in declared or is_static or is_preflight, f"{method} {path}"


def test_every_declared_route_is_served():
    """What the registry describes, Chalice serves, behind the authorizer unless it is open."""
    for route in ROUTES:
        served = app.routes[route.path][route.method]
        assert (served.authorizer is None) == (route.scope is None), _identify(route)
