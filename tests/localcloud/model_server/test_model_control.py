from __future__ import annotations

import time

import openai
import pytest

from localcloud.model_server import ModelServer, Options, Timing

pytestmark = pytest.mark.enable_socket
HELLO = [
    {"role": "system", "content": "You are speaking with Maria Lopez."},
    {"role": "user", "content": "Hello?"},
]


async def say(client, text="Hello?", **extra):
    """Return the answer to one utterance."""
    messages = [HELLO[0], {"role": "user", "content": text}]
    return await client.chat.completions.create(model="m", messages=messages, **extra)


async def script(http, *rules):
    """Put inline rules in force."""
    answer = await http.put("/control/script", json=list(rules))
    assert answer.status == 200, await answer.text()


async def test_health(http):
    """The health route answers without a key."""
    answer = await http.get("/control/health")
    assert (answer.status, await answer.json()) == (200, {"status": "ok"})


async def test_inline_rule_wins_and_reset_removes_it(client, http):
    """Inline rules are tried before the shipped ones until a reset."""
    await script(http, {"name": "mine", "when": {"user": "hello"}, "say": "Good day, {contact_name|first}."})
    assert (await say(client)).choices[0].message.content == "Good day, Maria."
    await http.post("/control/reset")
    assert (await say(client)).choices[0].message.content.startswith("Hello Maria, this is Ava")


async def test_rule_uses_what_it_captured(client, http):
    """Named and numbered groups, and named patterns, fill the answer and tool arguments."""
    tool = {"type": "function", "function": {"name": "order"}}
    rule = {
        "when": {"user": {"regex": r"(\d+) (?P<dish>\w+) %{when}"}},
        "say": "One moment.",
        "call": [
            {
                "tool": "order",
                "arguments": {"count": "{1}", "dish": "{dish|title}", "when": "{when}", "fixed": 7},
            }
        ],
    }
    await script(http, rule)
    message = (await say(client, "2 pizzas tomorrow", tools=[tool])).choices[0].message
    assert message.content == "One moment."
    expected = '{"count": "2", "dish": "Pizzas", "when": "tomorrow", "fixed": 7}'
    assert message.tool_calls[0].function.arguments == expected


async def test_rule_can_depend_on_turns_system_assistant_and_tools(client, http):
    """Every condition must hold: a rule whose turn, words or tools differ is passed over."""
    await script(
        http,
        {"when": {"turns": 1}, "say": "wrong turn"},
        {"when": {"turns": {"min": 1, "max": 3}}, "say": "wrong turns"},
        {"when": {"system": "Bob"}, "say": "wrong system"},
        {"when": {"assistant": "weather"}, "say": "wrong assistant"},
        {"when": {"tools": ["fly"]}, "say": "wrong tools"},
        {"when": {"after_tool": "*"}, "say": "wrong moment"},
        {"when": {"schema": "*"}, "say": "{}"},
        {
            "when": {"turns": 0, "system": {"regex": "maria (lopez|gomez)"}, "user": ["bye", "hello"]},
            "say": "right",
        },
    )
    assert (await say(client)).choices[0].message.content == "right"


async def test_rule_for_a_schema_answers_json(client, http):
    """A rule with `schema` and `json` answers requests for that schema only."""
    await script(http, {"when": {"schema": "verdict"}, "json": {"who": "{contact_name}", "n": 3}})
    wanted = {"type": "json_schema", "json_schema": {"name": "verdict", "schema": {"type": "object"}}}
    assert (await say(client, response_format=wanted)).choices[
        0
    ].message.content == '{"who": "Maria Lopez", "n": 3}'
    assert "Ava" in (await say(client)).choices[0].message.content


async def test_rule_can_fail_and_set_its_pace(client, http):
    """A rule may answer with a fault, or at a pace of its own."""
    await script(
        http,
        {"when": {"user": "crash"}, "fault": {"kind": "error_500"}},
        {"when": {"user": "slow"}, "say": "Here.", "timing": {"first_token_ms": 120}},
    )
    with pytest.raises(openai.InternalServerError):
        await say(client, "crash")
    started = time.monotonic()
    await say(client, "slow")
    assert time.monotonic() - started >= 0.12


async def test_timing_holds_for_the_next_requests_only(client, http):
    """A pace with `times` is used up; the pace before it comes back."""
    answer = await http.put("/control/timing", json={"first_token_ms": 150, "times": 1})
    assert (await answer.json())["next"]["times"] == 1
    started = time.monotonic()
    await say(client)
    first = time.monotonic() - started
    assert first >= 0.15
    await say(client)
    view = await (await http.get("/control/timing")).json()
    assert view == {"first_token_ms": 0, "tokens_per_second": 0, "next": None}
    timings = [
        entry["timings"]["total_ms"]
        for entry in (await (await http.get("/control/requests")).json())["requests"]
    ]
    assert timings[0] >= 150 > timings[1]


async def test_pace_spreads_tokens():
    """Tokens come at the configured rate after the first."""
    async with (
        ModelServer(Options(timing=Timing(first_token_ms=20, tokens_per_second=100))) as server,
        openai.AsyncOpenAI(base_url=server.model_url, api_key="any") as client,
    ):
        started = time.monotonic()
        stream = await say(client, stream=True, max_tokens=6)
        arrived = [time.monotonic() - started async for chunk in stream if chunk.choices[0].delta.content]
        assert arrived[0] >= 0.02
        assert arrived[-1] >= 0.02 + 0.045  # counted from the question: a reader who comes late sees no gaps


async def test_requests_are_recorded_without_the_key(client, http):
    """A record shows messages, tool names, rule, reply and finish, can be read on from, and holds no key."""
    tool = {"type": "function", "function": {"name": "add_note"}}
    await say(client, "I prefer mornings", tools=[tool])
    await say(client, "bye")
    answer = await http.get("/control/requests")
    record = await answer.json()
    first, second = record["requests"]
    assert first["tools"] == ["add_note"]
    assert first["messages"][1] == {"role": "user", "content": "I prefer mornings"}
    assert first["reply"]["tool_calls"][0]["arguments"] == '{"text": "Prefers mornings"}'
    assert (first["finish"], second["rule"]) == ("tool_calls", "goodbye_without_tool")
    assert "any" not in [value for entry in record["requests"] for value in entry.values()]
    later = await (await http.get("/control/requests", params={"since": first["seq"]})).json()
    assert [entry["seq"] for entry in later["requests"]] == [second["seq"]] == [record["last"]]


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("timing", [], ""),
        ("timing", {"first_token_ms": -1}, "first_token_ms"),
        ("timing", {"tokens_per_second": "fast"}, "tokens_per_second"),
        ("timing", {"first_token_ms": float("nan")}, "first_token_ms"),
        ("timing", {"times": 1.5}, "times"),
        ("timing", {"speed": 1}, "speed"),
        ("faults", {}, "faults"),
        ("faults", [{"kind": "fire"}], "faults[0].kind"),
        ("faults", [{"kind": ["stall"]}], "faults[0].kind"),
        ("faults", [{"kind": "stall", "times": 0}], "faults[0].times"),
        ("faults", [{"kind": "stall", "when": {"contact": "x"}}], "faults[0].when.contact"),
        ("faults", [{"kind": "stall", "when": {"user": {"regex": "("}}}], "faults[0].when.user"),
        ("script", 5, ""),
        ("script", [{"say": 5}], "rules[0].say"),
        ("script", [{"when": {}}], "rules[0]"),
        ("script", [{"say": "x", "when": {"user": []}}], "rules[0].when.user"),
        ("script", [{"say": "x", "when": {"turns": "two"}}], "rules[0].when.turns"),
        ("script", [{"say": "x", "when": {"user": {"regex": "%{nothing}"}}}], "rules[0].when.user"),
        ("script", [{"say": "Hi {nobody}"}], "rules[0]"),
        ("script", [{"say": "Hi {contact_name|shout}"}], "rules[0]"),
        ("script", [{"call": [{"arguments": {}}]}], "rules[0].call[0].tool"),
        ("script", {"rules": [], "variables": {"x": {"patterns": ["no group"]}}}, "variables.x"),
    ],
)
async def test_bad_control_input_names_field_and_remedy(http, path, body, field):
    """Control input that cannot be used gets 400 with the field, the problem and a remedy."""
    answer = await http.put(f"/control/{path}", json=body)
    error = (await answer.json())["error"]
    assert (answer.status, error["field"]) == (400, field)
    assert error["problem"]
    assert error["remedy"]


async def test_bad_control_requests_are_refused_kindly(http):
    """Broken JSON, a bad `since` and unknown routes have the same error shape."""
    broken = await http.put("/control/timing", data=b"{")
    since = await http.get("/control/requests", params={"since": "-1"})
    missing = await http.get("/control/nothing")
    wrong = await http.get("/control/faults")
    assert [answer.status for answer in (broken, since, missing, wrong)] == [400, 400, 404, 405]
    for answer in (broken, since, missing, wrong):
        assert (await answer.json())["error"]["remedy"]


async def test_rejected_script_leaves_the_old_one(client, http):
    """A script with one bad rule changes nothing."""
    await script(http, {"say": "kept"})
    answer = await http.put("/control/script", json=[{"say": "new"}, {"say": ""}])
    assert answer.status == 400
    assert (await say(client)).choices[0].message.content == "kept"
