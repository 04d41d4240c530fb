"""Conditional requests (RFC 9110, section 13): `ETag`, `If-Match`, `If-None-Match`."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any

from chalice.app import Response

from chalicelib.entrypoints.middleware.problems import Refused
from chalicelib.entrypoints.middleware.requests import header_of

if TYPE_CHECKING:
    from chalicelib.entrypoints.middleware.declaring import Route

_NONE_SEEN = 0  # versions begin at 1
# A version, or a version and a digest: see `covering_tag`.
_VERSION = re.compile(r'"([1-9][0-9]{0,15})(?:-[0-9a-f]{16})?"')


def expected_version(declared: Route, incoming: Any) -> int | None:
    """Give the version that the client has seen; None when any will do, or the route does not ask.

    Without `If-Match`, where the route also creates, it is 0: the client has seen none. Raises 428 when
    another guarded route is asked without `If-Match`, and 412 for a tag that is none of ours: what it names
    cannot be the present version.
    """
    tag = header_of(incoming, "if-match")
    if not (declared.guarded or (declared.heeds_version and tag)):
        return None
    if tag is None and declared.creates:
        return _NONE_SEEN
    if tag is None:
        message = "Send If-Match with the ETag that you have read, or If-Match: * to change any version."
        raise Refused(428, "if_match_required", message)
    if tag.strip() == "*":
        return None
    found = _VERSION.fullmatch(tag.strip())
    if found is None:
        raise Refused(412, "version_changed", 'If-Match takes one ETag as it was given, such as "3", or *.')
    return int(found[1])


def tag_of(version: object, method: str, body: str) -> dict[str, str]:
    """Give the `ETag`: the version where there is one, else for reads a weak one of the content."""
    if isinstance(version, int):
        return {"ETag": f'"{version}"'}
    if method == "GET":
        return {"ETag": f'W/"{hashlib.sha256(body.encode()).hexdigest()[:32]}"'}
    return {}


def covering_tag(version: int, body: str) -> dict[str, str]:
    """Give the `ETag` of what may change without its version, because a deployment has its say in it.

    It differs whenever the content does; `If-Match` looks at its version alone.
    """
    return {"ETag": f'"{version}-{hashlib.sha256(body.encode()).hexdigest()[:16]}"'}


def unless_known(incoming: Any, answer: Response) -> Response:
    """Leave the content out (304) when the client of a GET has this version already.

    All headers stay: browsers put them in place of those they keep, and for a type that is not there API
    Gateway and Chalice say `application/json`, whatever the content is.
    """
    known = header_of(incoming, "if-none-match")
    tag = answer.headers.get("ETag", "")
    success = 200
    if incoming.method != "GET" or answer.status_code != success or not (known and tag):
        return answer
    if known.strip() != "*" and _opaque(tag) not in map(_opaque, known.split(",")):
        return answer
    return Response("", status_code=304, headers=answer.headers)


def _opaque(tag: str) -> str:
    """Give the part that weak comparison compares."""
    return tag.strip().removeprefix("W/")
