"""What is watched in the system table: tokens, settings, webhooks, failed work; not the log itself."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from chalicelib.kernel.changes import Action, Shown, Watch, sk_id
from chalicelib.system.adapters import events
from chalicelib.system.domain.failures import FailedState, WorkQueue
from chalicelib.system.domain.settings import SECTIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from chalicelib.kernel.changes import Image, Told

_TOKEN = {
    "name": Shown.PLAIN,
    "scope": Shown.PLAIN,
    "valid_until": Shown.PLAIN,
    "revoked_at": Shown.PLAIN,
    "rotated_to": Shown.PLAIN,
    "resealed": Shown.PLAIN,
}
_NO_ACT_ON_TOKENS = frozenset({"id", "digest", "created_by", "last_used_at"})
_SETTINGS = {**dict.fromkeys(SECTIONS, Shown.PLAIN), "kill_switch_reason": Shown.LENGTH}
_WORK = {
    "queue": Shown.PLAIN,
    "kind": Shown.PLAIN,
    "subject": Shown.PLAIN,
    "state": Shown.PLAIN,
    "cause": Shown.PLAIN,
    "attempts": Shown.PLAIN,
    "failed_at": Shown.PLAIN,
    "settled_at": Shown.PLAIN,
    "settled_by": Shown.PLAIN,
    "reason": Shown.LENGTH,
    "body": Shown.LENGTH,
}
_SETTLED = {FailedState.REPLAYED: events.WORK_REPLAYED, FailedState.DISCARDED: events.WORK_DISCARDED}
_WEBHOOK = {
    "host": Shown.PLAIN,
    "url": Shown.LENGTH,
    "event_types": Shown.PLAIN,
    "description": Shown.LENGTH,
    "enabled": Shown.PLAIN,
    "disabled_reason": Shown.PLAIN,
    "disabled_at": Shown.PLAIN,
    "old_secret_until": Shown.PLAIN,
    "deleted_at": Shown.PLAIN,
}


def _without(image: Mapping[str, Any], *names: str) -> Image:
    return {name: value for name, value in image.items() if name not in names}


def _unsealed(image: Mapping[str, Any]) -> Image | None:
    """Give a token as it was before it moved to another digest."""
    return _without(image, "resealed") if image.get("resealed") else None


def _token_id(image: Mapping[str, Any]) -> str:
    return str(image["id"])


def _tell_token(old: Image | None, new: Image | None) -> Iterable[Told]:
    if new is None:
        return
    told = {**new, "token_id": new["id"], "expires_at": new.get("valid_until")}
    if old is None:
        if not new.get("resealed"):
            yield events.TOKEN_ISSUED.told(told)
        return
    for kind, name in ((events.TOKEN_ROTATED, "rotated_to"), (events.TOKEN_REVOKED, "revoked_at")):
        if new.get(name) and not old.get(name):
            yield kind.told(told)


def _read_settings(image: Mapping[str, Any]) -> Image:
    """Give the sections as fields; the kill switch's reason apart, because people wrote it."""
    sections = json.loads(image["sections"])
    switch = dict(sections.pop("kill_switch", {}))
    kept = {name: image[name] for name in ("version", "set_at", "set_by")}
    if not switch:
        return {**sections, **kept}
    reason = switch.pop("reason", None) or None
    return {**sections, **kept, "kill_switch_reason": reason, "kill_switch": switch}


def _tell_settings(old: Image | None, new: Image | None) -> Iterable[Told]:
    if new is None:
        return
    before = old or {}
    told = {
        "version": new["version"],
        "changed": [name for name in SECTIONS if _section(before, name) != _section(new, name)],
        "changed_at": new["set_at"],
        "changed_by": new["set_by"],
        "kill_switch_on": bool((new.get("kill_switch") or {}).get("on")),
    }
    yield events.SETTINGS_CHANGED.told(told)


def _section(settings: Image, name: str) -> Any:
    more = settings.get("kill_switch_reason") if name == "kill_switch" else None
    return settings.get(name), more


def _read_webhook(image: Mapping[str, Any]) -> Image:
    """Give a webhook's fields; an address may carry a key in its path, so the log shows the host alone."""
    host = str(image["url"]).partition("://")[2].partition("/")[0].partition("?")[0]
    return {**image, "event_types": json.loads(image["event_types"]), "host": host}


def _tell_webhook(old: Image | None, new: Image | None) -> Iterable[Told]:
    if new is None:
        return
    told = {**new, "webhook_id": sk_id(new)}
    if old is None:
        yield events.WEBHOOK_CREATED.told(told)
    elif new.get("deleted_at") and not old.get("deleted_at"):
        yield events.WEBHOOK_DELETED.told(told)
    elif old["enabled"] and not new["enabled"]:
        yield events.WEBHOOK_DISABLED.told(told)
    elif old["version"] != new["version"]:
        yield events.WEBHOOK_UPDATED.told(told)


def _read_work(image: Mapping[str, Any]) -> Image:
    return {**image, "work_id": image["sk"]}


def _open_work(image: Mapping[str, Any]) -> Image | None:
    """Give settled work as it was while it was open, at another key."""
    if image["state"] not in _SETTLED:
        return None
    return {**_without(image, "settled_at", "settled_by", "reason"), "state": FailedState.OPEN.value}


def _tell_work(old: Image | None, new: Image | None) -> Iterable[Told]:
    """Tell what a new row says: work that is settled moves to another key.

    Nothing of the queues by which events travel: what failed there would be told there, and fail again.
    """
    if new is not None and old is None and new["queue"] not in {WorkQueue.NEWS, WorkQueue.CHANGES}:
        yield _SETTLED.get(FailedState(new["state"]), events.WORK_RECORDED).told(new)


WATCHES = (
    Watch(
        "token",
        "token",
        _token_id,
        _TOKEN,
        silent=_NO_ACT_ON_TOKENS,
        # A token's row goes when the token moves to another digest, never otherwise.
        audited=frozenset({Action.CREATED, Action.UPDATED}),
        moved=_unsealed,
        tell=_tell_token,
    ),
    Watch(
        "settings",
        "settings",
        lambda _: "current",
        _SETTINGS,
        silent=frozenset({"set_at", "set_by"}),
        read=_read_settings,
        tell=_tell_settings,
    ),
    Watch("webhook", "webhook", sk_id, _WEBHOOK, read=_read_webhook, tell=_tell_webhook),
    Watch(
        "failed_work",
        "failed_work",
        lambda image: str(image["sk"]),
        _WORK,
        silent=frozenset({"work_id", "settlement"}),
        audited=frozenset({Action.CREATED, Action.UPDATED}),
        read=_read_work,
        moved=_open_work,
        tell=_tell_work,
    ),
)
