"""What is watched in the ai table: prompt templates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.ai.adapters.events import PROMPT_CREATED
from chalicelib.kernel.changes import Shown, Watch, sk_id

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chalicelib.kernel.changes import Image, Told

_PROMPT = {"name": Shown.PLAIN, "text": Shown.LENGTH}


def _tell_prompt(old: Image | None, new: Image | None) -> Iterable[Told]:
    if new is not None and old is None:
        yield PROMPT_CREATED.told({**new, "prompt_id": sk_id(new)})


WATCHES = (Watch("prompt", "prompt_template", sk_id, _PROMPT, tell=_tell_prompt),)
