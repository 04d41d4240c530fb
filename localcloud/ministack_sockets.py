"""How MiniStack runs the functions behind WebSocket routes; other patches are in `ministack_launcher`."""

# ruff: noqa: SLF001 - a patch reaches what is not meant to be reached

from __future__ import annotations

import asyncio
import json
import logging
from typing import TYPE_CHECKING, Any

from ministack.core import lambda_runtime
from ministack.services import apigateway, lambda_svc

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

_log = logging.getLogger("localcloud.sockets")
_running: set[asyncio.Task[None]] = set()
_FAILED = {"status": "error", "error": '{"message": "Internal server error"}'}


class _Environment:
    """One leased execution environment for one event.

    MiniStack's own lease serialises the events of a function and writes none of their logs.
    """

    def __init__(self, config: dict[str, Any], code: bytes) -> None:
        self._record = {"config": config, "code_zip": code}

    def invoke(self, event: Any, _request_id: str, **_: Any) -> dict[str, Any]:
        result = lambda_svc._execute_function(self._record, event)
        if result.get("error") or result.get("throttle"):
            return {**_FAILED, "log": result.get("log", "")}
        return {"status": "ok", "result": result.get("body")}


def dispatch_messages_at_once() -> None:
    """Run each message's function as soon as the message arrives, in an environment of its own.

    API Gateway does not wait for one message's function before it dispatches the next. MiniStack does, which
    would hold a caller's interruption back until the answer that it interrupts has been spoken.
    """

    def lease(_name: str, config: dict[str, Any], code: bytes, qualifier: str = "$LATEST") -> _Environment:  # noqa: ARG001
        return _Environment(config, code)

    lambda_runtime.get_or_create_worker = lease
    apigateway._invoke_ws_lambda = _without_waiting(apigateway._invoke_ws_lambda, apigateway._ws_connections)


def _without_waiting(
    invoke: Callable[..., Awaitable[Any]], connections: dict[str, Any]
) -> Callable[..., Any]:
    # The sixth and seventh positional arguments of `_invoke_ws_lambda`.
    connection_at, event_at = 5, 6

    async def dispatch(*args: Any, **more: Any) -> Any:
        if args[event_at] != "MESSAGE":
            return await invoke(*args, **more)
        task = asyncio.create_task(_run(invoke(*args, **more), connections.get(args[connection_at])))
        _running.add(task)
        task.add_done_callback(_running.discard)
        return None

    return dispatch


async def _run(invocation: Awaitable[Any], connection: dict[str, Any] | None) -> None:
    try:
        response = await invocation
    except Exception:  # noqa: BLE001 - whatever a function or MiniStack raises, the socket stays open
        _log.exception("message.failed")
        response = {"statusCode": 500}
    # The routes have no response, so a function's answer goes nowhere; a failure is told to the client.
    if connection and (response or {}).get("statusCode") == 500:  # noqa: PLR2004
        connection["outbox"].put_nowait(json.dumps({"message": "Internal server error"}))
