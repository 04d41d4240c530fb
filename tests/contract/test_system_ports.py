"""One suite for the system's ports: in memory, and DynamoDB as moto plays it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fakes.system import FakeSystem

from chalicelib.kernel.errors import Unavailable
from chalicelib.system.adapters import tables
from chalicelib.system.adapters.repository.tokens import TokenRepository
from chalicelib.system.domain.tokens import Scope
from chalicelib.system.services.tokens import authenticate, issue_token, revoke_token


@pytest.fixture(params=["memory", "dynamodb"])
def ports(request, system, clock):
    """Give the ports in memory, then on a table."""
    if request.param == "memory":
        return system
    return FakeSystem(clock, TokenRepository(tables.bind(request.getfixturevalue("make_table")("system"))))


@pytest.mark.parametrize("days", [None, 7])
def test_a_token_is_read_as_it_was_written(ports, clock, days):
    """Every field comes back, with an expiry and without."""
    expiry = days and clock.now() + timedelta(days=days)
    _, token = issue_token(ports, "console", Scope.ADMIN, expiry)
    assert ports.tokens.find(token.digest) == token


def test_tokens_authenticate_until_revoked(ports, clock):
    """A token works, is revoked once, and then does not."""
    secret, token = issue_token(ports, "console", Scope.ADMIN)
    assert authenticate(ports, secret).token_id == token.id
    first = revoke_token(ports, token.id)
    clock.advance(hours=1)
    assert authenticate(ports, secret) is None
    assert revoke_token(ports, token.id) == first


def test_what_was_never_issued_is_not_there(ports, clock):
    """Unknown digests and ids give nothing."""
    assert ports.tokens.find("0" * 64) is None
    assert ports.tokens.revoke("token_" + "0" * 32, clock.now()) is None


@pytest.mark.usefixtures("aws")
def test_a_table_that_is_not_there_is_unavailable(clock):
    """Whatever the table's service refuses becomes one retryable error."""
    ports = FakeSystem(clock, TokenRepository(tables.bind("absent")))
    with pytest.raises(Unavailable):
        issue_token(ports, "console", Scope.ADMIN)
    with pytest.raises(Unavailable):
        ports.tokens.find("0" * 64)
    with pytest.raises(Unavailable):
        ports.tokens.revoke("token_" + "0" * 32, clock.now())
