"""REST routes of webhooks: who is told of events, and what became of each message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalice.app import Blueprint

from chalicelib.bootstrap import container
from chalicelib.bootstrap.news import event_types
from chalicelib.entrypoints.middleware import NoQuery, Request, route
from chalicelib.kernel.paging import Page
from chalicelib.kernel.schemas import PageQuery
from chalicelib.system.domain.tokens import Scope
from chalicelib.system.domain.webhooks import check_known
from chalicelib.system.schemas.webhooks import (
    DeliveriesQuery,
    DeliveryList,
    DeliveryView,
    EventTypeList,
    IssuedWebhookView,
    WebhookIn,
    WebhookList,
    WebhookPatch,
    WebhookView,
    WholeDeliveryView,
    delivery_view,
    issued_view,
    whole_delivery_view,
)
from chalicelib.system.services import deliveries, webhooks

if TYPE_CHECKING:
    from chalicelib.kernel.catalogue import EventType
    from chalicelib.system.domain.webhooks import Webhook

bp = Blueprint(__name__)
_WEBHOOKS = "/v1/webhooks"
_WEBHOOK = _WEBHOOKS + "/{webhook_id}"
_DELIVERIES = _WEBHOOK + "/deliveries"
_DELIVERY = _DELIVERIES + "/{delivery_id}"
_MISSING = {"webhook_not_found": 404}
_MISSING_DELIVERY = {**_MISSING, "delivery_not_found": 404}
_REFUSED = {"address_refused": 400, "bad_event_type": 400}


@route(
    bp,
    "POST",
    _WEBHOOKS,
    scope=Scope.ADMIN,
    body=WebhookIn,
    returns=IssuedWebhookView,
    status=201,
    errors={**_REFUSED, **_MISSING, "too_many_webhooks": 409},
    example={"url": "https://example.com/hook", "event_types": ["call.*", "contact.created"]},
)
def create_webhook(request: Request[WebhookIn, NoQuery]) -> IssuedWebhookView:
    """Create a webhook.

    Its secret is in this answer and nowhere else; a repeated request (`Idempotency-Key`) has null there. The
    address must be https and lead into the public internet.
    """
    system, new = container().system, request.body.new_webhook()
    check_known(new.event_types, event_types())
    return issued_view(webhooks.create_webhook(system, new, request.new_id("webhook")))


@route(bp, "GET", _WEBHOOKS, scope=Scope.VIEWER, query=PageQuery, returns=WebhookList)
def list_webhooks(request: Request[None, PageQuery]) -> Page[Webhook]:
    """List webhooks, newest first."""
    return webhooks.list_webhooks(container().system, request.query.page_size, request.start)


@route(bp, "GET", _WEBHOOK, scope=Scope.VIEWER, returns=WebhookView, errors=_MISSING)
def get_webhook(request: Request[None, NoQuery]) -> Webhook:
    """Read a webhook."""
    return webhooks.get_webhook(container().system, request.path["webhook_id"])


@route(
    bp,
    "PATCH",
    _WEBHOOK,
    scope=Scope.ADMIN,
    body=WebhookPatch,
    returns=WebhookView,
    errors={**_MISSING, **_REFUSED},
    example={"event_types": ["call.ended"], "enabled": True},
    guarded=True,
)
def change_webhook(request: Request[WebhookPatch, NoQuery]) -> Webhook:
    """Change a webhook, or enable it again."""
    webhook_id, change = request.path["webhook_id"], request.body.change()
    check_known(change.event_types or (), event_types())
    return webhooks.change_webhook(container().system, webhook_id, change, request.expected_version)


@route(bp, "DELETE", _WEBHOOK, scope=Scope.ADMIN, returns=None, status=204, errors=_MISSING, guarded=True)
def delete_webhook(request: Request[None, NoQuery]) -> None:
    """Delete a webhook and its secrets; nothing more is sent."""
    webhook_id = request.path["webhook_id"]
    webhooks.delete_webhook(container().system, webhook_id, request.expected_version)


@route(
    bp,
    "POST",
    _WEBHOOK + "/rotate-secret",
    scope=Scope.ADMIN,
    returns=IssuedWebhookView,
    status=201,
    errors=_MISSING,
)
def rotate_webhook_secret(request: Request[None, NoQuery]) -> IssuedWebhookView:
    """Give a webhook a new secret.

    For 24 hours messages carry two signatures, by the new secret and by the one before. The new one is in
    this answer and nowhere else; a repeated request (`Idempotency-Key`) has null there.
    """
    webhook_id, rotation = request.path["webhook_id"], request.new_id("rotation")
    return issued_view(webhooks.rotate_secret(container().system, webhook_id, rotation))


@route(
    bp,
    "POST",
    _WEBHOOK + "/ping",
    scope=Scope.OPERATOR,
    returns=DeliveryView,
    status=202,
    errors={**_MISSING, "webhook_disabled": 409},
)
def ping_webhook(request: Request[None, NoQuery]) -> DeliveryView:
    """Send an event `webhook.ping` to this webhook only.

    It is sent right after the answer; read the delivery to see what came of it.
    """
    webhook_id, event_id = request.path["webhook_id"], request.new_id("event")
    return delivery_view(deliveries.ping(container().system, webhook_id, event_id))


@route(
    bp, "GET", _DELIVERIES, scope=Scope.VIEWER, query=DeliveriesQuery, returns=DeliveryList, errors=_MISSING
)
def list_deliveries(request: Request[None, DeliveriesQuery]) -> Page[DeliveryView]:
    """List what was sent to a webhook, or is to be, those of the newest events first."""
    query = request.query
    page = deliveries.list_deliveries(
        container().system, request.path["webhook_id"], query.state, query.page_size, request.start
    )
    return Page([delivery_view(delivery) for delivery in page.items], page.next_start)


@route(bp, "GET", _DELIVERY, scope=Scope.VIEWER, returns=WholeDeliveryView, errors=_MISSING_DELIVERY)
def get_delivery(request: Request[None, NoQuery]) -> WholeDeliveryView:
    """Read a delivery with its message and every try."""
    webhook_id, delivery_id = request.path["webhook_id"], request.path["delivery_id"]
    return whole_delivery_view(deliveries.get_delivery(container().system, webhook_id, delivery_id))


@route(
    bp,
    "POST",
    _DELIVERY + "/replay",
    scope=Scope.OPERATOR,
    returns=DeliveryView,
    status=202,
    errors={
        **_MISSING_DELIVERY,
        "webhook_disabled": 409,
        "delivery_in_progress": 409,
        "delivery_changed": 409,
    },
)
def replay_delivery(request: Request[None, NoQuery]) -> DeliveryView:
    """Deliver once more, at once and with all tries, whether it arrived or not.

    The message keeps its id, so a receiver that has it already can tell.
    """
    webhook_id, delivery_id = request.path["webhook_id"], request.path["delivery_id"]
    return delivery_view(deliveries.replay(container().system, webhook_id, delivery_id))


@route(bp, "GET", "/v1/events/types", scope=Scope.VIEWER, returns=EventTypeList)
def list_event_types(_request: Request[None, NoQuery]) -> dict[str, list[EventType]]:
    """List every type of event, each with the JSON schema of its `data`."""
    return {"items": [kind for _, kind in sorted(event_types().items())]}
