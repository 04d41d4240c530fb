"""Answers as server-sent events, for clients that ask for them.

API Gateway's REST APIs hand an answer over when it is whole: the events arrive together, in their order.
Syntax: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from chalice.app import Response

from chalicelib.entrypoints.middleware.requests import header_of

if TYPE_CHECKING:
    from chalicelib.entrypoints.middleware.declaring import Route

MEDIA_TYPE = "text/event-stream"
# Gives the events of an answer, each with its name and its data, of the answer's JSON.
Events = Callable[[Any], Iterable[tuple[str, Any]]]


def as_asked(declared: Route, incoming: Any, given: Response) -> Response:
    """Give an answer as events when the client asks for these first; otherwise, and refusals, as it is."""
    accepted = (header_of(incoming, "accept") or "").partition(",")[0].partition(";")[0]
    if declared.events is None or accepted.strip().lower() != MEDIA_TYPE:
        return given
    written = (_written(name, value) for name, value in declared.events(json.loads(given.body)))
    headers = {**given.headers, "Content-Type": MEDIA_TYPE, "Cache-Control": "no-store"}
    return Response("".join(written), status_code=given.status_code, headers=headers)


def _written(name: str, value: Any) -> str:
    """Write one event; JSON has no line breaks, so that one line of data holds it."""
    return f"event: {name}\ndata: {json.dumps(value, ensure_ascii=False)}\n\n"
