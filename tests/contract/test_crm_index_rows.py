"""What search and counters hold in DynamoDB, as moto plays it: how it is read, and what becomes of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from botocore.client import BaseClient
from fakes.crm import stored_crm

from chalicelib.crm.domain.contacts import Contact, NewContact, Parting, Tombstone
from chalicelib.crm.domain.counting import AFTER_ALL, BEFORE_ALL
from chalicelib.crm.domain.folding import Facts, Index, Moves, next_move
from chalicelib.crm.services.contacts import create_contact
from chalicelib.crm.services.folding import fold_contact
from chalicelib.kernel.errors import Unavailable
from chalicelib.kernel.phones import E164

ADA = NewContact(name="Ada Lovelace", phone=E164("+14155552671"))
CONTACT_ID = f"contact_{1:032x}"


def _move():
    return next_move(Index(CONTACT_ID), Facts(("ada king",), frozenset({"total#contacts"})))


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize(
    "use",
    [
        lambda stored: stored.indexes.read(CONTACT_ID),
        lambda stored: stored.indexes.apply(Moves([_move()])),
        lambda stored: stored.indexes.page(10, None),
        lambda stored: stored.counters.read(BEFORE_ALL, AFTER_ALL),
        lambda stored: stored.counters.adjust({"total#contacts": 1}),
        lambda stored: stored.searches.entries("ada", None, 10),
    ],
    ids=["read", "apply", "page", "counters", "adjust", "entries"],
)
def test_a_table_that_is_not_there_is_unavailable(clock, use):
    """Whatever the table's service refuses becomes one retryable error."""
    with pytest.raises(Unavailable):
        use(stored_crm("absent", clock))


def test_the_index_is_read_before_what_it_tells_of(make_table, clock, monkeypatch):
    """A contact that changes while it is read is newer than its index, never older."""
    stored = stored_crm(make_table("crm", "CrmTable"), clock)
    ada = create_contact(stored, ADA)
    fold_contact(stored, ada.id)
    asked, call = [], BaseClient._make_api_call

    def noting(client, operation, parameters):
        asked.append((operation, parameters))
        return call(client, operation, parameters)

    monkeypatch.setattr(BaseClient, "_make_api_call", noting)
    assert isinstance(stored.indexes.read(ada.id).found, Contact)
    ((operation, parameters),) = asked
    assert (operation, parameters["ScanIndexForward"], parameters["ConsistentRead"]) == ("Query", False, True)


def test_an_empty_index_expires(make_table, aws, clock):
    """A month after the contact has gone nobody can hold an older state of it."""
    stored = stored_crm(make_table("crm", "CrmTable"), clock)
    ada = create_contact(stored, ADA)
    fold_contact(stored, ada.id)
    stored.contacts.remove(ada, Tombstone(ada.id, Parting.DELETED, clock.now()))
    fold_contact(stored, ada.id)
    key = {"pk": {"S": f"CONTACT#{ada.id}"}, "sk": {"S": "INDEX"}}
    row = aws.get_item(TableName="crm", Key=key)["Item"]
    assert int(row["expires_at"]["N"]) == int((clock.now() + timedelta(days=30)).timestamp())
    assert not {"texts", "counted", "list_shard", "created_key"} & set(row)
