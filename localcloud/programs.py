"""Which programs make up the local cloud: their command lines, environments and health addresses."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from localcloud.settings import LOOPBACK

if TYPE_CHECKING:
    from pathlib import Path

    from localcloud.settings import Settings
    from localcloud.workspace import Workspace

REGION = "us-east-1"
# The access key that MiniStack takes for the account itself; it means nothing anywhere else.
ROOT_CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
_SERVICES = (
    "apigateway,cloudformation,cognito-idp,dynamodb,events,iam,lambda,logs,"
    "monitoring,s3,scheduler,secretsmanager,sqs,ssm,sts"
)
# What a call needs at once: a first caller should not wait for cold starts, nor an interruption for one.
_WARM = "-Hook-=2,-WebsocketMessage-=2,-WebsocketConnect-=1,-APIHandler-=1,-Authorize-=1,-Dial-=1,-Urgent-=1"
_INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "TZ")


@dataclass(frozen=True)
class Program:
    """One process: a name, what starts it, and the address that answers 200 once it is ready."""

    name: str
    port: int
    command: tuple[str, ...]
    environment: dict[str, str]
    health_path: str

    @property
    def health_url(self) -> str:
        """The address to ask for readiness."""
        return f"http://{LOOPBACK}:{self.port}{self.health_path}"


def programs(workspace: Workspace, settings: Settings) -> list[Program]:
    """List the programs to run, in starting order; a real provider replaces the simulated one."""
    wanted = [_ministack(workspace, settings), _proxy(workspace, settings)]
    if settings.telephony.simulated:
        wanted.append(_phone_network(workspace, settings))
    if settings.model.simulated:
        wanted.append(_model_server(settings))
    return wanted


def _ministack(workspace: Workspace, settings: Settings) -> Program:
    port, cloud = settings.ports["ministack"], workspace.cloud
    environment = _inherited() | {
        "GATEWAY_PORT": str(port),
        "BIND_HOST": LOOPBACK,  # it binds every interface otherwise
        "IOT_MTLS_ENABLED": "0",  # a broker on every interface otherwise
        "SFTP_ENABLED": "0",
        "SERVICES": _SERVICES,
        "AUTH": "true",  # roles are enforced
        "PERSIST_STATE": "1",
        "STATE_DIR": str(cloud / "state"),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(cloud / "s3"),
        "TMPDIR": str(cloud / "tmp"),
        "MINISTACK_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "LOCALCLOUD_WARM": _WARM,
        "LOG_LEVEL": "INFO",
    }
    command = (str(cloud_python(workspace.root)), "-m", "localcloud.ministack_launcher")
    return Program("ministack", port, command, environment | ROOT_CREDENTIALS, "/_ministack/health")


def _proxy(workspace: Workspace, settings: Settings) -> Program:
    port = settings.ports["proxy"]
    command = _module("localcloud.proxy", "--port", str(port), "--routes", str(workspace.routes))
    return Program("proxy", port, command, _inherited(), "/_local/health")


def _phone_network(workspace: Workspace, settings: Settings) -> Program:
    port, account = settings.ports["phone_network"], settings.telephony
    arguments = ["--port", str(port), "--time-scale", f"{settings.time_scale:g}"]
    arguments += ["--account-sid", account.account_sid, "--auth-token", account.auth_token]
    arguments += [part for number in account.numbers for part in ("--number", number)]
    arguments += ["--state", str(workspace.local / "phone_network.state")]
    command = _module("localcloud.phone_network", *arguments)
    return Program("phone_network", port, command, _inherited(), "/control/health")


def _model_server(settings: Settings) -> Program:
    port = settings.ports["model_server"]
    command = _module("localcloud.model_server", "--port", str(port))
    return Program("model_server", port, command, _inherited(), "/control/health")


def cloud_python(root: Path) -> Path:
    """Return the interpreter of the environment that holds MiniStack and nothing else."""
    return root / ".local" / "cloud-venv" / "bin" / "python"


def _module(name: str, *arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", name, *arguments)


def _inherited() -> dict[str, str]:
    # Nothing else of the caller's environment reaches a program, least of all its keys.
    return {name: os.environ[name] for name in _INHERITED if name in os.environ} | {"PYTHONUNBUFFERED": "1"}
