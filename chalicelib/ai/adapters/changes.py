"""What is watched in the ai table: prompt templates."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from chalicelib.ai.adapters import events
from chalicelib.kernel.changes import Shown, Watch, sk_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from chalicelib.kernel.changes import Image, Told

_PROMPT = {
    "name": Shown.PLAIN,
    "text": Shown.LENGTH,
    "description": Shown.LENGTH,
    "variables": Shown.PLAIN,
    "published_version": Shown.PLAIN,
    "deleted_at": Shown.PLAIN,
}


def _read_prompt(image: Mapping[str, Any]) -> Image:
    """Give a prompt's fields: of its variables the names, of what was put to use the last version."""
    stored = dict(image)
    variables = json.loads(stored.pop("variables", "[]"))
    publications = json.loads(stored.pop("publications", "[1]"))
    found = {"variables": [each["name"] for each in variables]} if variables else {}
    return stored | found | {"published_version": publications[-1] if publications else None}


def _tell_prompt(old: Image | None, new: Image | None) -> Iterable[Told]:
    if new is None:
        return
    told = {**new, "prompt_id": sk_id(new)}
    before = old or {}
    if not old:
        yield events.PROMPT_CREATED.told(told)
    elif "deleted_at" in new:
        yield events.PROMPT_DELETED.told(told)
    elif new["version"] != before["version"]:
        yield events.PROMPT_UPDATED.told(told)
    if old and "deleted_at" not in new and new["published_version"] != before["published_version"]:
        yield events.PROMPT_PUBLISHED.told(told)


WATCHES = (Watch("prompt", "prompt_template", sk_id, _PROMPT, read=_read_prompt, tell=_tell_prompt),)
