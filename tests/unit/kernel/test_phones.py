from __future__ import annotations

import re
from contextlib import suppress

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.numbering import parse_phone, plan_of
from chalicelib.kernel.phones import E164, is_e164, mask

REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)


@given(st.sampled_from(REGIONS))
def test_a_number_survives_being_written_in_any_form(region):
    """What people of any country write, nationally or internationally, is read as the same number."""
    example = phonenumbers.example_number(region)
    wanted = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
    for form in (
        phonenumbers.PhoneNumberFormat.E164,
        phonenumbers.PhoneNumberFormat.INTERNATIONAL,
        phonenumbers.PhoneNumberFormat.NATIONAL,
        phonenumbers.PhoneNumberFormat.RFC3966,
    ):
        assert parse_phone(phonenumbers.format_number(example, form), region) == wanted


@given(st.text(max_size=60), st.sampled_from([None, "US", "DE", "ZZ"]))
def test_any_text_is_a_number_or_refused(text, country):
    """No text crashes the parser, and what it accepts is exact E.164."""
    with suppress(Invalid):
        assert re.fullmatch(r"\+[1-9][0-9]{6,14}", parse_phone(text, country))


@given(st.text(alphabet="+0123456789 ٣٤५\n-", max_size=18))
def test_e164_accepts_the_exact_form_only(text):
    """A plus, no leading zero, 7 to 15 ASCII digits, nothing else."""
    exact = re.fullmatch(r"\+[1-9][0-9]{6,14}", text) is not None
    assert is_e164(text) == exact
    if exact:
        assert E164(text) == text
    else:
        with pytest.raises(Invalid):
            E164(text)


@pytest.mark.parametrize("digits", ["٣" * 9, "5" * 8 + "५"])
def test_digits_of_other_scripts_are_not_e164(digits):
    """Only ASCII digits reach the carrier."""
    assert not is_e164("+1" + digits)


@pytest.mark.parametrize(
    ("number", "country", "kind"),
    [
        ("+14155552671", "US", "fixed_or_mobile"),
        ("+447400123456", "GB", "mobile"),
        ("+493012345678", "DE", "fixed"),
        ("+18005550199", "US", "toll_free"),
        ("+19005550199", "US", "premium_rate"),
        ("+870773111632", "", "mobile"),
    ],
)
def test_the_plans_know_country_and_kind(number, country, kind):
    """Country and kind decide who may be called, so they come from the numbering plans."""
    plan = plan_of(E164(number))
    assert (plan.country, plan.kind) == (country, kind)


@given(st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True))
def test_a_masked_number_cannot_be_called(number):
    """Only the start and the last two digits remain."""
    assert mask(number) == number[:3] + "…" + number[-2:]
    assert not is_e164(mask(number))


@given(st.text(max_size=6))
def test_short_texts_are_masked_whole(text):
    """What is too short to hide a part of is hidden whole."""
    assert mask(text) == "…"
