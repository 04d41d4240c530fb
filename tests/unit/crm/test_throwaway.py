"""Contacts that are made to try something out: nobody hears of them, and nothing counts them."""

from __future__ import annotations

import pytest

from chalicelib.crm.adapters.changes import WATCHES
from chalicelib.crm.domain.contacts import NewContact
from chalicelib.crm.domain.throwaway import is_throw_away, throw_away_id
from chalicelib.crm.services.contacts import create_contact
from chalicelib.crm.services.counting import read_dashboard
from chalicelib.crm.services.folding import fold_contact
from chalicelib.kernel.ids import derived_id, is_id, new_id
from chalicelib.kernel.phones import E164

NOBODY = throw_away_id("eval_1#0#0")
ROWS = {
    "contact": {"id": "{id}", "name": "Ada", "source": "evaluation"},
    "gone": {"id": "{id}", "reason": "deleted"},
    "note": {"id": "note_1", "contact_id": "{id}", "body": "x"},
    "consent": {"id": "consent_1", "contact_id": "{id}", "kind": "calls"},
}


def _told(row, contact_id, *, gone=False):
    (watch,) = (each for each in WATCHES if each.row == row)
    image = {name: value.replace("{id}", contact_id) for name, value in ROWS[row].items()}
    return list(watch.tell(image, None) if gone else watch.tell(None, image))


@pytest.mark.parametrize("row", ROWS)
def test_nothing_is_told_of_throw_away_contacts(row):
    """Nor of what belongs to them; of every other contact it is."""
    with pytest.raises(ValueError, match="Field required"):  # it is told, and the event wants more fields
        _told(row, new_id("contact"))
    assert _told(row, NOBODY) == []
    assert _told(row, NOBODY, gone=True) == []


def test_throw_away_contacts_are_not_counted_nor_found(crm):
    """Folding leaves them out."""
    contact = create_contact(crm, NewContact(name="Ada", phone=E164("+14155550100")), NOBODY)
    fold_contact(crm, contact.id)
    assert read_dashboard(crm, 30).total == 0
    assert crm.indexes.read(NOBODY).index.version == 0


def test_only_their_ids_tell():
    """Neither new ids nor derived ones pass for theirs."""
    assert is_throw_away(NOBODY)
    assert is_id(NOBODY, "contact")
    assert throw_away_id("x") != NOBODY
    assert not is_throw_away(new_id("contact"))
    assert not is_throw_away(derived_id("contact", "eval_1#0#0"))
