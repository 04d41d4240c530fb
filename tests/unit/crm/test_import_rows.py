"""Rows as contacts: mappings, cells of each kind, and errors that name row, column, value and remedy."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from chalicelib.crm.domain.cells import Unreadable, read_email, read_list, read_source, read_tags
from chalicelib.crm.domain.columns import COLUMNS, IGNORED, headers
from chalicelib.crm.domain.countries import country_code
from chalicelib.crm.domain.details import ContactStatus
from chalicelib.crm.domain.fields import FieldDefinition, FieldKind
from chalicelib.crm.domain.imports import Fault, Row, RowContact, RowOptions
from chalicelib.crm.domain.mapping import FIELDS, guess_mapping
from chalicelib.crm.domain.phone_cells import read_phones
from chalicelib.crm.domain.readers import READERS
from chalicelib.crm.domain.rows import read_row
from chalicelib.crm.domain.time_cells import read_preferred_times, write_preferred_times
from chalicelib.crm.domain.typed_cells import date_order, read_boolean, read_date, read_number
from chalicelib.kernel.errors import Invalid

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)


def _definition(key, kind, label=None, choices=()):
    return FieldDefinition(key, label or key, kind, tuple(choices), NOW, NOW, version=1)


def _row(*cells, number=2, fault=None):
    return Row(number, number, cells, fault)


def _read(header, *cells, definitions=None, wanted=None, **options):
    fields = definitions or {}
    mapping = guess_mapping(header, fields, [_row(*cells)], wanted)
    return read_row(_row(*cells), mapping, RowOptions(**options), fields)


def test_a_cell_that_is_empty_says_nothing():
    """So that an update leaves what the file does not say."""
    contact = _read(("name", "phone", "email", "street", "tags"), "", "+14155552671", " ", "", "")
    assert dict(contact.fields) == {"phone": "+14155552671"}


def test_names_may_be_the_words_for_nothing():
    """Only where numbers, addresses and certain words are expected does `none` say nothing."""
    contact = _read(("name", "phone", "email", "title"), "None", "+14155552671", "n/a", "-")
    assert dict(contact.fields) == {"phone": "+14155552671", "name": "None", "title": "-"}


def test_a_row_that_could_not_be_read_keeps_its_fault():
    """The fault of the file's reader is the row's error, its value cut."""
    mapping = guess_mapping(("name", "phone"), {})
    row = _row("x", number=7, fault=Fault("Wrong.", "Mend it.", "name", "x" * 500))
    (error,) = read_row(row, mapping, RowOptions(), {})
    assert (error.row, error.column, len(error.value), error.problem) == (7, "name", 100, "Wrong.")
    assert error.text.endswith("Wrong. Mend it.")


@pytest.mark.parametrize(
    "header",
    [
        *(
            "Do Not Call",
            "DoNotCall",
            "do_not_call",
            "Do not contact",
            "Opted out",
            "Opt out",
            "Unsubscribed",
        ),
        *("Nicht anrufen", "Ne pas appeler", "Désabonné", "No llamar", "Dado de baja"),
    ],
)
@pytest.mark.parametrize("cell", ["yes", "TRUE", "1", "x", "Ja", "oui", "Sí", "DNC"])
def test_who_asked_not_to_be_called_must_not_be_contacted(header, cell):
    """Whatever a column of the status, or the default of the import, says."""
    contact = _read(
        ("phone", header, "status"), "+14155552671", cell, "customer", status=ContactStatus.PROSPECT
    )
    assert dict(contact.fields) == {"phone": "+14155552671", "status": ContactStatus.DO_NOT_CONTACT}


@pytest.mark.parametrize("cell", ["no", "False", "0", "", " ", "n/a", "Nein"])
def test_who_did_not_ask_for_it_keeps_the_status(cell):
    """No and an empty cell say nothing: nobody is welcome for that."""
    silent = _read(("phone", "Do Not Call"), "+14155552671", cell)
    assert dict(silent.fields) == {"phone": "+14155552671"}
    refused = _read(("phone", "Do Not Call", "status"), "+14155552671", cell, "do not contact")
    assert refused.fields["status"] is ContactStatus.DO_NOT_CONTACT


def test_one_of_several_columns_is_enough():
    """A file may have more than one such column, and the user may name any."""
    header = ("phone", "Do Not Call", "Opted out", "Sperre")
    for place in range(3):
        cells = ["no"] * 3
        cells[place] = "yes"
        contact = _read(header, "+14155552671", *cells, wanted={"Sperre": "do_not_call"})
        assert contact.fields["status"] is ContactStatus.DO_NOT_CONTACT


def test_a_wish_that_is_not_understood_is_an_error():
    """The column is not taken for another one, and the row is not imported."""
    (error,) = _read(("phone", "Do Not Call"), "+14155552671", "since May")
    assert (error.column, error.remedy) == ("Do Not Call", "Write yes or no.")


@pytest.mark.parametrize("header", ["Email Opt Out", "HasOptedOutOfEmail", "Unsubscribed from all email"])
def test_who_takes_no_e_mail_may_be_called(header):
    """These columns are not imported."""
    mapping = guess_mapping(("phone", header), {}, [_row("+14155552671", "true")])
    assert mapping.targets()[header] is None


def test_every_wrong_cell_is_told():
    """One error for each, so that a file is mended in one go."""
    errors = _read(("name", "phone", "email"), "x" * 201, "12", "nobody", wanted={"email": "email"})
    assert [(error.row, error.column) for error in errors] == [(2, "name"), (2, "phone"), (2, "email")]
    assert all(error.remedy for error in errors)


def test_a_custom_field_that_was_deleted_meanwhile_is_told():
    """A mapping may be older than the definitions."""
    wanted = {"Size": "custom.size"}
    mapping = guess_mapping(("phone", "Size"), {"size": _definition("size", FieldKind.TEXT)}, (), wanted)
    (error,) = read_row(_row("+14155552671", "L"), mapping, RowOptions(), {})
    assert "deleted" in error.problem


def test_numbers_of_all_columns_count_and_the_first_is_called():
    """Columns of further numbers come last, wherever they stand."""
    contact = _read(
        ("other_phones", "Phone", "Mobile"), "415-555-2673", "415-555-2671", "", default_country="US"
    )
    assert contact.phones == ("+14155552671", "+14155552673")


def test_an_address_line_2_is_a_line_of_the_street():
    """Columns of one street are put together."""
    contact = _read(("Phone", "Address 1", "Address 2"), "+14155552671", "1 Main St", "Suite 4")
    assert contact.fields["address"] == {"street": "1 Main St\nSuite 4"}


def test_defaults_are_for_contacts_that_are_created():
    """They are apart from what the file says, which an update takes."""
    contact = _read(("phone", "language"), "+14155552671", "de", language="fr", owner="Ben")
    assert (contact.fields["language"], "owner" in contact.fields) == ("de", False)
    assert dict(contact.defaults) == {"language": "fr", "owner": "Ben"}


def test_custom_fields_are_known_by_key_and_label():
    """Also where a word of ours would fit."""
    definitions = {
        "shoe_size": _definition("shoe_size", FieldKind.NUMBER, "Shoe size"),
        "role": _definition("role", FieldKind.TEXT, "Role"),
    }
    mapping = guess_mapping(("Phone", "SHOE SIZE", "custom.role"), definitions)
    assert mapping.fields == ("phone", "custom.shoe_size", "custom.role")


def test_the_user_takes_a_field_from_what_was_guessed():
    """A guess gives way, and the column is reported as not imported."""
    mapping = guess_mapping(("Name", "Nick", "Phone"), {}, (), {"Nick": "name"})
    assert (mapping.fields, mapping.unmapped) == ((None, "name", "phone"), ("Name",))


def test_a_column_of_other_words_is_not_guessed():
    """A status of orders is none of contacts; but the user may insist, and then each row is wrong."""
    header, row = ("Phone", "Status"), _row("+14155552671", "shipped")
    assert guess_mapping(header, {}, [row]).fields == ("phone", None)
    assert guess_mapping(header, {}, [row], {"Status": "status"}).fields == ("phone", "status")


@pytest.mark.parametrize(
    ("wanted", "pointers"),
    [
        ({"No/such": "name"}, ["/mapping/No~1such"]),
        ({"Name": "nothing"}, ["/mapping/Name"]),
        ({"Name": "custom.none"}, ["/mapping/Name"]),
        ({"Name": "id"}, ["/mapping/Name"]),
        ({"Name": "email", "Mail": "email"}, ["/mapping/Name", "/mapping/Mail"]),
        ({"Phone": None}, ["/mapping"]),
    ],
)
def test_a_mapping_that_cannot_be_is_refused(wanted, pointers):
    """Each fault is an error of its own, with a pointer."""
    with pytest.raises(Invalid) as refused:
        guess_mapping(("Name", "Mail", "Phone"), {}, (), wanted)
    assert refused.value.code == "bad_mapping"
    assert [error.pointer for error in refused.value.errors] == pointers


def test_every_column_of_ours_has_a_reader():
    """What is written is read, or ignored on purpose; every field can be read."""
    for column in COLUMNS:
        assert (column.header in FIELDS) == column.imported == (column.header not in IGNORED)
    assert set(FIELDS) - set(READERS) == {"phone", "other_phones"}
    assert headers(["a"])[-1] == "custom.a"


@pytest.mark.parametrize(
    ("cell", "numbers"),
    [
        ("tel:+1-415-555-2671", 1),
        ("'+14155552671", 1),
        ("030/901820 / 030/901821", 0),
        ("+1 415 555 2671 or +1 415 555 2672", 2),
        ("+14155552671 ::: +14155552672", 2),
        ("+14155552671,+14155552672;+14155552673|+14155552674\n+14155552675", 5),
        ("+14155552671; n/a; -", 1),
        ("0014155552671", 1),
        ("+1 415 555 2671 (mobile)", 1),
        ("Mobile: +1 415 555 2671", 1),
        ("+49 30 1234 Bob", 0),
        ("+1 800 FLOWERS", 0),
    ],
)
def test_numbers_of_a_cell(cell, numbers):
    """As people and programs write them; what cannot be told apart is refused, never half read."""
    if numbers:
        assert len(read_phones(cell, None)) == numbers
        return
    with pytest.raises(Unreadable):
        read_phones(cell, None)


@pytest.mark.parametrize(
    "cell",
    [
        "4155552671 x5",
        "4155552671x5",
        "415 555 2671 #5",
        "4155552671 ext 12; 4155552672",
        "4155552671 Extn. 9",
    ],
)
def test_an_extension_is_refused(cell):
    """Dialing without it would reach somebody else."""
    with pytest.raises(Unreadable, match="extension"):
        read_phones(cell, "US")


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        *(("1,234.50", 1234.5), ("1.234,50", 1234.5), ("1 234 567", 1234567), ("1'000", 1000), ("1,5", 1.5)),
        *(("-7", -7), ("\u22127", -7), ("1e3", 1000.0), ("1,234,567", 1234567), ("0,001234", 0.001234)),
    ],
)
def test_numbers_are_read_as_they_are_written(cell, value):
    """With a point or a comma, and signs between thousands."""
    assert (read_number(cell), type(read_number(cell))) == (value, type(value))


@pytest.mark.parametrize("cell", ["1,234", "12a", "1e999", "9" * 39, "", "1,23,4", "nan", "--1"])
def test_what_is_no_number_is_refused(cell):
    """Also what may be two numbers."""
    with pytest.raises(Unreadable):
        read_number(cell)


def test_dates_need_an_order_where_they_have_two():
    """ISO and dotted dates have one; others need a day above 12 in the column, or the option."""
    assert [
        read_date(cell, None) for cell in ("2026-12-31T00:00", "31.12.2026", "12/31/2026", "5/5/2026")
    ] == [
        *("2026-12-31", "2026-12-31", "2026-12-31", "2026-05-05"),
    ]
    assert (read_date("3/4/2026", "mdy"), read_date("3/4/2026", "dmy")) == ("2026-03-04", "2026-04-03")
    with pytest.raises(Unreadable, match="date_order"):
        read_date("3/4/2026", None)


def test_the_order_of_a_column_must_be_one():
    """Two dates that contradict each other tell nothing."""
    assert date_order(["3/4/2026", "31/1/2026"]) == "dmy"
    assert date_order(["3/4/2026", "1/31/2026"]) == "mdy"
    assert date_order(["31/1/2026", "1/31/2026"]) is None


def test_yes_and_no_in_several_languages():
    """And a refusal for anything else."""
    assert [read_boolean(cell) for cell in ("Yes", "JA", "sí", "Faux", "0", "x")] == [
        *(True, True, True, False, False, True),
    ]
    with pytest.raises(Unreadable):
        read_boolean("maybe")


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("Mo-Fr 9-12", "mon-fri 09:00-12:00"),
        ("sat, sun 10:30\u201324:00", "sat,sun 10:30-24:00"),
        ("fri-mon 8:00 to 9:00\nwed 7-8", "mon,fri-sun 08:00-09:00; wed 07:00-08:00"),
        ("lunes a viernes: 9-14", "mon-fri 09:00-14:00"),
        ("lundi 9h-12h", "mon 09:00-12:00"),
    ],
)
def test_preferred_times_are_read_and_written(cell, written):
    """In several languages; what is written is read as it was."""
    times = read_preferred_times(cell)
    assert write_preferred_times(times) == written
    assert read_preferred_times(written) == times


@pytest.mark.parametrize(
    "cell", ["always", "mon", "mon 12-9", "someday 9-12", "mon 25-26", "mon-tue-wed 9-10"]
)
def test_other_times_are_refused(cell):
    """The remedy shows how to write them."""
    with pytest.raises(Unreadable, match="mon-fri"):
        read_preferred_times(cell)


def test_lists_are_parted_by_their_strongest_sign():
    """A comma inside of a part that semicolons part is part of it."""
    assert read_list("a, b; c") == ["a, b", "c"]
    assert read_list("a ::: b, c") == ["a", "b, c"]
    assert read_tags("* myContacts ::: * friends ::: VIP") == ("friends", "VIP")
    assert read_tags("* star") == ("* star",)
    with pytest.raises(Unreadable):
        read_tags("a: b")


def test_words_around_an_address_are_taken_away():
    """Of several the first is kept."""
    assert read_email("mailto:a@example.com") == "a@example.com"
    assert read_email("Ann Lee <a@example.com>") == "a@example.com"
    assert read_email("a@example.com; b@example.com") == "a@example.com"


def test_a_source_is_a_word():
    """Whatever an export calls it."""
    assert [read_source(cell) for cell in ("Web", "Organic Search", "web_form")] == [
        *("web", "organic_search", "web_form"),
    ]
    with pytest.raises(Unreadable):
        read_source("2026")


def test_countries_have_names():
    """In the languages of the world, and codes."""
    names = ("Germany", "Deutschland", "ALLEMAGNE", "Alemania", "ドイツ", "de")
    assert {country_code(name) for name in names} == {"DE"}
    assert (country_code("USA"), country_code("UK"), country_code("Atlantis")) == ("US", "GB", None)


def test_a_contact_names_its_row():
    """So that what is created by it can be told again."""
    contact = _read(("phone",), "+14155552671")
    assert isinstance(contact, RowContact)
    assert (contact.row, contact.phones) == (2, ("+14155552671",))
