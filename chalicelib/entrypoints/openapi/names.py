"""Names in the document: of operations and their groups, and of the parameters in paths."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalicelib.entrypoints.middleware import Route

_PARAMETER = re.compile(r"\{(\w+)\}")


def operation_id(route: Route) -> str:
    """Give the operation's name in generated clients: the handler's, in camel case."""
    first, *others = route.name.split("_")
    return first + "".join(word.capitalize() for word in others)


def names_in(path: str) -> list[str]:
    """Give the names of a path's parameters, from left to right."""
    return _PARAMETER.findall(path)


def tag_of(route: Route) -> str:
    """Give the group of the operation: the domain that its path names."""
    return route.tag.partition(".")[0]
