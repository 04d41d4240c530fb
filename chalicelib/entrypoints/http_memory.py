"""REST routes of what is remembered of contacts: read, written, corrected, deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalice.app import Blueprint

from chalicelib.bootstrap import container
from chalicelib.crm.schemas.memory import CorrectionIn, FactIn, FactList, FactView
from chalicelib.crm.services import memory
from chalicelib.entrypoints.middleware import NoQuery, Request, route
from chalicelib.kernel.schemas import PageQuery
from chalicelib.system.domain.tokens import Scope

if TYPE_CHECKING:
    from chalicelib.crm.domain.memory import Memory
    from chalicelib.kernel.paging import Page

bp = Blueprint(__name__)
_FACTS = "/v1/crm/contacts/{contact_id}/memory"
_FACT = _FACTS + "/{fact_id}"
_NO_CONTACT = {"contact_not_found": 404}
_NO_FACT = _NO_CONTACT | {"fact_not_found": 404}
_REFUSED = {"bad_fact": 400, "contact_changed": 409}


@route(bp, "GET", _FACTS, scope=Scope.VIEWER, query=PageQuery, returns=FactList, errors=_NO_CONTACT)
def list_facts(request: Request[None, PageQuery]) -> Page[Memory]:
    """List what is remembered of a contact, the fact learned last first; 100 facts at most."""
    crm, contact_id = container().crm, request.path["contact_id"]
    return memory.list_facts(crm, contact_id, request.query.page_size, request.start)


@route(
    bp,
    "POST",
    _FACTS,
    scope=Scope.OPERATOR,
    body=FactIn,
    returns=FactView,
    status=201,
    errors=_NO_CONTACT | _REFUSED | {"fact_exists": 409, "too_many_facts": 409},
    example={"key": "preferred_day", "value": "Thursdays after four"},
)
def write_fact(request: Request[FactIn, NoQuery]) -> Memory:
    """Write a fact; no call overwrites it. A key that is there is corrected by its id instead."""
    contact_id, new = request.path["contact_id"], request.body.written(request.principal.name)
    return memory.write_fact(container().crm, contact_id, request.body.key, new, request.new_id("fact"))


@route(bp, "GET", _FACT, scope=Scope.VIEWER, returns=FactView, errors=_NO_FACT)
def get_fact(request: Request[None, NoQuery]) -> Memory:
    """Read a fact."""
    return memory.get_fact(container().crm, request.path["contact_id"], request.path["fact_id"])


@route(
    bp,
    "PUT",
    _FACT,
    scope=Scope.OPERATOR,
    body=CorrectionIn,
    returns=FactView,
    errors=_NO_FACT | _REFUSED,
    guarded=True,
    example={"value": "Fridays"},
)
def correct_fact(request: Request[CorrectionIn, NoQuery]) -> Memory:
    """Correct what a fact says; no call overwrites it from then on."""
    path, new = request.path, request.body.written(request.principal.name)
    return memory.correct_fact(
        container().crm, path["contact_id"], path["fact_id"], new, request.expected_version
    )


@route(
    bp,
    "DELETE",
    _FACT,
    scope=Scope.OPERATOR,
    returns=None,
    status=204,
    errors=_NO_FACT | {"contact_changed": 409},
    guarded=True,
)
def delete_fact(request: Request[None, NoQuery]) -> None:
    """Delete a fact; only a later call can teach it again."""
    crm, path = container().crm, request.path
    memory.delete_fact(crm, path["contact_id"], path["fact_id"], request.expected_version)
