"""The sample contacts can be called whenever somebody tries the system, and the rules are not weakened."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from fakes.calls import NOW, FakeCalls, furnished
from fakes.crm import FakeCrm

from chalicelib.calls.domain.deciding import may_dial_at
from chalicelib.calls.domain.permission import Verdict
from chalicelib.calls.services.permission import Standing, frame_of, gather
from chalicelib.crm.domain.details import PreferredTime
from localcloud.sample_crm import CONTACTS


@pytest.mark.parametrize("sample", CONTACTS, ids=lambda sample: sample["name"])
def test_a_sample_may_be_called_at_every_hour_of_a_week(clock, sample):
    """At each of them, by the times that the contact prefers."""
    calls = FakeCalls(clock, FakeCrm(clock))
    contact = furnished(calls)
    times = tuple(PreferredTime(**each | {"days": tuple(each["days"])}) for each in sample["preferred_times"])
    contact = replace(contact, preferred_times=times, time_zone=sample["time_zone"])
    facts = gather(calls, frame_of(calls, None), sample["phone"], Standing(contact))
    for hour in range(7 * 24):
        decision = may_dial_at(facts, NOW + timedelta(hours=hour))
        assert decision.verdict is Verdict.ALLOW, (hour, decision)
