"""Contacts are found by the beginnings of their words, each once, at a cost that does not grow."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.crm.domain.contacts import Contact, ContactChanges, NewContact
from chalicelib.crm.domain.details import ContactStatus
from chalicelib.crm.domain.listing import ContactFilter
from chalicelib.crm.domain.search import MAX_PHRASE, MAX_PHRASES, phrases_of, read_query, texts_of
from chalicelib.crm.domain.words import fold
from chalicelib.crm.services.contacts import change_contact, create_contact
from chalicelib.crm.services.folding import fold_contact, fold_contacts
from chalicelib.crm.services.search import search_contacts
from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.phones import E164

ADA = NewContact(
    name="Ada King-Lovelace",
    phone=E164("+14155552671"),
    email="ada.k@engines.example.com",
    company="Analytical Engines Łódź GmbH",
    other_phones=(E164("+491711234567"), E164("+390612345678")),
)


def _add(crm, **details):
    contact = create_contact(crm, NewContact(**details))
    fold_contact(crm, contact.id)
    return contact


def _found(crm, query, where=None, size=50, start=None):
    return search_contacts(crm, read_query(query), where or ContactFilter(), size, start)


def _names(crm, query, **options):
    return [contact.name for contact in _found(crm, query, **options).items]


def _all_pages(crm, query, size):
    """Give every contact of all pages, and how many pages there are."""
    found, pages, start = [], 0, None
    while True:
        page = _found(crm, query, size=size, start=start)
        found += page.items
        pages += 1
        start = page.next_start
        if start is None:
            return found, pages


@pytest.mark.parametrize(
    "query",
    [
        *("ada", "ad", "ADA", "king", "love", "king-love", "Ada King", "lovelace ada", "ada anal", "gmbh"),
        *("lodz", "ŁÓDŹ", "Lo", "engines", "engi", "example", "ada.k@engines.example.com", "ada.k@eng"),
        *("+14155552671", "+1 415", "(415) 555-26", "4155552671", "1415", "0171 123", "+49 171", "0049 171"),
        *("06 1234", "+39 06 1234", "390612", "\uff14\uff11\uff15\uff15", "king 4155"),
    ],
)
def test_a_contact_is_found(crm, query):
    """By words and numbers as people write them: any case, any order, at home or from abroad."""
    _add(crm, **vars(ADA))
    _add(crm, name="Bob", phone=E164("+442079460958"), company="Nobody")
    assert _names(crm, query) == [ADA.name]


@pytest.mark.parametrize(
    "query", ["da", "ovelace", "ada bob", "555", "com", "zz", "ada 99", "+1 416", "2671"]
)
def test_a_contact_is_not_found(crm, query):
    """By the middle of a word, by words of which it lacks one, by the end of most addresses."""
    _add(crm, **vars(ADA))
    assert _names(crm, query) == []


@pytest.mark.parametrize("query", ["a", " ", "-", "é", "+", "7", "%"])
def test_a_short_query_is_refused(query):
    """With the field and the remedy; a word needs two characters."""
    with pytest.raises(Invalid) as refusal:
        read_query(query)
    assert (refusal.value.code, refusal.value.errors[0].pointer) == ("query_too_short", "/q")


def test_digits_are_words_as_well(crm):
    """A name with a number in it is found by it, zeros and all."""
    _add(crm, name="Agent 007", phone=E164("+442079460958"))
    _add(crm, name="24 7 Support", phone=E164("+442079460959"))
    assert _names(crm, "007") == ["Agent 007"]
    assert _names(crm, "24 7") == ["24 7 Support"]


def test_who_has_the_words_in_order_comes_first(crm):
    """Then everybody who has them in another order, each once."""
    _add(crm, name="Smith Anders", phone=E164("+14155552672"), company="Anders Smith Inc")
    _add(crm, name="Anders Smithson", phone=E164("+14155552673"))
    _add(crm, name="Smithers Andersen", phone=E164("+14155552674"))
    assert _names(crm, "anders smith") == ["Smith Anders", "Anders Smithson", "Smithers Andersen"]


@pytest.mark.parametrize("size", [1, 2, 3, 50])
@pytest.mark.parametrize("query", ["an", "ann anderson", "1415555"])
def test_pages_show_each_contact_once(crm, query, size):
    """Although its words stand in the index several times, and whatever the page size."""
    for number in range(7):
        phones = (E164(f"+1415555{3000 + number}"),)
        _add(
            crm,
            name=f"Ann Anderson {number}" if number % 2 else f"Anderson Ann {number}",
            company="Annex Anderson",
            phone=E164(f"+1415555{2000 + number}"),
            other_phones=phones,
        )
    found, _ = _all_pages(crm, query, size)
    assert sorted(contact.name[-1] for contact in found) == list("0123456")


def test_filters_hold_too(crm):
    """A page is as long as asked for, out of those that the filter takes."""
    for number in range(300):
        status = ContactStatus.CUSTOMER if number % 100 == 0 else ContactStatus.LEAD
        _add(crm, name="Ada", phone=E164(f"+1415555{2000 + number}"), status=status)
    where = ContactFilter(status=ContactStatus.CUSTOMER)
    assert len(_found(crm, "ada", where, 2).items) == 2
    assert len(_found(crm, "ada", where, 50).items) == 3


def test_a_page_looks_at_a_thousand_entries(crm):
    """More are left to the next page, which goes on where this one stopped."""
    for number in range(1300):
        _add(crm, name="Ada", phone=E164(f"+1415555{2000 + number}"))
    _add(crm, name="Adaz", phone=E164("+14155559999"), status=ContactStatus.CUSTOMER)
    where = ContactFilter(status=ContactStatus.CUSTOMER)
    crm.searches.examined = 0
    first = _found(crm, "ada", where, 10)
    assert (first.items, crm.searches.examined <= 1100) == ([], True)
    second = _found(crm, "ada", where, 10, first.next_start)
    assert [contact.name for contact in second.items] == ["Adaz"]


@pytest.mark.parametrize(
    ("query", "most"), [("ada", 11), ("ada king", 11), ("+1415555", 11), ("king ada", 120)]
)
def test_what_is_examined_does_not_grow_with_the_table(crm, query, most):
    """A page of ten costs the same among a thousand contacts as among ten."""
    _add(crm, name="Ada King", phone=E164("+14155552671"))
    for number in range(1000):
        _add(crm, name=f"Ada King {number}" if number < 20 else "Bob", phone=E164(f"+1415556{1000 + number}"))
    crm.searches.examined = 0
    _found(crm, query, size=10)
    assert crm.searches.examined <= most


def test_a_stale_entry_shows_nothing_wrong(crm):
    """What was written since the fold is what counts: who lost the word, or is gone, is not shown."""
    ada = _add(crm, name="Ada", phone=E164("+14155552671"))
    change_contact(crm, ada.id, ContactChanges(name="Grace"))
    assert _names(crm, "ada") == []
    fold_contacts(crm, [ada.id])
    assert _names(crm, "grace") == ["Grace"]


def test_entries_are_limited():
    """Forty phrases of eighty characters, some of every field."""
    long = " ".join(f"word{number:04}" for number in range(30))
    details = replace(
        ADA,
        name=long,
        company=long.replace("word", "firm"),
        email=f"{long.replace('word', 'mail').replace(' ', '.')}@example.com",
        other_phones=(*ADA.other_phones, *(E164(f"+1415555{2000 + number}") for number in range(7))),
    )
    phrases = phrases_of(
        texts_of(Contact(**vars(details), id="c", created_at=None, updated_at=None, version=1))
    )
    assert len(phrases) == MAX_PHRASES
    assert max(map(len, phrases)) <= MAX_PHRASE
    assert {"14155552671", "491711234567"} <= set(phrases)
    assert any(phrase.startswith("firm0009") for phrase in phrases)


words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=2, max_size=8)


@given(st.lists(words, min_size=1, max_size=5), st.data())
def test_every_beginning_of_every_word_finds(texts, data):
    """Two characters or more of any of the first ten words of a name, in any language."""
    details = replace(ADA, name=" ".join(texts))
    contact = Contact(**vars(details), id="c", created_at=None, updated_at=None, version=1)
    chosen = [word for word in fold(details.name).split()[:10] if len(word) > 1]
    if chosen:
        word = data.draw(st.sampled_from(chosen))
        assert read_query(word[: data.draw(st.integers(2, len(word)))]).finds(contact)
