"""Names what breaks clients between two OpenAPI documents, one line each; schemas are in `schema_changes`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from infra.schema_changes import Compared, resolved

if TYPE_CHECKING:
    from collections.abc import Iterator

Document = dict[str, Any]
Operation = dict[str, Any]
_METHODS = ("get", "put", "post", "delete", "patch", "head", "options")
_SCOPES = ("viewer", "operator", "admin")
_PARAMETER = re.compile(r"\{[^}]*\}")
_PROBLEM = "application/problem+json"
_SUCCESS = re.compile("2..")


def breaking_changes(old: Document, new: Document) -> list[str]:
    """List what a client of the old document can no longer rely on, sorted; empty when nothing is."""
    before, after = _operations(old), _operations(new)
    found: set[str] = set()
    for key, (name, operation) in before.items():
        if key not in after:
            found.add(f"{name}: removed")
            continue
        pair = _Pair(old, new, operation, after[key][1])
        found |= {f"{name}: {change}" for change in pair.changes()}
    return sorted(found)


def _operations(document: Document) -> dict[tuple[str, str], tuple[str, Operation]]:
    """Give the operations by method and path; how a path's parameter is named does not matter on the wire."""
    return {
        (method, _PARAMETER.sub("{}", path)): (f"{method.upper()} {path}", item[method])
        for path, item in document.get("paths", {}).items()
        for method in _METHODS
        if method in item
    }


class _Pair:
    """One operation as it was and as it is."""

    def __init__(self, old: Document, new: Document, before: Operation, after: Operation) -> None:
        self._before, self._after = before, after
        self._documents = (old, new)
        self._sent = Compared(old, new, sent=True)
        self._given = Compared(old, new, sent=False)

    def changes(self) -> Iterator[str]:
        """Name each breaking change of the operation."""
        yield from self._name()
        yield from self._scope()
        yield from self._parameters()
        yield from self._body()
        yield from self._answers()

    def _name(self) -> Iterator[str]:
        before, after = (each.get("operationId") for each in (self._before, self._after))
        if before != after:
            yield f"operationId is {after}, was {before}"

    def _scope(self) -> Iterator[str]:
        before, after = _least_scope(self._before), _least_scope(self._after)
        if _rank(after) > _rank(before):
            yield f"needs scope {after or 'of a token'}, was {before or 'open'}"

    def _parameters(self) -> Iterator[str]:
        before, after = (
            _parameters(document, operation)
            for document, operation in zip(self._documents, (self._before, self._after), strict=True)
        )
        for place, name in sorted(before.keys() - after.keys()):
            yield f"{place} parameter {name}: removed"
        for (place, name), parameter in sorted(after.items()):
            known = before.get((place, name))
            if parameter.get("required") and not (known or {}).get("required"):
                yield f"{place} parameter {name}: now required"
            if known:
                schemas = known.get("schema", {}), parameter.get("schema", {})
                yield from (f"{place} parameter {name} {change}" for change in self._sent.changes(*schemas))

    def _body(self) -> Iterator[str]:
        before, after = self._before.get("requestBody", {}), self._after.get("requestBody", {})
        if after.get("required") and not before.get("required"):
            yield "body: now required"
        for kind, media in before.get("content", {}).items():
            known = after.get("content", {}).get(kind)
            if known is None:
                yield f"body: no longer takes {kind}"
                continue
            schemas = media.get("schema", {}), known.get("schema", {})
            yield from (f"body {change}" for change in self._sent.changes(*schemas))

    def _answers(self) -> Iterator[str]:
        for status, answer in sorted(self._before.get("responses", {}).items()):
            known = self._after.get("responses", {}).get(status)
            if known is None:
                yield f"answer {status}: removed"
                continue
            old, new = self._documents
            pair = resolved(old, answer), resolved(new, known)
            yield from (f"answer {status} {change}" for change in self._answer(*pair))

    def _answer(self, before: Document, after: Document) -> Iterator[str]:
        for header in sorted(before.get("headers", {}).keys() - after.get("headers", {}).keys()):
            yield f"header {header}: removed"
        for kind, media in before.get("content", {}).items():
            known = after.get("content", {}).get(kind)
            if known is None:
                yield f"{kind}: removed"
            elif kind == _PROBLEM:
                yield from _codes(media, known)
            else:
                yield from self._given.changes(media.get("schema", {}), known.get("schema", {}))


def _codes(before: Document, after: Document) -> Iterator[str]:
    """Name the codes that are no longer given; new ones break nothing: clients must expect them."""
    for code in sorted(_codes_of(before) - _codes_of(after)):
        yield f"code {code}: removed"


def _codes_of(media: Document) -> set[str]:
    schema = media.get("schema", {})
    parts = [schema, *schema.get("allOf", [])]
    return {code for part in parts for code in part.get("properties", {}).get("code", {}).get("enum", ())}


def _least_scope(operation: Operation) -> str | None:
    """Give the scope that an operation asks for; empty when any token will do, None when none is needed."""
    needed: list[Document] = operation.get("security") or []
    roles = [role for each in needed for scopes in each.values() for role in scopes]
    return (roles[0] if roles else "") if needed else None


def _rank(scope: str | None) -> int:
    if scope is None:
        return -1
    return _SCOPES.index(scope) + 1 if scope in _SCOPES else 0


def _parameters(document: Document, operation: Operation) -> dict[tuple[str, str], Document]:
    """Give the parameters by place and name; those of the path are compared by their position."""
    found = [resolved(document, each) for each in operation.get("parameters", [])]
    inside = [each for each in found if each["in"] == "path"]
    others = {(each["in"], each["name"]): each for each in found if each["in"] != "path"}
    return others | {("path", str(number)): each for number, each in enumerate(inside, 1)}
