"""Call templates over HTTP: what is taken, versions, trying out, deleting."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fakes.calls import DESK, LINE, NUMBER, FakeCalls, furnished

from chalicelib.calls.services.requests import CallWish, request_call
from chalicelib.system.domain.tokens import Scope

TEMPLATES = "/v1/calls/templates"
ONE = f"{TEMPLATES}/template_1"
ANY = {"If-Match": "*"}
SIMPLE = {"name": "Check-up", "greeting": "Hello.", "prompt_id": "prompt_1"}
FULL = {
    "name": "Check-up",
    "greeting": "Hello {{ first_name }}.",
    "disclosure": "I am an AI assistant.",
    "prompt_id": "prompt_1",
    "transport": "gather",
    "language": "en-US",
    "languages": ["es-MX", "de"],
    "voice": "en-US-Chirp3-HD-Aoede",
    "tools": ["end_call"],
    "menu": [
        {"key": "1", "action": "say", "text": "We are open."},
        {"key": "#", "action": "transfer", "text": ""},
        {"key": "9", "action": "opt_out", "text": ""},
    ],
    "on_failure": "transfer",
    "filler_after_ms": 500,
    "transfer_mode": "warm",
    "when_nobody": "voicemail",
    "transfer_to": DESK,
    "on_machine": "leave_message",
    "voicemail_message": "Call {{ call.line }}.",
    "screening_answer": "Ann of Harbor Dental.",
    "record": True,
    "announce": "where_required",
    "recording_announcement": "This call is recorded.",
    "max_duration_s": 60,
    "max_spend": 200_000,
    "extract": [
        {
            "key": "size",
            "type": "choice",
            "description": "How big",
            "choices": ["small", "big"],
            "maps_to": "title",
        },
        {"key": "day", "type": "date", "description": "", "choices": [], "maps_to": ""},
    ],
}


@pytest.fixture
def calls(container, clock):
    """Give the ports of calls, furnished, to the API."""
    container.calls = FakeCalls(clock, container.crm)
    container.calls.system = container.system
    furnished(container.calls)
    return container.calls


@pytest.fixture
def put(api):
    """Put a template's fields for whatever version there is."""
    return lambda body, tag="*", **options: api.ask(
        "PUT", ONE, body=body, headers={"If-Match": tag}, **options
    )


@pytest.mark.usefixtures("calls")
def test_every_field_comes_back(api):
    """As it was given, from each of the ways to read it."""
    made = api.post(TEMPLATES, FULL)
    assert made.status == 201
    assert {name: made.body[name] for name in FULL} == FULL
    assert (made.body["version"], made.body["updated_at"]) == (1, None)
    path = f"{TEMPLATES}/{made.body['id']}"
    for way in (path, f"{path}/versions/1"):
        assert api.get(way, scope=Scope.VIEWER).body == made.body
    assert made.body in api.get(TEMPLATES).body["items"]


@pytest.mark.parametrize(
    ("change", "pointer", "remedy"),
    [
        ({"on_machine": "leave_message"}, "/voicemail_message", "Give the message to leave"),
        ({"on_failure": "transfer"}, "/transfer_to", "set on_failure to hang_up"),
        ({"when_nobody": "voicemail"}, "/transfer_to", "leave when_nobody out"),
        ({"transfer_mode": "warm"}, "/transfer_to", "leave transfer_mode out"),
        ({"menu": [{"key": "0", "action": "transfer"}]}, "/transfer_to", "off the menu"),
        ({"menu": [{"key": "a", "action": "hang_up"}]}, "/menu/0/key", ""),
        ({"menu": [{"key": "12", "action": "hang_up"}]}, "/menu/0/key", ""),
        ({"menu": [{"key": "1", "action": "say"}]}, "/menu/0/text", "Give the text"),
        ({"menu": [{"key": "1", "action": "ask", "text": " "}]}, "/menu/0/text", "Give the text"),
        ({"menu": [{"key": "9", "action": "hang_up"}]}, "/menu/0/action", "set opt_out here"),
        ({"menu": [{"key": "1", "action": "hang_up"}] * 2}, "/menu", "more than one 1"),
        ({"language": "de"}, "/language", "such as de-DE"),
        ({"language": "de-DE", "voice": "en-US-Chirp3-HD-Aoede"}, "/voice", "begins with de-DE-"),
        ({"voice": "de-DE-Chirp3-HD-Aoede"}, "/voice", "leave voice out"),
        ({"languages": ["German"]}, "/languages/0", ""),
        ({"languages": ["de", "de"]}, "/languages", "more than one de"),
        ({"languages": ["en-US"]}, "/languages", "Leave out"),
        ({"filler_after_ms": 499}, "/filler_after_ms", ""),
        ({"filler_after_ms": 5001}, "/filler_after_ms", ""),
        ({"max_spend": 0}, "/max_spend", ""),
        ({"on_machine": "shout"}, "/on_machine", ""),
        ({"extract": [{"key": "Size", "type": "text"}]}, "/extract/0/key", ""),
        ({"extract": [{"key": "size", "type": "choice"}]}, "/extract/0/choices", "two different"),
        ({"extract": [{"key": "size", "type": "text", "choices": ["x"]}]}, "/extract/0/choices", "set type"),
        ({"extract": [{"key": "size", "type": "text"}] * 2}, "/extract", "more than one size"),
    ],
)
@pytest.mark.usefixtures("calls")
def test_what_cannot_work_is_refused_with_its_remedy(api, put, change, pointer, remedy):
    """The field is named, when a template is made and when it is changed."""
    for answer in (api.post(TEMPLATES, SIMPLE | change), put(SIMPLE | change)):
        assert (answer.status, answer.body["code"]) == (400, "invalid_fields")
        (error,) = answer.body["errors"]
        assert error["pointer"] == pointer
        assert remedy in error["detail"]


@pytest.mark.parametrize("language", ["en-US", "de-DE", "es-MX"])
@pytest.mark.usefixtures("calls")
def test_a_language_brings_its_voice(api, language):
    """No voice reads another language's words, unless it is given one."""
    made = api.post(TEMPLATES, SIMPLE | {"language": language}).body
    assert made["voice"] == f"{language}-Chirp3-HD-Aoede"


def test_a_template_of_older_days_stays_readable(api, calls):
    """Its language has no country, its voice another; it is refused only when it is written again."""
    calls.templates.by_id["template_1"] = replace(calls.templates.by_id["template_1"], language="de")
    read = api.get(ONE)
    assert (read.status, read.body["language"]) == (200, "de")


@pytest.mark.usefixtures("calls")
def test_a_template_is_replaced_at_the_version_that_was_read(api, put):
    """Without that 428, with an old one 412; the version before stays readable."""
    read = api.get(ONE)
    assert api.ask("PUT", ONE, body=SIMPLE).status == 428
    changed = put(SIMPLE, read.headers["ETag"])
    assert (changed.status, changed.body["version"], changed.headers["ETag"]) == (200, 2, '"2"')
    assert changed.body["tools"] != read.body["tools"]  # what is left out gets its default
    assert put(FULL, read.headers["ETag"]).status == 412
    assert api.get(f"{ONE}/versions/1").body == read.body
    assert put(SIMPLE, scope=Scope.VIEWER).status == 403


@pytest.mark.usefixtures("calls")
def test_what_was_read_can_be_put_back(api):
    """And makes no version; a program may read, change a field and send the rest as it is."""
    made = api.post(TEMPLATES, FULL).body
    path, sent = f"{TEMPLATES}/{made['id']}", {name: made[name] for name in FULL}
    assert api.ask("PUT", path, body=sent, headers=ANY).body == made
    assert api.ask("PUT", path, body=sent | {"name": "Other"}, headers=ANY).body["version"] == 2


@pytest.mark.usefixtures("calls")
def test_versions_are_listed_by_page(api, put):
    """Newest first, and a page's token leads on."""
    for number in range(2, 5):
        put(SIMPLE | {"name": f"Name {number}"})
    first = api.get(f"{ONE}/versions?page_size=3").body
    assert [each["version"] for each in first["items"]] == [4, 3, 2]
    token = first["next_page_token"]
    last = api.get(f"{ONE}/versions?page_size=3&page_token={token}").body
    assert ([each["version"] for each in last["items"]], last["next_page_token"]) == ([1], None)


def test_a_template_in_use_is_not_deleted(api, calls):
    """409 says what uses it; one that nothing uses goes, and its versions stay."""
    answer = api.ask("DELETE", ONE, headers=ANY)
    assert (answer.status, answer.body["code"]) == (409, "template_in_use")
    assert LINE in answer.body["detail"]
    free = api.post(TEMPLATES, SIMPLE).body["id"]
    call = request_call(calls, CallWish(free, number=NUMBER))
    assert api.ask("DELETE", f"{TEMPLATES}/{free}", headers=ANY).status == 409
    assert api.post(f"/v1/calls/{call.id}/hangup").status == 202
    assert api.ask("DELETE", f"{TEMPLATES}/{free}").status == 428
    assert api.ask("DELETE", f"{TEMPLATES}/{free}", headers=ANY).status == 204
    assert api.get(f"{TEMPLATES}/{free}").body["code"] == "template_not_found"
    assert [each["version"] for each in api.get(f"{TEMPLATES}/{free}/versions").body["items"]] == [1]


@pytest.mark.usefixtures("calls")
@pytest.mark.parametrize("path", ["", "/versions", "/versions/1", "/versions/x"])
def test_a_template_that_never_was_is_not_found(api, path):
    """Nor a version of it."""
    assert api.get(f"{TEMPLATES}/template_x{path}").body["code"] == "template_not_found"


@pytest.mark.usefixtures("calls")
def test_a_repeated_creation_gives_the_same_template(api):
    """By its key, also when the first answer was lost."""
    keyed = {"Idempotency-Key": "once"}
    first = api.post(TEMPLATES, SIMPLE, headers=keyed)
    assert api.post(TEMPLATES, SIMPLE, headers=keyed).body == first.body


def test_a_template_is_tried_out(api, calls, put):
    """For a contact, and for somebody made up; a viewer may, for nobody is called."""
    put(FULL | {"greeting": "Hello {{ first_name }} of {{ contact.company }}."})
    contact = calls.crm.contacts.find_by_phone(NUMBER)
    known = api.post(f"{ONE}/render", {"contact_id": contact.id}, scope=Scope.VIEWER)
    assert (known.status, known.body["template_version"]) == (200, 2)
    assert known.body["texts"]["voicemail_message"] == f"Call {LINE}."
    assert known.body["texts"]["greeting"].startswith("Hello Ada")
    assert "I am an AI assistant." in known.body["first_words"]
    made_up = api.post(f"{ONE}/render", {"sample": {"name": "Bo Li", "company": "Acme"}}).body
    assert made_up["texts"]["greeting"] == "Hello Bo of Acme."
    assert api.post(f"{ONE}/render", {}).body["texts"]["greeting"] == "Hello Sample of Sample Company."
    assert calls.telephony.asked == 0


@pytest.mark.usefixtures("calls")
@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"contact_id": "contact_x"}, 404, "contact_not_found"),
        ({"contact_id": "contact_x", "sample": {}}, 400, "invalid_fields"),
        ({"sample": {"phone": "12"}}, 400, "invalid_fields"),
        ({"sample": {"time_zone": "Mars"}}, 400, "invalid_fields"),
    ],
)
def test_whom_a_template_cannot_be_tried_out_with(api, body, status, code):
    """A contact that is not there, two people at once, details that nobody has."""
    answer = api.post(f"{ONE}/render", body)
    assert (answer.status, answer.body["code"]) == (status, code)
