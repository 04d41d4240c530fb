"""Text messages: parts counted as carriers do, and one end whatever the order of what is reported."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.calls.domain.calls import Direction
from chalicelib.calls.domain.messages import (
    Message,
    MessageState,
    StatusReport,
    apply_status,
    commit_message,
    fail_message,
    unsure_of_message,
)
from chalicelib.calls.domain.segments import Encoding, segments_of
from chalicelib.calls.domain.texting import Keyword, keyword_of
from chalicelib.kernel.phones import E164
from localcloud.phone_network.segments import segments

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
CHEAP = "abc @£$èÇ\n\r_ΔΦ§ñà¿"
DOUBLE = "^{}\\[~]|€\f"
texts = (
    st.text(st.sampled_from(CHEAP + DOUBLE), max_size=500)
    | st.text(st.sampled_from(CHEAP + DOUBLE + "ç“—🙂`"), max_size=500)
    | st.text(max_size=200)
)


@given(texts)
@example("a" * 160)
@example("a" * 161)
@example("a" * 159 + "€")
@example("a" * 152 + "€" + "a" * 10)
@example("ç" * 70)
@example("ç" * 71)
@example("🙂" * 35)
@example("a" * 66 + "🙂" + "a" * 10)
def test_parts_are_counted_as_the_phone_network_counts_them(text):
    """Two counts that share nothing agree: one fills parts with widths, the other cuts written-out units."""
    assert segments_of(text).count == segments(text)


@given(texts)
def test_the_costly_alphabet_has_a_reason(text):
    """The first character that GSM-7 does not have; without one the text is cheap."""
    found = segments_of(text)
    assert (found.encoding is Encoding.UCS2) == (found.forced_by is not None)
    if found.forced_by is not None:
        before = text[: text.index(found.forced_by)]
        assert segments_of(before).forced_by is None
        assert segments_of(found.forced_by).encoding is Encoding.UCS2


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("a" * 152 + "€" + "a" * 152, 3),  # the escape and its character stay together
        ("ç" * 70, 1),
        ("ç" * 71, 2),
        ("ç" * 134, 2),
        ("ç" * 135, 3),
        ("🙂" * 35, 1),
        ("🙂" * 36, 2),
    ],
)
def test_parts_of_known_texts(text, parts):
    """160 and 153 septets, 70 and 67 units; small c with cedilla is not in GSM-7."""
    assert segments_of(text).count == parts == segments(text)


def _message(**changes):
    message = Message(
        id="message_1",
        contact_id="contact_1",
        number=E164("+14155552671"),
        line=E164("+14155550100"),
        direction=Direction.OUTBOUND,
        body="Hello",
        state=MessageState.QUEUED,
        created_at=NOW,
        look_at=NOW,
    )
    return replace(message, **changes)


def _reports(*statuses):
    return [
        StatusReport(
            status, "SM1", NOW + timedelta(seconds=number), f"carrier_{number}" if number % 2 else ""
        )
        for number, status in enumerate(statuses)
    ]


def _after(reports, message=None):
    message = message or commit_message(_message(), NOW)
    for report in reports:
        message = apply_status(message, report)
    return message


@pytest.mark.parametrize(
    ("statuses", "state"),
    [
        (("queued", "sending", "sent", "delivered"), MessageState.DELIVERED),
        (("queued", "sent", "undelivered", "sent"), MessageState.UNDELIVERED),
        (("accepted", "sending", "failed"), MessageState.FAILED),
        (("sent", "undelivered", "delivered", "read"), MessageState.DELIVERED),
        (("undelivered", "undelivered", "sent", "mystery"), MessageState.UNDELIVERED),
    ],
)
def test_every_order_of_reports_has_one_end(statuses, state):
    """With every report twice as well."""
    reports = _reports(*statuses)
    ends = {_after(order) for order in permutations(reports)}
    ends |= {_after(order + order[::-1]) for order in permutations(reports)}
    assert len(ends) == 1
    (end,) = ends
    assert (end.state, end.sid, end.look_at) == (state, "SM1", None)


@given(
    st.lists(st.sampled_from(_reports("queued", "sent", "failed", "delivered", "undelivered")), max_size=8)
)
def test_what_is_known_depends_on_the_set_of_reports(reports):
    """Not on their number or order, and what we conclude from silence never outweighs the carrier."""
    plain = _after(reports)
    assert plain == _after(sorted(set(reports), key=lambda report: report.at))
    concluded = fail_message(commit_message(_message(), NOW), "carrier_never_accepted", NOW)
    after = _after(reports, concluded)
    if reports:
        assert (after.state, after.reason, after.sent_at) == (plain.state, plain.reason, plain.sent_at)
    assert unsure_of_message(plain) == plain or not reports


@given(st.sampled_from(["stop", "StopAll", "END", "optout", "yes", "Unstop", "HELP", "info"]), st.data())
def test_a_reserved_word_is_known_in_any_dress(word, data):
    """Any case, blanks and punctuation around and inside; with other words it is none."""
    dress = st.text(st.sampled_from(" .,!?'\"-_\n"), max_size=4)
    dressed = data.draw(dress) + word.swapcase() + data.draw(dress)
    assert keyword_of(dressed) is keyword_of(word.lower()) is not None
    assert keyword_of(f"{word} now") is None
    assert isinstance(keyword_of(word), Keyword)
