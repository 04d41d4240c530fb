"""Counts of requests: one suite for the memory and for DynamoDB as moto plays it."""

from __future__ import annotations

import pytest
from fakes.system import FakeSystem

from chalicelib.system.adapters import tables
from chalicelib.system.adapters.repository.counters import CounterRepository
from chalicelib.system.domain.limits import Limit
from chalicelib.system.services.limits import count_request


@pytest.fixture(params=["memory", "dynamodb"])
def ports(request, system, clock):
    """Give the ports in memory, then on a table."""
    if request.param == "memory":
        return system
    tables.bind(request.getfixturevalue("make_table")("system"))
    return FakeSystem(clock, counters=CounterRepository())


def test_the_quota_is_counted_down_and_comes_back(ports, clock):
    """Each request takes one; with the next window all are there again."""
    clock.advance(seconds=20)
    limit = Limit("token", "token_1", quota=2)
    seen = [count_request(ports, [limit])[0] for _ in range(3)]
    assert [(each.remaining, each.exceeded, each.resets_in_s) for each in seen] == [
        (1, False, 40),
        (0, False, 40),
        (0, True, 40),
    ]
    clock.advance(seconds=40)
    assert count_request(ports, [limit])[0].remaining == 1


def test_subjects_do_not_count_for_each_other(ports):
    """A token's use leaves other tokens and the address alone."""
    mine, others = Limit("token", "token_1", 5), Limit("token", "token_2", 5)
    same_text = Limit("address", "token_1", 5)
    count_request(ports, [mine, mine])
    assert [each.used for each in count_request(ports, [others, same_text])] == [1, 1]
