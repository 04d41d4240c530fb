"""Repeated requests: one suite for the storage in memory and for DynamoDB as moto plays it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from aws_lambda_powertools.utilities.idempotency import exceptions
from aws_lambda_powertools.utilities.idempotency.base import IdempotencyHandler
from aws_lambda_powertools.utilities.idempotency.config import IdempotencyConfig

from chalicelib.kernel.clock import to_millis
from chalicelib.system.adapters import tables
from chalicelib.system.adapters.repository.requests import RequestRepository

DAY_S = 86_400


class Crash(BaseException):
    """The process is gone: nothing after it runs, not even the handling of errors."""


@pytest.fixture(params=["memory", "dynamodb"])
def store(request, system, clock):
    """Make the storage of one request, in memory, then on a table."""
    if request.param == "memory":
        return system.new_request_store
    tables.bind(request.getfixturevalue("make_table")("system"))
    return lambda: RequestRepository(clock)


@pytest.fixture
def ask(store):
    """Send a request with a key: `ask(act, body)`; `left_ms` is what remains of the invocation."""

    def ask(act, body="a", key="token_1 k", left_ms=30_000, kept_s=DAY_S):
        layer = store()

        def perform():
            return act(layer.first_at_millis)

        config = IdempotencyConfig(
            event_key_jmespath="key",
            payload_validation_jmespath="request",
            expires_after_seconds=kept_s,
            hash_function="sha256",
            lambda_context=SimpleNamespace(get_remaining_time_in_millis=lambda: left_ms),
        )
        handler = IdempotencyHandler(
            perform, {"key": key, "request": body}, config, layer, None, "request", (), {}
        )
        return handler.handle()

    return ask


def test_the_answer_is_given_again(ask):
    """The second request does nothing and gets the first one's answer."""
    done = []

    def act(first_at):
        done.append(first_at)
        return {"status": 201, "body": "…"}

    assert [ask(act), ask(act), ask(act)] == [{"status": 201, "body": "…"}] * 3
    assert len(done) == 1


def test_another_request_under_the_key_is_refused(ask):
    """A key stands for one request."""
    ask(lambda _: {"status": 201}, body="a")
    with pytest.raises(exceptions.IdempotencyValidationError):
        ask(lambda _: {"status": 201}, body="b")


def test_keys_are_apart(ask):
    """Another key is another request."""
    assert ask(lambda _: {"n": 1}, key="token_1 k") == {"n": 1}
    assert ask(lambda _: {"n": 2}, key="token_2 k") == {"n": 2}


def test_a_request_in_flight_is_told_to_wait(ask):
    """While the first one is served, the second is not."""

    def act(_first_at):
        with pytest.raises(exceptions.IdempotencyAlreadyInProgressError):
            ask(lambda _: {"n": 2})
        return {"n": 1}

    assert ask(act) == {"n": 1}


def test_fifty_at_once_are_done_once(ask):
    """One of them acts, and everybody who is answered gets its answer."""
    done = []

    def act(first_at):
        done.append(first_at)
        return {"n": len(done)}

    def send(_):
        try:
            return ask(act)
        except exceptions.IdempotencyAlreadyInProgressError:
            return {"n": 1}

    with ThreadPoolExecutor(50) as pool:
        assert list(pool.map(send, range(50))) == [{"n": 1}] * 50
    assert len(done) == 1


def test_another_request_cannot_take_a_key_in_flight(ask):
    """What is being served under a key stays what it is."""

    def act(_first_at):
        with pytest.raises(exceptions.IdempotencyValidationError):
            ask(lambda _: {"n": 2}, body="b")
        return {"n": 1}

    assert ask(act) == {"n": 1}


def test_a_crash_frees_the_key_when_the_invocation_must_be_over(ask, clock):
    """Served again after the crash, the request still knows when it first came."""

    def crash(_first_at):
        raise Crash

    with pytest.raises(Crash):
        ask(crash, left_ms=-2_000)
    first = to_millis(clock.now())
    clock.advance(minutes=5)
    assert ask(lambda first_at: {"first_at": first_at}) == {"first_at": first}


def test_a_crash_keeps_the_key_for_as_long_as_the_invocation_may_last(ask):
    """Nobody knows yet that the first process is gone."""

    def crash(_first_at):
        raise Crash

    with pytest.raises(Crash):
        ask(crash, left_ms=30_000)
    with pytest.raises(exceptions.IdempotencyAlreadyInProgressError):
        ask(lambda _: {"n": 2})


def test_a_crash_does_not_give_the_key_to_another_request(ask):
    """Only the same request may be served again."""

    def crash(_first_at):
        raise Crash

    with pytest.raises(Crash):
        ask(crash, left_ms=-2_000)
    with pytest.raises(exceptions.IdempotencyValidationError):
        ask(lambda _: {"n": 2}, body="b")


def test_a_failure_can_be_tried_again_at_once(ask, clock):
    """A refusal is not kept, and what is created by the next try has the same ids."""
    seen = []

    def fail(first_at):
        seen.append(first_at)
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        ask(fail)
    clock.advance(minutes=1)
    assert ask(lambda first_at: {"first_at": first_at}) == {"first_at": seen[0]}


def test_after_a_day_the_key_is_new(ask, clock):
    """An answer that is no longer kept, though not yet deleted, is not given again."""
    ask(lambda _: {"n": 1}, kept_s=-2)
    clock.advance(days=1)
    now = to_millis(clock.now())
    assert ask(lambda first_at: {"first_at": first_at}, body="b") == {"first_at": now}
