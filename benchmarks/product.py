"""The product's own container in this process, with connections given instead of looked up."""

from __future__ import annotations

import os

from benchmarks.conversation import LINE
from chalicelib.bootstrap import Container
from chalicelib.kernel.provider_settings import ProviderSettings
from chalicelib.kernel.settings import Connections

REGION = "us-east-1"
TABLES = {name: name for name in ("CRM_TABLE", "CALLS_TABLE", "AI_TABLE", "SCHEDULING_TABLE", "SYSTEM_TABLE")}
WEBHOOK_URL, SOCKET_URL = "https://calls.example.com/hook", "wss://calls.example.com/socket"
AUTH_TOKEN = "0123456789abcdef"  # noqa: S105  signs requests that never leave this process
ACCESS = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_DEFAULT_REGION": REGION}


def function_environment(queue_url: str) -> dict[str, str]:
    """Return what the deployment tells every function; all queues are one."""
    return {
        **TABLES,
        "DIAL_QUEUE_URL": queue_url,
        "URGENT_QUEUE_URL": queue_url,
        "POST_CALL_QUEUE_URL": queue_url,
        "NEWS_QUEUE_URL": queue_url,
        "JOBS_QUEUE_URL": queue_url,
        "CAMPAIGNS_QUEUE_URL": queue_url,
        "CAMPAIGNS_QUEUE_ARN": "unused",
        "SCHEDULE_GROUP": "unused",
        "APPOINTMENTS_GROUP": "unused",
        "SCHEDULE_ROLE_ARN": "unused",
        "FILES_BUCKET": "files",
        "EVENT_BUS_NAME": "unused",
        "CONNECTIONS_SECRET": "unused",
        "SIGNING_KEY_SECRET": "unused",
        "SOCKET_API_ENDPOINT": "http://127.0.0.1:9",
        "LOG_LEVEL": "WARNING",
        "AWS_REGION": REGION,
    }


def container(model_url: str = "", queue_url: str = "") -> Container:
    """Build the container; clients of vendors that it makes find credentials that admit nowhere."""
    os.environ.update(ACCESS)
    root = Container(function_environment(queue_url))
    root.connections = _connections(model_url)
    return root


def _connections(model_url: str) -> Connections:
    return Connections(
        twilio_account_sid="AC" + "0" * 32,
        twilio_auth_tokens=(AUTH_TOKEN,),
        twilio_api_url="",
        twilio_from_numbers=(LINE,),
        providers=(ProviderSettings("openai", "openai", "local-model", 8000, model_url, "local"),),
        webhook_url=WEBHOOK_URL,
        socket_url=SOCKET_URL,
    )
