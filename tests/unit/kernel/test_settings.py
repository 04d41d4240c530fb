from __future__ import annotations

import pytest

from chalicelib.kernel.errors import AppError, Conflict, Invalid, Unavailable
from chalicelib.kernel.settings import read_connections, read_settings

ENVIRONMENT = {
    "CRM_TABLE": "crm",
    "CALLS_TABLE": "calls",
    "AI_TABLE": "ai",
    "SCHEDULING_TABLE": "scheduling",
    "SYSTEM_TABLE": "system",
    "DIAL_QUEUE_URL": "https://sqs/dial",
    "URGENT_QUEUE_URL": "https://sqs/urgent",
    "POST_CALL_QUEUE_URL": "https://sqs/post",
    "NEWS_QUEUE_URL": "https://sqs/news",
    "JOBS_QUEUE_URL": "https://sqs/jobs",
    "CAMPAIGNS_QUEUE_URL": "https://sqs/campaigns",
    "CAMPAIGNS_QUEUE_ARN": "arn:aws:sqs:campaigns",
    "SCHEDULE_GROUP": "stack-campaigns",
    "APPOINTMENTS_GROUP": "stack-appointments",
    "SCHEDULE_ROLE_ARN": "arn:aws:iam:role",
    "FILES_BUCKET": "files",
    "EVENT_BUS_NAME": "bus",
    "CONNECTIONS_SECRET": "connections",
    "SIGNING_KEY_SECRET": "signing-key",
    "SOCKET_API_ENDPOINT": "https://socket/api",
}
SECRET = {
    "twilio_account_sid": "AC1",
    "twilio_auth_tokens": "new, old,",
    "twilio_api_url": "https://api.twilio.com/",
    "twilio_from_numbers": "+14155550100,+14155550101",
    "openai_api_key": "key",
    "openai_base_url": "https://api.openai.com/v1/",
    "openai_model": "model",
    "webhook_url": "https://hook/",
    "socket_url": "wss://socket/api/",
}


def test_the_environment_is_read_with_its_defaults():
    """What the deployment may leave out has a default: United States, INFO."""
    settings = read_settings(ENVIRONMENT)
    assert (settings.crm_table, settings.system_table) == ("crm", "system")
    assert (settings.allowed_countries, settings.log_level) == (frozenset({"US"}), "INFO")


@pytest.mark.parametrize("missing", sorted(ENVIRONMENT))
def test_a_missing_name_is_seen_at_the_start(missing):
    """An incomplete deployment fails at once, with the name that is missing."""
    with pytest.raises(KeyError, match=missing):
        read_settings({name: value for name, value in ENVIRONMENT.items() if name != missing})


def test_limits_and_lists_of_the_api_have_defaults():
    """No origin may call from a page, no private network may be reached, and requests are limited."""
    settings = read_settings(ENVIRONMENT)
    assert (settings.cors_origins, settings.webhook_allowed_networks) == (frozenset(), frozenset())
    assert (settings.token_requests_per_minute, settings.address_requests_per_minute) == (600, 1200)


def test_limits_and_lists_of_the_api_are_read():
    """Lists are comma separated, limits are whole numbers."""
    chosen = {"CORS_ORIGINS": "https://a.example, https://b.example", "TOKEN_REQUESTS_PER_MINUTE": "5"}
    chosen |= {"WEBHOOK_ALLOWED_NETWORKS": "127.0.0.0/8", "ADDRESS_REQUESTS_PER_MINUTE": "7"}
    settings = read_settings({**ENVIRONMENT, **chosen})
    assert settings.cors_origins == {"https://a.example", "https://b.example"}
    assert settings.webhook_allowed_networks == {"127.0.0.0/8"}
    assert (settings.token_requests_per_minute, settings.address_requests_per_minute) == (5, 7)


def test_countries_are_read_as_people_write_lists():
    """Spaces, small letters and empty items do no harm."""
    settings = read_settings({**ENVIRONMENT, "ALLOWED_COUNTRIES": " us,ca ,,GB"})
    assert settings.allowed_countries == {"US", "CA", "GB"}


@pytest.mark.parametrize(("said", "enabled"), [("", True), ("true", True), ("false", False), ("off", False)])
def test_dialing_is_on_only_when_it_is_said_to_be(said, enabled):
    """Without a word it is on; anything but `true` switches it off."""
    chosen = {"DIALING_ENABLED": said} if said else {}
    assert read_settings({**ENVIRONMENT, **chosen}).dialing_enabled is enabled


def test_lists_and_addresses_of_the_secret_are_cleaned():
    """Tokens and numbers are lists without blanks; addresses have no slash at the end."""
    connections = read_connections(SECRET)
    assert connections.twilio_auth_tokens == ("new", "old")
    assert connections.twilio_from_numbers == ("+14155550100", "+14155550101")
    assert connections.webhook_url == "https://hook"
    assert connections.providers[0].base_url == "https://api.openai.com/v1"


def test_refusals_have_a_code_of_their_class_or_their_own():
    """A program can tell refusals apart without reading their text."""
    assert (Invalid("no").code, Conflict("no", code="phone_taken").code) == ("invalid", "phone_taken")
    refusal = Unavailable("silent", retryable=False)
    assert isinstance(refusal, AppError)
    assert (refusal.code, refusal.retryable, refusal.details) == ("unavailable", False, {})
