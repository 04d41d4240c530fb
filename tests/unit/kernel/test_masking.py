"""What identifies people is found in text and hidden, and nothing else."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.kernel.masking import is_card, is_iban, masked, masked_accounts, masked_line


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("call +1 (415) 555-0100 or 415-555-0100.", "call [phone] or [phone]."),
        ("call (415) 555 0100", "call [phone]"),
        ("call 415.555.0100", "call [phone]"),
        ("rufen Sie 030 123 4567 an", "rufen Sie [phone] an"),
        ("appelez le 01.23.45.67.89", "appelez le [phone]"),
        ("[keypad: 4155550100]", "[keypad: [phone]]"),
        ("it is 4111 1111 1111 1111, 12/27", "it is [card], 12/27"),
        ("it is 4111-1111-1111-1111 12/27", "it is [card] 12/27"),
        ("4111111111111111123", "[card]123"),
        ("4111 1111 1111 1111 5500 0055 5555 5559 4111 1111 1111 1111", "[card] [card] [card]"),
        ("41111111111111115500005555555559", "[card][card]"),
        ("card 4111.1111.1111.1111.", "card [card]."),
        ("card 4111\u00a01111\u202f1111\u00a01111", "card [card]"),
        ("Amex 3782 822463 10005", "Amex [card]"),
        ("DE89 3704 0044 0532 0130 00 please", "[account] please"),
        ("de89370400440532013000", "[account]"),
        ("GB82 WEST 1234 5698 7654 32.", "[account]."),
        ("write ada.l+x@example.co.uk.", "write [email]."),
        ("ada dot lovelace at example dot com", "[email]"),
        ("ada punto lovelace arroba ejemplo punto es", "[email]"),
        ("ada at beispiel punkt de", "[email]"),
        ("ada point lovelace arobase exemple point fr", "[email]"),
        ("four one five, five five five, zero one zero zero", "[number]"),
        ("null drei null eins zwei drei vier", "[number]"),
    ],
)
def test_what_identifies_people_is_hidden(text, hidden):
    """Numbers of phones, cards and accounts, and e-mail addresses, written or spoken."""
    assert masked(text) == hidden


@pytest.mark.parametrize(
    "text",
    [
        "on 2026-03-09 14:00, or 09.03.2026, or 3/9/2026 at 10",
        "it costs 1,234,567.50 or 1.234.567 euros",
        "order 12345 for 20 or 30 people at 10:30",
        "call_0197a2b34111111111111111aaaa",
        "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
        "one two three, go",
        "see you at the office at noon",
        "",
    ],
)
def test_other_words_stay(text):
    """Dates, amounts, short numbers and our own ids are not touched."""
    assert masked(text) == text


def test_a_wrong_check_digit_is_no_card_and_no_account():
    """Luhn's and the IBAN's digits decide; such a number is still one with seven digits or more."""
    assert is_card("4111111111111111")
    assert not is_card("4111111111111112")
    assert not is_card("1111111111111117")
    assert is_iban("DE89370400440532013000")
    assert not is_iban("DE88370400440532013000")
    assert not is_iban("DE8937040044053201300")
    assert masked_accounts("4111 1111 1111 1112, +1 415 555 0100") == "4111 1111 1111 1112, +1 415 555 0100"


def test_lines_of_logs_keep_ids_and_times():
    """In logs e-mail addresses, cards and accounts go; ids, versions and milliseconds stay."""
    line = '{"ms": 1790000000000, "id": "call_0197a2b34111111111111111aaaa", "mail": "a@b.co", "n": "%s"}'
    assert masked_line(line % "4111111111111111") == line.replace("a@b.co", "[email]") % "[card]"


@given(st.text(alphabet=string.digits + " -.,()+@abc/:[]", max_size=80))
def test_masking_twice_is_masking_once(text):
    """What was hidden is not hidden again otherwise."""
    assert masked(masked(text)) == masked(text)


@given(st.text(max_size=40), st.integers(0, 10**9))
def test_every_card_is_hidden_whatever_is_around(words, seed):
    """A number with a right check digit never stays whole between words."""
    number = f"41111{seed:010d}"
    digits = number + next(digit for digit in string.digits if is_card(number + digit))
    around = "".join(letter for letter in words if letter.isalpha() or letter == " ")
    assert digits not in masked(f"{around} {digits} {around}")


@pytest.mark.parametrize(
    "evil",
    [
        "1 " * 5000,
        "4" * 9000,
        "4111 1111 1111 1111 " * 500,
        "a." * 5000,
        "one " * 3000,
        "GB82 " * 2000,
        "1.2." * 3000,
        "-" * 9000,
    ],
)
def test_no_text_takes_long(evil):
    """The time grows with the length and not with its square."""
    assert isinstance(masked(evil), str)
