"""Imports over HTTP, and their messages through the function that works them off."""

from __future__ import annotations

import csv
import io
import json

import pytest
from fakes.imports import work_imports_off

from chalicelib.crm.adapters.messages import ImportChunk, PrepareImport, encode
from chalicelib.entrypoints.jobs import jobs
from chalicelib.system.domain.tokens import Scope

IMPORT, IMPORTS, CONTACTS = "/v1/crm/contacts/import", "/v1/crm/imports", "/v1/crm/contacts"
FILE = "Name,Phone\nAda,+14155552671\n=Eve,12\n"


def _begun(api, **body):
    return api.post(IMPORT, {"file_name": "leads.csv", **body})


def test_a_small_file_starts_at_once_and_is_followed(api, crm):
    """The answer is the import; following it shows format, mapping, counts and the first errors."""
    begun = _begun(api, content=FILE)
    assert (begun.status, begun.body["state"], begun.body["upload"]) == (201, "queued", None)
    work_imports_off(crm, crm.work.sent)
    done = api.get(f"{IMPORTS}/{begun.body['id']}", scope=Scope.VIEWER).body
    assert (done["state"], done["rows_total"], done["rows_done"]) == ("done", 2, 2)
    assert done["mapping"] == {"Name": "name", "Phone": "phone"}
    assert (done["encoding"], done["delimiter"]) == ("utf-8", ",")
    assert (done["counts"]["created"], done["counts"]["failed"]) == (1, 1)
    (error,) = done["first_errors"]
    assert (error["row"], error["column"], error["value"]) == (3, "Phone", "12")
    assert error["problem"]
    assert error["remedy"]
    assert api.get(IMPORTS).body["items"][0]["id"] == begun.body["id"]


def test_rejected_rows_can_be_mended_and_imported(api, crm):
    """The CSV has the file's columns, formulas made harmless, and imports when its cells are right."""
    begun = _begun(api, content=FILE).body
    work_imports_off(crm, crm.work.sent)
    rejected = api.get(f"{IMPORTS}/{begun['id']}/rejected")
    rows = list(csv.reader(io.StringIO(rejected.body)))
    assert rows[0] == ["Name", "Phone", "import_row", "import_error"]
    assert rows[1][:3] == ["'=Eve", "12", "3"]
    assert "Link" not in rejected.headers
    again = _begun(api, content=rejected.body.replace(",12,", ",+14155552672,")).body
    work_imports_off(crm, crm.work.sent)
    assert api.get(f"{IMPORTS}/{again['id']}").body["counts"]["created"] == 1
    assert api.get(f"{CONTACTS}?phone=%2B14155552672").body["items"][0]["name"] == "=Eve"


def test_many_rejected_rows_come_in_parts(api, crm, monkeypatch):
    """The header `Link` leads to the next rows, until there are none."""
    monkeypatch.setattr("chalicelib.entrypoints.http_imports._MOST_REJECTED", 2)
    begun = _begun(api, content="name,phone\n" + "\n".join(f"n{n},x" for n in range(3))).body
    work_imports_off(crm, crm.work.sent)
    path = f"{IMPORTS}/{begun['id']}/rejected"
    first = api.get(path)
    assert first.headers["Link"] == '<?after=3>; rel="next"'
    assert api.get(f"{path}?after=3").body.splitlines()[1].startswith("n2,x,4,")


def test_a_large_file_is_uploaded_and_then_started(api, crm):
    """The answer says where it goes; starting before it is there is refused; options may change."""
    begun = _begun(api, validate_only=True)
    upload = begun.body["upload"]
    assert (begun.body["state"], upload["method"]) == ("waiting_for_file", "PUT")
    start = f"{IMPORTS}/{begun.body['id']}/start"
    refused = api.post(start, {})
    assert (refused.status, refused.body["code"]) == (409, "file_missing")
    crm.import_files.put(begun.body["id"], b"Wer;Tel\nAda;0171 1234567\n")
    options = {"mapping": {"Wer": "name", "Tel": "phone"}, "default_country": "DE", "tags": ["Messe"]}
    started = api.post(start, options)
    assert (started.status, started.body["state"], started.body["upload"]) == (202, "queued", None)
    work_imports_off(crm, crm.work.sent)
    (contact,) = api.get(CONTACTS).body["items"]
    assert (contact["phone"], contact["tags"]) == ("+491711234567", ["Messe"])


def test_who_may_only_read_gets_no_address_to_write_to(api):
    """The address for the file is for those who may import."""
    begun = _begun(api).body
    path = f"{IMPORTS}/{begun['id']}"
    assert api.get(path, scope=Scope.VIEWER).body["upload"] is None
    assert api.get(path, scope=Scope.OPERATOR).body["upload"]["url"]


def test_rejected_rows_fit_into_an_answer(api, crm):
    """However long they are, an answer is below what the gateway takes, and the next goes on."""
    text = "name,phone,a,b\n" + "\n".join(f"n{n},x," + "语" * 9000 + "," for n in range(80))
    begun = _begun(api)
    crm.import_files.put(begun.body["id"], text.encode())
    api.post(f"{IMPORTS}/{begun.body['id']}/start", {})
    work_imports_off(crm, crm.work.sent)
    path, rows = f"{IMPORTS}/{begun.body['id']}/rejected", 0
    link = ""
    while True:
        answer = api.get(path + link)
        assert len(json.dumps(answer.body)) < 4_500_000
        rows += len(answer.body.splitlines()) - 1
        if "Link" not in answer.headers:
            break
        link = answer.headers["Link"].partition(">")[0].strip("<")
    assert rows == 80


def test_rejected_rows_come_back_as_the_file_was_written(api, crm):
    """With its delimiter, and with a mark by which Excel knows UTF-8 where it was in no Unicode."""
    begun = _begun(api).body
    crm.import_files.put(begun["id"], "Name;Telefon\nJürgen Straße;12\n".encode("cp1252"))
    api.post(f"{IMPORTS}/{begun['id']}/start", {})
    work_imports_off(crm, crm.work.sent)
    text = api.get(f"{IMPORTS}/{begun['id']}/rejected").body
    assert text.startswith("\ufeffName;Telefon;import_row;import_error")
    assert "Jürgen Straße;12;2;" in text


def test_rows_that_met_a_contact_are_named(api, crm):
    """The first duplicates are shown with the contact or the row that they met."""
    ada = api.post(CONTACTS, {"name": "Ada", "phone": "+14155552671"}).body
    begun = _begun(api, content="name,phone\nAda,+14155552671\n").body
    work_imports_off(crm, crm.work.sent)
    assert api.get(f"{IMPORTS}/{begun['id']}").body["first_duplicates"] == [
        {
            "row": 2,
            "phone": "+14155552671",
            "outcome": "skipped",
            "contact_id": ada["id"],
            "earlier_row": None,
        }
    ]


def test_a_wrong_mapping_is_told_by_the_import(api, crm):
    """An import that cannot be done says why, in words for whoever sent the file."""
    begun = _begun(api, content=FILE, mapping={"Telephone": "phone"}).body
    work_imports_off(crm, crm.work.sent)
    failed = api.get(f"{IMPORTS}/{begun['id']}").body
    assert (failed["state"], failed["error"]) == ("failed", "bad_mapping")
    assert "Telephone" in failed["message"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"content": ""}, "/content"),
        ({"content": "x" * 1_000_001}, "/content"),
        ({"on_duplicate": "explode"}, "/on_duplicate"),
        ({"default_country": "UK"}, "/default_country"),
        ({"delimiter": "."}, "/delimiter"),
        ({"tags": ["a;b"]}, "/tags/0"),
        ({"time_zone": "Mars/Base"}, "/time_zone"),
    ],
)
def test_wrong_options_are_named(api, body, pointer):
    """Each field that cannot be accepted is an error of its own."""
    answer = _begun(api, **body)
    assert (answer.status, [error["pointer"] for error in answer.body["errors"]]) == (400, [pointer])


def test_cancelling_stops_an_import(api, crm):
    """What was not begun is not done; a finished import cannot be cancelled."""
    begun = _begun(api, content=FILE).body
    cancelled = api.post(f"{IMPORTS}/{begun['id']}/cancel", None)
    assert (cancelled.status, cancelled.body["state"]) == (200, "cancelled")
    work_imports_off(crm, crm.work.sent)
    assert api.get(CONTACTS).body["items"] == []
    done = _begun(api, content=FILE).body
    work_imports_off(crm, crm.work.sent)
    refused = api.post(f"{IMPORTS}/{done['id']}/cancel", None)
    assert (refused.status, refused.body["code"]) == (409, "import_over")


def test_an_unknown_import_is_404(api):
    """Whatever is asked of it."""
    path = f"{IMPORTS}/import_" + "0" * 32
    for answer in (api.get(path), api.get(path + "/rejected"), api.post(path + "/start", {})):
        assert (answer.status, answer.body["code"]) == (404, "import_not_found")


def test_messages_reach_the_work(api, crm):
    """The function reads the file, and then each chunk, as the queue's messages say."""
    begun = _begun(api, content=FILE).body
    crm.work.sent.clear()
    assert _delivered(PrepareImport(begun["id"])) == {"batchItemFailures": []}
    for _, import_id, run, lane, chunk in list(crm.work.sent):
        _delivered(ImportChunk(import_id, run, lane, chunk))
    assert api.get(f"{IMPORTS}/{begun['id']}").body["state"] == "done"


def _delivered(message):
    record = {
        "messageId": "m1",
        "receiptHandle": "r",
        "body": encode(message),
        "attributes": {"ApproximateReceiveCount": "1"},
        "messageAttributes": {},
        "md5OfBody": "",
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:jobs",
        "awsRegion": "us-east-1",
    }
    return jobs(json.loads(json.dumps({"Records": [record]})), None)
