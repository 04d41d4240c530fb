"""The commands of webhooks against the real routes."""

from __future__ import annotations

import json

import pytest

from chalicelib.system.services.deliveries import deliver


def _read(result):
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.fixture
def hook(run):
    """Create a webhook."""
    return _read(run("webhooks", "create", "https://crm.example.com/hook", "--json"))


def test_webhooks_are_made_pinged_and_listed(run):
    """The secret is printed once; a ping is a delivery."""
    words = ("webhooks", "create", "https://crm.example.com/hook", "--event", "call.*", "--json")
    made = _read(run(*words))
    assert made["event_types"] == ["call.*"]
    listed = run("webhooks", "list").output
    assert made["id"] in listed
    assert made["secret"] not in listed
    ping = _read(run("webhooks", "ping", made["id"], "--json"))
    sent = _read(run("webhooks", "deliveries", made["id"], "--json"))
    assert [delivery["id"] for delivery in sent] == [ping["id"]]


def test_a_webhook_is_switched_off_and_on(run, hook):
    """Whatever its version."""
    off = _read(run("webhooks", "disable", hook["id"], "--json"))
    assert (off["enabled"], off["disabled_reason"]) == (False, "requested")
    assert run("webhooks", "ping", hook["id"]).exit_code == 1
    assert _read(run("webhooks", "enable", hook["id"], "--json"))["enabled"] is True


def test_a_webhook_gets_another_secret(run, hook):
    """The new one is printed; the old one signs for a day more."""
    rotated = _read(run("webhooks", "rotate-secret", hook["id"], "--json"))
    assert rotated["secret"].startswith("whsec_")
    assert rotated["secret"] != hook["secret"]
    assert rotated["old_secret_until"]


def test_a_webhook_is_deleted(run, hook):
    """It is gone from the list; a second time there is nothing to delete."""
    assert _read(run("webhooks", "delete", hook["id"], "--json")) == {"id": hook["id"], "deleted": True}
    assert _read(run("webhooks", "list", "--json")) == []
    assert run("webhooks", "delete", hook["id"]).exit_code == 1


def test_a_delivery_is_replayed(run, hook, container):
    """The same delivery, to be tried from the beginning."""
    ping = _read(run("webhooks", "ping", hook["id"], "--json"))
    deliver(container.system, hook["id"], ping["id"])
    [sent] = _read(run("webhooks", "deliveries", hook["id"], "--json"))
    assert sent["state"] == "delivered"
    replayed = _read(run("webhooks", "replay", hook["id"], ping["id"], "--json"))
    assert (replayed["id"], replayed["state"], replayed["tries"]) == (ping["id"], "pending", 0)


def test_the_help_names_what_works_here(run):
    """Whoever tries it on one machine learns that an address on it is taken."""
    assert "http://127.0.0.1:" in run("webhooks", "create", "--help").output
