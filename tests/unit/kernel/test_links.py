"""Signed links: each opens one thing, for a time, with one key."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.kernel.errors import Forbidden
from chalicelib.kernel.links import SignedLinks
from chalicelib.kernel.page_tokens import PageTokens

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LINKS = SignedLinks("a key")
HOUR = timedelta(hours=1)


def _refused(*args):
    with pytest.raises(Forbidden) as refused:
        LINKS.check(*args)
    return refused.value.code


def test_a_link_opens_its_thing_until_it_is_too_old():
    """At the end of its time it opens nothing any more."""
    signature = LINKS.sign("feed", "calendar_1", NOW, HOUR)
    LINKS.check("feed", "calendar_1", signature, NOW + HOUR - timedelta(seconds=1))
    assert _refused("feed", "calendar_1", signature, NOW + HOUR) == "link_expired"


def test_a_link_opens_nothing_else():
    """Neither another thing nor another kind of it, nor by the key of another stack."""
    signature = LINKS.sign("feed", "calendar_1", NOW, HOUR)
    assert _refused("feed", "calendar_2", signature, NOW) == "link_invalid"
    assert _refused("invitation", "calendar_1", signature, NOW) == "link_invalid"
    assert _refused("fee", "d\0calendar_1", signature, NOW) == "link_invalid"
    other = SignedLinks("another key").sign("feed", "calendar_1", NOW, HOUR)
    assert _refused("feed", "calendar_1", other, NOW) == "link_invalid"


def test_a_page_token_is_no_link():
    """What the same key has signed for something else opens nothing."""
    token = PageTokens("a key").write("feed", {}, str(int((NOW + HOUR).timestamp())))
    assert _refused("feed", "calendar_1", token, NOW) == "link_invalid"


@given(st.text(st.characters(max_codepoint=300), max_size=60))
def test_no_other_text_opens_anything(text):
    """Whatever it is, it is refused and breaks nothing."""
    assert _refused("feed", "calendar_1", text, NOW) == "link_invalid"


@pytest.mark.parametrize("value", [None, "x", [], 10**30, -(10**30), True])
def test_a_signed_value_that_is_no_time_opens_nothing(value):
    """A signature alone is not enough."""
    signature = LINKS._serializer("feed", "calendar_1").dumps(value)
    assert _refused("feed", "calendar_1", signature, NOW) in {"link_invalid", "link_expired"}
