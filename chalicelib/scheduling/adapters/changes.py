"""What is watched in the scheduling table: promised callbacks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.kernel.changes import Shown, Watch, pk_id, sk_id
from chalicelib.scheduling.adapters.events import CALLBACK_MOVED, CALLBACK_PROMISED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chalicelib.kernel.changes import Image, Told

_CALLBACK = {
    "number": Shown.PHONE,
    "due_at": Shown.PLAIN,
    "promised_in": Shown.PLAIN,
    "kept_by": Shown.PLAIN,
}


def _tell_callback(old: Image | None, new: Image | None) -> Iterable[Told]:
    if new is None:
        return
    told = {**new, "callback_id": sk_id(new), "contact_id": pk_id(new)}
    if old is None:
        yield CALLBACK_PROMISED.told(told)
    elif old["due_at"] != new["due_at"]:
        yield CALLBACK_MOVED.told(told)


WATCHES = (Watch("callback", "callback", sk_id, _CALLBACK, tell=_tell_callback),)
