from __future__ import annotations

import io
import json
import logging
import os
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.kernel.logs import configure, log, log_context, log_failure


@pytest.fixture
def lines(monkeypatch):
    """Read back what the product's formatter writes."""
    logger = logging.getLogger("calls")
    monkeypatch.setattr(logger, "handlers", [])
    monkeypatch.setattr(logger, "propagate", True)
    monkeypatch.setattr(logging, "raiseExceptions", True)
    configure("INFO")
    stream = io.StringIO()
    logger.handlers[0].setStream(stream)
    return lambda: [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_has_its_event_fields_and_context(lines):
    """The context of the request and the line's own fields stand beside the event."""
    with log_context(call_id="call_1"), log_context(request_id="r1"):
        log("call.answered", ms=12)
    log("call.ended")
    here = {"level": "INFO", "process": os.getpid()}
    assert lines() == [
        {**here, "event": "call.answered", "call_id": "call_1", "request_id": "r1", "ms": 12},
        {**here, "event": "call.ended"},
    ]


def test_numbers_are_masked_wherever_they_stand(lines):
    """Neither fields, lists, nor the text of an exception show a number."""
    log("dial.sent", to="+14155552671", both=["+14155552671", {"from": "+442071838750"}])
    log_failure("dial.failed", ValueError("bad number +14155552671"))
    written = json.dumps(lines())
    assert "4155552671" not in written
    assert "2071838750" not in written
    assert lines()[0]["to"] == "+14…71"


def test_what_identifies_people_reaches_no_line(lines):
    """E-mail addresses, cards and accounts go from fields and traces; a line stays JSON, ids stay ids."""
    call_id = "call_0197a2b34111111111111111aaaa"
    log("x", mail="a@example.com", card="4111 1111 1111 1111", iban="DE89370400440532013000", call_id=call_id)
    log("x", card=4111111111111111)
    log_failure("x", ValueError("no mailbox ada@example.com"))
    first, second, third = lines()
    assert (first["mail"], first["card"], first["iban"]) == ("[email]", "[card]", "[account]")
    assert first["call_id"] == call_id
    assert second == {"level": "INFO", "event": "x", "fields": "masked"}
    assert "no mailbox [email]" in third["exception"]


def test_a_failure_carries_its_trace(lines):
    """The exception and where it came from are in the line."""
    try:
        _ = {}["table"]
    except KeyError as error:
        log_failure("http.failed", error, route="GET /health")
    [line] = lines()
    assert (line["level"], line["route"]) == ("ERROR", "GET /health")
    assert "KeyError: 'table'" in line["exception"]
    assert "test_a_failure_carries_its_trace" in line["exception"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.text(max_size=5),
        st.recursive(
            st.none() | st.booleans() | st.floats() | st.text(max_size=20) | st.binary(max_size=5),
            lambda inner: (
                st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
            ),
            max_leaves=5,
        ),
        max_size=4,
    )
)
def test_any_field_can_be_logged(lines, fields):
    """Whatever is logged becomes one line of JSON."""
    before = len(lines())
    log("anything", **{f"field {name}": value for name, value in fields.items()})
    assert len(lines()) == before + 1


class _Hostile:
    def __str__(self):
        raise RuntimeError("no text")


_CIRCLE: list[object] = []
_CIRCLE.append(_CIRCLE)


@pytest.mark.parametrize(
    "value",
    [_CIRCLE, object(), datetime(2026, 3, 3, tzinfo=UTC), {("a", 1): 2}, {1, 2}, _Hostile()],
    ids=["circle", "object", "instant", "tuple key", "set", "no text"],
)
def test_a_value_without_json_never_fails_the_caller(lines, value):
    """Logging something odd still writes the event."""
    log("odd", value=value)
    assert lines()[0]["event"] == "odd"


def test_a_key_that_is_no_text_takes_nothing_else_with_it(lines):
    """Only what cannot be written is left out of a line."""
    log("odd", value={("a", 1): 2}, kept=1)
    assert lines()[0]["kept"] == 1


def test_the_context_ends_with_its_request(lines):
    """An exception inside does not leave the context behind."""
    with pytest.raises(RuntimeError), log_context(call_id="call_1"):
        raise RuntimeError
    log("next")
    assert "call_id" not in lines()[0]


def test_configuring_twice_writes_once(lines):
    """A second call only changes the level."""
    configure("INFO")
    log("once")
    configure("ERROR")
    log("never")
    assert [line["event"] for line in lines()] == ["once"]


def test_encoded_numbers_and_accounts_are_masked(lines):
    """Addresses in a vendor's error carry them percent-encoded."""
    log("x", url="/2010-04-01/Accounts/AC0123456789abcdef0123456789abcdef/Calls.json?To=%2B14155550132")
    assert lines()[0]["url"] == "/2010-04-01/Accounts/AC…/Calls.json?To=%2B…32"
