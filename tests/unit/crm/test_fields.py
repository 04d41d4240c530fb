"""Custom fields: each value is of its definition's kind, comes back equal, and goes with its definition."""

from __future__ import annotations

import math

import pytest

from chalicelib.crm.domain.contacts import ContactChanges, NewContact
from chalicelib.crm.domain.fields import FieldChanges, FieldKind, NewField
from chalicelib.crm.services.contacts import change_contact, create_contact, get_contact
from chalicelib.crm.services.fields import (
    change_field,
    check_fields,
    define_field,
    defined_values,
    delete_field,
    get_field,
    list_fields,
)
from chalicelib.kernel.errors import Conflict, Invalid, NotFound
from chalicelib.kernel.phones import E164

LARGEST = 2**53 - 1


@pytest.fixture
def defined(crm):
    """Define a field of each kind, each with its kind as key."""
    for kind in FieldKind:
        choices = ("Gold", "Silver") if kind is FieldKind.CHOICE else ()
        define_field(crm, NewField(kind.value, kind.value.title(), kind, choices))
    return crm


ALLOWED = [
    ("text", "Zoë\nin 🏠 =1+1"),
    ("text", "x" * 2000),
    ("text", "1"),
    ("number", 0),
    ("number", -1.5),
    ("number", LARGEST),
    ("number", -LARGEST),
    ("number", 1e300),
    ("number", 1.0),
    ("number", 0.1),
    ("date", "2024-02-29"),
    ("boolean", True),
    ("boolean", False),
    ("choice", "Gold"),
]
REFUSED = [
    ("text", "x" * 2001),
    ("text", "a\tb"),
    ("text", "\x00"),
    ("text", "\x85"),
    ("text", 1),
    ("text", True),
    ("number", True),
    ("number", "1"),
    ("number", math.nan),
    ("number", math.inf),
    ("number", LARGEST + 1),
    ("number", 10**400),
    ("date", "2026-02-30"),
    ("date", "20260331"),
    ("date", "2026-W01-1"),
    ("date", "31.03.2026"),
    ("date", 20260331),
    ("boolean", 1),
    ("boolean", "true"),
    ("boolean", 0.0),
    ("choice", "gold"),
    ("choice", ""),
    ("choice", True),
    ("nobody", "x"),
]


@pytest.mark.parametrize(("key", "value"), ALLOWED)
def test_a_value_is_kept_as_it_is(defined, key, value):
    """Equal, and of the same type."""
    kept = check_fields(defined, {key: value})
    assert kept == {key: value}
    assert type(kept[key]) is type(value)


@pytest.mark.parametrize(("key", "value"), REFUSED)
def test_a_value_of_another_kind_is_refused(defined, key, value):
    """The error names the field and the remedy."""
    with pytest.raises(Invalid) as refusal:
        check_fields(defined, {key: value})
    assert refusal.value.code == "bad_custom_field"
    (wrong,) = refusal.value.errors
    assert wrong.pointer == f"/custom_fields/{key}"
    assert wrong.detail.endswith(".") or wrong.detail.endswith(").")


@pytest.mark.parametrize(
    ("letter", "right", "wrong"), [("x", 1900, 1992), ("漢", 600, 700), ('"', 950, 1050), ("🏠", 480, 520)]
)
def test_all_fields_together_have_a_size(crm, letter, right, wrong):
    """20,000 bytes as JSON in UTF-8; the error names the longest."""
    for number in range(10):
        define_field(crm, NewField(f"f{number}", "F", FieldKind.TEXT))
    values = {f"f{number}": letter * right for number in range(10)}
    assert check_fields(crm, values) == values
    with pytest.raises(Invalid) as refusal:
        check_fields(crm, {f"f{number}": letter * (wrong + number % 8) for number in range(10)})
    assert refusal.value.code == "bad_custom_field"
    assert [(error.pointer, error.detail) for error in refusal.value.errors] == [
        ("/custom_fields/f7", "All custom fields together have 20000 bytes at most; shorten it.")
    ]


def test_lines_end_as_everywhere(defined):
    """Carriage returns of files become line feeds; empty text is no value."""
    assert check_fields(defined, {"text": "a\r\nb\rc"}) == {"text": "a\nb\nc"}
    assert check_fields(defined, {"text": ""}) == {}


@pytest.mark.parametrize(("key", "old", "new"), [("boolean", True, 1), ("number", 1, True)])
def test_what_is_equal_only_to_python_is_questioned(defined, key, old, new):
    """A value that stood is kept unasked only if it is the same in kind."""
    ada = create_contact(defined, NewContact("Ada", E164("+14155552671"), custom_fields={key: old}))
    with pytest.raises(Invalid):
        change_contact(defined, ada.id, ContactChanges(custom_fields={key: new}))


def test_a_decimal_takes_the_place_of_an_integer(defined):
    """1.0 is written as it was said."""
    ada = create_contact(defined, NewContact("Ada", E164("+14155552671"), custom_fields={"number": 1}))
    changed = change_contact(defined, ada.id, ContactChanges(custom_fields={"number": 1.0}))
    assert type(changed.custom_fields["number"]) is float


def test_values_go_with_their_definition(defined, crm):
    """They are not shown from then on, and leave the contact when it is next changed."""
    new = NewContact("Ada", E164("+14155552671"), custom_fields={"text": "a", "number": 1})
    ada = create_contact(crm, new)
    delete_field(crm, "text")
    assert defined_values(crm, [get_contact(crm, ada.id).custom_fields, {}]) == [{"number": 1}, {}]
    assert change_contact(crm, ada.id, ContactChanges(title="Countess")).custom_fields == {"number": 1}
    with pytest.raises(Invalid):
        change_contact(crm, ada.id, ContactChanges(custom_fields={"text": "a"}))


def test_a_key_that_is_defined_again_has_no_old_values(defined, crm):
    """Text of the old field is not shown as a number of the new one, and is dropped."""
    ada = create_contact(crm, NewContact("Ada", E164("+14155552671"), custom_fields={"text": "a"}))
    delete_field(crm, "text")
    define_field(crm, NewField("text", "Now a number", FieldKind.NUMBER))
    assert defined_values(crm, [get_contact(crm, ada.id).custom_fields]) == [{}]
    assert change_contact(crm, ada.id, ContactChanges(title="Countess")).custom_fields == {}


def test_a_choice_that_is_gone_stays_where_it_stands(defined, crm):
    """It is shown and kept, and cannot be chosen any more."""
    ada = create_contact(crm, NewContact("Ada", E164("+14155552671"), custom_fields={"choice": "Gold"}))
    change_field(crm, "choice", FieldChanges(choices=("Silver",)))
    assert change_contact(crm, ada.id, ContactChanges(title="x")).custom_fields == {"choice": "Gold"}
    assert defined_values(crm, [{"choice": "Gold"}]) == [{"choice": "Gold"}]
    with pytest.raises(Invalid):
        check_fields(crm, {"choice": "Gold"})


def test_a_definition_is_made_once(crm):
    """The same again changes nothing; another meaning of the key is a conflict."""
    new = NewField("tier", "Tier", FieldKind.CHOICE, ("Gold", "Gold", "Silver"))
    first = define_field(crm, new)
    assert first.choices == ("Gold", "Silver")
    assert define_field(crm, new) == first
    with pytest.raises(Conflict) as refusal:
        define_field(crm, NewField("tier", "Tier", FieldKind.TEXT))
    assert refusal.value.code == "field_exists"


def test_there_are_a_hundred_definitions(crm):
    """One more is refused."""
    for number in range(100):
        define_field(crm, NewField(f"f{number}", "x", FieldKind.TEXT))
    with pytest.raises(Conflict) as refusal:
        define_field(crm, NewField("one_more", "x", FieldKind.TEXT))
    assert refusal.value.code == "field_limit_reached"
    assert define_field(crm, NewField("f1", "x", FieldKind.TEXT)).key == "f1"
    assert len(list_fields(crm)) == 100


@pytest.mark.parametrize(
    ("kind", "choices"),
    [
        (FieldKind.CHOICE, ()),
        (FieldKind.TEXT, ("a",)),
        (FieldKind.CHOICE, tuple("x" * n for n in range(1, 102))),
    ],
)
def test_only_a_choice_has_choices(crm, kind, choices):
    """One at least, a hundred at most."""
    with pytest.raises(Invalid) as refusal:
        define_field(crm, NewField("x", "X", kind, choices))
    assert refusal.value.code == "bad_choices"


def test_a_definition_changes_at_its_version(crm):
    """Label and choices; nothing changed is no version; an old version and an unknown key are refused."""
    define_field(crm, NewField("tier", "Tier", FieldKind.TEXT))
    changed = change_field(crm, "tier", FieldChanges(label="Level"), 1)
    assert (changed.label, changed.version) == ("Level", 2)
    assert change_field(crm, "tier", FieldChanges()) == changed == get_field(crm, "tier")
    for act in (
        lambda: change_field(crm, "tier", FieldChanges(label="x"), 1),
        lambda: delete_field(crm, "tier", 1),
    ):
        with pytest.raises(Conflict) as refusal:
            act()
        assert refusal.value.code == "version_changed"
    with pytest.raises(Invalid):
        change_field(crm, "tier", FieldChanges(choices=("a",)))
    delete_field(crm, "tier", 2)
    for act in (lambda: get_field(crm, "tier"), lambda: delete_field(crm, "tier")):
        with pytest.raises(NotFound):
            act()
