"""REST routes of consents: recorded and read, never changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalice.app import Blueprint

from chalicelib.bootstrap import container
from chalicelib.crm.schemas.consents import (
    ConsentIn,
    ConsentList,
    ConsentView,
    RecordedConsentView,
    recorded_view,
)
from chalicelib.crm.services import consents
from chalicelib.entrypoints.middleware import NoQuery, Request, route
from chalicelib.kernel.schemas import PageQuery
from chalicelib.system.domain.tokens import Scope

if TYPE_CHECKING:
    from chalicelib.crm.domain.consents import Consent

bp = Blueprint(__name__)
_CONSENTS = "/v1/crm/contacts/{contact_id}/consents"
_ABSENT = {"contact_not_found": 404}


@route(
    bp,
    "POST",
    _CONSENTS,
    scope=Scope.OPERATOR,
    body=ConsentIn,
    returns=RecordedConsentView,
    status=201,
    errors=_ABSENT
    | {"consent_in_future": 400, "evidence_missing": 400, "too_many_consents": 409, "contact_changed": 409},
    example={
        "kind": "automated_calls",
        "answer": "granted",
        "source": "web_form",
        "wording": "Yes, an automated assistant may call me about my order.",
    },
)
def record_consent(request: Request[ConsentIn, NoQuery]) -> RecordedConsentView:
    """Record what somebody allowed or forbade; it is kept as it is, and a change of mind is another one.

    Who forbids `automated_calls` is not dialed from this answer on: all of the contact's numbers are
    suppressed. Allowing it again lifts no suppression; `suppressed_numbers` says which are still not dialed.
    """
    crm, contact_id = container().crm, request.path["contact_id"]
    new, who = request.body.new_consent(), request.principal.name
    return recorded_view(consents.record_consent(crm, contact_id, new, who, request.new_id("consent")))


@route(bp, "GET", _CONSENTS, scope=Scope.VIEWER, query=PageQuery, returns=ConsentList, errors=_ABSENT)
def list_consents(request: Request[None, PageQuery]) -> consents.ConsentPage:
    """List a contact's consents, the one recorded last first.

    `current` has what holds now, by kind: what was given last; of two at one instant the revocation. A kind
    that is not there was never asked for.
    """
    crm, contact_id = container().crm, request.path["contact_id"]
    return consents.list_consents(crm, contact_id, request.query.page_size, request.start)


@route(
    bp,
    "GET",
    _CONSENTS + "/{consent_id}",
    scope=Scope.VIEWER,
    returns=ConsentView,
    errors=_ABSENT | {"consent_not_found": 404},
)
def get_consent(request: Request[None, NoQuery]) -> Consent:
    """Read a consent."""
    return consents.get_consent(container().crm, request.path["contact_id"], request.path["consent_id"])
