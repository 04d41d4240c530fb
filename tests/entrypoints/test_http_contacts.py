from __future__ import annotations

import pytest

from chalicelib.system.domain.tokens import Scope

CONTACTS = "/v1/crm/contacts"
ADA = {"name": "Ada", "phone": "+14155552671"}
NOBODY = "/v1/crm/contacts/contact_" + "0" * 32


@pytest.fixture
def ada(api):
    """Create a contact through the API."""
    return api.post(CONTACTS, ADA).body


def _errors(answer):
    return {each["pointer"]: each["detail"] for each in answer.body["errors"]}


def test_a_created_contact_is_shown_whole(api):
    """Creation answers 201 with the contact and its version as ETag, and reading gives the same."""
    created = api.post(CONTACTS, ADA | {"time_zone": "America/Los_Angeles", "language": "es-us"})
    assert (created.status, created.headers["ETag"]) == (201, '"1"')
    assert created.body == {
        "id": created.body["id"],
        "name": "Ada",
        "phone": "+14155552671",
        "other_phones": [],
        "email": None,
        "company": None,
        "title": None,
        "address": None,
        "time_zone": "America/Los_Angeles",
        "language": "es-US",
        "preferred_times": [],
        "preferred_channel": None,
        "source": "api",
        "status": "lead",
        "owner": None,
        "custom_fields": {},
        "tags": [],
        "created_at": "2026-03-03T12:00:00.000Z",
        "updated_at": "2026-03-03T12:00:00.000Z",
        "last_contacted_at": None,
        "version": 1,
    }
    read = api.get(f"{CONTACTS}/{created.body['id']}", scope=Scope.VIEWER)
    assert (read.status, read.body, read.headers["ETag"]) == (200, created.body, '"1"')


@pytest.mark.parametrize(
    "written",
    [
        {"phone": "+1 (415) 555-2671"},
        {"phone": " +14155552671 "},
        {"phone": "(415) 555-2671", "country": "US"},
    ],
)
def test_numbers_are_read_as_people_write_them(api, written):
    """An international number in any spelling, or a national one with its country, becomes E.164."""
    assert api.post(CONTACTS, {"name": "Ada", **written}).body["phone"] == "+14155552671"


@pytest.mark.parametrize(
    "written",
    [
        {"phone": "(415) 555-2671"},
        {"phone": "(415) 555-2671", "country": "GB"},
        {"phone": "+1415555"},
        {"phone": "ask Ada"},
        {"phone": "+1" + "9" * 30},
    ],
)
def test_a_number_that_cannot_exist_is_refused_with_a_remedy(api, written):
    """A national number without its country, or no number, is a field error with the remedy."""
    answer = api.post(CONTACTS, {"name": "Ada", **written})
    assert answer.status == 400
    assert "like +14155552671" in _errors(answer)["/phone"]


def test_every_field_error_is_named(api):
    """One answer names all fields that cannot be accepted, by JSON pointer."""
    answer = api.post(
        CONTACTS,
        {
            "name": "",
            "phone": 5,
            "email": "nowhere",
            "time_zone": "Mars/Base",
            "language": "en_US",
            "status": "friend",
            "source": "DROP TABLE",
            "a/b~c": 1,
        },
    )
    assert (answer.status, answer.body["code"]) == (400, "invalid_fields")
    assert set(_errors(answer)) == {
        "/name",
        "/phone",
        "/email",
        "/time_zone",
        "/language",
        "/status",
        "/source",
        "/a~1b~0c",
    }
    assert _errors(answer)["/time_zone"] == "A time zone is an IANA name like America/New_York."


@pytest.mark.parametrize("name", ["x" * 201, "a\nb", "\u0000", " \t "])
def test_names_are_one_printable_line_of_bounded_length(api, name):
    """A name that is empty, too long or holds control characters is refused."""
    assert set(_errors(api.post(CONTACTS, ADA | {"name": name}))) == {"/name"}


def test_a_taken_number_names_its_owner(api, ada):
    """A conflict gives the id of the contact that has the number."""
    answer = api.post(CONTACTS, ADA | {"name": "Eve"})
    assert (answer.status, answer.body["code"]) == (409, "phone_taken")
    assert answer.body["details"] == {"contact_id": ada["id"], "phone": ADA["phone"]}


@pytest.mark.parametrize("phone", ["%2B14155552671", "+14155552671", "%2B1%20(415)%20555-2671"])
def test_a_contact_is_found_by_number(api, ada, phone):
    """Lookup takes the number escaped, or with the bare plus that queries turn into a space."""
    answer = api.get(f"{CONTACTS}?phone={phone}")
    assert (answer.status, answer.body) == (200, {"items": [ada], "next_page_token": None})


def test_an_unknown_number_finds_nothing(api):
    """Looking for a number that nobody has is no error."""
    assert api.get(f"{CONTACTS}?phone=%2B14155552671").body["items"] == []


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("?sort=shoe_size", "/sort"),
        ("?status=friend", "/status"),
        ("?created_from=yesterday", "/created_from"),
        ("?phone=four", "/phone"),
        ("?phone=%2B14155552671&nmae=Ada", "/nmae"),
        ("?phone=%2B14155552671&phone=%2B14155552672", "/phone"),
    ],
)
def test_queries_are_checked_like_bodies(api, query, pointer):
    """A missing, malformed, unknown or doubled parameter is named."""
    answer = api.get(CONTACTS + query)
    assert answer.status == 400
    assert set(_errors(answer)) == {pointer}


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", NOBODY, None),
        ("GET", "/v1/crm/contacts/" + "x" * 3000, None),
        ("GET", NOBODY + "/notes", None),
        ("POST", NOBODY + "/notes", {"body": "?"}),
    ],
)
def test_what_is_not_there_is_404(api, method, path, body):
    """Every path below a contact that does not exist says so."""
    answer = api.ask(method, path, body=body)
    assert (answer.status, answer.body["code"]) == (404, "contact_not_found")


def test_notes_are_signed_by_the_token_s_name(api, ada):
    """A note carries who wrote it, and unknown fields cannot change that."""
    notes = f"{CONTACTS}/{ada['id']}/notes"
    written = api.post(notes, {"kind": "meeting", "body": " Met in London. "})
    assert written.status == 201
    assert (written.body["author"], written.body["body"]) == ("test operator", "Met in London.")
    assert api.post(notes, {"body": "?", "author": "somebody else"}).status == 400


def test_notes_come_in_pages(api, ada):
    """The token of a page leads to the next one; the last has none."""
    notes = f"{CONTACTS}/{ada['id']}/notes"
    for number in range(3):
        api.post(notes, {"body": f"note {number}"})
    first = api.get(f"{notes}?page_size=2").body
    assert [note["body"] for note in first["items"]] == ["note 2", "note 1"]
    second = api.get(f"{notes}?page_size=2&page_token={first['next_page_token']}").body
    assert [note["body"] for note in second["items"]] == ["note 0"]
    assert second["next_page_token"] is None


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("page_size=0", "/page_size"),
        ("page_size=101", "/page_size"),
        ("page_size=ten", "/page_size"),
        ("page_token=%C3%BC", "/page_token"),
        ("page_token=A", "/page_token"),
        ("page_token=bm90ZV8x", "/page_token"),
        ("page_token=" + "A" * 201, "/page_token"),
        ("cursor=1", "/cursor"),
    ],
)
def test_a_false_page_is_refused(api, ada, query, pointer):
    """A size out of range, or a token that no answer gave, is named."""
    answer = api.get(f"{CONTACTS}/{ada['id']}/notes?{query}")
    assert answer.status == 400
    assert set(_errors(answer)) == {pointer}


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [("POST", CONTACTS, ADA), ("POST", NOBODY + "/notes", {"body": "?"})],
)
def test_viewers_change_nothing(api, method, path, body):
    """A token of scope viewer reads only."""
    answer = api.ask(method, path, body=body, scope=Scope.VIEWER)
    assert (answer.status, answer.body["code"]) == (403, "scope_missing")


def test_a_contact_is_changed_in_parts(api):
    """What the body does not name stays, null clears, and objects are merged part by part."""
    api.post("/v1/crm/custom-fields", {"key": "size", "label": "Size", "kind": "number"}, scope=Scope.ADMIN)
    api.post("/v1/crm/custom-fields", {"key": "pet", "label": "Pet", "kind": "text"}, scope=Scope.ADMIN)
    made = api.post(
        CONTACTS,
        ADA
        | {
            "title": "Countess",
            "company": "Engines",
            "address": {"city": "London", "country": "GB"},
            "custom_fields": {"size": 4, "pet": "cat"},
            "preferred_times": [{"days": ["fri", "mon"], "start": "09:00", "end": "12:00"}],
        },
    ).body
    path = f"{CONTACTS}/{made['id']}"
    patch = {
        "title": None,
        "address": {"city": None, "street": "1 High St"},
        "custom_fields": {"size": 5, "pet": None},
        "phone": "(415) 555-2672",
        "country": "US",
    }
    changed = api.ask("PATCH", path, body=patch, headers={"If-Match": '"1"'})
    assert (changed.status, changed.headers["ETag"]) == (200, '"2"')
    assert (changed.body["title"], changed.body["company"]) == (None, "Engines")
    assert changed.body["address"] == {
        "street": "1 High St",
        "city": None,
        "region": None,
        "postal_code": None,
        "country": "GB",
    }
    assert (changed.body["custom_fields"], changed.body["phone"]) == ({"size": 5}, "+14155552672")
    assert changed.body["preferred_times"] == [{"days": ["mon", "fri"], "start": "09:00", "end": "12:00"}]
    emptied = api.ask("PATCH", path, body={"address": None, "custom_fields": None}, headers={"If-Match": "*"})
    assert (emptied.body["address"], emptied.body["custom_fields"]) == (None, {})


@pytest.mark.parametrize("body", [{"name": None}, {"phone": None}, {"status": None}, {"other_phones": None}])
def test_what_every_contact_has_cannot_be_cleared(api, ada, body):
    """Null is refused for a field that cannot be absent."""
    answer = api.ask("PATCH", f"{CONTACTS}/{ada['id']}", body=body, headers={"If-Match": "*"})
    (field,) = body
    assert (answer.status, list(_errors(answer))) == (400, [f"/{field}"])


def test_two_editors_never_overwrite_each_other(api, ada):
    """A change needs the version that was read; whoever comes second is told, and whoever forgets it too."""
    path = f"{CONTACTS}/{ada['id']}"
    assert api.ask("PATCH", path, body={"title": "A"}, headers={"If-Match": '"1"'}).status == 200
    for method, body in (("PATCH", {"title": "B"}), ("PUT", ADA), ("DELETE", None)):
        late = api.ask(method, path, body=body, headers={"If-Match": '"1"'})
        assert (late.status, late.body["code"]) == (412, "version_changed")
        assert api.ask(method, path, body=body).status == 428
    assert api.get(path).body["title"] == "A"
    assert api.ask("DELETE", path, headers={"If-Match": '"2"'}).status == 204
    assert api.get(path).status == 404


def test_a_replaced_contact_has_only_what_was_put(api, ada):
    """PUT clears what its body leaves out."""
    path = f"{CONTACTS}/{ada['id']}"
    api.ask("PATCH", path, body={"title": "A", "other_phones": ["+14155552679"]}, headers={"If-Match": "*"})
    put = api.ask("PUT", path, body=ADA | {"owner": "Ana"}, headers={"If-Match": '"2"'})
    assert (put.body["title"], put.body["other_phones"], put.body["owner"], put.body["version"]) == (
        None,
        [],
        "Ana",
        3,
    )


def test_do_not_contact_is_lifted_only_by_a_status_that_is_given(api, ada):
    """PUT without a status keeps it; PUT with one is somebody's wish."""
    path = f"{CONTACTS}/{ada['id']}"
    api.ask("PATCH", path, body={"status": "do_not_contact"}, headers={"If-Match": "*"})
    kept = api.ask("PUT", path, body=ADA | {"title": "A"}, headers={"If-Match": "*"}).body
    assert (kept["status"], kept["title"]) == ("do_not_contact", "A")
    lifted = api.ask("PUT", path, body=ADA | {"status": "lead"}, headers={"If-Match": "*"}).body
    assert lifted["status"] == "lead"


def test_who_must_not_be_contacted_is_on_the_suppression_list_when_deleted(api, crm, ada):
    """The list says what asked for it."""
    path = f"{CONTACTS}/{ada['id']}"
    api.ask("PATCH", path, body={"status": "do_not_contact"}, headers={"If-Match": "*"})
    assert api.ask("DELETE", path, headers={"If-Match": "*"}).status == 204
    (suppressed,) = crm.suppressions.sources.items()
    assert suppressed == (ADA["phone"], "do_not_contact")


def test_a_page_token_belongs_to_its_filters(api, clock):
    """Contacts come in pages; the token of one list is refused by another."""
    for n in range(3):
        api.post(CONTACTS, {"name": f"N{n}", "phone": f"+1415555267{n}"})
        clock.advance(seconds=1)
    first = api.get(f"{CONTACTS}?page_size=2&sort=created_at").body
    assert [one["name"] for one in first["items"]] == ["N0", "N1"]
    token = first["next_page_token"]
    rest = api.get(f"{CONTACTS}?page_size=2&sort=created_at&page_token={token}").body
    assert ([one["name"] for one in rest["items"]], rest["next_page_token"]) == (["N2"], None)
    refused = api.get(f"{CONTACTS}?page_size=2&sort=created_at&status=lead&page_token={token}")
    assert (refused.status, list(_errors(refused))) == (400, ["/page_token"])


def test_an_unknown_tag_is_refused_with_a_remedy(api):
    """A contact carries tags that exist; names are compared without case."""
    refused = api.post(CONTACTS, ADA | {"tags": ["VIP"]})
    assert (refused.status, refused.body["code"]) == (400, "unknown_tag")
    assert refused.body["errors"][0]["pointer"] == "/tags"
    assert "POST /v1/crm/tags" in refused.body["errors"][0]["detail"]
    api.post("/v1/crm/tags", {"name": "vip"})
    made = api.post(CONTACTS, ADA | {"tags": ["VIP"]})
    assert (made.status, made.body["tags"]) == (201, ["vip"])
    assert len(api.get(f"{CONTACTS}?tag=Vip").body["items"]) == 1
