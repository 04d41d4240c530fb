from __future__ import annotations

import json

import jsonschema
import pytest
from pydantic import BaseModel

pytestmark = pytest.mark.enable_socket
OUTCOMES = [
    "completed", "appointment_booked", "callback_requested", "transferred",
    "not_interested", "do_not_call", "wrong_number", "voicemail", "no_answer",
]  # fmt: skip
ITEM = {
    "type": "object",
    "properties": {
        "text": {"type": "string"},
        "owner": {"type": "string", "enum": ["agent", "person", "system"]},
        "due": {"anyOf": [{"type": "string"}, {"type": "null"}]},
    },
    "required": ["text", "owner", "due"],
    "additionalProperties": False,
}
ANALYSIS = {
    "type": "object",
    "properties": {
        "summary": {"type": "string"},
        "sentiment": {"type": "string", "enum": ["negative", "neutral", "positive"]},
        "intents": {"type": "array", "items": {"type": "string"}},
        "outcome": {"type": "string", "enum": OUTCOMES},
        "action_items": {"type": "array", "items": {"$ref": "#/$defs/Item"}},
    },
    "required": ["summary", "sentiment", "intents", "outcome", "action_items"],
    "additionalProperties": False,
    "$defs": {"Item": ITEM},
}
BOOKING = """Agent: Hello Maria, do you have a minute?
Caller: Yes. How much is a check-up?
Agent: 95 dollars. Shall we call you back?
Caller: Yes please, call me back tomorrow at 3 pm, thank you"""


class Field(BaseModel):
    """A template-defined field."""

    name: str
    value: str | None
    turn: int


class CallAnalysis(BaseModel):
    """A made-up analysis."""

    summary: str
    wants_callback: bool
    confidence: float
    email: str | None
    fields: list[Field]


async def analyse(client, transcript, schema=ANALYSIS, name="call_analysis", *, strict=True):
    """Return the analysis of a transcript, checked against its schema."""
    answer = await client.chat.completions.create(
        model="m",
        messages=[
            {"role": "system", "content": "Analyse the call. Contact name: Maria Lopez."},
            {"role": "user", "content": transcript},
        ],
        response_format={
            "type": "json_schema",
            "json_schema": {"name": name, "strict": strict, "schema": schema},
        },
    )
    value = json.loads(answer.choices[0].message.content)
    jsonschema.validate(value, schema, format_checker=jsonschema.FormatChecker())
    return value


async def test_analysis_tells_what_was_agreed(client):
    """The summary names person and agreement in two sentences, and the call-back is an action item."""
    value = await analyse(client, BOOKING)
    assert value["summary"] == (
        "Maria Lopez and Ava spoke about a call-back and prices. A call-back was agreed for tomorrow at 3 pm."
    )
    assert (value["sentiment"], value["outcome"]) == ("positive", "callback_requested")
    assert value["intents"] == ["schedule_callback", "ask_price"]
    assert value["action_items"] == [
        {"text": "Call Maria Lopez back", "owner": "agent", "due": "tomorrow at 3 pm"}
    ]


@pytest.mark.parametrize(
    ("said", "outcome", "sentiment"),
    [
        ("Stop calling me, this is annoying", "do_not_call", "negative"),
        ("Please don't call me again", "do_not_call", "neutral"),
        ("You have the wrong number", "wrong_number", "neutral"),
        ("Can I talk to a person please", "transferred", "positive"),
        ("I'm not interested", "not_interested", "negative"),
        ("Please leave a message after the tone", "voicemail", "positive"),
        ("Are you open on Saturday?", "completed", "neutral"),
    ],
)
async def test_outcome_and_sentiment_follow_the_person(client, said, outcome, sentiment):
    """The person's words decide the outcome among the schema's, and the mood."""
    value = await analyse(client, f"Agent: Hello, are you interested?\nCaller: {said}")
    assert value["outcome"] == outcome
    assert (value["sentiment"] == "negative") == (sentiment == "negative")


async def test_nobody_spoke(client):
    """A call in which only the agent spoke has no outcome but no_answer and nothing to do."""
    value = await analyse(client, "Contact: Maria Lopez\nTranscript:\nAgent: Hello?\nAgent: Are you there?")
    assert (value["outcome"], value["intents"], value["action_items"]) == ("no_answer", [], [])
    assert "Nothing was said" in value["summary"]


@pytest.mark.parametrize(
    "transcript",
    [
        "[0001] agent: Hi\n[0002] person: stop calling me",
        "Transcript:\n- **Agent**: Hi\n- **Customer**: stop calling me",
        'Here: [{"role": "assistant", "content": "Hi"}, {"role": "user", "content": "stop calling me"}]',
        '{"turns": [{"speaker": "agent", "text": "Hi"}, {"speaker": "person", "text": "stop calling me"}]}',
        "2. caller> stop calling me",
    ],
)
async def test_transcripts_are_read_in_several_forms(client, transcript):
    """Labelled lines, lists and JSON turns are all understood."""
    assert (await analyse(client, transcript))["outcome"] == "do_not_call"


async def test_transcript_may_be_the_dialogue_itself(client):
    """Without a written transcript the messages of the conversation are analysed."""
    answer = await client.chat.completions.create(
        model="m",
        messages=[
            {"role": "system", "content": "Answer in JSON."},
            {"role": "assistant", "content": "Hi, do you have a minute?"},
            {"role": "user", "content": "Not interested"},
        ],
        response_format={"type": "json_object"},
    )
    assert json.loads(answer.choices[0].message.content)["outcome"] == "not_interested"


TREE = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "children": {"type": "array", "minItems": 1, "items": {"$ref": "#"}},
    },
    "required": ["name"],
}


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object"},
        {
            "type": "object",
            "properties": {"anything": {}, "nothing": {"type": "null"}, "fixed": {"const": 4}},
        },
        {
            "type": "object",
            "properties": {"n": {"type": "integer", "minimum": 3, "maximum": 5}},
            "required": ["n"],
        },
        {
            "type": "object",
            "properties": {"n": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}},
        },
        {"type": "object", "properties": {"n": {"type": "integer", "multipleOf": 5, "exclusiveMinimum": 11}}},
        {"type": "object", "properties": {"s": {"type": "string", "minLength": 30, "maxLength": 32}}},
        {"type": "object", "properties": {"s": {"type": "string", "pattern": "^\\+[0-9]+$"}}},
        {"type": "object", "properties": {"due": {"type": "string", "format": "date-time"}}},
        {"type": "object", "properties": {"due": {"type": "string", "format": "date"}}},
        {"type": "object", "properties": {"due": {"type": ["string", "null"], "format": "date"}}},
        {"type": "object", "properties": {"email": {"type": "string", "format": "email"}}},
        {"type": "object", "properties": {"ok": {"type": "boolean"}, "wants_callback": {"type": "boolean"}}},
        {
            "type": "object",
            "properties": {"tags": {"type": "array", "minItems": 2, "items": {"type": "integer"}}},
        },
        {
            "type": "object",
            "properties": {"intents": {"type": "array", "maxItems": 1, "items": {"type": "string"}}},
        },
        {
            "type": "object",
            "properties": {"intents": {"type": "array", "items": {"enum": ["price", "other"]}}},
        },
        {"type": "object", "properties": {"topics": {"type": "array", "items": {"type": "string"}}}},
        {"type": "object", "properties": {"x": {"oneOf": [{"type": "integer"}, {"type": "string"}]}}},
        {"type": "object", "properties": {"x": {"enum": [None, 1, "a"]}}},
        {"type": "object", "allOf": [{"properties": {"a": {"type": "integer"}}}, {"required": ["a"]}]},
        TREE,
    ],
)
async def test_any_schema_gets_a_valid_value(client, schema):
    """Values fit the schema whatever it asks for."""
    await analyse(client, BOOKING, schema, "other", strict=False)


@pytest.mark.parametrize(
    "schema",
    [
        {"allOf": [{"$ref": "#"}, {"$ref": "#"}]},
        {"$ref": "#"},
        {"$ref": "#/nowhere"},
        {"type": "object", "properties": {"a": {"$ref": "#"}}, "required": ["a"]},
        {"type": "object", "properties": 5, "required": 7},
        {"type": ["object", 3]},
        {"type": "object", "properties": {"a": {"type": "number", "minimum": "x", "multipleOf": 0}}},
        {"type": "object", "properties": {"a": {"type": "string", "pattern": "(", "format": ["x"]}}},
        {"type": "object", "properties": {"a": {"enum": [], "anyOf": 4, "allOf": 3}}},
        {"type": "object", "properties": {"a": {"type": "array", "minItems": 1e9, "items": 3}}},
        {"type": "object", "properties": {"a": {"type": {"b": 1}}}},
    ],
)
async def test_hostile_schemas_never_break_the_server(http, schema):
    """Endless or senseless schemas are answered with JSON or refused with 400."""
    wanted = {"type": "json_schema", "json_schema": {"name": "x", "schema": schema}}
    body = {"model": "m", "messages": [{"role": "user", "content": BOOKING}], "response_format": wanted}
    answer = await http.post("/v1/chat/completions", json=body, headers={"Authorization": "Bearer any"})
    found = await answer.json()
    if answer.status == 200:
        json.loads(found["choices"][0]["message"]["content"])
    else:
        assert (answer.status, found["error"]["param"]) == (400, "response_format")


async def test_schema_that_doubles_at_every_level_is_refused(http):
    """A small schema whose value would be huge is refused with 400 instead of being built."""
    levels = {f"l{n}": {"allOf": [{"$ref": f"#/$defs/l{n + 1}"}] * 2} for n in range(18)} | {"l18": {}}
    schema = {"type": "object", "properties": {"a": {"$ref": "#/$defs/l0"}}, "$defs": levels}
    wanted = {"type": "json_schema", "json_schema": {"name": "x", "schema": schema}}
    body = {"model": "m", "messages": [{"role": "user", "content": BOOKING}], "response_format": wanted}
    answer = await http.post("/v1/chat/completions", json=body, headers={"Authorization": "Bearer any"})
    assert answer.status == 400


async def test_parse_gives_a_typed_value(client):
    """The client's `parse` turns the answer into the caller's own model."""
    answer = await client.chat.completions.parse(
        model="m", messages=[{"role": "user", "content": BOOKING}], response_format=CallAnalysis
    )
    parsed = answer.choices[0].message.parsed
    assert parsed.wants_callback is True
    assert parsed.email is None
    assert 0 < parsed.confidence <= 1
