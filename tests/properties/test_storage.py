"""Whatever a call, a turn, a brief or a template contains is stored and read back unchanged."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from fakes.calls import DESK, LINE, NUMBER
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.ai.domain.analysis import Analysis, AnalysisState, Sentiment, Usage
from chalicelib.ai.domain.conversation import OnFailure
from chalicelib.ai.domain.findings import ActionItem, Findings, Learnt, PromisedCallback
from chalicelib.calls.adapters.repository import codec, template_codec
from chalicelib.calls.adapters.tables import AftermathItem, CallItem, TemplateItem, TurnItem
from chalicelib.calls.domain.calls import Call, CallEvent, Direction
from chalicelib.calls.domain.costs import CostLine
from chalicelib.calls.domain.files import Aftermath
from chalicelib.calls.domain.outcomes import Outcome
from chalicelib.calls.domain.permission import Decision, Verdict
from chalicelib.calls.domain.states import CallState
from chalicelib.calls.domain.templates import CallTemplate, Transport
from chalicelib.calls.domain.turns import Turn, TurnEnd, TurnKind

instants = st.datetimes(datetime(1970, 1, 1), datetime(9999, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001
    lambda instant: instant - timedelta(microseconds=instant.microsecond % 1000)
)
words = st.text(max_size=20)
counts = st.integers(0, 10**12)
ids = st.text("abc_0123", min_size=1, max_size=10)
numbers = st.sampled_from([NUMBER, LINE, DESK])
usages = st.builds(Usage, counts, counts, counts)
decisions = st.builds(
    Decision, st.sampled_from(Verdict), words, words, decided_at=instants, not_before=st.none() | instants
)
calls = st.builds(
    Call,
    id=ids,
    direction=st.sampled_from(Direction),
    state=st.sampled_from(CallState),
    number=numbers,
    line=numbers,
    contact_id=ids,
    template_id=ids,
    created_at=instants,
    due_at=instants,
    not_after=st.none() | instants,
    priority=counts,
    requested_by=words,
    appointment=st.dictionaries(words, words, max_size=2),
    decision=st.none() | decisions,
    dialed_at=st.none() | instants,
    sid=words,
    answered_at=st.none() | instants,
    ended_at=st.none() | instants,
    carrier_status=words,
    duration_s=st.none() | counts,
    reason=words,
    outcome=st.none() | st.sampled_from(Outcome),
    finished_at=st.none() | instants,
    cost=st.none() | counts,
    look_at=st.none() | instants,
    events=st.lists(st.builds(CallEvent, words, words, words, words), max_size=3).map(tuple),
    version=counts,
)
open_turns = st.builds(
    Turn,
    number=st.integers(0, 9999),
    kind=st.sampled_from(TurnKind),
    received_at=instants,
    said=words,
    language=words,
    answer=st.none() | words,
    end=st.none() | st.sampled_from(TurnEnd),
)
templates = st.builds(
    CallTemplate,
    id=ids,
    name=words,
    greeting=words,
    prompt_id=ids,
    created_at=instants,
    transport=st.sampled_from(Transport),
    language=words,
    voice=words,
    tools=st.lists(words, max_size=3).map(tuple),
    on_failure=st.sampled_from(OnFailure),
    transfer_to=st.none() | numbers,
    max_duration_s=counts,
    version=counts,
)
analyses = st.builds(
    Analysis,
    summary=words,
    sentiment=st.sampled_from(Sentiment),
    intents=st.lists(words, max_size=3).map(tuple),
    action_items=st.lists(st.builds(ActionItem, words, words, st.none() | words), max_size=3).map(tuple),
    source=words,
    usage=usages,
    findings=st.builds(
        Findings,
        outcome=words,
        goal_reached=st.none() | st.booleans(),
        confidence=st.none() | st.floats(0, 1),
        callback=st.none() | st.builds(PromisedCallback, words, words, st.none() | counts),
        facts=st.lists(st.builds(Learnt, words, words, words, st.none() | counts), max_size=3).map(tuple),
    ),
    state=st.sampled_from(AnalysisState),
    error=words,
)
aftermaths = st.builds(
    Aftermath,
    analysis=st.none() | analyses,
    costs=st.lists(st.builds(CostLine, words, counts, words, counts), max_size=3).map(tuple),
)


def _stored(kind, item):
    """Give the item as it comes back from the table's own form."""
    return kind.from_raw_data(item.serialize())


@given(calls)
def test_a_call(call):
    """Every field of a call's head."""
    assert codec.call_of(_stored(CallItem, codec.call_item(call))) == call


@given(calls)
def test_only_a_call_to_look_at_is_in_the_index(call):
    """The index has both of its keys or none."""
    stored = codec.call_item(call).serialize()
    assert ("due_shard" in stored, "due_at" in stored) == (call.look_at is not None,) * 2


@given(open_turns)
def test_a_turn(turn):
    """Every field that a turn is opened with."""
    assert codec.turn_of(_stored(TurnItem, codec.turn_item("call_1", turn))) == turn


@given(templates)
def test_a_template(template):
    """Every field of a kind of call."""
    assert (
        template_codec.template_of(_stored(TemplateItem, template_codec.template_item(template))) == template
    )


@given(aftermaths)
def test_an_aftermath(aftermath):
    """Every field of what was found out."""
    assert codec.aftermath_of(_stored(AftermathItem, codec.aftermath_item("call_1", aftermath))) == aftermath


@given(st.lists(st.integers(0, 9999)))
def test_turns_sort_by_their_keys(chosen):
    """The table's order of turns is that of their numbers."""
    assert sorted(chosen) == sorted(chosen, key=codec.turn_key)


def test_what_says_nothing_is_not_stored():
    """A plain analysis leaves room in its kilobyte; a no is an answer, and stays."""
    analysis = Analysis(
        summary="Ada wants a demo.",
        sentiment=Sentiment.POSITIVE,
        intents=(),
        action_items=(ActionItem("Send it", "agent"),),
        source="m",
        findings=Findings(goal_reached=False),
    )
    row = codec.aftermath_item("call_1", Aftermath(analysis, ())).serialize()
    assert json.loads(row["analysis"]["S"]) == {
        "summary": "Ada wants a demo.",
        "sentiment": "positive",
        "intents": [],
        "action_items": [{"text": "Send it", "owner": "agent"}],
        "source": "m",
        "usage": {"prompt_tokens": 0, "cached_tokens": 0, "completion_tokens": 0},
        "findings": {"goal_reached": False},
        "state": "done",
    }
    assert ", " not in row["analysis"]["S"]
