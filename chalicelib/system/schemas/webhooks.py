"""Webhooks and deliveries as the API takes and shows them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from chalicelib.kernel.schemas import Input, Instant, PageQuery
from chalicelib.system.domain.deliveries import DeliveryState
from chalicelib.system.domain.destinations import MAX_URL
from chalicelib.system.domain.webhooks import (
    MAX_PATTERNS,
    PATTERN,
    DisabledReason,
    NewWebhook,
    WebhookChange,
)

if TYPE_CHECKING:
    from chalicelib.system.domain.deliveries import Attempt, Delivery
    from chalicelib.system.domain.webhooks import Webhook

_MAX_DESCRIPTION = 200


def _called(schema: Any) -> Any:
    """Give what a method gives, or a value as it is."""
    return schema() if callable(schema) else schema


Url = Annotated[
    str,
    StringConstraints(min_length=1, max_length=MAX_URL),
    Field(description="Where to post: https, a public host, no user name, no fragment."),
]
EventPattern = Annotated[str, StringConstraints(pattern=f"^(?:{PATTERN})$")]
EventPatterns = Annotated[
    list[EventPattern],
    Field(
        min_length=1,
        max_length=MAX_PATTERNS,
        description="`*` for all events, `contact.*` for all about contacts, or types such as `call.ended`.",
    ),
]
Description = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=_MAX_DESCRIPTION, pattern=r"^[^\x00-\x1f\x7f]*$"),
    Field(description="Who receives it; for people."),
]


class WebhookIn(Input):
    """A webhook to create."""

    url: Url
    event_types: EventPatterns = Field(default_factory=lambda: ["*"])
    description: Description = ""
    enabled: Annotated[bool, Field(strict=True)] = True

    def new_webhook(self) -> NewWebhook:
        """Give the use case's input."""
        return NewWebhook(self.url, tuple(self.event_types), self.description, self.enabled)


class WebhookPatch(Input):
    """What to change of a webhook; what is missing or null stays. Enabling it forgets why it was disabled."""

    url: Url | None = None
    event_types: EventPatterns | None = None
    description: Description | None = None
    enabled: Annotated[bool, Field(strict=True)] | None = None

    def change(self) -> WebhookChange:
        """Give the use case's input."""
        patterns = None if self.event_types is None else tuple(self.event_types)
        return WebhookChange(self.url, patterns, self.description, self.enabled)


class WebhookView(BaseModel):
    """A webhook without its secret."""

    model_config = ConfigDict(from_attributes=True)
    id: str
    url: str
    event_types: list[str]
    description: str
    enabled: bool
    disabled_reason: Annotated[
        DisabledReason | None, Field(description="By request, failing for a day, or gone (410).")
    ]
    disabled_at: Instant | None
    old_secret_until: Annotated[
        Instant | None, Field(description="Until when the secret before the last rotation signs as well.")
    ]
    created_at: Instant
    updated_at: Instant
    version: int


class IssuedWebhookView(WebhookView):
    """A webhook with its new secret, shown this once, and null when the request is repeated."""

    secret_fields: ClassVar[tuple[str, ...]] = ("secret",)
    secret: Annotated[str | None, Field(description="`whsec_…`: verifies the signatures of what is sent.")]


class WebhookList(BaseModel):
    """One page of webhooks, newest first; the page token, if any, asks for the next."""

    items: list[WebhookView]
    next_page_token: str | None


class AttemptView(BaseModel):
    """One try: the receiver's status, or the kind of failure, and the beginning of the answer's body."""

    at: Instant
    status: int | None
    error: Annotated[
        str,
        Field(
            description="Empty, or `timeout`, `connection`, `tls`, `redirect`, `address_refused`, "
            "`unfinished`, `webhook_disabled`, `unreachable`."
        ),
    ]
    ms: int
    excerpt: str


class DeliveryView(BaseModel):
    """One event for one webhook, and every try to deliver it (the last 20)."""

    model_config = ConfigDict(from_attributes=True)
    id: str
    webhook_id: str
    event_id: Annotated[str, Field(description="Also the `webhook-id` of every try.")]
    event_type: str
    state: DeliveryState
    tries: Annotated[int, Field(description="Tries begun since it was made or replayed; eight at most.")]
    attempts: list[AttemptView]
    next_at: Annotated[Instant | None, Field(description="When it is tried next.")]
    created_at: Instant
    keep_until: Instant


class WholeDeliveryView(DeliveryView):
    """A delivery with what is sent."""

    event: Annotated[dict[str, Any], Field(description="The body of the message.")]


class DeliveryList(BaseModel):
    """One page of deliveries, those of the newest events first; the page token, if any, asks for the next."""

    items: list[DeliveryView]
    next_page_token: str | None


class DeliveriesQuery(PageQuery):
    """Which deliveries; with a state a page may be short, or empty, and yet have a next one."""

    state: Annotated[DeliveryState | None, Field(description="Only deliveries in this state.")] = None


class EventTypeView(BaseModel):
    """A type of event; a new version means that the shape of its data has changed for its readers."""

    model_config = ConfigDict(from_attributes=True)
    type: str
    version: int
    description: str
    data_schema: Annotated[dict[str, Any], BeforeValidator(_called), Field(validation_alias="schema")]


class EventTypeList(BaseModel):
    """All types of events, by name."""

    items: list[EventTypeView]


def issued_view(issued: tuple[Webhook, str]) -> IssuedWebhookView:
    """Give a webhook with its secret, as the API shows it once."""
    webhook, secret = issued
    return IssuedWebhookView(**WebhookView.model_validate(webhook).model_dump(), secret=secret)


def delivery_view(delivery: Delivery) -> DeliveryView:
    """Give a delivery as the API shows it."""
    return DeliveryView(**_shown(delivery))


def whole_delivery_view(delivery: Delivery) -> WholeDeliveryView:
    """Give a delivery with its message as the API shows it."""
    return WholeDeliveryView(**_shown(delivery), event=json.loads(delivery.body))


def _shown(delivery: Delivery) -> dict[str, Any]:
    fields = {name: getattr(delivery, name) for name in DeliveryView.model_fields}
    return {**fields, "attempts": [_attempt(attempt) for attempt in delivery.attempts]}


def _attempt(attempt: Attempt) -> AttemptView:
    answer = attempt.answer
    return AttemptView(
        at=attempt.at, status=answer.status, error=answer.error, ms=answer.ms, excerpt=answer.excerpt
    )
