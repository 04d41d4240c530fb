"""A campaign on the deployed stack: its schedule, its ticks, its calls at the carrier, its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from e2e.world import eventually

if TYPE_CHECKING:
    from e2e.world import Stack

CAMPAIGNS = "/v1/scheduling/campaigns"
_BUSY: dict[str, Any] = {"answer": "busy", "ring_seconds": 0.2}
_PEOPLE = ("+14155550161", "+14155550162", "+14155550163")


def _schedules(stack: Stack) -> list[str]:
    client = stack.aws("scheduler")
    return [each["Name"] for each in client.list_schedules()["Schedules"]]


def test_a_campaign_calls_everybody_once_and_ends(stack: Stack) -> None:
    """Started, it has its schedule; each person is called once; then nobody is left, nor the schedule."""
    contacts = []
    for number in _PEOPLE:
        stack.script(number, _BUSY)
        contacts.append(stack.api.post("/v1/crm/contacts", {"name": "Member", "phone": number})["id"])
    body = {
        "name": "Three people",
        "template_id": stack.data.templates["Sales call"],
        "retries": {"after": {}},
        "contact_ids": contacts,
    }
    campaign = stack.api.post(CAMPAIGNS, body)
    one = f"{CAMPAIGNS}/{campaign['id']}"
    preview = stack.api.post(f"{one}/start?validate_only=true", {})["preview"]
    assert (preview["members"], preview["calls"], preview["not_reached"]) == (3, 3, {})
    assert stack.api.post(f"{one}/start", {})["schedule"] == "enabled"
    assert f"campaign-{campaign['id']}" in _schedules(stack)

    def over() -> dict[str, Any] | None:
        shown: dict[str, Any] = stack.api.get(one)
        return shown if shown["state"] == "completed" and shown["schedule"] == "missing" else None

    shown = eventually(over, 60)
    assert shown["members"] == {"total": 3, "waiting": 0, "calling": 0, "done": 3, "skipped": 0}
    assert shown["progress"]["why"]["code"] == "completed"
    assert [len(stack.carrier_calls(number)) for number in _PEOPLE] == [1, 1, 1]
    found: dict[str, Any] = stack.api.get(f"{one}/analytics")
    assert (found["calls"], found["outcomes"]["busy"], found["funnel"]["tried"]) == (3, 3, 3)
