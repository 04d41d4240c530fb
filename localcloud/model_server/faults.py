"""What goes wrong on demand: kinds of fault, for whom, and how a reply is spoilt; sending is elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from localcloud.model_server.errors import ApiError, InvalidInput
from localcloud.model_server.fields import Fields
from localcloud.model_server.patterns import TextPattern, parse_pattern
from localcloud.model_server.reply import Finish, Reply

if TYPE_CHECKING:
    from collections.abc import Mapping

    from localcloud.model_server.chat_request import ChatRequest

BROKEN_JSON = '{"broken": '


class FaultKind(StrEnum):
    """How a request fails.

    `error_500` and `error_429` answer so at once; `stall` falls silent after some tokens; `truncate` ends
    early with finish reason `length`; `invalid_json` breaks structured output, tool arguments or else the
    wire itself; `empty` says nothing; `drop` cuts the connection after some tokens.
    """

    ERROR_500 = "error_500"
    ERROR_429 = "error_429"
    STALL = "stall"
    TRUNCATE = "truncate"
    INVALID_JSON = "invalid_json"
    EMPTY = "empty"
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class Fault:
    """One planned failure; `times` requests meet it, those whose texts fit `when`."""

    kind: FaultKind
    times: int = 1
    after_tokens: int = 0
    stall_ms: float = 30_000
    retry_after_ms: float | None = None
    when: Mapping[str, TextPattern] = field(default_factory=dict)

    def applies(self, request: ChatRequest) -> bool:
        """Tell whether the request is one that this fault is meant for."""
        texts = {"user": request.last_user_text, "system": request.system_text}
        return all(pattern.search(texts[name]) for name, pattern in self.when.items())

    def error(self) -> ApiError | None:
        """Return the error that an error fault answers with; None for the other kinds."""
        if self.kind is FaultKind.ERROR_500:
            return ApiError(
                "The server had an error processing your request.", status=500, kind="server_error"
            )
        if self.kind is not FaultKind.ERROR_429:
            return None
        error = ApiError(
            "Rate limit reached for requests.", status=429, kind="requests", code="rate_limit_exceeded"
        )
        if self.retry_after_ms is not None:
            error.headers["retry-after-ms"] = f"{self.retry_after_ms:g}"
        return error

    def spoil(self, reply: Reply, *, is_json: bool) -> Reply:
        """Return the reply as the fault leaves it."""
        if self.kind is FaultKind.EMPTY:
            return Reply(text="", finish=Finish.STOP, rule=reply.rule)
        if self.kind is FaultKind.TRUNCATE:
            return reply.cut(self.after_tokens or max(1, reply.tokens // 2))
        if self.kind is FaultKind.INVALID_JSON and reply.calls:
            return replace(reply, calls=tuple(replace(call, arguments=BROKEN_JSON) for call in reply.calls))
        if self.kind is FaultKind.INVALID_JSON and is_json:
            return replace(reply, text=BROKEN_JSON)
        return reply

    def garbles_wire(self, reply: Reply, *, is_json: bool) -> bool:
        """Tell whether the body itself must be broken, the reply having nothing structured in it."""
        return self.kind is FaultKind.INVALID_JSON and not reply.calls and not is_json


class FaultQueue:
    """The faults still to happen, in order."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def replace(self, faults: list[Fault]) -> None:
        """Plan these faults instead of what was planned."""
        self._waiting = list(faults)

    def take(self, request: ChatRequest) -> Fault | None:
        """Return the first fault that applies, using up one of its times."""
        for index, fault in enumerate(self._waiting):
            if fault.applies(request):
                left = replace(fault, times=fault.times - 1)
                self._waiting[index : index + 1] = [left] if left.times else []
                return fault
        return None


def parse_fault(raw: object, where: str, named: Mapping[str, str]) -> Fault:
    """Return a fault; raises InvalidInput naming the field."""
    fields = Fields(raw, where)
    kind = fields.text("kind")
    if kind not in list(FaultKind):
        raise InvalidInput(
            fields.path("kind"), "is not a kind of fault", f"use one of: {', '.join(FaultKind)}"
        )
    when = Fields(fields.mapping("when"), fields.path("when"))
    fault = Fault(
        kind=FaultKind(kind),
        times=fields.integer("times", 1, 1),
        after_tokens=fields.integer("after_tokens", 0),
        stall_ms=fields.number("stall_ms", 30_000),
        retry_after_ms=fields.number("retry_after_ms", 0) if fields.has("retry_after_ms") else None,
        when={n: parse_pattern(when.get(n), when.path(n), named) for n in ("user", "system") if when.has(n)},
    )
    when.finish()
    fields.finish()
    return fault
