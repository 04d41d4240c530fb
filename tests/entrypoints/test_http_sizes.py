"""No answer is longer than a function may give, whatever contacts are made of."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest

from chalicelib.crm.domain.contacts import NewContact
from chalicelib.crm.domain.fields import MAX_BYTES, FieldKind, NewField
from chalicelib.crm.services.contacts import create_contact
from chalicelib.crm.services.fields import define_field
from chalicelib.crm.services.folding import fold_contact
from chalicelib.kernel.phones import E164

CONTACTS = "/v1/crm/contacts"
LIMIT = 6_000_000


@pytest.fixture(params=["\U0001f3e0", "\u00e9", '"'])
def people(request, crm):
    """Create 100 contacts with as much in their custom fields as they may have."""
    letter = request.param
    length = (MAX_BYTES - 200) // 10 // (len(json.dumps(letter, ensure_ascii=False).encode()) - 2)
    for number in range(10):
        define_field(crm, NewField(f"f{number}", "F", FieldKind.TEXT))
    values = {f"f{number}": letter * length for number in range(10)}
    created = [
        create_contact(crm, NewContact("Ada", E164(f"+1415555{2000 + number}"), custom_fields=values))
        for number in range(100)
    ]
    for contact in created:
        fold_contact(crm, contact.id)
    return {contact.id for contact in created}


@pytest.mark.parametrize("query", ["", "&q=ada"])
def test_pages_of_long_contacts_are_shorter(api, people, query):
    """Lists and searches give all of them, each once, in answers that can be sent."""
    seen, token, tokens = [], "", 0
    while token is not None:
        path = f"{CONTACTS}?page_size=100{query}" + (f"&page_token={quote(token)}" if token else "")
        answer = api.get(path)
        assert answer.status == 200
        text = json.dumps(answer.body, ensure_ascii=False, separators=(",", ":"))
        assert len(json.dumps(text)) < LIMIT
        seen += [each["id"] for each in answer.body["items"]]
        token, tokens = answer.body["next_page_token"], tokens + 1
    assert sorted(seen) == sorted(people)
    assert tokens < 8
