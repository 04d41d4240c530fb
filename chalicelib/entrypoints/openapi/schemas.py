"""The models of the routes as JSON schemas: bodies as they are validated, answers as they are written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic.json_schema import JsonSchemaMode
    from pydantic_core import core_schema

    from chalicelib.entrypoints.middleware import Route

TEMPLATE = "#/components/schemas/{model}"


class Schemas:
    """The schemas of every model that the routes name, by model; those with a name are components."""

    def __init__(self, routes: Sequence[Route]) -> None:
        adapters = [(key, key[1], TypeAdapter(key[0])) for key in _wanted(routes)]
        found, rest = TypeAdapter.json_schemas(adapters, ref_template=TEMPLATE, schema_generator=_Generator)
        definitions: dict[str, Any] = rest.get("$defs", {})
        names = _names(definitions)
        self._found: dict[Any, dict[str, Any]] = {
            key[0]: _renamed(schema, names) for key, schema in found.items()
        }
        self.components: dict[str, Any] = {
            names[name]: _titled(_renamed(schema, names), names[name]) for name, schema in definitions.items()
        }
        self._queries = {route.query: self._taken(route.query) for route in routes}
        self._drop_queries()

    def sent(self, model: Any) -> dict[str, Any]:
        """Give the schema of a body."""
        return self._found[model, "validation"]

    def given(self, model: Any) -> dict[str, Any]:
        """Give the schema of an answer."""
        return self._found[model, "serialization"]

    def query(self, model: Any) -> dict[str, Any]:
        """Give the schema of a query; its properties are parameters, not a component."""
        return self._queries[model]

    def _taken(self, model: Any) -> dict[str, Any]:
        schema = self.sent(model)
        name = schema.get("$ref", "").rpartition("/")[2]
        return dict(self.components[name]) if name else schema

    def _drop_queries(self) -> None:
        for model in self._queries:
            self.components.pop(self.sent(model).get("$ref", "").rpartition("/")[2], None)


class _Generator(GenerateJsonSchema):
    """Pydantic's schemas without titles that repeat names; an answer has all of its fields."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        """Leave out titles that are made from the names of properties."""
        del schema
        return False

    def field_is_required(
        self,
        field: core_schema.ModelField | core_schema.DataclassField | core_schema.TypedDictField,
        total: bool,  # noqa: FBT001  the signature is pydantic's
    ) -> bool:
        """Tell that every field of an answer is there, for none is left out when it is written."""
        return self.mode == "serialization" or super().field_is_required(field, total)


def _wanted(routes: Sequence[Route]) -> list[tuple[Any, JsonSchemaMode]]:
    wanted: dict[tuple[Any, JsonSchemaMode], None] = {}
    for route in routes:
        wanted[route.query, "validation"] = None
        if route.body is not None:
            wanted[route.body, "validation"] = None
        if route.returns is not None:
            wanted[route.returns, "serialization"] = None
    return list(wanted)


def _names(definitions: dict[str, Any]) -> dict[str, str]:
    """Name what is sent and given differently, `X-Input` and `X-Output` with pydantic, `X` and `XView`."""
    return {name: name.removesuffix("-Input").replace("-Output", "View") for name in definitions}


def _titled(schema: dict[str, Any], name: str) -> dict[str, Any]:
    return {**schema, "title": name} if "title" in schema else schema


def _renamed(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, list):
        return [_renamed(each, names) for each in value]
    if not isinstance(value, dict):
        return value
    changed = {key: _renamed(each, names) for key, each in value.items()}
    if isinstance(value.get("$ref"), str):
        changed["$ref"] = TEMPLATE.format(model=names[value["$ref"].rpartition("/")[2]])
    return changed
