"""What every REST answer has in common, whichever route gave it: headers, and one line in the log."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Any

from chalicelib.entrypoints.middleware.crossing import allowance
from chalicelib.entrypoints.middleware.problems import problem_of_chalice
from chalicelib.entrypoints.middleware.requests import request_id_of
from chalicelib.kernel.logs import log

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalice.app import Response

# https://cheatsheetseries.owasp.org/cheatsheets/REST_Security_Cheat_Sheet.html, "Security headers"
_DEFAULTS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
_ALWAYS = {
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
}


def finish(incoming: Any, get_response: Callable[[Any], Response]) -> Response:
    """Wrap every REST answer: problems for what Chalice refuses, common headers, one log line.

    `app.py` registers it as Chalice's middleware for `http`.
    """
    start = perf_counter()
    request_id = request_id_of(incoming)
    answer = get_response(incoming)
    if not isinstance(answer.body, str):
        answer = problem_of_chalice(answer, request_id)
    common = {**_ALWAYS, **allowance(incoming), "X-Request-Id": request_id}
    answer.headers = {**_DEFAULTS, **answer.headers, **common}
    log(
        "http.answered",
        request_id=request_id,
        method=getattr(incoming, "method", ""),
        route=getattr(incoming, "path", ""),
        status=answer.status_code,
        ms=round((perf_counter() - start) * 1000, 1),
    )
    return answer
