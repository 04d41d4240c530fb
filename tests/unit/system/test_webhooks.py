"""Webhooks are created, changed, disabled and deleted; secrets are shown once and rotated."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest

from chalicelib.kernel.errors import Conflict, Invalid, NotFound
from chalicelib.kernel.ids import new_id
from chalicelib.system.domain.webhooks import (
    MAX_WEBHOOKS,
    DisabledReason,
    NewWebhook,
    WebhookChange,
    check_known,
    check_patterns,
)
from chalicelib.system.services.webhooks import (
    change_webhook,
    create_webhook,
    delete_webhook,
    disable_webhook,
    get_webhook,
    list_webhooks,
    rotate_secret,
)

URL = "https://example.com/hook"


def _create(system, url=URL, event_types=("*",), **options):
    return create_webhook(system, NewWebhook(url, event_types, **options), new_id("webhook"))


def test_a_webhook_is_created_with_its_secret(system, clock):
    """It is on, wants what was asked for, and its secret is 256 bits in the form of Standard Webhooks."""
    webhook, secret = _create(system, event_types=("call.*",), description="CRM")
    assert get_webhook(system, webhook.id) == webhook
    assert (webhook.enabled, webhook.created_at, webhook.version) == (True, clock.now(), 1)
    prefix, _, key = secret.partition("_")
    assert (prefix, len(base64.b64decode(key, validate=True))) == ("whsec", 32)
    assert secret not in repr(webhook)
    assert secret not in repr(system.webhooks.secrets(webhook.id))


def test_creating_again_gives_what_was_made_first(system):
    """A request that is repeated after a crash makes nothing twice, and still learns the secret."""
    first = create_webhook(system, NewWebhook(URL, ("*",)), "webhook_" + "1" * 32)
    assert create_webhook(system, NewWebhook(URL, ("*",)), "webhook_" + "1" * 32) == first


def test_a_webhook_may_be_born_disabled(system):
    """It says that somebody wanted it so."""
    webhook, _ = _create(system, enabled=False)
    assert (webhook.enabled, webhook.disabled_reason) == (False, DisabledReason.REQUESTED)


def test_there_is_a_limit(system):
    """The fifty-first webhook is refused; deleting one makes room."""
    made = [_create(system)[0] for _ in range(MAX_WEBHOOKS)]
    with pytest.raises(Conflict) as refusal:
        _create(system)
    assert refusal.value.code == "too_many_webhooks"
    delete_webhook(system, made[0].id, None)
    _create(system)


def test_a_private_address_is_refused_at_once(system):
    """When it is created, and when it is changed to one."""
    system.resolve.known["inside.example.com"] = ("10.0.0.1",)
    with pytest.raises(Invalid, match="cannot be used"):
        _create(system, url="https://inside.example.com")
    webhook, _ = _create(system)
    with pytest.raises(Invalid, match="cannot be used"):
        change_webhook(system, webhook.id, WebhookChange(url="https://inside.example.com"), None)
    assert get_webhook(system, webhook.id).url == URL


@pytest.mark.parametrize(
    ("pattern", "event_type", "fits"),
    [
        ("*", "call.ended", True),
        ("call.*", "call.ended", True),
        ("call.*", "callback.promised", False),
        ("call.*", "call", False),
        ("call.ended", "call.ended", True),
        ("call.ended", "call.ended_late", False),
    ],
)
def test_patterns_choose_events(system, pattern, event_type, fits):
    """A star stands for everything, or for all that can become of an object."""
    webhook, _ = _create(system, event_types=(pattern,))
    assert webhook.wants(event_type) is fits


@pytest.mark.parametrize(
    "pattern", ["", "**", "call", "*.ended", "call.*.x", "Call.ended", "call.ended\n", "c.d" * 30]
)
def test_a_pattern_that_means_nothing_is_refused(pattern):
    """The field is named."""
    with pytest.raises(Invalid) as refusal:
        check_patterns(("call.ended", pattern))
    assert (refusal.value.code, refusal.value.errors[0].pointer) == ("bad_event_type", "/event_types/1")


@pytest.mark.parametrize("count", [0, 51])
def test_a_webhook_wants_something_and_not_too_much(count):
    """One to fifty patterns."""
    with pytest.raises(Invalid):
        check_patterns(tuple(f"call.e{'x' * number}" for number in range(count)))


def test_a_pattern_counts_once():
    """Doubles are dropped."""
    assert check_patterns(("call.*", "*", "call.*")) == ("call.*", "*")


def test_a_pattern_that_no_event_fits_is_refused():
    """A misspelt type would never be told."""
    check_known(("*", "call.*", "call.ended"), {"call.ended"})
    with pytest.raises(Invalid) as refusal:
        check_known(("call.*", "cal.*"), {"call.ended"})
    assert refusal.value.errors[0].pointer == "/event_types/1"


def test_what_is_not_given_stays(system, clock):
    """A change touches the fields that it names, and the time."""
    webhook, _ = _create(system, event_types=("call.*",), description="CRM")
    clock.advance(hours=1)
    now = change_webhook(system, webhook.id, WebhookChange(description=""), 1)
    assert now == replace(webhook, description="", updated_at=clock.now(), version=2)
    assert get_webhook(system, webhook.id) == now


def test_a_change_needs_the_version_that_was_read(system):
    """Somebody else's change is not overwritten; whoever wants can ignore that."""
    webhook, _ = _create(system)
    change_webhook(system, webhook.id, WebhookChange(description="a"), 1)
    for act in (
        lambda: change_webhook(system, webhook.id, WebhookChange(description="b"), 1),
        lambda: delete_webhook(system, webhook.id, 1),
    ):
        with pytest.raises(Conflict) as refusal:
            act()
        assert refusal.value.code == "version_changed"
    assert change_webhook(system, webhook.id, WebhookChange(description="b"), None).version == 3


def test_enabling_forgets_why_it_was_off(system, clock):
    """The reason that came first stands until then."""
    webhook, _ = _create(system)
    off = disable_webhook(system, webhook.id, DisabledReason.FAILING)
    assert (off.enabled, off.disabled_reason, off.disabled_at) == (False, DisabledReason.FAILING, clock.now())
    assert disable_webhook(system, webhook.id, DisabledReason.GONE) == off
    assert change_webhook(system, webhook.id, WebhookChange(enabled=False), None).disabled_reason == "failing"
    on = change_webhook(system, webhook.id, WebhookChange(enabled=True), None)
    assert (on.enabled, on.disabled_reason, on.disabled_at) == (True, None, None)


def test_a_deleted_webhook_is_gone(system):
    """Nobody finds it, it wants nothing, and its secrets are no more; a row remembers it."""
    webhook, _ = _create(system)
    delete_webhook(system, webhook.id, 1)
    for act in (
        get_webhook,
        lambda *args: delete_webhook(*args, None),
        lambda *args: rotate_secret(*args, "r"),
    ):
        with pytest.raises(NotFound) as refusal:
            act(system, webhook.id)
        assert refusal.value.code == "webhook_not_found"
    assert list_webhooks(system, 10, None).items == []
    assert system.webhooks.secrets(webhook.id) is None
    kept = system.webhooks.get(webhook.id)
    assert kept.deleted_at is not None
    assert not kept.wants("call.ended")


@pytest.mark.parametrize("webhook_id", ["webhook_" + "0" * 32, "nonsense", ""])
def test_an_unknown_webhook_says_so(system, webhook_id):
    """Whatever the id looks like."""
    with pytest.raises(NotFound):
        get_webhook(system, webhook_id)


def test_for_a_day_both_secrets_sign(system, clock):
    """A rotation gives the receiver time; then the old secret is worth nothing."""
    webhook, old = _create(system)
    rotated, new = rotate_secret(system, webhook.id, "rotation_1")
    assert new != old
    secrets = system.webhooks.secrets(webhook.id)
    assert secrets.valid_at(clock.now()) == (new, old)
    clock.advance(hours=24, milliseconds=-1)
    assert secrets.valid_at(clock.now()) == (new, old)
    clock.advance(milliseconds=1)
    assert secrets.valid_at(clock.now()) == (new,)
    assert rotated.old_secret_until == clock.now()


def test_a_repeated_rotation_changes_nothing(system):
    """Otherwise a request that is sent twice would end the secret that the receiver still uses."""
    webhook, old = _create(system)
    first = rotate_secret(system, webhook.id, "rotation_1")
    assert rotate_secret(system, webhook.id, "rotation_1") == first
    assert system.webhooks.secrets(webhook.id).previous == old


def test_a_webhook_that_changes_under_ones_hands_is_read_again(system):
    """A change meets the newest state; when that never holds still it is refused."""
    webhook, _ = _create(system)
    save, lost = system.webhooks.save, iter([False] * 2)
    system.webhooks.save = lambda *args: next(lost, True) and save(*args)
    assert change_webhook(system, webhook.id, WebhookChange(description="b"), None).description == "b"
    system.webhooks.save = lambda *_: False
    for act in (
        lambda: change_webhook(system, webhook.id, WebhookChange(description="c"), None),
        lambda: rotate_secret(system, webhook.id, "rotation_1"),
    ):
        with pytest.raises(Conflict) as refusal:
            act()
        assert refusal.value.code == "version_changed"
