"""What the deployment tells the functions; read once, from a mapping that bootstrap hands in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chalicelib.kernel.provider_settings import ProviderSettings, read_providers

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class ScheduleSettings:
    """The groups of campaigns' and reminders' schedules; the queue that they wake, by which role (ARNs)."""

    group: str
    queue_arn: str
    role_arn: str
    appointments_group: str


@dataclass(frozen=True)
class Settings:
    """The functions' environment, typed; tables, queues, bucket and bus by their deployed names.

    `webhook_allowed_networks` are networks (CIDR) that outgoing webhooks may reach although they are not
    public; `cors_origins` are the origins whose pages may call the API. `dead_letter_queues` tells whoever
    drains them, by the name of each, which queue its letters come from.
    """

    crm_table: str
    calls_table: str
    ai_table: str
    scheduling_table: str
    system_table: str
    dial_queue_url: str
    urgent_queue_url: str
    post_call_queue_url: str
    news_queue_url: str
    jobs_queue_url: str
    campaigns_queue_url: str
    schedules: ScheduleSettings
    files_bucket: str
    event_bus_name: str
    connections_secret: str
    signing_key_secret: str
    socket_api_endpoint: str
    allowed_countries: frozenset[str]
    dialing_enabled: bool
    calling_hours: str
    speech_chars_per_second: float
    silence_patience_s: float
    token_requests_per_minute: int
    address_requests_per_minute: int
    cors_origins: frozenset[str]
    webhook_allowed_networks: frozenset[str]
    dead_letter_queues: Mapping[str, str]
    cognito_user_pool_id: str
    cognito_client_id: str
    log_level: str

    @property
    def queue_urls(self) -> dict[str, str]:
        """The queues' addresses, by the names under which failed work knows them."""
        return {
            "dial": self.dial_queue_url,
            "urgent": self.urgent_queue_url,
            "post_call": self.post_call_queue_url,
            "news": self.news_queue_url,
            "jobs": self.jobs_queue_url,
            "campaigns": self.campaigns_queue_url,
        }


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Read the environment; a missing name raises KeyError at the cold start, where it is seen."""
    return Settings(
        crm_table=environ["CRM_TABLE"],
        calls_table=environ["CALLS_TABLE"],
        ai_table=environ["AI_TABLE"],
        scheduling_table=environ["SCHEDULING_TABLE"],
        system_table=environ["SYSTEM_TABLE"],
        dial_queue_url=environ["DIAL_QUEUE_URL"],
        urgent_queue_url=environ["URGENT_QUEUE_URL"],
        post_call_queue_url=environ["POST_CALL_QUEUE_URL"],
        news_queue_url=environ["NEWS_QUEUE_URL"],
        jobs_queue_url=environ["JOBS_QUEUE_URL"],
        campaigns_queue_url=environ["CAMPAIGNS_QUEUE_URL"],
        schedules=ScheduleSettings(
            environ["SCHEDULE_GROUP"],
            environ["CAMPAIGNS_QUEUE_ARN"],
            environ["SCHEDULE_ROLE_ARN"],
            environ["APPOINTMENTS_GROUP"],
        ),
        files_bucket=environ["FILES_BUCKET"],
        event_bus_name=environ["EVENT_BUS_NAME"],
        connections_secret=environ["CONNECTIONS_SECRET"],
        signing_key_secret=environ["SIGNING_KEY_SECRET"],
        socket_api_endpoint=environ["SOCKET_API_ENDPOINT"],
        allowed_countries=_codes(environ.get("ALLOWED_COUNTRIES", "US")),
        dialing_enabled=environ.get("DIALING_ENABLED", "true") == "true",
        calling_hours=environ.get("CALLING_HOURS", "08:00-21:00"),
        speech_chars_per_second=float(environ.get("SPEECH_CHARS_PER_SECOND", "15")),
        silence_patience_s=float(environ.get("SILENCE_PATIENCE_SECONDS", "10")),
        token_requests_per_minute=int(environ.get("TOKEN_REQUESTS_PER_MINUTE", "600")),
        address_requests_per_minute=int(environ.get("ADDRESS_REQUESTS_PER_MINUTE", "1200")),
        cors_origins=frozenset(_items(environ.get("CORS_ORIGINS", ""))),
        webhook_allowed_networks=frozenset(_items(environ.get("WEBHOOK_ALLOWED_NETWORKS", ""))),
        cognito_user_pool_id=environ.get("COGNITO_USER_POOL_ID", ""),
        cognito_client_id=environ.get("COGNITO_CLIENT_ID", ""),
        dead_letter_queues=_names(environ.get("DEAD_LETTER_QUEUES", "")),
        log_level=environ.get("LOG_LEVEL", "INFO"),
    )


def _names(text: str) -> dict[str, str]:
    """Read `name=queue name` pairs into the name of each queue."""
    pairs = (item.split("=", 1) for item in _items(text))
    return {queue: name for name, queue in pairs}


def _codes(text: str) -> frozenset[str]:
    return frozenset(code.strip().upper() for code in text.split(",") if code.strip())


@dataclass(frozen=True)
class Connections:
    """Accounts and addresses of the outside world, from the one secret that the stack keeps."""

    twilio_account_sid: str
    twilio_auth_tokens: tuple[str, ...]
    twilio_api_url: str
    twilio_from_numbers: tuple[str, ...]
    providers: tuple[ProviderSettings, ...]
    webhook_url: str
    socket_url: str
    api_url: str = ""


def read_connections(secret: Mapping[str, Any]) -> Connections:
    """Read the secret's JSON; lists are comma separated, addresses lose a trailing slash."""
    return Connections(
        twilio_account_sid=secret["twilio_account_sid"],
        twilio_auth_tokens=_items(secret["twilio_auth_tokens"]),
        twilio_api_url=secret["twilio_api_url"].rstrip("/"),
        twilio_from_numbers=_items(secret["twilio_from_numbers"]),
        providers=read_providers(secret),
        webhook_url=secret["webhook_url"].rstrip("/"),
        socket_url=secret["socket_url"].rstrip("/"),
        api_url=secret.get("api_url", "").rstrip("/"),
    )


def _items(text: str) -> tuple[str, ...]:
    return tuple(item.strip() for item in text.split(",") if item.strip())
