"""Where an answer leads: from what was created to reading, changing and filling it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib.entrypoints.openapi.names import names_in, operation_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from chalicelib.entrypoints.middleware import Route

_ID = "$response.body#/id"


def links_of(route: Route, routes: Iterable[Route]) -> dict[str, Any]:
    """Link what a POST gives (with an `id`) to the operations of that one thing and of what belongs to it.

    A thing made by a verb, such as `/v1/calls/initiate`, belongs to the collection before the verb.
    """
    if route.method != "POST" or "id" not in getattr(route.returns, "model_fields", {}):
        return {}
    others = list(routes)
    found = list(_below(route.path, others)) or list(_below(route.path.rpartition("/")[0], others))
    return {operation_id(other): _link(route, other) for other in found}


def _below(collection: str, routes: Iterable[Route]) -> Iterator[Route]:
    """Give the routes whose only parameter beyond the collection's own is the thing's id."""
    depth = len(names_in(collection))
    for route in routes:
        rest = route.path.removeprefix(f"{collection}/")
        if rest != route.path and rest.startswith("{") and len(names_in(route.path)) == depth + 1:
            yield route


def _link(route: Route, other: Route) -> dict[str, Any]:
    *known, last = names_in(other.path)
    from_path = dict(zip(known, names_in(route.path), strict=False))
    parameters = {name: f"$request.path.{own}" for name, own in from_path.items()}
    return {"operationId": operation_id(other), "parameters": {**parameters, last: _ID}}
