"""What Schemathesis cannot know of the API: nobody guesses a page token, and some tokens must stay valid."""

from __future__ import annotations

import os
import re
from typing import Any

import schemathesis

_UNGUESSABLE = re.compile(r"[A-Za-z0-9_.-]{1,1000}")
_PROTECTED = frozenset(os.environ.get("PROTECTED_TOKENS", "").split())
_NOBODY = "token_" + "0" * 32


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """Leave well-formed page tokens out, spare the tokens in use, and write whole numbers as such."""
    if isinstance(case.query, dict) and _UNGUESSABLE.fullmatch(str(case.query.get("page_token", ""))):
        del case.query["page_token"]
    if isinstance(case.path_parameters, dict) and case.path_parameters.get("token_id") in _PROTECTED:
        case.path_parameters["token_id"] = _NOBODY
    if isinstance(case.body, dict | list):
        case.body = _plain(case.body)


def _plain(value: Any) -> Any:
    """Write 5.0 as 5: JSON Schema takes both for an integer, the API takes the latter."""
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
