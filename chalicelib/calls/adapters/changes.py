"""What is watched in the calls table: heads of calls, numbers, call templates and lines.

Turns and briefs are not: they are the bulk, and what is said is nobody else's.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from chalicelib.calls.adapters import events
from chalicelib.calls.adapters.message_changes import WATCHES as MESSAGE_WATCHES
from chalicelib.calls.adapters.recording_changes import WATCHES as RECORDING_WATCHES
from chalicelib.calls.domain.calls import Direction
from chalicelib.calls.domain.happenings import Happening
from chalicelib.calls.domain.permission import Verdict
from chalicelib.calls.domain.states import CallState
from chalicelib.kernel.changes import Action, Shown, Watch, pk_id, sk_id
from chalicelib.kernel.ids import derived_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from chalicelib.kernel.catalogue import EventType
    from chalicelib.kernel.changes import Image, Told

# What is there when a call is accepted; all that follows is told by events and by the call itself.
_CALL = {
    "direction": Shown.PLAIN,
    "state": Shown.PLAIN,
    "number": Shown.PHONE,
    "line": Shown.PHONE,
    "contact_id": Shown.PLAIN,
    "template_id": Shown.PLAIN,
    "due_at": Shown.PLAIN,
    "priority": Shown.PLAIN,
    "requested_by": Shown.PLAIN,
}
# Why a number was released is what the log is kept for; why it was suppressed can be read from the list.
_NUMBER = {
    "number": Shown.PHONE,
    "source": Shown.PLAIN,
    "suppressed_at": Shown.PLAIN,
    "reason": Shown.LENGTH,
    "deleted_at": Shown.PLAIN,
    "release_reason": Shown.PLAIN,
}
_HOLD = {"number": Shown.PHONE, "until": Shown.PLAIN, "reason": Shown.LENGTH, "deleted_at": Shown.PLAIN}
_TEMPLATE = {
    "name": Shown.PLAIN,
    "greeting": Shown.LENGTH,
    "prompt_id": Shown.PLAIN,
    "transport": Shown.PLAIN,
    "language": Shown.PLAIN,
    "voice": Shown.PLAIN,
    "tools": Shown.PLAIN,
    "on_failure": Shown.PLAIN,
    "transfer_to": Shown.PHONE,
    "max_duration_s": Shown.PLAIN,
    **dict.fromkeys(("disclosure", "voicemail_message", "screening_answer"), Shown.LENGTH),
    **dict.fromkeys(("languages", "filler_after_ms", "transfer_mode", "when_nobody"), Shown.PLAIN),
    **dict.fromkeys(("on_machine", "record", "announce", "max_spend", "deleted_at"), Shown.PLAIN),
}
_LINE = {
    "template_id": Shown.PLAIN,
    "hours": Shown.PLAIN,
    "after_hours": Shown.PLAIN,
    "after_hours_text": Shown.LENGTH,
    "after_hours_template_id": Shown.PLAIN,
    "region": Shown.PLAIN,
}


def _read_call(image: Mapping[str, Any]) -> Image:
    """Give a call's fields; the stored `due_at` is when somebody must look at it, not when it is due."""
    return {
        **{name: image.get(name) for name in _CALL},
        **{name: image[name] for name in events.CallFinishedEventData.model_fields if name in image},
        "call_id": pk_id(image),
        "due_at": image["wanted_at"],
        "cost_microdollars": image.get("cost"),
        "requested_by": image.get("requested_by", ""),
        "decision": json.loads(image.get("decision", "null")),
        "events": json.loads(image.get("events", "[]")),
    }


def _read_number(image: Mapping[str, Any]) -> Image:
    """Give the suppression, or that it was taken back; a number in a call is nothing that anybody set."""
    if at := image.get("suppressed_at"):
        source, reason = image.get("suppression_source"), image.get("suppression_reason") or None
        return {"number": pk_id(image), "suppressed_at": at, "source": source, "reason": reason}
    if at := image.get("released_at"):
        return {"number": pk_id(image), "deleted_at": at, "release_reason": image.get("release_reason")}
    return {}


def _read_hold(image: Mapping[str, Any]) -> Image:
    """Give the hold of a number, or that it was released."""
    return {"number": sk_id(image), **{name: image[name] for name in _HOLD if name in image}}


def _read_template(image: Mapping[str, Any]) -> Image:
    template = dict(json.loads(image["template"]))
    return template | ({"deleted_at": image["deleted_at"]} if "deleted_at" in image else {})


def _read_line(image: Mapping[str, Any]) -> Image:
    return {"line": pk_id(image), **{name: image[name] for name in _LINE if name in image}}


def _is_requested(old: Image, new: Image) -> bool:
    return not old and Direction(new["direction"]) is Direction.OUTBOUND


def _is_rescheduled(old: Image, new: Image) -> bool:
    stays = {name: old.get(name) == new[name] for name in ("state", "decision", "due_at")}
    is_moved = stays == {"state": True, "decision": True, "due_at": False}
    return is_moved and CallState(new["state"]) is CallState.QUEUED


def _reaches(state: CallState) -> Callable[[Image, Image], bool]:
    return lambda old, new: new["state"] == state and old.get("state") != state


def _first_has(name: str) -> Callable[[Image, Image], bool]:
    return lambda old, new: new.get(name) is not None and old.get(name) is None


def _is_transfer_lost(old: Image, new: Image) -> bool:
    return _transfers_lost(old) < _transfers_lost(new)


def _transfers_lost(call: Image) -> int:
    return sum(kind == Happening.TRANSFER_FAILED for _, _, kind, *_ in call.get("events", ()))


# In the order in which they are told when one write makes several true.
_RULES: tuple[tuple[EventType, Callable[[Image, Image], bool]], ...] = (
    (events.CALL_REQUESTED, _is_requested),
    (events.CALL_RESCHEDULED, _is_rescheduled),
    (events.CALL_DIALING, _reaches(CallState.DIALING)),
    (events.CALL_UNKNOWN, _reaches(CallState.UNKNOWN)),
    (events.CALL_RINGING, _reaches(CallState.RINGING)),
    (events.CALL_ANSWERED, _first_has("answered_at")),
    (events.CALL_TRANSFER_FAILED, _is_transfer_lost),
    (events.CALL_ENDED, _reaches(CallState.ENDED)),
    (events.CALL_FINISHED, _first_has("finished_at")),
)


def _tell_call(old: Image | None, new: Image | None) -> Iterable[Told]:
    if new is None:
        return
    before = old or {}
    if objection := _objection(before, new):
        yield events.CALL_NOT_DIALED.told({**new, **objection})
    for kind, happened in _RULES:
        if happened(before, new):
            yield kind.told(new)


def _objection(old: Image, new: Image) -> Image | None:
    """Say why a due call was not dialed, if this change is that."""
    decision = new["decision"]
    if decision and decision != old.get("decision") and decision["verdict"] != Verdict.ALLOW:
        return dict(decision)
    if old.get("state") == CallState.DIALING and new["state"] == CallState.QUEUED:
        said = "The call was taken back before the carrier accepted it."
        return {
            "verdict": Verdict.NOT_YET,
            "reason": "taken_back",
            "explanation": said,
            "not_before": new["due_at"],
        }
    return None


def _tell_number(old: Image | None, new: Image | None) -> Iterable[Told]:
    was, is_now = ("suppressed_at" in (image or {}) for image in (old, new))
    if new and is_now and not was:
        yield events.NUMBER_SUPPRESSED.told(new)
    elif new and was and "deleted_at" in new:
        yield events.NUMBER_RELEASED.told({**new, "released_at": new["deleted_at"]})


def _tell_template(old: Image | None, new: Image | None) -> Iterable[Told]:
    if new is None:
        return
    told = {**new, "template_id": new["id"]}
    if not old:
        yield events.TEMPLATE_CREATED.told(told)
    elif "deleted_at" in new:
        yield events.TEMPLATE_DELETED.told(told)
    elif new != old:
        yield events.TEMPLATE_UPDATED.told(told)


def _tell_line(old: Image | None, new: Image | None) -> Iterable[Told]:
    if new and (old or {}).get("template_id") != new["template_id"]:
        yield events.LINE_ROUTED.told(new)


def _private_id(
    kind: str, given: Callable[[Mapping[str, Any]], str] = pk_id
) -> Callable[[Mapping[str, Any]], str]:
    return lambda image: derived_id(kind, given(image))


WATCHES = (
    *MESSAGE_WATCHES,
    *RECORDING_WATCHES,
    Watch(
        "call",
        "call",
        pk_id,
        _CALL,
        silent=frozenset({"call_id", "decision", "events"}),
        audited=frozenset({Action.CREATED}),
        read=_read_call,
        tell=_tell_call,
    ),
    Watch(
        "number",
        "number",
        pk_id,
        _NUMBER,
        object_id=_private_id("number"),
        read=_read_number,
        tell=_tell_number,
    ),
    Watch(
        "number_hold", "number_hold", sk_id, _HOLD, object_id=_private_id("number", sk_id), read=_read_hold
    ),
    Watch(
        "template",
        "call_template",
        sk_id,
        _TEMPLATE,
        silent=frozenset({"id"}),
        read=_read_template,
        tell=_tell_template,
    ),
    Watch(
        "line",
        "line",
        pk_id,
        _LINE,
        silent=frozenset({"line"}),
        object_id=_private_id("line"),
        read=_read_line,
        tell=_tell_line,
    ),
)
