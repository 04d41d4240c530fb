"""Members of campaigns over HTTP: adding, listing, reading, exporting, skipping, taking out."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest
from fakes.calls import FakeCalls, furnished
from fakes.events import queue_event
from fakes.imports import work_imports_off

from chalicelib.crm.adapters.messages import JobStep, encode
from chalicelib.crm.domain.contacts import NewContact
from chalicelib.crm.services.contacts import create_contact, delete_contact
from chalicelib.entrypoints import jobs
from chalicelib.kernel.phones import E164
from chalicelib.scheduling.domain.campaigns import CampaignState
from chalicelib.scheduling.services.ticking import tick
from chalicelib.system.domain.tokens import Scope

CAMPAIGNS = "/v1/scheduling/campaigns"
ANY = {"If-Match": "*"}


@pytest.fixture
def contact(container, clock, crm):
    """Give a contact beside a template, with all ports."""
    calls = FakeCalls(clock, crm)
    container.calls, container.scheduling, container.crm = calls, calls.scheduling, calls.crm
    found = furnished(calls)
    clock.advance(seconds=1)
    return found


@pytest.fixture
def one(api, contact):
    """Give the address of a campaign without members."""
    body = {"name": "Spring", "template_id": "template_1"}
    return f"{CAMPAIGNS}/{api.post(CAMPAIGNS, body).body['id']}"


def _work_off(crm):
    """Deliver every message, those of imports first, until none is left."""
    while crm.work.sent:
        sent, crm.work.sent = crm.work.sent, []
        files = [each for each in sent if each[0] != "job_step"]
        steps = [each for each in sent if each[0] == "job_step"]
        if files:
            crm.work.sent = steps
            work_imports_off(crm, files)
            continue
        for _, job_id, step in steps:
            jobs.jobs(queue_event(encode(JobStep(job_id, step))), None)


def _added(api, container, one, body):
    answer = api.post(f"{one}/members", body)
    assert answer.status == 202, answer.body
    _work_off(container.crm)
    return api.get(f"/v1/crm/jobs/{answer.body['id']}").body


@pytest.mark.parametrize("by", ["contact_ids", "tag", "filter"])
def test_contacts_are_added_by_a_job(api, container, contact, one, by):
    """The answer is the job to follow; when it is done they are members."""
    api.post("/v1/crm/tags", {"name": "Spring"})
    tagged = {"name": "Bob", "phone": "+14155552672", "tags": ["spring"]}
    bob = api.post("/v1/crm/contacts", tagged).body["id"]
    container.clock.advance(seconds=1)
    body = {"contact_ids": [bob]} if by == "contact_ids" else {"tag": "spring"}
    body = {"filter": {"tag": "spring"}} if by == "filter" else body
    job = _added(api, container, one, body)
    assert (job["kind"], job["state"], job["succeeded"]) == ("add_members", "done", 1)
    (member,) = api.get(f"{one}/members").body["items"]
    assert (member["contact_id"], member["name"], member["state"]) == (bob, "Bob", "waiting")
    assert api.get(one).body["members"]["total"] == 1


def test_a_file_becomes_contacts_and_members(api, container, contact, one):
    """Its rows are imported, and whoever they are is a member; a row without a number is told there."""
    content = f"Name,Phone\nEve,+14155552673\nAgain,{contact.phone}\nNobody,\n"
    job = _added(api, container, one, {"csv": {"content": content}})
    assert (job["state"], job["succeeded"], job["failed"]) == ("done", 2, 0)
    names = {member["name"] for member in api.get(f"{one}/members").body["items"]}
    assert names == {"Eve", contact.name}
    rejected = api.get(f"/v1/crm/imports/{job['arguments']['import_id']}/rejected").body
    assert "Nobody" in rejected
    other = api.post(CAMPAIGNS, {"name": "Other", "template_id": "template_1"}).body["id"]
    again = {"import_id": job["arguments"]["import_id"]}
    assert _added(api, container, f"{CAMPAIGNS}/{other}", again)["succeeded"] == 2


def test_members_are_called_once_more(api, container, contact, one):
    """Those of a reason, by a job to follow."""
    _added(api, container, one, {"contact_ids": [contact.id]})
    api.post(f"{one}/members/{contact.id}/skip", {})
    answer = api.post(f"{one}/members/requeue", {"reason": "skipped_by_operator"})
    assert (answer.status, answer.body["kind"]) == (202, "requeue_members")
    _work_off(container.crm)
    assert api.get(f"/v1/crm/jobs/{answer.body['id']}").body["succeeded"] == 1
    assert api.get(one).body["members"]["waiting"] == 1


@pytest.mark.parametrize("body", [{}, {"state": "skipped"}, {"reason": "busy", "state": "waiting"}])
def test_who_is_called_once_more_is_named(api, one, body):
    """By reason or outcome, and nobody who is to be called anyway."""
    assert api.post(f"{one}/members/requeue", body).status == 400


def test_a_request_that_comes_again_is_the_same_job(api, container, contact, one):
    """With its key the answer is the same, and the file is imported once."""
    body = {"csv": {"content": "Name,Phone\nEve,+14155552673\n"}}
    key = {"Idempotency-Key": "members-of-spring"}
    first = api.post(f"{one}/members", body, headers=key)
    assert api.post(f"{one}/members", body, headers=key).body == first.body
    _work_off(container.crm)
    assert len(api.get("/v1/crm/imports").body["items"]) == 1


@pytest.mark.parametrize(
    "body", [{}, {"tag": "a", "filter": {}}, {"csv": {"content": "a", "validate_only": True}}]
)
def test_who_is_added_is_said_in_one_way(api, one, body):
    """Nothing, two ways at once, and a file that is not to be imported are refused."""
    assert api.post(f"{one}/members", body).status == 400


def test_what_is_not_there_cannot_be_added(api, one):
    """An unknown tag or import is refused at once, and so is a campaign that is not there."""
    missing = {"import_id": f"import_{0:032x}"}
    for body, code in (({"tag": "nobody"}, "unknown_tag"), (missing, "import_not_found")):
        assert api.post(f"{one}/members", body).body["code"] == code
    refused = api.post(f"{CAMPAIGNS}/campaign_none/members", {"csv": {"content": "a"}})
    assert (refused.status, refused.body["code"]) == (404, "campaign_not_found")
    assert api.get("/v1/crm/imports").body["items"] == []


def test_a_campaign_that_is_stopped_takes_nobody(api, container, contact, one):
    """Running it takes more, and completed too; stopped it does not, and no file is imported for it."""
    _added(api, container, one, {"contact_ids": [contact.id]})
    api.post(f"{one}/start")
    assert _added(api, container, one, {"contact_ids": [contact.id]})["unchanged"] == 1
    campaign = next(iter(container.scheduling.campaigns.by_id.values()))
    container.scheduling.campaigns.by_id[campaign.id] = replace(campaign, state=CampaignState.COMPLETED)
    assert _added(api, container, one, {"contact_ids": [contact.id]})["unchanged"] == 1
    container.scheduling.campaigns.by_id[campaign.id] = campaign
    api.post(f"{one}/stop")
    for body in ({"contact_ids": [contact.id]}, {"csv": {"content": "Name,Phone\nEve,+14155552673\n"}}):
        refused = api.post(f"{one}/members", body)
        assert (refused.status, refused.body["code"]) == (409, "campaign_over")
    assert api.get("/v1/crm/imports").body["items"] == []


def test_members_are_listed_by_state_and_outcome_page_by_page(api, container, contact, one):
    """Each filter gives its own; pages follow one another until none is left."""
    ids = [contact.id]
    for n in range(4):
        person = NewContact(f"P{n}", E164(f"+1415555300{n}"))
        ids.append(create_contact(container.crm, person).id)
    _added(api, container, one, {"contact_ids": ids})
    assert api.post(f"{one}/members/{ids[0]}/skip").body["reason"] == "skipped_by_operator"
    (skipped,) = api.get(f"{one}/members?state=skipped").body["items"]
    assert skipped["contact_id"] == ids[0]
    assert api.get(f"{one}/members?state=calling").body["items"] == []
    assert api.get(f"{one}/members?outcome=busy").body["items"] == []
    found, token = [], ""
    while token is not None:
        page = api.get(f"{one}/members?state=waiting&page_size=3{token and f'&page_token={token}'}").body
        found += [member["contact_id"] for member in page["items"]]
        token = page["next_page_token"]
    assert sorted(found) == sorted(ids[1:])


def test_a_member_is_shown_with_its_history(api, container, contact, one):
    """While its call goes on the attempt has no outcome; who is no member is not there."""
    container.clock.advance(hours=8)
    _added(api, container, one, {"contact_ids": [contact.id]})
    api.post(f"{one}/start")
    tick(container.scheduling, one.rpartition("/")[2], container.clock.now())
    shown = api.get(f"{one}/members/{contact.id}").body
    assert (shown["state"], shown["attempts"]) == ("calling", 1)
    (attempt,) = shown["history"]
    assert (attempt["attempt"], attempt["call_id"], attempt["outcome"]) == (1, shown["call_id"], None)
    missing = api.get(f"{one}/members/contact_none")
    assert (missing.status, missing.body["code"]) == (404, "member_not_found")
    refused = api.ask("DELETE", f"{one}/members/{contact.id}", headers=ANY)
    assert (refused.status, refused.body["code"]) == (409, "member_called")


def test_a_member_is_taken_out_at_its_version(api, container, contact, one):
    """The version that was read is needed; afterwards it is no member, and can be added again."""
    _added(api, container, one, {"contact_ids": [contact.id]})
    address = f"{one}/members/{contact.id}"
    assert api.ask("DELETE", address).status == 428
    assert api.ask("DELETE", address, headers={"If-Match": '"9"'}).status == 412
    assert api.ask("DELETE", address, headers={"If-Match": '"1"'}).status == 204
    assert api.get(one).body["members"]["total"] == 0
    assert _added(api, container, one, {"contact_ids": [contact.id]})["succeeded"] == 1


def test_members_are_exported_as_a_file_that_runs_nothing(api, container, contact, one, monkeypatch):
    """A name that could be a formula is text; the link leads to the rest."""
    evil = create_contact(container.crm, NewContact("=1+1", E164("+14155553001")))
    gone = create_contact(container.crm, NewContact("Gone", E164("+14155553002")))
    _added(api, container, one, {"contact_ids": [contact.id, evil.id, gone.id]})
    delete_contact(container.crm, gone.id)
    monkeypatch.setattr("chalicelib.entrypoints.http_members.MAX_EXPORT", 2)
    first = api.get(f"{one}/members/export?bom=true")
    assert first.headers["Content-Type"].startswith("text/csv")
    assert first.body.startswith("\ufeffcontact_id,name,number,state")
    link = first.headers["Link"]
    second = api.get(f"{one}/members/export{link[link.index('<') + 1 : link.index('>')]}")
    assert "Link" not in second.headers
    rows = [
        row for answer in (first, second) for row in csv.DictReader(io.StringIO(answer.body.lstrip("\ufeff")))
    ]
    assert {row["contact_id"]: row["name"] for row in rows} == {
        contact.id: contact.name,
        evil.id: "'=1+1",
        gone.id: "",
    }


def test_only_operators_add_and_export(api, contact, one):
    """Who may read sees members, and neither adds them nor takes them along."""
    assert api.get(f"{one}/members", scope=Scope.VIEWER).status == 200
    assert api.get(f"{one}/members/export", scope=Scope.VIEWER).status == 403
    assert api.post(f"{one}/members", {"tag": "a"}, scope=Scope.VIEWER).status == 403
