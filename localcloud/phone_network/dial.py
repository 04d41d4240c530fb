"""<Dial>: another person, or a conference, joined to the caller.

Source: twilio.com/docs/voice/twiml/dial.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from localcloud.phone_network.bridge import Bridge
from localcloud.phone_network.calls import (
    Call,
    Callback,
    CallRequest,
    Direction,
    Instructions,
    RecordingRequest,
)
from localcloud.phone_network.conferences import attend
from localcloud.phone_network.destinations import country, normalised
from localcloud.phone_network.leg import Leg
from localcloud.phone_network.line import HungUpError
from localcloud.phone_network.ringing import ring, talk
from localcloud.phone_network.twiml import Verb

if TYPE_CHECKING:
    from collections.abc import Sequence

INVALID_CALLER_ID, INVALID_NUMBER, NOT_PERMITTED, UNSUPPORTED_NOUN = 13214, 13224, 13227, 13215
_RING_SECONDS, _LONGEST = 30.0, 14_400.0


async def dial(leg: Leg, verb: Verb) -> Instructions | None:
    """Connect the caller; then the action URL with the result, or the next verb without one."""
    if (conference := verb.child("Conference")) is not None:
        await attend(leg, verb, conference)
        return _after(leg, verb, {"DialCallStatus": "answered", "DialBridged": "true"})
    children = _children(leg, verb)
    result = {"DialCallStatus": "failed", "DialBridged": "false"}
    groups = [[child] for child in children] if verb.get("sequential") == "true" else [children]
    for group in groups:
        if group and not leg.line.down:
            result = await _try(leg, verb, group)
        if result["DialBridged"] == "true":
            break
    return _after(leg, verb, result)


def _children(leg: Leg, verb: Verb) -> list[tuple[Verb, Call]]:
    plain = [Verb("Number", {}, (), verb.text)] if verb.text else []
    nouns = [*plain, *verb.children]
    caller_id = verb.get("callerId") or _default_caller_id(leg)
    if not _may_show(leg, caller_id):
        return _complain(leg, INVALID_CALLER_ID, f"callerId {caller_id} is not a number of this account")
    return [(noun, _child(leg, verb, noun, caller_id)) for noun in nouns if _diallable(leg, noun)]


def _default_caller_id(leg: Leg) -> str:
    """Twilio shows the caller's number, which for an outbound call is the account's own."""
    return leg.call.from_


def _may_show(leg: Leg, caller_id: str) -> bool:
    return caller_id in {leg.call.from_, leg.call.to} or leg.exchange.numbers.get(caller_id) is not None


def _diallable(leg: Leg, noun: Verb) -> bool:
    if noun.name != "Number":
        _complain(leg, UNSUPPORTED_NOUN, f"<{noun.name}> cannot be reached on this network, use <Number>")
        return False
    number = normalised(noun.text)
    if number is None:
        _complain(leg, INVALID_NUMBER, f"{noun.text!r} is not a phone number")
        return False
    if country(number) not in leg.exchange.options.countries:
        _complain(leg, NOT_PERMITTED, f"no permission to call {number}")
        return False
    return True


def _complain(leg: Leg, code: int, message: str) -> list[tuple[Verb, Call]]:
    leg.exchange.log.record_error(code, f"Dial: {message}", leg.call.sid)
    return []


def _child(leg: Leg, verb: Verb, noun: Verb, caller_id: str) -> Call:
    request = CallRequest(
        callback=leg.callback(noun, "statusCallback"),
        timeout=verb.seconds("timeout", _RING_SECONDS),
        time_limit=verb.seconds("timeLimit", _LONGEST),
        recording=_recording(leg, verb),
    )
    to = normalised(noun.text) or noun.text
    child = leg.exchange.new_call(to, caller_id, Direction.OUTBOUND_DIAL, request)
    child.parent_sid = leg.call.sid
    leg.exchange.log.record(
        "call.created", child.sid, to=to, from_=caller_id, direction="outbound-dial", parent=leg.call.sid
    )
    return child


def _recording(leg: Leg, verb: Verb) -> RecordingRequest | None:
    if verb.get("record", "false") in {"", "false", "do-not-record"}:
        return None
    channels = 2 if verb.get("record").endswith("dual") else 1
    return RecordingRequest("DialVerb", leg.callback(verb, "recordingStatusCallback"), channels)


async def _try(leg: Leg, verb: Verb, group: Sequence[tuple[Verb, Call]]) -> dict[str, str]:
    """Ring everyone of the group; join the first who answers."""
    ringing = {
        asyncio.ensure_future(ring(leg.exchange, child, leg.exchange.callee(child.to))): (noun, child)
        for noun, child in group
    }
    try:
        winner = await leg.line.while_up(_first_answer(ringing))
    except HungUpError:
        winner = None
    for _, child in group:
        if winner is None or child is not winner[1]:
            child.line.hang_up("dial")
    await asyncio.wait(ringing)
    if winner is None:
        return {
            "DialCallStatus": group[-1][1].status.value,
            "DialCallSid": group[-1][1].sid,
            "DialBridged": "false",
        }
    return await _join(leg, verb, *winner)


async def _first_answer(
    ringing: dict[asyncio.Task[bool], tuple[Verb, Call]],
) -> tuple[Verb, Call] | None:
    for attempt in asyncio.as_completed(ringing):
        if await attempt:
            return next(pair for task, pair in ringing.items() if task.done() and task.result())
    return None


async def _join(leg: Leg, verb: Verb, noun: Verb, child: Call) -> dict[str, str]:
    bridge = Bridge(leg.line, child.line, hang_up_on_star=verb.get("hangupOnStar") == "true")
    callee = leg.exchange.callee(child.to)
    await talk(leg.exchange, child, callee, _bridged(leg, noun, child, bridge))
    result = {
        "DialCallStatus": "completed",
        "DialCallSid": child.sid,
        "DialCallDuration": str(child.duration or 0),
        "DialBridged": "true" if bridge.joined else "false",
    }
    for sid in child.recordings:
        result["RecordingUrl"] = leg.exchange.recordings[sid].media_url
    return result


async def _bridged(leg: Leg, noun: Verb, child: Call, bridge: Bridge) -> None:
    if noun.get("url"):
        whisper = Instructions(leg.resolve(noun.get("url")), noun.get("method", "POST"), purpose="whisper")
        await leg.whisper(Leg(leg.exchange, child, whisper=leg.whisper), whisper)
    if not child.line.down:
        leg.exchange.log.record("call.bridged", leg.call.sid, with_call=child.sid)
        await bridge.hold()


def _after(leg: Leg, verb: Verb, result: dict[str, str]) -> Instructions | None:
    if leg.line.down:
        if verb.get("action"):
            callback = Callback(leg.resolve(verb.get("action")), verb.get("method", "POST"))
            params = leg.call.parameters() | {"CallStatus": "completed"} | result
            leg.exchange.progress.send(leg.call.sid, "dial", callback, params)
        raise HungUpError
    return leg.action(verb, result, "dial") if verb.get("action") else None
