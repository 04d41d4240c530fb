"""Deploys the packaged application to the local cloud and writes down where everything is."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from infra.layout import Checkout, this_machine
from infra.package import Package, build_package
from localcloud.failures import LocalCloudError
from localcloud.stack import Deployed, LocalStack
from localcloud.workspace import read_json, write_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from localcloud.settings import Settings
    from localcloud.workspace import Workspace

_SILENCE_PATIENCE_S = 10
# The product's own delays are not made shorter by the time scale: no simulated caller is asked sooner.
_LEAST_PATIENCE_S = 2
_SPEECH_CHARS_PER_SECOND = 15  # people in the simulated network speak like this, times the time scale
_LOOPBACK_NETWORK = "127.0.0.0/8"  # receivers of webhooks run on this machine
_TOKEN_NAME = "local-cloud"  # noqa: S105
_ISSUING_PROGRAM = (
    "import json, os, sys\n"
    "from chalicelib.bootstrap import issue_admin_token\n"
    "request = json.load(sys.stdin)\n"
    "os.environ.update(request['environ'])\n"
    "print(issue_admin_token(request['environ'], request['name']))\n"
)


class TokenFailedError(LocalCloudError):
    """The application could not issue the administrator's token."""


def package_here(workspace: Workspace) -> Package:
    """Build the package for this machine's processor, so that its compiled modules run here."""
    return build_package(Checkout(workspace.root), this_machine())


def deploy(workspace: Workspace, settings: Settings, package: Package, tick: Callable[[], None]) -> Deployed:
    """Deploy `package`, route the proxy to it and write endpoints.json."""
    stack = LocalStack(settings.url("ministack"))
    deployed = stack.deploy(package, stack_parameters(settings), tick)
    write_json(workspace.routes, _routes(settings, deployed.outputs))
    known = read_json(workspace.endpoints)
    token = None if deployed.created else known.get("admin_token")
    if not token:
        token = _issue_token(workspace, stack.function_environment(deployed.outputs["APIHandlerName"]))
    write_json(workspace.endpoints, endpoints(settings) | {"admin_token": token})
    return deployed


# Simulated people may be called at night, so that the local stack works at any hour; real ones may not.
_ANY_HOUR, _LAWFUL_HOURS = "00:00-24:00", "08:00-21:00"


def stack_parameters(settings: Settings) -> dict[str, str]:
    """Return the template's parameters for this machine."""
    telephony, model = settings.telephony, settings.model
    return {
        "Env": "local",
        "LocalEndpoint": settings.url("ministack"),
        "TwilioAccountSid": telephony.account_sid,
        "TwilioAuthTokens": telephony.auth_token,
        "TwilioApiUrl": telephony.api_url,
        "TwilioFromNumbers": ",".join(telephony.numbers),
        "OpenaiApiKey": model.api_key,
        "OpenaiBaseUrl": model.base_url,
        "OpenaiModel": model.name,
        "ModelProviders": settings.model_providers,
        "ModelProviderKeys": settings.model_provider_keys,
        "PublicWebhookUrl": settings.public_webhook_url,
        "PublicApiUrl": f"{settings.url('proxy')}/api",
        "PublicSocketUrl": settings.public_socket_url,
        "AllowedCountries": settings.allowed_countries,
        "CallingHours": _ANY_HOUR if telephony.simulated else _LAWFUL_HOURS,
        "TokenRequestsPerMinute": settings.token_requests_per_minute,
        "AddressRequestsPerMinute": settings.address_requests_per_minute,
        "CorsOrigins": settings.cors_origins,
        "CognitoUserPool": settings.cognito_user_pool,
        "CognitoClient": settings.cognito_client,
        "WebhookAllowedNetworks": _LOOPBACK_NETWORK,
        "SilencePatienceSeconds": f"{_patience(settings.time_scale):g}",
        "SpeechCharsPerSecond": f"{_SPEECH_CHARS_PER_SECOND * settings.time_scale:g}",
        "LogLevel": settings.log_level,
    }


def _patience(time_scale: float) -> float:
    return min(max(_SILENCE_PATIENCE_S / time_scale, _LEAST_PATIENCE_S), 60.0)


def endpoints(settings: Settings) -> dict[str, str]:
    """Return the addresses that people, tests and tools use."""
    proxy = settings.url("proxy")
    return {
        "api_url": f"{proxy}/api",
        "webhook_url": settings.public_webhook_url,
        "socket_url": settings.public_socket_url,
        "console_url": f"{proxy}/api/console",
        "docs_url": f"{proxy}/api/docs",
        "phone_network_url": settings.telephony.api_url,
        "model_url": settings.model.base_url,
    }


def _routes(settings: Settings, outputs: dict[str, str]) -> dict[str, str]:
    return {
        "ministack": settings.url("ministack"),
        "rest_api_id": outputs["RestAPIId"],
        "websocket_api_id": outputs["WebsocketAPIId"],
        "hook_host": urlsplit(outputs["HookUrl"]).netloc,
    }


def _issue_token(workspace: Workspace, environ: dict[str, str]) -> str:
    # In a process of its own, whose environment is a function's: nothing of ours can be read by mistake.
    request = json.dumps({"environ": environ, "name": _TOKEN_NAME})
    command = [sys.executable, "-c", _ISSUING_PROGRAM]
    done = subprocess.run(
        command,
        cwd=workspace.root,
        input=request,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": ""},
    )
    lines = done.stdout.split()
    if done.returncode or not lines:
        raise TokenFailedError(f"no administrator token could be issued\n{done.stderr.strip()[-2000:]}")
    return lines[-1]
