"""The phone network's log becomes a log that the judge reads."""

from __future__ import annotations

from typing import Any

from simulation.carrier_log import events_of
from simulation.events import Kind
from simulation.judge import judge
from simulation.rules import Books, Rules

ADA, CALL = "+12125550101", "call_00000000000000000000000000000001"


def _at(second: int) -> str:
    return f"2026-03-02T18:00:{second:02d}.000000Z"


def _call(**changes: Any) -> dict[str, Any]:
    return {
        "id": CALL,
        "number": ADA,
        "contact_id": "contact_1",
        "campaign_id": None,
        "attempt": None,
        "created_at": _at(0),
        "finished_at": _at(9),
        "outcome": "busy",
        "cost": 0,
        **changes,
    }


def _network(second: int = 1, sid: str = "CA1") -> list[dict[str, Any]]:
    order = {"Url": f"https://x/hook/voice/{CALL}/answer#rc=1", "To": ADA}
    return [
        {
            "kind": "rest.request",
            "at": _at(second),
            "method": "POST",
            "path": "/2010/Accounts/AC/Calls.json",
            "params": order,
        },
        {
            "kind": "call.created",
            "at": _at(second),
            "call_sid": sid,
            "to": ADA,
            "direction": "outbound-api",
        },
        {"kind": "call.ended", "at": _at(second + 1), "call_sid": sid, "status": "busy", "duration": None},
        {"kind": "call.ended", "at": _at(second + 1), "call_sid": "CA_theirs", "status": "busy"},
        {"kind": "rest.request", "at": _at(second), "method": "GET", "path": "/2010/Accounts/AC/Calls.json"},
    ]


def test_a_call_is_followed_from_the_wish_to_its_end() -> None:
    """Order, call and end belong to the wish whose address the order names; other events are left out."""
    events = events_of(_network(), [_call()])
    assert [event.kind for event in events] == [
        Kind.REQUESTED,
        Kind.ASKED,
        Kind.DIALED,
        Kind.OVER,
        Kind.ENDED,
    ]
    assert {event.call_id for event in events} == {CALL}
    assert [event.seq for event in events] == [1, 2, 3, 4, 5]
    assert judge(events, Rules(), Books()).is_clean


def test_a_call_that_was_made_twice_is_seen() -> None:
    """Two carrier calls of one wish, one after the other."""
    verdict = judge(events_of([*_network(), *_network(4, "CA2")], [_call()]), Rules(), Books())
    assert verdict.count("I1")


def test_a_wish_without_an_end_is_seen() -> None:
    """A call whose books are open is lost."""
    verdict = judge(events_of(_network(), [_call(finished_at=None)]), Rules(), Books())
    assert verdict.count("I2") == 1
