"""Sample contacts with complete profiles, tags, fields, notes and consents; loading again adds nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from localcloud.api import Api

_CONTACTS = "/v1/crm/contacts"
_OWNER = "Olivia Park"

TAGS: tuple[dict[str, str], ...] = (
    {"name": "VIP", "colour": "#b45309", "description": "Answered first, and by a person if they like."},
    {"name": "Newsletter", "colour": "#2563eb", "description": "Gets the letter of the month."},
    {"name": "Recall due", "colour": "#dc2626", "description": "The last check-up is more than a year ago."},
    {"name": "Referred", "colour": "#16a34a", "description": "Came on the word of another patient."},
)
FIELDS: tuple[dict[str, Any], ...] = (
    {"key": "insurance", "label": "Insurance", "kind": "choice", "choices": ["None", "Basic", "Plus"]},
    {"key": "last_visit", "label": "Last visit", "kind": "date"},
    {"key": "family_members", "label": "Family members", "kind": "number"},
    {"key": "anxious", "label": "Afraid of the dentist", "kind": "boolean"},
    {"key": "allergies", "label": "Allergies", "kind": "text"},
)
# Preferred times are obeyed by every dial, and the samples are called at whatever hour somebody tries them.
_ANY_HOUR = [
    {"days": ["mon", "tue", "wed", "thu", "fri"], "start": "00:00", "end": "24:00"},
    {"days": ["sat", "sun"], "start": "00:00", "end": "24:00"},
]
# Numbers 555-0100 to 555-0199 are reserved for fiction in the North American numbering plan.
CONTACTS: tuple[dict[str, Any], ...] = (
    {
        "name": "Maria Garcia",
        "phone": "+14155550132",
        "other_phones": ["+14155550133"],
        "email": "maria.garcia@example.com",
        "company": "Garcia Ceramics",
        "title": "Owner",
        "address": {
            "street": "48 Harbor Street",
            "city": "San Francisco",
            "region": "CA",
            "postal_code": "94111",
            "country": "US",
        },
        "time_zone": "America/Los_Angeles",
        "language": "en-US",
        "preferred_times": _ANY_HOUR,
        "preferred_channel": "call",
        "status": "customer",
        "source": "sample",
        "owner": _OWNER,
        "custom_fields": {
            "insurance": "Plus",
            "last_visit": "2025-03-14",
            "family_members": 4,
            "anxious": False,
            "allergies": "Penicillin",
        },
        "tags": ["VIP", "Newsletter"],
    },
    {
        "name": "James Chen",
        "phone": "+12125550147",
        "other_phones": ["+12125550148"],
        "email": "james.chen@example.com",
        "company": "Chen & Partners",
        "title": "Architect",
        "address": {
            "street": "210 West 21st Street, 5th floor",
            "city": "New York",
            "region": "NY",
            "postal_code": "10011",
            "country": "US",
        },
        "time_zone": "America/New_York",
        "language": "en-US",
        "preferred_times": _ANY_HOUR,
        "preferred_channel": "sms",
        "status": "prospect",
        "source": "sample",
        "owner": _OWNER,
        "custom_fields": {
            "insurance": "Basic",
            "last_visit": "2024-09-02",
            "family_members": 2,
            "anxious": True,
            "allergies": "None known",
        },
        "tags": ["Recall due"],
    },
    {
        "name": "Aisha Khan",
        "phone": "+13055550188",
        "other_phones": ["+13055550189"],
        "email": "aisha.khan@example.com",
        "company": "Bayside Bakery",
        "title": "Manager",
        "address": {
            "street": "9 Ocean Drive",
            "city": "Miami",
            "region": "FL",
            "postal_code": "33139",
            "country": "US",
        },
        "time_zone": "America/New_York",
        "language": "en-US",
        "preferred_times": _ANY_HOUR,
        "preferred_channel": "email",
        "status": "lead",
        "source": "sample",
        "owner": "Noah Adler",
        "custom_fields": {
            "insurance": "None",
            "last_visit": "2023-11-20",
            "family_members": 1,
            "anxious": False,
            "allergies": "Latex",
        },
        "tags": ["Referred", "Newsletter"],
    },
)
_MARIA, _JAMES, _AISHA = (contact["phone"] for contact in CONTACTS)
NOTES: tuple[tuple[str, dict[str, Any]], ...] = (
    (_MARIA, {"kind": "general", "body": "Speaks Spanish at home. Never call before nine.", "pinned": True}),
    (_MARIA, {"kind": "call_summary", "body": "Asked for prices of whitening; will think about it."}),
    (_JAMES, {"kind": "meeting", "body": "Showed him the practice. He liked the quiet waiting room."}),
    (_JAMES, {"kind": "task", "body": "Send the plan of treatment with prices."}),
    (_AISHA, {"kind": "task", "body": "Ask whether the new crown holds."}),
)
_DUE = {  # from the moment of loading: one is late already
    "Send the plan of treatment with prices.": timedelta(days=-2),
    "Ask whether the new crown holds.": timedelta(days=5),
}
_ASSISTANT = "Yes, an automated assistant may call me about my appointments."
_OFFERS = "Yes, send me offers and news by email."
CONSENTS: tuple[tuple[str, dict[str, Any]], ...] = (
    *(
        (phone, {"kind": "automated_calls", "answer": "granted", "source": "web_form", "wording": _ASSISTANT})
        for phone in (_MARIA, _JAMES, _AISHA)
    ),
    (_MARIA, {"kind": "email", "answer": "granted", "source": "paper", "wording": _OFFERS}),
    (_MARIA, {"kind": "recording", "answer": "granted", "source": "call", "reference": "Said on the phone."}),
    (_JAMES, {"kind": "marketing_calls", "answer": "revoked", "source": "operator"}),
)


def load_sample_crm(api: Api) -> dict[str, str]:
    """Create what is missing; give the ids of the contacts by phone number."""
    _create_missing(api, "/v1/crm/tags", TAGS, "name")
    _create_missing(api, "/v1/crm/custom-fields", FIELDS, "key")
    contacts = {contact["phone"]: _contact(api, contact) for contact in CONTACTS}
    for phone, note in NOTES:
        _add_note(api, contacts[phone], note)
    for phone, consent in CONSENTS:
        _record_consent(api, contacts[phone], consent)
    return contacts


def _create_missing(api: Api, path: str, wanted: tuple[dict[str, Any], ...], name: str) -> None:
    known = {item[name] for item in api.get(path)["items"]}
    for each in wanted:
        if each[name] not in known:
            api.post(path, each)


def _contact(api: Api, contact: dict[str, Any]) -> str:
    found = api.get(_CONTACTS, phone=contact["phone"])["items"]
    stored = found[0] if found else api.post(_CONTACTS, contact)
    return str(stored["id"])


def _add_note(api: Api, contact_id: str, note: dict[str, Any]) -> None:
    path = f"{_CONTACTS}/{contact_id}/notes"
    if note["body"] in {known["body"] for known in api.get(path, page_size="100")["items"]}:
        return
    due = _DUE.get(note["body"])
    instant = {"due_at": (datetime.now(UTC) + due).isoformat(timespec="seconds")} if due else {}
    api.post(path, note | instant)


def _record_consent(api: Api, contact_id: str, consent: dict[str, Any]) -> None:
    path = f"{_CONTACTS}/{contact_id}/consents"
    if consent["kind"] not in api.get(path)["current"]:
        api.post(path, consent)
