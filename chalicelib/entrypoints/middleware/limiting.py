"""Limits on requests, per token and per caller's address; counting is the system's use case.

The headers are those of draft-ietf-httpapi-ratelimit-headers: a policy with its quota and window in
seconds, and what remains until when.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib.bootstrap import container
from chalicelib.entrypoints.middleware.problems import Refused
from chalicelib.system.domain.limits import Limit
from chalicelib.system.services.limits import count_request

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chalicelib.entrypoints.middleware.declaring import Route
    from chalicelib.system.domain.limits import Allowance
    from chalicelib.system.domain.tokens import Principal


def count(declared: Route, principal: Principal, incoming: Any, headers: dict[str, str]) -> None:
    """Count the request, tell in `headers` what remains, and refuse it (429) when nothing does."""
    if not declared.limited:
        return
    allowances = count_request(container().system, list(_limits(principal, incoming)))
    headers["RateLimit-Policy"] = ", ".join(map(_policy, allowances))
    headers["RateLimit"] = ", ".join(map(_state, allowances))
    exceeded = [each for each in allowances if each.exceeded]
    if exceeded:
        _refuse(exceeded, headers)


def _limits(principal: Principal, incoming: Any) -> Iterable[Limit]:
    settings = container().settings
    if principal.token_id:
        yield Limit("token", principal.token_id, settings.token_requests_per_minute)
    address = incoming.context.get("identity", {}).get("sourceIp") or "unknown"
    yield Limit("address", address, settings.address_requests_per_minute)


def _policy(allowance: Allowance) -> str:
    limit = allowance.limit
    return f'"{limit.name}";q={limit.quota};w={limit.window_s}'


def _state(allowance: Allowance) -> str:
    return f'"{allowance.limit.name}";r={allowance.remaining};t={allowance.resets_in_s}'


def _refuse(exceeded: list[Allowance], headers: dict[str, str]) -> None:
    wait = max(each.resets_in_s for each in exceeded)
    headers["Retry-After"] = str(wait)
    names = " and ".join(each.limit.name for each in exceeded)
    raise Refused(429, "rate_limited", f"Too many requests by this {names}; wait {wait} seconds.")
