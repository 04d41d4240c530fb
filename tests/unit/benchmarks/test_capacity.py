from __future__ import annotations

import pytest

from benchmarks.capacity import Index, item_size, read_units, write_units

BY_DUE = Index("due_shard", "due_at")


def item(size: int, **keys: str) -> dict:
    """Make an item of this size, keys included."""
    made = {"pk": {"S": "C"}, "sk": {"S": "C"}, **{name: {"S": text} for name, text in keys.items()}}
    made["t"] = {"S": ""}
    made["t"] = {"S": "x" * (size - item_size(made))}
    return made


def test_an_item_is_as_large_as_its_names_and_values():
    """Names and text count as UTF-8, numbers half a byte a digit and one, lists and maps three and more."""
    assert item_size({"pk": {"S": "é"}}) == 2 + 2
    assert item_size({"n": {"N": "-120"}}) == 1 + 1 + 1 + 1
    assert item_size({"b": {"BOOL": True}, "z": {"NULL": True}}) == 4
    assert item_size({"l": {"L": [{"S": "ab"}]}, "m": {"M": {"k": {"S": "v"}}}}) == (1 + 3 + 3) + (1 + 3 + 3)


def test_an_attribute_of_an_unknown_kind_is_not_guessed():
    """A kind that the product does not store is an error, so that no figure is wrong in silence."""
    with pytest.raises(ValueError, match="SS"):
        item_size({"s": {"SS": ["a"]}})


@pytest.mark.parametrize(
    ("size", "consistent", "units"), [(0, True, 1), (4096, True, 1), (4097, True, 2), (4097, False, 1)]
)
def test_reads_are_charged_by_four_kilobytes(size, consistent, units):
    """A consistent read costs a unit per 4 KB begun, an eventually consistent one half; nothing costs one."""
    assert read_units(size, consistent=consistent) == units


@pytest.mark.parametrize(("size", "units"), [(1024, 1), (1025, 2)])
def test_writes_are_charged_by_the_larger_item(size, units):
    """A write costs a unit per kilobyte begun of the item before or after, whichever is larger."""
    assert write_units(None, item(size)) == units
    assert write_units(item(size), item(20)) == units
    assert write_units(item(size), None) == units


def test_a_refused_write_costs_too():
    """A write whose condition failed leaves the item as it was, and is charged."""
    same = item(20, due_shard="1", due_at="2")
    assert write_units(same, same, (BY_DUE,)) == 1
    assert write_units(None, None, (BY_DUE,)) == 1


def test_a_transaction_doubles_the_table_only():
    """A write within a transaction costs two units a kilobyte; the index is charged once."""
    assert write_units(None, item(20, due_shard="1", due_at="2"), (BY_DUE,), transaction=True) == 2 + 1


@pytest.mark.parametrize(
    ("before", "after", "units"),
    [
        ({}, {"due_shard": "1", "due_at": "2"}, 2),
        ({"due_shard": "1", "due_at": "2"}, {"due_shard": "1", "due_at": "3"}, 3),
        ({"due_shard": "1", "due_at": "2"}, {}, 2),
        ({"due_shard": "1"}, {"due_shard": "2"}, 1),
    ],
)
def test_an_index_is_charged_when_its_entry_changes(before, after, units):
    """An entry written or removed is a unit, one that moves is two, an item without both keys has none."""
    assert write_units(item(60, **before), item(60, **after), (BY_DUE,)) == units
