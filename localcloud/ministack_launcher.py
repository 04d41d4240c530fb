"""Starts MiniStack, mended to behave like AWS where the product would notice; nothing of the product is here.

It runs in the Python of `.local/cloud-venv`. One function mends one difference. MiniStack is pinned: `main`
refuses any other version, and each patch has a test that fails when an upgrade makes it void.
"""

# ruff: noqa: SLF001 - a patch reaches what is not meant to be reached

from __future__ import annotations

import importlib.metadata
import os
import sys
from typing import Any

from ministack.app import main as serve
from ministack.services import apigateway_v1 as rest
from ministack.services import eventbridge, scheduler

from localcloud.ministack_autosave import save_continuously
from localcloud.ministack_permissions import tell_groups_of_schedules, tell_keys_and_attributes
from localcloud.ministack_sockets import dispatch_messages_at_once
from localcloud.ministack_streams import keep_unread_changes, poll_streams_apart
from localcloud.ministack_workers import (
    isolate_functions,
    keep_environments_after_errors,
    remove_leftovers,
    unpack_code_once,
    wait_briefly_for_logs,
    warm_functions,
)

PINNED_VERSION = "1.5.33"
_SCHEDULE_SWEEP_SECONDS = 1


class WrongVersionError(RuntimeError):
    """The installed MiniStack is not the one that these patches were written for."""


def require_pinned_version() -> None:
    """Refuse to start on another MiniStack than the pinned one."""
    installed = importlib.metadata.version("ministack")
    if installed != PINNED_VERSION:
        raise WrongVersionError(
            f"MiniStack {installed} is installed, {PINNED_VERSION} is needed: run make clean"
        )


def import_whole_definitions() -> None:
    """Keep binary media types, gateway responses and preflights, which MiniStack's Swagger import drops."""
    import_api, import_operation = rest._import_rest_api, rest._import_operation

    def with_settings(spec: dict[str, Any], base_data: dict[str, Any] | None = None) -> Any:
        data = dict(base_data or {})
        declared = spec.get("x-amazon-apigateway-binary-media-types") or []
        api = import_api(spec, data | {"binaryMediaTypes": data.get("binaryMediaTypes") or declared})
        for kind, response in (spec.get("x-amazon-apigateway-gateway-responses") or {}).items():
            rest._put_gateway_response(api, kind, response)
        return api

    def with_preflight(
        api: str, resource: str, method: str, operation: Any, *rest_of: Any, **more: Any
    ) -> None:
        import_operation(api, resource, method, operation, *rest_of, **more)
        integration = (operation or {}).get("x-amazon-apigateway-integration") or {}
        if str(integration.get("type")).lower() == "mock":
            _import_mock((api, resource, method), integration)

    rest._import_rest_api, rest._import_operation = with_settings, with_preflight


def _import_mock(method: tuple[str, str, str], integration: dict[str, Any]) -> None:
    templates = integration.get("requestTemplates") or {}
    rest._put_integration(*method, {"type": "MOCK", "requestTemplates": templates})
    for selector, response in (integration.get("responses") or {}).items():
        headers = response.get("responseParameters") or {}
        code = str(response.get("statusCode", 200))
        declared = {"responseParameters": dict.fromkeys(headers, False)}
        pattern = "" if selector == "default" else selector
        rest._put_method_response(*method, code, declared)
        answer = {"responseParameters": headers, "selectionPattern": pattern}
        rest._put_integration_response(*method, code, answer)


def sweep_schedules_every_second() -> None:
    """Fire rules and schedules within a second of their time; MiniStack looks every ten."""
    scheduler._SCHEDULE_TICK_INTERVAL = _SCHEDULE_SWEEP_SECONDS
    eventbridge._SCHEDULER_TICK_INTERVAL = _SCHEDULE_SWEEP_SECONDS


PATCHES = (
    remove_leftovers,
    wait_briefly_for_logs,
    isolate_functions,
    keep_environments_after_errors,
    unpack_code_once,
    import_whole_definitions,
    sweep_schedules_every_second,
    dispatch_messages_at_once,
    tell_keys_and_attributes,
    tell_groups_of_schedules,
    poll_streams_apart,
    keep_unread_changes,
    save_continuously,
    warm_functions,
)


def main() -> None:
    """Apply every patch and serve until a signal; settings come from MiniStack's environment variables."""
    os.umask(0o077)
    require_pinned_version()
    for patch in PATCHES:
        patch()
    sys.argv = ["ministack"]
    serve()


if __name__ == "__main__":
    main()
