"""An export of ten thousand contacts is read back as it was: every character, number and value."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from chalicelib.crm.adapters.files.reading import open_table
from chalicelib.crm.domain.contacts import Contact
from chalicelib.crm.domain.details import Address, Channel, ContactStatus, PreferredTime
from chalicelib.crm.domain.fields import FieldDefinition, FieldKind
from chalicelib.crm.domain.imports import RowContact, RowOptions
from chalicelib.crm.domain.mapping import guess_mapping
from chalicelib.crm.domain.rows import read_row
from chalicelib.crm.schemas.export import MAX_EXPORT, contacts_csv
from chalicelib.kernel.paging import Page
from chalicelib.kernel.phones import E164

COUNT = 10_000
# One plane after the other, with what breaks tables: quotes, separators, lines, beginnings of formulas.
LETTERS = (
    "aZ0 ,;|\"'=+-@\tÄßø漢字\u043a\u0430\u0444\u0435e\u0301\u202eعربي\u2028🏠𝒳𠀀"
    "\U000e0100\U000f0000\U0010fffd\uff1d"
)
STARTS = ("", "=", "+", "-", "@", "'", "'=", "''+", '"', "\uff0b")


def _line(random):
    text = random.choice(STARTS) + "".join(random.choices(LETTERS.replace("\t", ""), k=random.randint(1, 20)))
    return f"{text}x".strip()


def _text(random):
    return "\n".join(_line(random) for _ in range(random.randint(1, 3)))


def _contact(number, random, now):
    phones = [E164(f"+1415{2000000 + number * 2 + place}") for place in range(2)]
    return Contact(
        id=f"contact_{number:032x}",
        name=_line(random),
        phone=phones[0],
        other_phones=tuple(phones[1 : random.randint(1, 2)]),
        email=f"n{number}@example.com",
        company=_line(random),
        title=_line(random),
        address=Address(street=_text(random), city=_line(random), country="DE"),
        time_zone="Europe/Berlin",
        language="de-DE",
        preferred_times=(PreferredTime(("mon", "sat"), "09:00", "24:00"),),
        preferred_channel=random.choice(list(Channel)),
        status=random.choice(list(ContactStatus)),
        owner=_line(random),
        tags=("=VIP", "Gold"),
        custom_fields={
            "remark": _text(random),
            "budget": random.choice([random.randint(-(2**53) + 1, 2**53 - 1), random.random() * 1e9]),
            "member": random.random() < 0.5,
            "since": "2024-02-29",
        },
        created_at=now + timedelta(seconds=number),
        updated_at=now,
        version=1,
    )


def _definitions(now):
    kinds = {
        "budget": FieldKind.NUMBER,
        "member": FieldKind.BOOLEAN,
        "remark": FieldKind.TEXT,
        "since": FieldKind.DATE,
    }
    return {key: FieldDefinition(key, key, kind, (), now, now, 1) for key, kind in kinds.items()}


def _expected(contact):
    """Give what an import must read of a contact: what is known of it, by the names of its details."""
    address = {name: value for name, value in vars(contact.address).items() if value is not None}
    return {
        "name": contact.name,
        "email": contact.email,
        "company": contact.company,
        "title": contact.title,
        "address": address,
        "time_zone": contact.time_zone,
        "language": contact.language,
        "preferred_times": contact.preferred_times,
        "preferred_channel": contact.preferred_channel,
        "status": contact.status,
        "source": contact.source,
        "owner": contact.owner,
        "tags": contact.tags,
        "custom_fields": contact.custom_fields,
    }


def test_ten_thousand_contacts_come_back(clock):
    """Exported by the thousand and read by the import's own reader, each is what it was, in its order."""
    random, now = Random(20260303), clock.now()
    definitions = _definitions(now)
    seen = 0
    for start in range(0, COUNT, MAX_EXPORT):
        contacts = [_contact(number, random, now) for number in range(start, start + MAX_EXPORT)]
        text, goes_on = contacts_csv(Page(contacts), sorted(definitions), bom=start == 0)
        assert goes_on is None
        table = open_table(io.BytesIO(text.encode()))
        mapping = guess_mapping(table.header, definitions, table.sample(50))
        for row, contact in zip(table, contacts, strict=True):
            read = read_row(row, mapping, RowOptions(), definitions)
            assert isinstance(read, RowContact), read
            assert read.phones == contact.phones
            phones = {"phone": contact.phone, "other_phones": contact.other_phones}
            assert {"other_phones": (), **read.fields} == _expected(contact) | phones
            seen += 1
    assert seen == COUNT


def test_an_answer_that_grows_too_long_ends_early(clock):
    """The next begins after the last row that it has."""
    contacts = [_contact(number, Random(number), clock.now()) for number in range(3)]
    long = replace(contacts[1], custom_fields={"remark": "x" * 2_000_000})
    text, start = contacts_csv(Page([contacts[0], long, long, contacts[2]]), ["remark"], bom=False)
    assert start == f"2026-03-03T12:00:01.000Z#{long.id}"
    assert text.count("x" * 2_000_000) == 1
    assert (
        contacts_csv(Page([replace(long, custom_fields={"remark": "x" * 4_000_000})]), ["remark"], bom=False)[
            1
        ]
        is None
    )


@pytest.mark.parametrize("letter", ["x", '"', "\n", "漢", "🏠"])
def test_the_longest_answer_can_be_given(clock, letter):
    """As a JSON string, which is how a function answers, it has less than 6 MB."""
    remark = json.dumps(letter * 20_000, ensure_ascii=False).encode()[1:19_999].decode(errors="ignore")
    values = {"remark": json.loads(f'"{remark.rstrip(chr(92))}"')}
    contacts = [
        replace(_contact(number, Random(number), clock.now()), custom_fields=values) for number in range(1000)
    ]
    text, start = contacts_csv(Page(contacts), ["remark"], bom=True)
    assert start is not None
    assert 2_700_000 < len(json.dumps(text)) < 3_010_000
