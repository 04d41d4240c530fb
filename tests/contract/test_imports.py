"""Imports, over the ports in memory and over DynamoDB and S3 as moto plays them."""

from __future__ import annotations

import random
from contextlib import suppress
from dataclasses import replace

import boto3
import pytest
from fakes.carrier import Fuse, Killed, Perilous
from fakes.crm import stored_crm
from fakes.imports import work_imports_off

from chalicelib.crm.adapters.import_files import S3ImportFiles
from chalicelib.crm.domain.contacts import NewContact
from chalicelib.crm.domain.details import ContactStatus
from chalicelib.crm.domain.importing import CHUNK, Counts, ImportState, ImportWish, OnDuplicate, RowOutcome
from chalicelib.crm.domain.imports import RowOptions
from chalicelib.crm.domain.listing import ContactFilter, Listing
from chalicelib.crm.services import imports
from chalicelib.crm.services.contacts import create_contact, delete_contact, find_contact, list_contacts
from chalicelib.kernel.errors import Conflict, NotFound
from chalicelib.kernel.ids import new_id
from chalicelib.kernel.phones import E164

ADA, BOB, EVE = (f"+1415555267{n}" for n in (1, 2, 3))
FILE = f"Name,Phone,Company,Tags\nAda,{ADA},Engines,vip; friend\nBob,{BOB},,\nEve,{EVE},Acme,VIP\n"
UPDATE = ImportWish(on_duplicate=OnDuplicate.UPDATE)


@pytest.fixture(params=["memory", "aws"])
def ports(request, crm, clock):
    """Give the ports in memory, then on a table and a bucket."""
    if request.param == "memory":
        return crm
    stored = stored_crm(request.getfixturevalue("make_table")("crm", "CrmTable"), clock)
    client = boto3.client("s3")
    client.create_bucket(Bucket="files")
    stored.import_files = S3ImportFiles(client, "files", clock)
    return stored


def _imported(ports, text=FILE, wish=None, import_id=None):
    """Import a file to its end."""
    wish = wish or ImportWish()
    begun = imports.begin_import(ports, import_id or new_id("import"), "file.csv", wish, text.encode())
    work_imports_off(ports, ports.work.sent)
    return imports.follow_import(ports, begun.id)


def _contacts(ports):
    return list_contacts(ports, Listing(), 100).items


def _large(count=1000):
    numbers = [f"+1415555{n:04}" if n % 50 else f"+1415555{n % 200:04}" for n in range(count)]
    rows = (f"Name {n},{number},{'nowhere' if n % 97 == 5 else ''}" for n, number in enumerate(numbers))
    return "name,phone,email\n" + "\n".join(rows)


def test_rows_become_contacts(ports):
    """Each row makes a contact with what it says; tags are found whatever their case, or made."""
    done = _imported(ports)
    assert (done.of.state, done.counts) == (ImportState.DONE, Counts(created=3))
    ada, eve = find_contact(ports, E164(ADA)), find_contact(ports, E164(EVE))
    assert (ada.name, ada.company, ada.source) == ("Ada", "Engines", "import")
    assert {tag.name.lower() for tag in ports.tags.all()} == {"vip", "friend"}
    assert len(ada.tags) == len(eve.tags) + 1 == len({*ada.tags, *eve.tags})


@pytest.mark.parametrize(
    ("policy", "counts"),
    [
        (OnDuplicate.SKIP, Counts(skipped=3, duplicates=3)),
        (OnDuplicate.UPDATE, Counts(unchanged=3, duplicates=3)),
        (OnDuplicate.FAIL, Counts(failed=3, duplicates=3)),
    ],
)
def test_the_same_file_twice_changes_nothing(ports, policy, counts):
    """Whatever is done with duplicates, contacts stay at their version."""
    _imported(ports)
    before = _contacts(ports)
    again = _imported(ports, wish=ImportWish(on_duplicate=policy))
    assert (again.of.state, again.counts) == (ImportState.DONE, counts)
    assert _contacts(ports) == before


def test_an_update_adds_what_the_file_says(ports, clock):
    """Given values replace, lists grow, empty cells leave what is known, the number to call first stays."""
    _imported(ports)
    clock.advance(hours=1)
    text = f"name,phone,other_phones,company,city,tags\nAda L.,+14155552679,{ADA},,London,new\n"
    done = _imported(ports, text, UPDATE)
    ada = find_contact(ports, E164(ADA))
    assert done.counts == Counts(updated=1, duplicates=1)
    assert (ada.name, ada.company, ada.address.city, ada.phones) == (
        "Ada L.",
        "Engines",
        "London",
        (ADA, "+14155552679"),
    )
    assert (len(ada.tags), ada.version) == (3, 2)


@pytest.mark.parametrize("policy", OnDuplicate)
def test_validation_writes_no_contact_and_foretells_what_happens(ports, policy):
    """Counts are those of the import that follows with the same options, duplicates in the file included."""
    create_contact(ports, NewContact("Bob", E164(BOB), company="Old"))
    text = FILE + f"Ada again,(415) 555-2671,New,\nnobody,12,,\nEve,{EVE},Acme,\n"
    wish = ImportWish(RowOptions(default_country="US"), policy, validate_only=True)
    checked = _imported(ports, text, wish)
    assert (checked.of.state, len(_contacts(ports)), ports.tags.all()) == (ImportState.DONE, 1, [])
    done = _imported(ports, text, replace(wish, validate_only=False))
    assert replace(checked.counts, updated=0, unchanged=0) == replace(done.counts, updated=0, unchanged=0)
    assert done.counts.rows == checked.counts.rows == 6
    assert done.counts.failed == (4 if policy is OnDuplicate.FAIL else 1)


@pytest.mark.parametrize("policy", OnDuplicate)
def test_a_skipped_row_takes_no_number(crm, policy):
    """What was not imported stands in nobody's way, in validation as in earnest; who was met is named."""
    create_contact(crm, NewContact("Old", E164("+14155552679")))
    text = f"name,phone,other_phones\nAnna,{ADA},+14155552679\nBert,{ADA},\nCarl,{ADA},\n"
    checked = _imported(crm, text, ImportWish(on_duplicate=policy, validate_only=True))
    done = _imported(crm, text, ImportWish(on_duplicate=policy))
    assert checked.counts == done.counts
    met = [(one.row, one.outcome) for one in done.duplicates]
    assert met == [(one.row, one.outcome) for one in checked.duplicates]
    assert done.duplicates[0].contact_id == find_contact(crm, E164("+14155552679")).id


def test_a_validated_file_is_imported_without_uploading_it_again(ports):
    """Starting it with other options makes a new run of the same file; then it is gone from the bucket."""
    checked = _imported(ports, wish=ImportWish(validate_only=True))
    imports.start_import(ports, checked.of.id, ImportWish(mapping={"Company": None}))
    work_imports_off(ports, ports.work.sent)
    done = imports.follow_import(ports, checked.of.id)
    assert (done.of.state, done.of.run, done.counts) == (ImportState.DONE, 2, Counts(created=3))
    assert find_contact(ports, E164(ADA)).company is None
    assert ports.import_files.stored(done.of.id) is None
    with pytest.raises(Conflict) as refusal:
        imports.start_import(ports, done.of.id)
    assert refusal.value.code == "import_done"


def test_rows_that_cannot_be_imported_are_kept_with_their_reasons(ports):
    """Number, column, value, problem and remedy of each, in the order of the file, by page."""
    text = "name,phone,email\nAda,12,x\nBob,,\nEve," + EVE + ",eve@example.com\n,call me,\n"
    done = _imported(ports, text)
    assert done.counts == Counts(created=1, failed=3)
    first = imports.rejected_rows(ports, done.of, 2)
    rest = imports.rejected_rows(ports, done.of, 2, first.next_start)
    assert [(each.row, each.cells[1]) for each in (*first.items, *rest.items)] == [
        (2, "12"),
        (3, ""),
        (5, "call me"),
    ]
    assert rest.next_start is None
    assert {error.column for error in first.items[0].errors} == {"phone", "email"}
    assert all(e.problem and e.remedy for each in (*first.items, *rest.items) for e in each.errors)


def test_numbers_of_two_contacts_are_not_joined(ports):
    """A row whose numbers belong to different people is refused, and names both."""
    _imported(ports)
    done = _imported(ports, f"name,phone,other_phones\nX,{ADA},{BOB}\n", UPDATE)
    (rejected,) = imports.rejected_rows(ports, done.of).items
    assert find_contact(ports, E164(ADA)).id in rejected.errors[0].problem
    assert find_contact(ports, E164(BOB)).id in rejected.errors[0].problem


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty_file"),
        ("name,email\nAda,a@example.com\n", "bad_mapping"),
        ('a,phone\n"x,1\n', "broken_quotes"),
    ],
)
def test_a_file_that_cannot_be_read_fails_as_a_whole(ports, text, code):
    """The import says why, and can be started again after another file was put in its place."""
    begun = imports.begin_import(ports, new_id("import"), "file.csv", ImportWish())
    ports.import_files.put(begun.id, text.encode())
    imports.start_import(ports, begun.id)
    work_imports_off(ports, ports.work.sent)
    failed = imports.get_import(ports, begun.id)
    assert (failed.state, failed.error) == (ImportState.FAILED, code)
    ports.import_files.put(begun.id, FILE.encode())
    imports.start_import(ports, begun.id)
    work_imports_off(ports, ports.work.sent)
    assert imports.follow_import(ports, begun.id).counts == Counts(created=3)


def test_an_import_waits_for_its_file(ports):
    """Without the file it cannot start, and says where the file goes."""
    begun = imports.begin_import(ports, new_id("import"), "file.csv", ImportWish())
    assert begun.state is ImportState.WAITING
    assert imports.upload_of(ports, begun).url.startswith("https://")
    with pytest.raises(Conflict) as refusal:
        imports.start_import(ports, begun.id)
    assert refusal.value.code == "file_missing"
    with pytest.raises(NotFound):
        imports.get_import(ports, new_id("import"))


def test_one_start_at_a_time(crm):
    """An import under way is not started again; one that was cancelled stops, and goes on when started."""
    begun = imports.begin_import(crm, new_id("import"), "f.csv", ImportWish(), _large().encode())
    _work_some(crm, 3)
    with pytest.raises(Conflict) as refusal:
        imports.start_import(crm, begun.id)
    assert refusal.value.code == "import_running"
    assert imports.cancel_import(crm, begun.id).state is ImportState.CANCELLED
    assert imports.cancel_import(crm, begun.id).state is ImportState.CANCELLED
    work_imports_off(crm, crm.work.sent)
    some = imports.follow_import(crm, begun.id).counts.rows
    assert 0 < some < 1000
    imports.start_import(crm, begun.id)
    work_imports_off(crm, crm.work.sent)
    done = imports.follow_import(crm, begun.id)
    assert (done.of.state, done.counts.rows) == (ImportState.DONE, 1000)
    with pytest.raises(Conflict) as refusal:
        imports.cancel_import(crm, begun.id)
    assert refusal.value.code == "import_over"


def _work_some(crm, count):
    for _ in range(count):
        messages = [crm.work.sent.pop(0)]
        work_imports_off(crm, messages)


@pytest.mark.parametrize("length", range(1, 9))
def test_a_request_that_dies_is_repeated_into_one_import(crm, length):
    """Killed before or after any use of a port, the same request again begins the import and starts it."""
    import_id, fuse = new_id("import"), Fuse(length)
    real = {name: getattr(crm, name) for name in ("imports", "import_files", "work")}
    for name, port in real.items():
        setattr(crm, name, Perilous(port, fuse))
    with suppress(Killed):
        imports.begin_import(crm, import_id, "f.csv", ImportWish(), FILE.encode())
    for name, port in real.items():
        setattr(crm, name, port)
    begun = imports.begin_import(crm, import_id, "f.csv", ImportWish(), FILE.encode())
    assert begun.state is ImportState.QUEUED
    work_imports_off(crm, crm.work.sent)
    assert imports.follow_import(crm, import_id).counts == Counts(created=3)


def test_another_start_does_what_it_is_asked(crm):
    """Rows of an earlier start are met by their numbers; where these are read otherwise, others are made."""
    text = "name,phone\nAda,0612345678\nBob,0612345679\n"
    begun = imports.begin_import(
        crm, new_id("import"), "f.csv", ImportWish(RowOptions(default_country="FR")), text.encode()
    )
    work_imports_off(crm, crm.work.sent)
    crm.imports.save(_again(imports.get_import(crm, begun.id)))
    imports.begin_import(crm, begun.id, "f.csv", ImportWish(), text.encode())
    for country, counts in (
        ("NL", Counts(created=2)),
        ("FR", Counts(skipped=2, duplicates=2)),
    ):
        crm.import_files.put(begun.id, text.encode())
        imports.start_import(crm, begun.id, ImportWish(RowOptions(default_country=country)))
        work_imports_off(crm, crm.work.sent)
        assert imports.follow_import(crm, begun.id).counts == counts
        crm.imports.save(_again(imports.get_import(crm, begun.id)))


def _again(done):
    """Give a finished import as it would be if it had been cancelled."""
    return replace(done, state=ImportState.CANCELLED, version=done.version + 1)


def test_a_contact_that_was_deleted_meanwhile_fails_its_row_alone(crm):
    """When a chunk comes again after one of its contacts was deleted, the others are done with."""
    begun = imports.begin_import(crm, new_id("import"), "f.csv", ImportWish(), FILE.encode())
    _work_some(crm, 1)
    real, crm.imports = crm.imports, Perilous(crm.imports, Fuse())
    crm.imports.save_lane = lambda *_: False  # the worker dies before it can say so
    messages = list(crm.work.sent)
    work_imports_off(crm, list(messages))
    crm.imports = real
    delete_contact(crm, find_contact(crm, E164(ADA)).id)
    work_imports_off(crm, messages)
    done = imports.follow_import(crm, begun.id)
    assert (done.of.state, done.counts) == (ImportState.DONE, Counts(created=2, failed=1))


def test_rows_that_are_gone_end_the_import(crm):
    """A chunk that the bucket has no more is no empty one: the import says that its file is missing."""
    begun = imports.begin_import(crm, new_id("import"), "f.csv", ImportWish(), FILE.encode())
    _work_some(crm, 1)
    crm.import_files.kept = {begun.id: FILE.encode()}
    work_imports_off(crm, crm.work.sent)
    failed = imports.get_import(crm, begun.id)
    assert (failed.state, failed.error) == (ImportState.FAILED, "file_missing")
    imports.start_import(crm, begun.id)
    work_imports_off(crm, crm.work.sent)
    assert imports.follow_import(crm, begun.id).counts == Counts(created=3)


def test_a_file_that_was_replaced_after_the_start_is_not_imported(ports):
    """What was there when the import was started is what is imported, or nothing."""
    begun = imports.begin_import(ports, new_id("import"), "f.csv", ImportWish(), FILE.encode())
    ports.import_files.put(begun.id, FILE.replace("Ada", "Eve").encode())
    work_imports_off(ports, ports.work.sent)
    failed = imports.get_import(ports, begun.id)
    assert (failed.state, failed.error, _contacts(ports)) == (ImportState.FAILED, "file_changed", [])


def test_a_file_does_not_lift_a_wish_not_to_be_contacted(ports):
    """An update leaves the status of who must not be contacted, and changes the rest."""
    new = NewContact("Ada", E164(ADA), status=ContactStatus.DO_NOT_CONTACT)
    create_contact(ports, new)
    done = _imported(ports, f"name,phone,status\nAda L.,{ADA},lead\n", UPDATE)
    ada = find_contact(ports, E164(ADA))
    assert (done.counts.updated, ada.name, ada.status) == (1, "Ada L.", ContactStatus.DO_NOT_CONTACT)


def test_a_wish_not_to_be_called_is_heeded_though_the_row_is_skipped(ports):
    """The contact's status changes, and nothing else of it."""
    create_contact(ports, NewContact("Ada", E164(ADA)))
    text = f"name,phone,Do Not Call\nX,{ADA},yes\nBob,{BOB},no\n"
    checked = _imported(ports, text, ImportWish(validate_only=True))
    done = _imported(ports, text)
    ada = find_contact(ports, E164(ADA))
    assert checked.counts == done.counts == Counts(created=1, updated=1, duplicates=1)
    assert (ada.name, ada.status) == ("Ada", ContactStatus.DO_NOT_CONTACT)
    assert _imported(ports, text).counts == Counts(skipped=2, duplicates=2)


def test_rows_and_words_of_any_length_stop_nothing(ports):
    """A rejected row is kept as far as it fits; a company that is longer than a key may be is found."""
    long = "\ufdfa" * 200
    text = "name,phone,company,x\n" + f"Ada,{ADA},{long},\nBob,12," + "语" * 9000 + "," + "😀" * 9000 + "\n"
    done = _imported(ports, text)
    assert (done.of.state, done.counts) == (ImportState.DONE, Counts(created=1, failed=1))
    (rejected,) = imports.rejected_rows(ports, done.of).items
    assert (len(rejected.cells[2]), "too long" in rejected.errors[0].problem) == (9000, False)
    assert [one.name for one in _of_company(ports, long)] == ["Ada"]
    wider = "name,phone," + ",".join(f"c{n}" for n in range(30)) + "\nBob,12," + ",".join(["语" * 900] * 30)
    (rejected,) = imports.rejected_rows(ports, _imported(ports, wider + "\n").of).items
    assert "too long" in rejected.errors[0].problem


def _of_company(ports, company):
    return list_contacts(ports, Listing(ContactFilter(company=company)), 10).items


def test_imports_are_listed(ports, clock):
    """The newest first, by page."""
    ids = []
    for _ in range(3):
        ids.append(imports.begin_import(ports, new_id("import"), "f.csv", ImportWish()).id)
        clock.advance(seconds=1)
    first = imports.list_imports(ports, 2)
    rest = imports.list_imports(ports, 2, first.next_start)
    assert [one.id for one in (*first.items, *rest.items)] == sorted(ids, reverse=True)
    assert rest.next_start is None


def test_the_same_request_begins_one_import(ports):
    """Repeated with its key, it gives the import that exists and starts nothing."""
    import_id = new_id("import")
    _imported(ports, import_id=import_id)
    again = imports.begin_import(ports, import_id, "file.csv", ImportWish(), FILE.encode())
    assert (again.state, ports.work.sent) == (ImportState.DONE, [])


@pytest.mark.parametrize("policy", OnDuplicate)
def test_messages_in_any_order_and_twice_import_each_row_once(crm, policy):
    """The counts are those of an import that nothing disturbed, and so are the contacts."""
    quiet = _imported(crm, _large(), ImportWish(on_duplicate=policy))
    expected = [(one.name, one.phone, one.version) for one in _all(crm)]
    for seed in range(5):
        other = type(crm)(crm.clock)
        begun = imports.begin_import(
            other, new_id("import"), "f.csv", ImportWish(on_duplicate=policy), _large().encode()
        )
        work_imports_off(other, other.work.sent, random.Random(seed))
        done = imports.follow_import(other, begun.id)
        assert (done.of.state, done.counts) == (ImportState.DONE, quiet.counts)
        assert sorted((one.name, one.phone, one.version) for one in _all(other)) == sorted(expected)


def _all(crm):
    found, start = [], None
    while True:
        page = list_contacts(crm, Listing(), 100, start)
        found += page.items
        if page.next_start is None:
            return found
        start = page.next_start


_SMALL = FILE + f"Ada 2,{ADA},New,\nnobody,12,,\nAda 3,{ADA},,\n"


@pytest.mark.parametrize("policy", OnDuplicate)
@pytest.mark.parametrize("validate", [False, True])
def test_a_worker_that_dies_anywhere_doubles_and_loses_nothing(crm, policy, validate, monkeypatch):
    """Killed before or after any use of any port, and delivered again: every row is counted once."""
    monkeypatch.setattr("chalicelib.crm.services.import_work.CHUNK", 2)
    wish = ImportWish(on_duplicate=policy, validate_only=validate)
    quiet = _imported(crm, _SMALL, wish)
    length, burnt = 0, 1
    while length < burnt:
        length += 1
        fuse, other = Fuse(length), type(crm)(crm.clock)
        begun = imports.begin_import(other, new_id("import"), "f.csv", wish, _SMALL.encode())
        messages = other.work.sent
        for name in ("contacts", "tags", "imports", "import_files", "work"):
            setattr(other, name, Perilous(getattr(other, name), fuse))
        work_imports_off(other, messages)
        fuse.length = None
        done = imports.follow_import(other, begun.id)
        assert (done.of.state, done.counts) == (ImportState.DONE, quiet.counts), length
        assert len(_all(other)) == len(_all(crm))
        assert _said(other) == _said(crm)
        rejected = imports.rejected_rows(other, done.of).items
        assert [each.row for each in rejected] == [
            each.row for each in imports.rejected_rows(crm, quiet.of).items
        ]
        burnt = fuse.burnt


def _said(crm):
    return sorted((one.name, one.company or "") for one in _all(crm))


def test_rows_of_one_number_stay_in_order(crm):
    """However many rows and lanes there are, what a later row says of a number is said last."""
    text = "name,phone\n" + "\n".join(f"Name {n},+1415555{n % 100:04}" for n in range(3 * CHUNK))
    done = _imported(crm, text, UPDATE)
    assert done.counts == Counts(created=100, updated=3 * CHUNK - 100, duplicates=3 * CHUNK - 100)
    assert {one.name for one in _all(crm)} == {f"Name {n}" for n in range(3 * CHUNK - 100, 3 * CHUNK)}


def test_outcomes_and_counts_have_the_same_names():
    """Whatever can come of a row is counted."""
    counts = Counts()
    for outcome in RowOutcome:
        counts = counts.with_row(outcome, duplicate=False)
    assert counts.rows == len(RowOutcome)
