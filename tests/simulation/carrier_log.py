"""The phone network's log as the judge reads it, with what the product's API says of the same calls."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from simulation.events import Event, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_CALL_ID = re.compile(r"/voice/(call_[0-9a-f]+)/")


@dataclass
class _Reader:
    """Reads the network's events in order: an order names our call, and the carrier's call follows it."""

    calls: Mapping[str, Mapping[str, Any]]
    events: list[Event] = field(default_factory=list)
    ordered: dict[str, str] = field(default_factory=dict)
    ours: dict[str, str] = field(default_factory=dict)

    def read(self, event: Mapping[str, Any]) -> None:
        """Read one event."""
        match event["kind"]:
            case "rest.request" if event["method"] == "POST" and event["path"].endswith("/Calls.json"):
                self._order(event)
            case "call.created" if event["direction"] == "outbound-api":
                self.ours[event["call_sid"]] = self.ordered[event["to"]]
                self._add(Kind.DIALED, event, self.ordered[event["to"]])
            case "call.ended" if event["call_sid"] in self.ours:
                facts = {"detail": event["status"], "value": event["duration"]}
                self._add(Kind.OVER, event, self.ours[event["call_sid"]], **facts)

    def _order(self, event: Mapping[str, Any]) -> None:
        found = _CALL_ID.search(event["params"]["Url"])
        if found:
            self.ordered[event["params"]["To"]] = found[1]
            self._add(Kind.ASKED, event, found[1])

    def _add(self, kind: Kind, event: Mapping[str, Any], call_id: str, **facts: Any) -> None:
        at = datetime.fromisoformat(event["at"])
        self.events.append(Event(0, at, kind, **_facts(call_id, self.calls.get(call_id, {})), **facts))


def events_of(
    network: Iterable[Mapping[str, Any]], calls: Sequence[Mapping[str, Any]], acts: Iterable[Event] = ()
) -> list[Event]:
    """Put together, in the order of time, what the network logged, the product's calls, and what was done.

    `calls` are as the API gives them, those that it accepted; `acts` carry the time at which the product had
    acknowledged them.
    """
    reader = _Reader({call["id"]: call for call in calls})
    for event in network:
        reader.read(event)
    told = [event for call in calls for event in _told(call)]
    ordered = sorted((*acts, *reader.events, *told), key=lambda event: event.at)
    return [replace(event, seq=number) for number, event in enumerate(ordered, start=1)]


def _told(call: Mapping[str, Any]) -> list[Event]:
    facts = _facts(call["id"], call)
    events = [Event(0, datetime.fromisoformat(call["created_at"]), Kind.REQUESTED, **facts)]
    if call["finished_at"]:
        at = datetime.fromisoformat(call["finished_at"])
        events.append(Event(0, at, Kind.ENDED, **facts, detail=call["outcome"], value=call["cost"]))
    return events


def _facts(call_id: str, call: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "call_id": call_id,
        "number": call.get("number", ""),
        "contact_id": call.get("contact_id", ""),
        "campaign_id": call.get("campaign_id") or "",
        "attempt": call.get("attempt") or 0,
    }
