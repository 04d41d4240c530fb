"""Where an answer leads: from what it gives to reading, changing and filling that same thing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib.entrypoints.openapi.names import kind_of, names_in, operation_id

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chalicelib.entrypoints.middleware import Route

_ID = "$response.body#/id"
_ACTS = {"POST", "DELETE"}


def links_of(route: Route, example: Any, routes: Iterable[Route]) -> dict[str, Any]:
    """Link what is created, or begun, to the operations of that one thing and of what belongs to it.

    What kind of thing that is, the `id` of the answer's `example` tells: `contact` of `contact_0123…`.
    """
    if route.method not in _ACTS or not isinstance(example, dict) or "id" not in example:
        return {}
    kind = example["id"].rpartition("_")[0]
    found = [other for other in routes if other is not route and _is_of(other, kind, names_in(route.path))]
    return {operation_id(other): _link(other) for other in found}


def _is_of(route: Route, kind: str, known: list[str]) -> bool:
    """Tell whether the last id in the path is of this kind, and all others are known."""
    names = names_in(route.path)
    return bool(names) and kind_of(route.path, names[-1]) == kind and set(names[:-1]) <= set(known)


def _link(other: Route) -> dict[str, Any]:
    *known, last = names_in(other.path)
    parameters = {name: f"$request.path.{name}" for name in known}
    return {"operationId": operation_id(other), "parameters": {**parameters, last: _ID}}
