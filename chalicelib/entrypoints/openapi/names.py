"""Names in the document: of operations, and of the parameters in paths and what these identify."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalicelib.entrypoints.middleware import Route

_PARAMETER = re.compile(r"\{(\w+)\}")
_ID_SUFFIX = "_id"
# What a path calls by another name than its ids do.
_KINDS = {"/v1/ai/templates": "prompt", "/v1/failed-work": "failed"}
_KINDS_OF_NAMES = {"conference_id": "room", "evaluation_id": "eval"}


def operation_id(route: Route) -> str:
    """Give the operation's name in generated clients: the handler's, in camel case."""
    first, *others = route.name.split("_")
    return first + "".join(word.capitalize() for word in others)


def names_in(path: str) -> list[str]:
    """Give the names of a path's parameters, from left to right."""
    return _PARAMETER.findall(path)


def kind_of(path: str, name: str) -> str | None:
    """Give how the ids begin that a path has for its parameter `name`; None when it is no id."""
    if not name.endswith(_ID_SUFFIX):
        return None
    kind = _KINDS_OF_NAMES.get(name, name.removesuffix(_ID_SUFFIX))
    return _KINDS.get(path.partition("/{")[0], kind)
