"""Values are what they say: no text for a number, no number for an instant, no broken text for a body."""

from __future__ import annotations

import json

import pytest

from chalicelib.calls.schemas.calls import PlaceCallRequest
from chalicelib.entrypoints.middleware.problems import checked
from chalicelib.kernel.errors import Invalid
from chalicelib.system.schemas.audit import AuditQuery

WISH = {"template_id": "template_1", "number": "+14155550112"}


def pointers(model, values):
    """Give the places that are refused."""
    with pytest.raises(Invalid) as refused:
        checked(model, values)
    return [error.pointer for error in refused.value.errors]


@pytest.mark.parametrize("priority", ["5", True, 5.5, None])
def test_only_a_whole_number_is_one(priority):
    """A body is read strictly: nothing is turned into a number."""
    body = json.dumps(WISH | {"priority": priority}).encode()
    assert pointers(PlaceCallRequest, body) == ["/priority"]


@pytest.mark.parametrize(
    "text",
    [
        "0.5",
        "1700000000",
        "2026-03-03",
        "2026-03-03T12:00:00",
        "20260303T120000Z",
        "",
        "2026-13-03T12:00:00Z",
    ],
)
def test_only_an_instant_with_its_offset_is_one(text):
    """Neither seconds since some year nor a date is an instant, in a body or in a query."""
    assert pointers(PlaceCallRequest, json.dumps(WISH | {"not_before": text}).encode()) == ["/not_before"]
    assert pointers(AuditQuery, {"from": text}) == ["/from"]


@pytest.mark.parametrize(
    "text", ["2026-03-03T12:00:00Z", "2026-03-03t12:00:00.25+01:00", "2026-03-03 04:00-08:00"]
)
def test_instants_are_read_as_they_are_written(text):
    """Fractions, any offset, and small letters are taken."""
    assert checked(PlaceCallRequest, json.dumps(WISH | {"not_before": text}).encode()).not_before
    assert checked(AuditQuery, {"from": text}).since


@pytest.mark.parametrize("token", ["é", "a b", "a" * 1001, ""])
def test_a_page_token_has_the_letters_of_one(token):
    """What no answer can have given is refused before it is read."""
    assert pointers(AuditQuery, {"page_token": token}) == ["/page_token"]
