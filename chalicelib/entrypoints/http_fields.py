"""REST routes of the definitions of custom fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalice.app import Blueprint

from chalicelib.bootstrap import container
from chalicelib.crm.schemas.fields import FieldIn, FieldList, FieldPatch, FieldView
from chalicelib.crm.services import fields
from chalicelib.entrypoints.middleware import NoQuery, Request, route
from chalicelib.system.domain.tokens import Scope

if TYPE_CHECKING:
    from chalicelib.crm.domain.fields import FieldDefinition

bp = Blueprint(__name__)
_FIELDS = "/v1/crm/custom-fields"
_FIELD = _FIELDS + "/{key}"
_ABSENT = {"field_not_found": 404}
_WRONG = {"bad_choices": 400}


@route(
    bp,
    "POST",
    _FIELDS,
    scope=Scope.ADMIN,
    body=FieldIn,
    returns=FieldView,
    status=201,
    errors=_WRONG | {"field_exists": 409, "field_limit_reached": 409},
    example={"key": "tier", "label": "Tier", "kind": "choice", "choices": ["Gold", "Silver"]},
)
def define_field(request: Request[FieldIn, NoQuery]) -> FieldDefinition:
    """Define a custom field of contacts; its key and its kind are for good."""
    return fields.define_field(container().crm, request.body.new_field())


@route(bp, "GET", _FIELDS, scope=Scope.VIEWER, returns=FieldList)
def list_fields(_request: Request[None, NoQuery]) -> dict[str, list[FieldDefinition]]:
    """List every custom field, by key."""
    return {"items": fields.list_fields(container().crm)}


@route(bp, "GET", _FIELD, scope=Scope.VIEWER, returns=FieldView, errors=_ABSENT)
def get_field(request: Request[None, NoQuery]) -> FieldDefinition:
    """Read the definition of a custom field."""
    return fields.get_field(container().crm, request.path["key"])


@route(
    bp,
    "PATCH",
    _FIELD,
    scope=Scope.ADMIN,
    body=FieldPatch,
    returns=FieldView,
    errors=_ABSENT | _WRONG,
    guarded=True,
    example={"choices": ["Gold", "Silver", "Bronze"]},
)
def change_field(request: Request[FieldPatch, NoQuery]) -> FieldDefinition:
    """Change the label or the choices; values that stand stay, also those of a choice that is gone."""
    key, changes = request.path["key"], request.body.changes()
    return fields.change_field(container().crm, key, changes, request.expected_version)


@route(bp, "DELETE", _FIELD, scope=Scope.ADMIN, returns=None, status=204, errors=_ABSENT, guarded=True)
def delete_field(request: Request[None, NoQuery]) -> None:
    """Delete a custom field: its values are not shown, and go when their contact is next changed."""
    fields.delete_field(container().crm, request.path["key"], request.expected_version)
