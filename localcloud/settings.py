"""What may be set, from the environment or a .env file, and the defaults, which need no account."""

from __future__ import annotations

import json
import secrets
import socket
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.numbering import check_country
from chalicelib.kernel.provider_settings import read_providers
from localcloud.failures import LocalCloudError
from localcloud.processes import find
from localcloud.workspace import read_json, write_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from localcloud.workspace import Workspace

LOOPBACK = "127.0.0.1"
_RELEASE_TRIES, _RELEASE_PAUSE_S = 30, 0.1
_LOCAL_NUMBER = "+15005550006"
_OPENAI_URL = "https://api.openai.com/v1"
_TWILIO_URL = "https://api.twilio.com"
_PROVIDERS, _PROVIDER_KEYS = "MODEL_PROVIDERS", "MODEL_PROVIDER_KEYS"
_USUAL_PROVIDER = ("openai_api_key", "openai_base_url", "openai_model")
_PORT_VARIABLES = {
    "proxy": "LOCALCLOUD_PORT",
    "ministack": "LOCALCLOUD_MINISTACK_PORT",
    "phone_network": "LOCALCLOUD_PHONE_NETWORK_PORT",
    "model_server": "LOCALCLOUD_MODEL_SERVER_PORT",
}


class SettingError(LocalCloudError):
    """A setting that cannot be used; the message names it and what to do."""


@dataclass(frozen=True)
class Telephony:
    """The carrier's account. `simulated` means the phone network of this package."""

    account_sid: str
    auth_token: str
    api_url: str
    numbers: tuple[str, ...]
    simulated: bool


@dataclass(frozen=True)
class Model:
    """The model provider. `simulated` means the model server of this package."""

    api_key: str
    base_url: str
    name: str
    simulated: bool


@dataclass(frozen=True)
class Settings:
    """Everything that `up` needs to know; ports by program name."""

    ports: dict[str, int]
    telephony: Telephony
    model: Model
    public_webhook_url: str
    public_socket_url: str
    allowed_countries: str
    log_level: str
    time_scale: float
    token_requests_per_minute: str = "600"  # noqa: S105  a limit, no secret
    address_requests_per_minute: str = "1200"
    cors_origins: str = ""
    model_providers: str = "[]"
    model_provider_keys: str = "{}"
    cognito_user_pool: str = ""
    cognito_client: str = ""

    def url(self, program: str) -> str:
        """Return the loopback address of a program."""
        return f"http://{LOOPBACK}:{self.ports[program]}"


def load_settings(workspace: Workspace, environ: Mapping[str, str]) -> Settings:
    """Load this checkout's settings; ports and the simulated account are chosen once and remembered."""
    providers, keys = _providers(environ)
    ports = _ports(workspace, environ)
    proxy = f"{LOOPBACK}:{ports['proxy']}"
    return Settings(
        ports=ports,
        telephony=_telephony(workspace, environ, ports["phone_network"]),
        model=_model(environ, ports["model_server"]),
        public_webhook_url=environ.get("PUBLIC_WEBHOOK_URL") or f"http://{proxy}/hook",
        public_socket_url=environ.get("PUBLIC_SOCKET_URL") or f"ws://{proxy}/socket",
        allowed_countries=_countries(environ.get("ALLOWED_COUNTRIES") or "US"),
        log_level=environ.get("LOG_LEVEL") or "INFO",
        time_scale=_time_scale(environ.get("LOCALCLOUD_TIME_SCALE") or "1"),
        token_requests_per_minute=environ.get("TOKEN_REQUESTS_PER_MINUTE") or "600",
        address_requests_per_minute=environ.get("ADDRESS_REQUESTS_PER_MINUTE") or "1200",
        cors_origins=environ.get("CORS_ORIGINS") or "",
        model_providers=providers,
        model_provider_keys=keys,
        cognito_user_pool=environ.get("COGNITO_USER_POOL") or "",
        cognito_client=environ.get("COGNITO_CLIENT") or "",
    )


def _providers(environ: Mapping[str, str]) -> tuple[str, str]:
    """Give the list of providers and their keys as the stack takes them, or say what is wrong with them."""
    providers, keys = environ.get(_PROVIDERS) or "[]", environ.get(_PROVIDER_KEYS) or "{}"
    secret = {"providers": _json(_PROVIDERS, providers), "provider_keys": _json(_PROVIDER_KEYS, keys)}
    try:
        read_providers(secret | dict.fromkeys(_USUAL_PROVIDER, ""))
    except ValueError as error:
        raise SettingError(f"{_PROVIDERS}: {error}") from error
    return providers, keys


def _json(variable: str, text: str) -> object:
    try:
        return json.loads(text)
    except ValueError as error:
        raise SettingError(f"{variable} is no JSON: {error}") from error


def _countries(text: str) -> str:
    """Give a list of countries as the stack takes it, or say which code is wrong."""
    codes = [code.strip() for code in text.split(",") if code.strip()]
    try:
        return ",".join(check_country(code.upper()) for code in codes)
    except Invalid as error:
        raise SettingError(f"ALLOWED_COUNTRIES: {error.message}") from error


def read_env_file(path: Path) -> dict[str, str]:
    """Read a .env file: NAME=value lines, `#` comments, optional quotes and `export`."""
    return dict(_assignments(path))


def _assignments(path: Path) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        text = line.strip().removeprefix("export ")
        if not text or text.startswith("#"):
            continue
        name, separator, value = text.partition("=")
        if not separator:
            raise SettingError(f"{path}, line {number}: expected NAME=value")
        yield name.strip(), value.strip().strip("\"'")


def _telephony(workspace: Workspace, environ: Mapping[str, str], port: int) -> Telephony:
    sid, token = environ.get("TWILIO_ACCOUNT_SID"), environ.get("TWILIO_AUTH_TOKEN")
    simulated = _items(environ.get("LOCALCLOUD_NUMBERS", "")) or (_LOCAL_NUMBER,)
    if not sid and not token:
        return _simulated_telephony(workspace, port, simulated)
    numbers = _items(environ.get("TWILIO_FROM_NUMBERS", ""))
    if not (sid and token and numbers):
        raise SettingError(
            "a real account needs TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_FROM_NUMBERS; "
            "unset all of them to use the simulated phone network"
        )
    return Telephony(sid, token, environ.get("TWILIO_API_URL") or _TWILIO_URL, numbers, simulated=False)


def _items(text: str) -> tuple[str, ...]:
    return tuple(item.strip() for item in text.split(",") if item.strip())


def _simulated_telephony(workspace: Workspace, port: int, numbers: tuple[str, ...]) -> Telephony:
    path = workspace.local / "account.json"
    account = read_json(path)
    if not account:
        account = {"account_sid": f"AC{secrets.token_hex(16)}", "auth_token": secrets.token_hex(16)}
        write_json(path, account)
    url = f"http://{LOOPBACK}:{port}"
    return Telephony(account["account_sid"], account["auth_token"], url, numbers, simulated=True)


def _model(environ: Mapping[str, str], port: int) -> Model:
    key, url, name = (environ.get(f"OPENAI_{part}", "") for part in ("API_KEY", "BASE_URL", "MODEL"))
    if key or url:
        return Model(key or "none", url or _OPENAI_URL, name or "gpt-4.1-mini", simulated=False)
    return Model("local-key", f"http://{LOOPBACK}:{port}/v1", name or "local-model", simulated=True)


def _ports(workspace: Workspace, environ: Mapping[str, str]) -> dict[str, int]:
    path = workspace.local / "ports.json"
    remembered = read_json(path)
    ports: dict[str, int] = {}
    for program, variable in _PORT_VARIABLES.items():
        if chosen := environ.get(variable):
            ports[program] = _port_setting(variable, chosen)
        else:
            ports[program] = _kept_port(workspace, program, remembered.get(program)) or free_port()
    if ports != remembered:
        write_json(path, ports)
    return ports


def _kept_port(workspace: Workspace, program: str, port: object) -> int | None:
    """Return the remembered port if it is free, or held by our own program."""
    if not isinstance(port, int):
        return None
    return port if find(workspace, program) or _becomes_free(port) else None


def _becomes_free(port: int) -> bool:
    """Wait a little for a program that was just killed to let go: stored queues are found by this port."""
    for _ in range(_RELEASE_TRIES):
        if _is_free(port):
            return True
        time.sleep(_RELEASE_PAUSE_S)
    return False


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def _port_setting(variable: str, text: str) -> int:
    highest = 65535
    if not text.isdecimal() or not 0 < int(text) <= highest:
        raise SettingError(f"{variable} is {text!r}: give a port number from 1 to {highest}")
    return int(text)


def _time_scale(text: str) -> float:
    try:
        scale = float(text)
    except ValueError:
        scale = 0.0
    if not scale > 0:
        raise SettingError(
            f"LOCALCLOUD_TIME_SCALE is {text!r}: give a positive number, 20 for twenty times faster"
        )
    return scale
