"""What the audit log may show of a field, and what is a change at all."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.kernel.changes import HIDDEN, MAX_SHOWN, Shown, Watch, pk_id, scrub

WATCH = Watch(
    "thing",
    "thing",
    pk_id,
    {"plain": Shown.PLAIN, "phone": Shown.PHONE, "email": Shown.EMAIL, "text": Shown.LENGTH},
    silent=frozenset({"counter"}),
)


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("plain", "customer", "customer"),
        ("plain", 5, 5),
        ("plain", True, True),
        ("plain", Decimal("1.5"), "1.5"),
        ("plain", ["a", 1], ["a", 1]),
        ("plain", {"on": True, "note": "call +14155552671"}, {"on": True, "note": "call +14…71"}),
        ("plain", "x" * 300, "x" * MAX_SHOWN),
        ("plain", "ask ada@example.com or +14155552671", "ask a…@example.com or +14…71"),
        ("phone", "+14155552671", "+14…71"),
        ("email", "ada@example.com", "a…@example.com"),
        ("text", "He said yes.", "(12 characters)"),
        ("other", "He said yes.", HIDDEN),
        ("other", 5, HIDDEN),
    ],
)
def test_a_value_is_shown_as_its_field_allows(name, value, shown):
    """A field that nobody named shows nothing at all."""
    assert WATCH.show(name, value) == shown


@given(st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True), st.text(), st.text())
def test_no_number_passes(number, before, after):
    """Wherever a plain text has one."""
    assert number not in scrub(f"{before} {number} {after}")


def test_fields_are_what_somebody_may_have_set():
    """Not keys, stamps and versions, not what is silent, not what is empty."""
    image = {
        "pk": "THING#1",
        "sk": "THING",
        "kind": "thing",
        "changed_by": "system",
        "version": 3,
        "counter": 7,
        "plain": "a",
        "text": None,
    }
    assert WATCH.fields(image) == {"plain": "a"}


def test_a_field_may_be_called_kind():
    """Where the kind of row is in `row`, as with notes."""
    assert WATCH.fields({"row": "thing", "kind": "task"}) == {"kind": "task"}


def test_an_object_is_named_by_kind_and_id():
    """And by another id in the log where its own is personal."""
    private = Watch("thing", "thing", pk_id, {}, object_id=lambda _: "x")
    assert (WATCH.key({"pk": "THING#1#2"}), private.key({"pk": "THING#1"})) == ("thing:1#2", "thing:x")
