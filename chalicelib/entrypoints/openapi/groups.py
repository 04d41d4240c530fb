"""Groups of operations: which there are, and which one an operation's path puts it in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chalicelib.entrypoints.middleware import Route


@dataclass(frozen=True)
class Group:
    """A group's description, and where its paths begin: without `/v1/` and without parameters."""

    description: str
    places: tuple[str, ...]


_CONTACTS = "crm/contacts"
GROUPS: dict[str, Group] = {
    "ai": Group("Prompts of the conversations.", ("ai",)),
    "analytics": Group("Numbers of all contacts, and counting them again.", ("crm/analytics",)),
    "appointments": Group(
        "Times that are free, and who comes when.", ("scheduling/time-slots", "scheduling/bookings")
    ),
    "audit": Group("Who did what to which object, and when.", ("audit",)),
    "calendars": Group("When somebody can come, and when nobody is there.", ("scheduling/calendars",)),
    "call templates": Group("Kinds of calls, and how each is held.", ("calls/templates",)),
    "calls": Group(
        "Placing calls, reading them, following those that go on.",
        ("calls", f"{_CONTACTS}/calls"),
    ),
    "campaigns": Group("Many calls of one kind: who, how, when, how often.", ("scheduling/campaigns",)),
    "conferences": Group("People who talk with each other, and supervisors.", ("calls/conferences",)),
    "consents": Group("What contacts allowed or forbade, and when.", (f"{_CONTACTS}/consents",)),
    "contacts": Group("The people who are called: one by one, and many at once.", (_CONTACTS,)),
    "conversations": Group(
        "Chats with the AI, and all that was said in them and in calls.", ("ai/chat", "ai/conversations")
    ),
    "custom fields": Group("Details of contacts that you define yourself.", ("crm/custom-fields",)),
    "evaluations": Group(
        "Conversations that are played to try the agent.", ("ai/evaluations", "calls/scenario")
    ),
    "events": Group("What can be subscribed to.", ("events",)),
    "failed work": Group("Messages and jobs that failed: look, replay, discard.", ("failed-work",)),
    "health": Group("Whether the system is there, and ready.", ("health",)),
    "imports and export": Group(
        "Contacts from files, and as a file.",
        ("crm/imports", f"{_CONTACTS}/import", f"{_CONTACTS}/export"),
    ),
    "jobs": Group("Work on many contacts: its progress, its results, its end.", ("crm/jobs",)),
    "members": Group("Who is called in campaigns, and what came of it.", ("scheduling/campaigns/members",)),
    "messages": Group(
        "Text messages in both directions, and their templates.",
        ("calls/messages", "calls/message-templates", f"{_CONTACTS}/messages"),
    ),
    "notes and tasks": Group(
        "What was written about contacts, and what is to be done.", (f"{_CONTACTS}/notes", "crm/tasks")
    ),
    "numbers": Group("Who answers our own numbers, and when.", ("calls/numbers",)),
    "openapi": Group("This document.", ("openapi.json",)),
    "personal data": Group(
        "What is kept about a person, and erasing it.", (f"{_CONTACTS}/personal-data", f"{_CONTACTS}/erase")
    ),
    "queue": Group(
        "Calls that wait to be dialed, numbers that are held back, and calling many.",
        ("calls/queue", "calls/requeue", "calls/bulk-call"),
    ),
    "recordings": Group(
        "Recordings of calls, voicemail, and how long both are kept.",
        ("calls/recordings", "calls/voicemails", "calls/retention"),
    ),
    "settings": Group("What governs dialing, with its history.", ("settings",)),
    "suppressions": Group("Numbers that nothing may dial.", ("calls/suppressions",)),
    "tags": Group("Words that contacts are marked with.", ("crm/tags",)),
    "timeline": Group("What happened with a contact, in one list.", (f"{_CONTACTS}/timeline",)),
    "tokens": Group("Who may use this API.", ("tokens",)),
    "webhooks": Group("Subscriptions to events, and their deliveries.", ("webhooks",)),
}


def group_of(route: Route) -> str:
    """Give the group that has most of the beginning of the route's path; `LookupError` when none has any."""
    fixed = [part for part in route.path.removeprefix("/v1").strip("/").split("/") if part[0] != "{"]
    places = {place: name for name, group in GROUPS.items() for place in group.places}
    beginnings = ("/".join(fixed[:length]) for length in range(len(fixed), 0, -1))
    found = next((places[beginning] for beginning in beginnings if beginning in places), None)
    if found is None:
        raise LookupError(f"No group of the API's description has {route.path}.")
    return found


def described_groups(routes: Iterable[Route]) -> list[dict[str, str]]:
    """Describe the groups that have one of these routes, by name."""
    names = sorted({group_of(route) for route in routes})
    return [{"name": name, "description": GROUPS[name].description} for name in names]
