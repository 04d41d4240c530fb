"""What a handler gets and gives: the request that has passed, and the answer with its own headers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from urllib.parse import urlencode

from chalicelib.kernel.ids import derived_id, new_id
from chalicelib.kernel.schemas import Input

if TYPE_CHECKING:
    from chalicelib.system.domain.tokens import Principal

BodyT = TypeVar("BodyT")
QueryT = TypeVar("QueryT")


class NoQuery(Input):
    """The query of a route that takes none: any parameter is refused."""


@dataclass(frozen=True)
class Seed:
    """What a repeated request has in common with the first: whose key it is, and when it came first."""

    text: str
    at_millis: int


@dataclass(frozen=True)
class Request(Generic[BodyT, QueryT]):
    """A request that has passed: who asks, the path's parameters, and validated body and query.

    `expected_version` is what `If-Match` demands (None: any); `start` is where the page begins.
    """

    principal: Principal
    request_id: str
    path: dict[str, str]
    body: BodyT
    query: QueryT
    expected_version: int | None = None
    start: str | None = None
    seed: Seed | None = None

    def new_id(self, prefix: str) -> str:
        """Make the id of what this request creates: the same when it is repeated with its key."""
        if self.seed is None:
            return new_id(prefix)
        return derived_id(prefix, self.seed.text, self.seed.at_millis)


@dataclass(frozen=True)
class Reply:
    """An answer with headers or a status of its own; `status` None means the route's."""

    body: Any
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)


def next_link(
    query: Input, place: str, start: str | None, exclude: frozenset[str] = frozenset()
) -> dict[str, str]:
    """Give the header that leads to the rest of an export: the same query, with `place` at `start`.

    None where there is no rest. `exclude` names parameters that only the first request has.
    """
    if start is None:
        return {}
    filters = query.model_dump(mode="json", by_alias=True, exclude_none=True, exclude=set(exclude))
    return {"Link": f'<?{urlencode({**filters, place: start})}>; rel="next"'}


def request_id_of(incoming: Any) -> str:
    """Give API Gateway's id of the request, or the invocation's."""
    context = getattr(incoming, "context", None) or {}
    invocation = getattr(getattr(incoming, "lambda_context", None), "aws_request_id", "")
    return context.get("requestId") or invocation or new_id("request")


def header_of(incoming: Any, name: str) -> str | None:
    """Give a header's value, whatever the case of its name."""
    return getattr(incoming, "headers", {}).get(name.lower())
