"""Search, dashboard and recount through the API."""

from __future__ import annotations

import pytest

from chalicelib.crm.domain.contacts import NewContact
from chalicelib.crm.domain.details import ContactStatus
from chalicelib.crm.domain.tags import NewTag
from chalicelib.crm.services.contacts import create_contact
from chalicelib.crm.services.folding import fold_contacts
from chalicelib.crm.services.tags import create_tag
from chalicelib.kernel.phones import E164
from chalicelib.system.domain.tokens import Scope

_CONTACTS = "/v1/crm/contacts"
_DASHBOARD = "/v1/crm/analytics/dashboard"
_RECOUNT = "/v1/crm/analytics/recount"


@pytest.fixture
def people(crm, container):
    """Fold three contacts, one of them tagged."""
    vip = create_tag(crm, NewTag("VIP"))
    create_tag(crm, NewTag("Unused"))
    names = (("Ada Lovelace", (vip.id,)), ("Ada King", ()), ("Grace Hopper", ()))
    found = [
        create_contact(
            crm,
            NewContact(
                name=name,
                phone=E164(f"+1415555267{number}"),
                tags=tags,
                status=ContactStatus.CUSTOMER if tags else ContactStatus.LEAD,
            ),
        )
        for number, (name, tags) in enumerate(names)
    ]
    fold_contacts(crm, [contact.id for contact in found])
    return found


def _names(answer):
    return [item["name"] for item in answer.body["items"]]


def test_a_search_finds_by_beginnings_of_words(api, people):
    """With all filters of the list."""
    assert _names(api.get(f"{_CONTACTS}?q=ada")) == ["Ada King", "Ada Lovelace"]
    assert _names(api.get(f"{_CONTACTS}?q=ada&status=customer")) == ["Ada Lovelace"]
    assert _names(api.get(f"{_CONTACTS}?q=ada&tag=vip")) == ["Ada Lovelace"]
    assert _names(api.get(f"{_CONTACTS}?q=+1415555267")) == ["Ada Lovelace", "Ada King", "Grace Hopper"]


def test_a_search_is_read_by_page(api, people):
    """The token goes on where the page ended, and refuses another query."""
    first = api.get(f"{_CONTACTS}?q=ada&page_size=1")
    token = first.body["next_page_token"]
    second = api.get(f"{_CONTACTS}?q=ada&page_size=1&page_token={token}")
    assert _names(first) + _names(second) == ["Ada King", "Ada Lovelace"]
    assert second.body["next_page_token"] is None
    assert api.get(f"{_CONTACTS}?q=grace&page_token={token}").status == 400


@pytest.mark.parametrize("query", ["a", "%20", "%2B", "-"])
def test_a_search_needs_two_characters(api, people, query):
    """The refusal names the parameter and the remedy."""
    answer = api.get(f"{_CONTACTS}?q={query}")
    assert (answer.status, answer.body["code"]) == (400, "query_too_short")
    assert "two characters" in answer.body["errors"][0]["detail"]


@pytest.mark.parametrize("other", ["sort=name", "phone=%2B14155552670"])
def test_a_search_has_its_own_order(api, people, other):
    """What it cannot be joined with is refused, and the default order is not."""
    assert api.get(f"{_CONTACTS}?q=ada&{other}").status == 400
    assert api.get(f"{_CONTACTS}?q=ada&sort=-created_at").status == 200


def test_the_dashboard_tells_the_numbers(api, people):
    """Of everybody, with tags by their names."""
    answer = api.get(f"{_DASHBOARD}?days=2", scope=Scope.VIEWER)
    assert answer.status == 200
    shown = answer.body
    assert shown["total"] == 3
    assert shown["by_status"] == {"lead": 2, "customer": 1, "prospect": 0, "inactive": 0, "do_not_contact": 0}
    assert shown["by_source"] == {"api": 3}
    assert [(tag["name"], tag["count"]) for tag in shown["by_tag"]] == [("VIP", 1), ("Unused", 0)]
    assert shown["new_by_day"] == [{"day": "2026-03-02", "count": 0}, {"day": "2026-03-03", "count": 3}]
    assert shown["consents"]["email"] == {"granted": 0, "revoked": 0, "unanswered": 3}
    assert (shown["suppressed"], shown["reachable_now"]) == (0, 0)
    assert shown["as_of"] == "2026-03-03T12:00:00.000Z"


@pytest.mark.parametrize("days", ["0", "91", "x"])
def test_the_dashboard_goes_back_ninety_days(api, people, days):
    """Neither less than one nor more."""
    assert api.get(f"{_DASHBOARD}?days={days}").status == 400


def test_a_recount_is_a_job(api, crm, people):
    """Asked for by an admin, with or without repair."""
    assert api.post(_RECOUNT, {}, scope=Scope.OPERATOR).status == 403
    answer = api.post(_RECOUNT, {"repair": True}, scope=Scope.ADMIN)
    assert (answer.status, answer.body["kind"], answer.body["arguments"]) == (
        202,
        "recount",
        {"repair": True},
    )
    assert crm.work.sent[-1] == ("job_step", answer.body["id"], 0)
