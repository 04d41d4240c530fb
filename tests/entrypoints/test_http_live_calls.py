"""Lists of calls, live calls, growing transcripts, notes and hang-ups over HTTP."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from fakes.calls import NOW, NUMBER, FakeCalls, a_brief, a_call, connected, furnished

from chalicelib.calls.domain.calls import Direction
from chalicelib.calls.domain.outcomes import Outcome
from chalicelib.calls.domain.states import CallState
from chalicelib.calls.domain.turns import Turn, TurnEnd, TurnKind
from chalicelib.crm.domain.contacts import NewContact
from chalicelib.crm.services.contacts import create_contact, delete_contact
from chalicelib.crm.services.merging import merge_contact
from chalicelib.kernel.phones import E164
from chalicelib.system.domain.tokens import Scope

CALLS = "/v1/calls"


@pytest.fixture
def calls(container, clock):
    """Give the ports of calls, furnished, to the API."""
    container.calls = FakeCalls(clock, container.crm)
    container.calls.system = container.system
    furnished(container.calls)
    return container.calls


def _ids(answer):
    assert answer.status == 200, answer.body
    return [call["id"] for call in answer.body["items"]]


def test_calls_are_listed_newest_first_by_page(api, calls):
    """A page's token leads on; the oldest come first when that is asked for."""
    for number in range(5):
        calls.book.create(a_call(id=f"call_{number}", created_at=NOW + timedelta(seconds=number)))
    first = api.get(f"{CALLS}?page_size=3", scope=Scope.VIEWER)
    assert _ids(first) == ["call_4", "call_3", "call_2"]
    token = first.body["next_page_token"]
    last = api.get(f"{CALLS}?page_size=3&page_token={token}")
    assert (_ids(last), last.body["next_page_token"]) == (["call_1", "call_0"], None)
    assert _ids(api.get(f"{CALLS}?page_size=2&sort=created_at")) == ["call_0", "call_1"]
    assert api.get(f"{CALLS}?sort=created_at&page_token={token}").status == 400


@pytest.mark.parametrize(
    "wanted",
    [
        "state=ended",
        "direction=inbound",
        "outcome=busy",
        "contact_id=contact_9",
        "template_id=template_9",
        "from=2026-03-03T12:00:01Z",
        "to=2026-03-03T12:00:02Z&from=2026-03-03T12:00:01Z",
    ],
)
def test_calls_are_filtered(api, calls, wanted):
    """Each filter leaves the one call that is so."""
    calls.book.create(a_call())
    calls.book.create(
        a_call(
            id="call_2",
            state=CallState.ENDED,
            direction=Direction.INBOUND,
            outcome=Outcome.BUSY,
            contact_id="contact_9",
            template_id="template_9",
            created_at=NOW + timedelta(seconds=1),
        )
    )
    assert _ids(api.get(f"{CALLS}?{wanted}")) == ["call_2"]


@pytest.mark.usefixtures("calls")
@pytest.mark.parametrize("query", ["state=over", "sort=number", "since=2026-03-03T12:00:00Z", "from=today"])
def test_filters_that_are_not_there_are_refused(api, query):
    """With the parameter's name."""
    assert api.get(f"{CALLS}?{query}").body["code"] == "invalid_fields"


def test_calls_of_a_merged_contact_are_found(api, calls):
    """Under the id that it has now; those of a deleted contact under its own."""
    winner = calls.crm.contacts.find_by_phone(NUMBER)
    loser = create_contact(calls.crm, NewContact("Bo", E164("+14155552672")))
    calls.book.create(a_call(id="call_2", contact_id=loser.id))
    merge_contact(calls.crm, winner.id, loser.id)
    assert _ids(api.get(f"{CALLS}?contact_id={winner.id}")) == ["call_2"]
    delete_contact(calls.crm, winner.id)
    calls.book.create(a_call(id="call_3", contact_id=winner.id))
    assert "call_3" in _ids(api.get(f"{CALLS}?contact_id={winner.id}"))


def test_a_call_tells_the_version_of_its_template(api, calls):
    """Null until it is answered."""
    calls.book.create(a_call())
    assert api.get(f"{CALLS}/call_1").body["template_version"] is None
    calls.book.put_brief("call_1", a_brief(template_version=7))
    assert api.get(f"{CALLS}/call_1").body["template_version"] == 7


def test_live_calls_are_those_that_go_on(api, calls):
    """And whether there are others beside them."""
    calls.book.create(a_call(id="call_2"))
    connected(calls)
    live = api.get(f"{CALLS}/live", scope=Scope.VIEWER)
    assert (_ids(live), live.body["more"]) == (["call_1"], False)


def test_a_transcript_grows(api, calls):
    """What is being answered is there without its answer; nothing of it is kept by caches."""
    connected(calls)
    calls.turns.open("call_1", Turn(0, TurnKind.GREETING, NOW, answer="Hello.", end=TurnEnd.LISTEN))
    asked = Turn(1, TurnKind.SPEECH, NOW + timedelta(seconds=1), said="When?")
    calls.turns.open("call_1", asked)
    first = api.get(f"{CALLS}/call_1/transcript", scope=Scope.VIEWER)
    assert first.headers["Cache-Control"] == "no-store"
    assert (first.body["state"], first.body["more"]) == ("in_progress", True)
    assert [(turn["said"], turn["answer"]) for turn in first.body["turns"]] == [
        ("", "Hello."),
        ("When?", None),
    ]
    calls.turns.close("call_1", replace(asked, answer="At nine.", end=TurnEnd.LISTEN))
    since = first.body["next_since"]
    second = api.get(f"{CALLS}/call_1/transcript?since={since}").body
    assert second["turns"][-1]["answer"] == "At nine."
    assert api.get(f"{CALLS}/call_1/transcript?since=2").body["turns"] == []
    assert api.get(f"{CALLS}/call_x/transcript").body["code"] == "call_not_found"
    assert api.get(f"{CALLS}/call_1/transcript?since=-1").status == 400


def test_a_call_is_hung_up(api, calls):
    """202 with the call as it is, whose event names the token; 409 when it is over."""
    connected(calls)
    assert api.post(f"{CALLS}/call_1/hangup", scope=Scope.VIEWER).status == 403
    answer = api.post(f"{CALLS}/call_1/hangup")
    assert (answer.status, answer.body["state"]) == (202, "in_progress")
    (event,) = (each for each in answer.body["events"] if each["kind"] == "hung_up_by_operator")
    assert event["detail"].startswith("token:token_")
    assert calls.telephony.ended == ["CA1"]
    calls.book.change("call_1", lambda call: replace(call, state=CallState.ENDED))
    assert api.post(f"{CALLS}/call_1/hangup").body["code"] == "call_over"
    assert api.post(f"{CALLS}/call_x/hangup").body["code"] == "call_not_found"


@pytest.mark.parametrize(
    ("mood", "status", "code"), [("busy", 503, "carrier_busy"), ("refuse", 403, "carrier_refused")]
)
def test_what_the_carrier_did_not_do_is_told(api, calls, mood, status, code):
    """So that somebody tries again."""
    connected(calls)
    calls.telephony.hang_up_mood = mood
    answer = api.post(f"{CALLS}/call_1/hangup")
    assert (answer.status, answer.body["code"]) == (status, code)


def test_a_call_that_is_being_dialed_cannot_be_hung_up_yet(api, calls):
    """409 says to try again; a carrier that cannot be asked is 503."""
    calls.book.create(a_call(state=CallState.DIALING))
    assert api.post(f"{CALLS}/call_1/hangup").body["code"] == "call_being_dialed"
    calls.telephony.reachable = False
    answer = api.post(f"{CALLS}/call_1/hangup")
    assert (answer.status, answer.body["code"]) == (503, "carrier_unreachable")


def test_a_note_is_added_to_a_calls_contact(api, calls):
    """In the name of the token; the same request again adds none."""
    call = connected(calls)
    keyed = {"Idempotency-Key": "once"}
    for _ in range(2):
        made = api.post(f"{CALLS}/call_1/notes", {"body": "Unsure."}, headers=keyed)
        assert (made.status, made.body["call_id"], made.body["author"]) == (201, "call_1", "test operator")
    found = api.get(f"/v1/crm/contacts/{call.contact_id}/notes").body["items"]
    assert [note["body"] for note in found] == ["Unsure."]
    assert api.post(f"{CALLS}/call_x/notes", {"body": "x"}).body["code"] == "call_not_found"
    delete_contact(calls.crm, call.contact_id)
    assert api.post(f"{CALLS}/call_1/notes", {"body": "x"}).body["code"] == "contact_not_found"
