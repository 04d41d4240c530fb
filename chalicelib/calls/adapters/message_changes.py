"""What is watched of text messages and their templates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib.calls.adapters import message_events as events
from chalicelib.calls.domain.messages import MessageState
from chalicelib.kernel.changes import Action, Shown, Watch, sk_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from chalicelib.kernel.changes import Image, Told

# What is there when a message is accepted or arrives; all that follows is told by events.
_MESSAGE = {
    "contact_id": Shown.PLAIN,
    "number": Shown.PHONE,
    "line": Shown.PHONE,
    "direction": Shown.PLAIN,
    "body": Shown.LENGTH,
    "state": Shown.PLAIN,
    "reason": Shown.PLAIN,
    "call_id": Shown.PLAIN,
    "template_id": Shown.PLAIN,
    "requested_by": Shown.PLAIN,
}
_TEMPLATE = {"name": Shown.PLAIN, "text": Shown.LENGTH}
_TOLD = {
    MessageState.RECEIVED: events.MESSAGE_RECEIVED,
    MessageState.DELIVERED: events.MESSAGE_DELIVERED,
    MessageState.UNDELIVERED: events.MESSAGE_FAILED,
    MessageState.FAILED: events.MESSAGE_FAILED,
}
_SILENT = frozenset({"message_id", "sent_at", "ended_at", "segments"})


def _message_id(image: Mapping[str, Any]) -> str:
    return str(image["id"])


def _read_message(image: Mapping[str, Any]) -> Image:
    told = (name for name in events.MessageEventData.model_fields if name in image)
    return {
        **{name: image.get(name) for name in _MESSAGE},
        **{name: image[name] for name in told},
        "message_id": image["id"],
    }


def _tell_message(old: Image | None, new: Image | None) -> Iterable[Told]:
    state = MessageState(new["state"]) if new else None
    if new and state in _TOLD and state != (old or {}).get("state"):
        yield _TOLD[state].told({name: value for name, value in new.items() if value is not None})


def _read_template(image: Mapping[str, Any]) -> Image:
    return {name: image[name] for name in ("name", "text", "version")} | {"template_id": sk_id(image)}


def _tell_template(old: Image | None, new: Image | None) -> Iterable[Told]:
    if new and not old:
        yield events.MESSAGE_TEMPLATE_CREATED.told(new)
    elif new and old and new["version"] != old["version"]:
        yield events.MESSAGE_TEMPLATE_CHANGED.told(new)
    elif old and not new:
        yield events.MESSAGE_TEMPLATE_DELETED.told(old)


WATCHES = (
    Watch(
        "message",
        "message",
        _message_id,
        _MESSAGE,
        silent=_SILENT,
        audited=frozenset({Action.CREATED}),
        read=_read_message,
        tell=_tell_message,
    ),
    Watch(
        "message_template",
        "message_template",
        sk_id,
        _TEMPLATE,
        silent=frozenset({"template_id"}),
        read=_read_template,
        tell=_tell_template,
    ),
)
