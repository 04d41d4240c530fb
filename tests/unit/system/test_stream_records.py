"""Stream records as Lambda hands them over, read as changes."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from fakes.streams import a_record
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.kernel.errors import Invalid
from chalicelib.system.adapters.stream_records import read_record

ROW = {"pk": "CONTACT#1", "sk": "CONTACT", "row": "contact"}
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
)


def test_a_record_is_read():
    """Its id, the kind of its row, its time, and both images as plain values."""
    change = read_record(a_record({**ROW, "version": 1}, {**ROW, "version": 2, "on": True}))
    assert (change.id, change.row) == ("record-1", "contact")
    assert (change.sequence, read_record(a_record(None, ROW, sequence=10**27)).sequence) == (1, 10**27)
    assert change.at == datetime(2026, 3, 3, 12, tzinfo=UTC)
    assert (change.old["version"], change.new["version"], change.new["on"]) == (1, 2, True)
    assert not change.expired


def test_every_type_of_value_is_read():
    """Lists and maps inside as well."""
    record = a_record(None, ROW)
    record["dynamodb"]["NewImage"] |= {
        "list": {"L": [{"N": "1"}, {"NULL": True}, {"M": {"a": {"S": "b"}}}]},
        "set": {"SS": ["a"]},
        "half": {"N": "1.5"},
    }
    new = read_record(record).new
    assert (new["list"], new["set"], new["half"]) == ([1, None, {"a": "b"}], ["a"], Decimal("1.5"))


def test_rows_are_of_the_kind_in_either_attribute():
    """`row`, or `kind` in tables without it; a row that does not say is of no kind."""
    note = {"pk": "a", "row": "note", "kind": "task"}
    assert read_record(a_record(None, note)).row == "note"
    assert read_record(a_record(None, {"pk": "a", "kind": "call"})).row == "call"
    assert read_record(a_record(None, {"pk": "a"})).row == ""


@pytest.mark.parametrize("names", [("type", "principalId"), ("Type", "PrincipalId")])
def test_expiry_is_nobodys_deletion(names):
    """The table itself deleted the row, however the record spells that."""
    identity = dict(zip(names, ("Service", "dynamodb.amazonaws.com"), strict=True))
    assert read_record(a_record(ROW, None) | {"userIdentity": identity}).expired
    assert not read_record(a_record(ROW, None)).expired
    assert not read_record(a_record(ROW, ROW) | {"userIdentity": identity}).expired


@pytest.mark.parametrize(
    "record",
    [{}, {"eventID": "1", "dynamodb": {}}, a_record(None, None) | {"eventID": "1"}, {"dynamodb": []}],
)
def test_what_is_no_record_is_refused(record):
    """With one code, never with an error of its own."""
    with pytest.raises(Invalid) as refused:
        read_record(record)
    assert refused.value.code == "bad_record"


@given(json_values, json_values, st.floats() | st.integers())
def test_whatever_comes_is_read_or_refused(value, image, at):
    """No shape of record gives another error."""
    told = {"ApproximateCreationDateTime": at, "NewImage": {"pk": value}, "OldImage": image}
    for dynamodb in (value, told, {**told, "NewImage": image}, {**told, "NewImage": {"pk": {"N": str(at)}}}):
        with suppress(Invalid):
            read_record({"eventID": "1", "dynamodb": dynamodb})
