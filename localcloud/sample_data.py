"""Sample prompts, templates, a campaign and a calendar beside the sample contacts; again, nothing changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from localcloud.sample_crm import load_sample_crm

if TYPE_CHECKING:
    from localcloud.api import Api

_AGENT = """Your name is Ava, the AI assistant of Harbor Dental.
Business: Harbor Dental
Contact name: {{ contact.name }}
Direction: {{ call.direction }}
It is {{ now }} where the contact lives.
"""
_REMINDER = "Appointment reminder"
PROMPTS: tuple[dict[str, str], ...] = (
    {
        "name": "Sales",
        "text": _AGENT
        + "You call a patient because a check-up is due. Find out whether they would like to come, note what "
        "they prefer, and offer that a colleague calls back to settle the time.",
    },
    {
        "name": "Follow-up",
        "text": _AGENT
        + "This is a follow-up call after a visit. Ask how the patient has been since, note any trouble, and "
        "offer a call closer to the next check-up.",
    },
    {
        "name": "Reception",
        "text": _AGENT
        + "You are the receptionist and answer calls to the practice. Find out what the caller needs, answer "
        "questions about prices and hours, take notes, and hand over to a person on request. You book, move "
        "and cancel appointments: offer only times that you were given.",
    },
    {
        "name": _REMINDER,
        "text": _AGENT
        + "You remind a patient of their appointment on {{ appointment.when }}: ask whether they will come. "
        "Confirm it, move it or cancel it as they wish; offer only times that you were given.",
    },
)

_COLLEAGUE = "+14155550199"
_CALLING = "Hello {{ first_name }}, this is Ava, the AI assistant of Harbor Dental."
_STOP = "You can press 9 at any time to stop these calls."
_ALWAYS = ["end_call", "transfer_to_person", "stop_calling_me", "add_note", "update_contact"]
_APPOINTMENTS = [
    *("check_availability", "book_appointment", "move_appointment", "cancel_appointment"),
    *("confirm_appointment", "my_appointments"),
]
_PREFERENCE = {
    "key": "preferred_time",
    "type": "choice",
    "description": "When they would rather come, mornings or afternoons.",
    "choices": ["morning", "afternoon"],
}
TEMPLATES: tuple[dict[str, Any], ...] = (
    {
        "name": "Sales call",
        "prompt": "Sales",
        "greeting": _CALLING,
        "disclosure": f"{_STOP} Do you have a minute?",
        "transport": "relay",
        "transfer_to": _COLLEAGUE,
        "on_machine": "leave_message",
        "voicemail_message": "Hello {{ first_name }}, this is Ava, the AI assistant of Harbor Dental. Your "
        "check-up is due. Please call us back at {{ call.line }}.",
        "screening_answer": "This is Ava, the AI assistant of Harbor Dental, about a check-up that is due.",
        "extract": [_PREFERENCE],
    },
    {
        "name": "Follow-up call",
        "prompt": "Follow-up",
        "greeting": _CALLING,
        "disclosure": f"{_STOP} How have you been since your visit?",
        "transport": "gather",
        "on_machine": "hang_up",
    },
    {
        "name": "Reception",
        "prompt": "Reception",
        "greeting": "Thank you for calling Harbor Dental. This is Ava, the AI assistant. "
        "Press 1 to talk to a person. How can I help you?",
        "menu": [
            {"key": "1", "action": "transfer"},
            {"key": "2", "action": "ask", "text": "When are you open?"},
        ],
        "tools": [*_ALWAYS, "schedule_callback", *_APPOINTMENTS],
        "transport": "relay",
        "on_failure": "transfer",
        "transfer_to": _COLLEAGUE,
    },
    {
        "name": _REMINDER,
        "prompt": _REMINDER,
        "purpose": "informational",
        "greeting": f"{_CALLING} This is a reminder of your appointment on {{{{ appointment.when }}}}.",
        "disclosure": f"Press 1 to confirm it, or 2 to move it. {_STOP}",
        "menu": [
            {
                "key": "1",
                "action": "confirm",
                "text": "Thank you. Your appointment on {{ appointment.when }} is confirmed. Goodbye.",
            },
            {"key": "2", "action": "ask", "text": "When is my appointment? I would like to move it."},
        ],
        "tools": [*_ALWAYS, *_APPOINTMENTS],
        "transport": "relay",
        "transfer_to": _COLLEAGUE,
        "on_machine": "hang_up",
    },
)


CAMPAIGN: dict[str, Any] = {
    "name": "Spring check-ups",
    "description": "Patients whose check-up is due.",
    "live_calls": 2,
    "retries": {"max_attempts": 2, "after": {"busy": {"times": 1, "gaps_s": [900]}}},
}

_WORKDAY = [{"start": "09:00", "end": "12:00"}, {"start": "13:00", "end": "17:00"}]
CALENDAR: dict[str, Any] = {
    "name": "Harbor Dental",
    "time_zone": "America/Los_Angeles",
    "hours": dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), _WORKDAY),
    "slot_min": 30,
    "services": ["check-up", "cleaning"],
    "location": "Harbor Street 1",
    "cancel_notice_min": 24 * 60,
    "confirm_by_sms": True,
}


@dataclass(frozen=True)
class SampleData:
    """Ids of what was loaded: contacts by phone number, templates by name, the campaign, the calendar."""

    contacts: dict[str, str]
    templates: dict[str, str]
    campaign: str
    calendar: str


def load_sample_data(api: Api, line: str) -> SampleData:
    """Create what is missing, and let the reception template answer our number `line`."""
    contacts = load_sample_crm(api)
    prompts = _by_name(api.every("/v1/ai/templates"))
    for prompt in PROMPTS:
        if prompt["name"] not in prompts:
            prompts[prompt["name"]] = api.post("/v1/ai/templates", prompt)["id"]
    templates = _by_name(api.get("/v1/calls/templates")["items"])
    for template in TEMPLATES:
        if template["name"] not in templates:
            templates[template["name"]] = _template(api, template, prompts)
    if line not in {route["number"] for route in api.get("/v1/calls/numbers")["items"]}:
        api.put(f"/v1/calls/numbers/{line}", {"template_id": templates["Reception"]})
    campaign = _campaign(api, templates["Sales call"], contacts)
    return SampleData(contacts, templates, campaign, _calendar(api, templates[_REMINDER]))


def _campaign(api: Api, template_id: str, contacts: dict[str, str]) -> str:
    """Prepare the campaign, a draft with the sample contacts: nobody is called before it is started."""
    known = _by_name(api.every("/v1/scheduling/campaigns"))
    if CAMPAIGN["name"] in known:
        return known[CAMPAIGN["name"]]
    body = {**CAMPAIGN, "template_id": template_id, "contact_ids": sorted(contacts.values())}
    return str(api.post("/v1/scheduling/campaigns", body)["id"])


def _calendar(api: Api, reminder_id: str) -> str:
    """Make the calendar, in which every workday has free times; it reminds by text, and then by call."""
    known = _by_name(api.every("/v1/scheduling/calendars"))
    if CALENDAR["name"] in known:
        return known[CALENDAR["name"]]
    by_call = {"before_min": 3 * 60, "channel": "call", "template_id": reminder_id}
    reminders = [{"before_min": 24 * 60, "channel": "sms"}, by_call]
    return str(api.post("/v1/scheduling/calendars", {**CALENDAR, "reminders": reminders})["id"])


def _by_name(items: list[dict[str, Any]]) -> dict[str, str]:
    return {item["name"]: item["id"] for item in items}


def _template(api: Api, template: dict[str, Any], prompts: dict[str, str]) -> str:
    body = {**template, "prompt_id": prompts[template["prompt"]]}
    body.pop("prompt")
    return str(api.post("/v1/calls/templates", body)["id"])
