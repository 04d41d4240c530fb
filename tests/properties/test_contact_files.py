"""Files of contacts: what is exported is imported without loss, and no bytes make the reader fail."""

from __future__ import annotations

import io
import json
import random
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.crm.adapters.files.reading import open_table
from chalicelib.crm.domain.columns import headers, to_cells
from chalicelib.crm.domain.contacts import Contact
from chalicelib.crm.domain.details import WEEKDAYS, Address, Channel, ContactStatus, PreferredTime
from chalicelib.crm.domain.fields import FieldDefinition, FieldKind
from chalicelib.crm.domain.imports import RowContact, RowError, RowOptions
from chalicelib.crm.domain.mapping import OWN_EXPORT, guess_mapping
from chalicelib.crm.domain.rows import read_row
from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.phones import E164
from chalicelib.kernel.spreadsheets import plain_cell, safe_cell, write_csv

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
CORPUS = Path(__file__).parents[1] / "corpus" / "contacts"
KINDS = {
    "remark": FieldKind.TEXT,
    "budget": FieldKind.NUMBER,
    "born": FieldKind.DATE,
    "vip": FieldKind.BOOLEAN,
}
FIELDS = {key: FieldDefinition(key, key, kind, (), NOW, NOW, version=1) for key, kind in KINDS.items()}
BLANKS = " \u00a0\u3000\u1680\u2028\u2029\u202f\u205f\x85" + "".join(map(chr, range(0x2000, 0x200B)))
FULL_WIDTH = "\uff1d\uff0b\uff0d\uff20"
signs = st.sampled_from(["=", "+", "-", "@", "'", '"', ",", ";", "|", "\t", *FULL_WIDTH, "n/a", "none"])
apostrophes = st.integers(0, 3).map(lambda count: "'" * count)
letters = st.characters(
    codec="utf-8", exclude_categories=["Cs"], exclude_characters=[chr(c) for c in range(32)] + ["\x7f"]
)
lines = st.builds("{}{}".format, st.none() | signs, st.text(letters, max_size=40)).map(
    lambda text: text.removeprefix("None").replace("\t", " ").strip(BLANKS)[:200].strip(BLANKS)
)
maybe = st.none() | lines.filter(bool)
texts = st.lists(lines, min_size=1, max_size=3).map("\n".join).map(lambda text: text.strip(BLANKS + "\n"))
numbers = st.integers(0, 9999).map(lambda number: E164(f"+1415556{number:04}"))
days = st.sets(st.sampled_from(WEEKDAYS), min_size=1).map(
    lambda some: tuple(d for d in WEEKDAYS if d in some)
)
clock_times = st.tuples(st.integers(0, 23), st.integers(0, 59))
times = st.builds(
    lambda some, begin: PreferredTime(some, "{:02}:{:02}".format(*begin), "24:00"), days, clock_times
)
addresses = st.builds(
    Address,
    street=texts.map(lambda text: text[:300].strip(BLANKS + "\n") or None),
    city=maybe,
    region=maybe,
    postal_code=maybe,
    country=st.sampled_from([None, "US", "DE"]),
)
remarks = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]) | st.just("\n"), max_size=40)
customs = st.fixed_dictionaries(
    {},
    optional={
        "remark": (remarks | st.builds("{}{}".format, signs.filter(str.isprintable), remarks)).filter(bool),
        "budget": st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False),
        "born": st.dates().map(lambda day: day.isoformat()),
        "vip": st.booleans(),
    },
)
tag_names = (
    st.text("abcÄß 漢'=+-@", min_size=1, max_size=10)
    .map(str.strip)
    .filter(lambda name: any(letter.isalnum() for letter in name))
)
contacts = st.builds(
    lambda phones, **details: Contact(phone=phones[0], other_phones=tuple(phones[1:]), **details),
    phones=st.lists(numbers, min_size=1, max_size=5, unique=True),
    id=st.just("contact_1"),
    created_at=st.just(NOW),
    updated_at=st.just(NOW),
    version=st.just(1),
    name=lines.filter(bool),
    email=st.sampled_from([None, "a@example.com", "=a@example.com", "o'neil,b@example.com"]),
    company=maybe,
    title=maybe,
    time_zone=st.sampled_from([None, "Europe/Vienna"]),
    language=st.sampled_from(["en-US", "de", "zh-Hant-TW"]),
    source=st.sampled_from(["api", "web_form"]),
    status=st.sampled_from(ContactStatus),
    address=st.none() | addresses,
    preferred_times=st.lists(times, max_size=3).map(tuple),
    preferred_channel=st.none() | st.sampled_from(Channel),
    owner=maybe,
    custom_fields=customs,
)
_NOT_ABSENT = ("email", "company", "title", "time_zone", "preferred_channel", "owner", "preferred_times")


def _fields(contact, names):
    """Give what a row says of a contact: what the contact has."""
    address = {name: value for name, value in vars(contact.address or Address()).items() if value}
    told = {name: getattr(contact, name) for name in (*_NOT_ABSENT, "other_phones")}
    told |= {
        "tags": tuple(dict.fromkeys(names)),
        "address": address,
        "custom_fields": dict(contact.custom_fields),
    }
    always = {name: getattr(contact, name) for name in ("name", "phone", "language", "source", "status")}
    return {**always, **{name: value for name, value in told.items() if value}}


def _read(content, **options):
    table = open_table(io.BytesIO(content), **options)
    mapping = guess_mapping(table.header, FIELDS, table.sample(50))
    return mapping, [read_row(row, mapping, RowOptions(), FIELDS) for row in table]


@given(st.builds("{}{}{}".format, apostrophes, signs, st.text()) | st.text())
def test_a_safe_cell_gives_its_text_back(text):
    """Whatever apostrophes and signs a text begins with; and no safe cell could be run."""
    assert plain_cell(safe_cell(text)) == text
    assert safe_cell(text)[:1] not in set("=+-@\t\r\n" + FULL_WIDTH)


@settings(max_examples=120)
@given(st.lists(st.tuples(contacts, st.lists(tag_names, max_size=3)), min_size=1, max_size=8))
def test_an_export_is_read_back_without_loss(people):
    """Every detail of every contact: all planes of Unicode, quotes, lines, signs that begin formulas."""
    keys = list(FIELDS)
    rows = [to_cells(contact, names, keys) for contact, names in people]
    mapping, read = _read(write_csv([headers(keys), *rows]).encode())
    assert (mapping.recognised, mapping.unmapped) == (OWN_EXPORT, ())
    assert [one for one in read if not isinstance(one, RowContact)] == []
    assert [dict(one.fields) for one in read] == [_fields(contact, names) for contact, names in people]
    kept = [dict(contact.custom_fields) for contact, _ in people]
    values = [one.fields.get("custom_fields", {}) for one in read]
    assert json.dumps(values, sort_keys=True) == json.dumps(kept, sort_keys=True)


def _read_or_refused(content):
    try:
        return _read(content)[1]
    except Invalid as refusal:
        refused = refusal.code
    assert refused != Invalid.code, content
    return []


def _tried(content):
    """Read a file; the only thing that may be raised is a refusal with a code."""
    for one in _read_or_refused(content):
        for error in one if isinstance(one, list) else ():
            assert isinstance(error, RowError)
            assert error.problem
            assert error.remedy
            assert len(error.value) <= 100
            error.text.encode()


def _mutated(dice, content):
    """Change, remove, repeat or move some of a file's bytes."""
    changed = bytearray(content)
    for _ in range(dice.randrange(1, 8)):
        at = dice.randrange(len(changed) + 1)
        match dice.randrange(4):
            case 0:
                changed[at : at + 1] = bytes(
                    [dice.choice([*b"\"\n\r,;\t\x00\xff\xfe\xc3='E+", dice.randrange(256)])]
                )
            case 1:
                del changed[at : at + dice.randrange(20)]
            case 2:
                changed[at:at] = changed[: dice.randrange(40)]
            case 3:
                changed[at:at] = dice.randbytes(dice.randrange(6))
    return bytes(changed)


def test_mutated_files_are_read_or_refused():
    """Damage gives contacts, errors of rows, or a refusal with a code; never anything else."""
    dice = random.Random(7)
    files = [path.read_bytes() for path in sorted(CORPUS.glob("*.csv")) if path.stat().st_size < 3000]
    for _ in range(6000):
        _tried(_mutated(dice, dice.choice(files)))


def test_random_bytes_are_read_or_refused():
    """Bytes of no file, also below a header that can be read."""
    dice = random.Random(11)
    heads = [b"", b"name,phone,born,budget\n", "Name;Téléphone\n".encode(), b"\xff\xfen\0a\0m\0e\0\n\0"]
    for _ in range(14_000):
        _tried(dice.choice(heads) + dice.randbytes(dice.randrange(60)))
