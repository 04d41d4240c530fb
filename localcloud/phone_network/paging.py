"""Twilio's lists: a page of resources and the way to the next one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from localcloud.phone_network.errors import RestError
from localcloud.phone_network.forms import is_whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aiohttp import web

_DEFAULT_SIZE, _LARGEST = 50, 1_000


def page_of(request: web.Request, key: str, items: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the page that ``Page`` and ``PageSize`` ask for, in Twilio's shape."""
    size = min(max(_whole(request, "PageSize", _DEFAULT_SIZE), 1), _LARGEST)
    number = _whole(request, "Page", 0)
    start = number * size
    shown = list(items[start : start + size])
    more = start + size < len(items)
    return {
        key: shown,
        "page": number,
        "page_size": size,
        "start": start,
        "end": max(start + len(shown) - 1, 0),
        "uri": _uri(request, number, size),
        "first_page_uri": _uri(request, 0, size),
        "previous_page_uri": _uri(request, number - 1, size) if number else None,
        "next_page_uri": _uri(request, number + 1, size) if more else None,
    }


def _whole(request: web.Request, name: str, default: int) -> int:
    value = request.query.get(name, str(default))
    if not is_whole(value):
        raise RestError(20001, f"{name}={value}")
    return int(value)


def _uri(request: web.Request, number: int, size: int) -> str:
    query = [(name, value) for name, value in request.query.items() if name not in {"Page", "PageSize"}]
    return f"{request.path}?{urlencode([*query, ('PageSize', size), ('Page', number)])}"
