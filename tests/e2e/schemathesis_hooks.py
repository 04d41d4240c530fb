"""What Schemathesis cannot know of the API: nobody guesses a page token, and what others need must stay."""

from __future__ import annotations

import os
import re
from typing import Any

import schemathesis

_UNGUESSABLE = re.compile(r"[A-Za-z0-9_.-]{1,1000}")
_PROTECTED = frozenset(os.environ.get("PROTECTED", "").split())
_HARMLESS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_NOBODY = "0" * 32
_NO_NUMBER = "+14155550190"
_BULK, _NO_SOURCE = "/v1/crm/contacts/bulk", "nowhere"


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """Leave well-formed page tokens out, spare what others need, and write whole numbers as such."""
    if isinstance(case.query, dict) and _UNGUESSABLE.fullmatch(str(case.query.get("page_token", ""))):
        del case.query["page_token"]
    if isinstance(case.path_parameters, dict) and case.method.upper() not in _HARMLESS:
        case.path_parameters.update(_elsewhere(case.path_parameters))
    if isinstance(case.body, dict | list):
        case.body = _plain(case.body)
    if case.operation.path == _BULK and isinstance(case.body, dict):
        _narrow(case.body)


def _narrow(wish: dict[str, Any]) -> None:
    """Let a filter of many contacts choose nobody whom a test has made; to delete all of them is refused."""
    chosen = wish.get("filter")
    if isinstance(chosen, dict) and (chosen or wish.get("action") != "delete"):
        chosen.setdefault("source", _NO_SOURCE)


def _elsewhere(parameters: dict[str, Any]) -> dict[str, str]:
    """Give the parameters of a path that name what must stay, as names of what is not there."""
    named = {name: value for name, value in parameters.items() if str(value) in _PROTECTED}
    return {name: _of_nobody(str(value)) for name, value in named.items()}


def _of_nobody(value: str) -> str:
    kind, _, number = value.partition("_")
    return f"{kind}_{_NOBODY}" if number else _NO_NUMBER


def _plain(value: Any) -> Any:
    """Write 5.0 as 5: JSON Schema takes both for an integer, the API takes the latter."""
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
