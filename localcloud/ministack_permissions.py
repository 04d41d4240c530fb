"""Tells MiniStack's enforcement of roles what a request is about, as AWS does: items, attributes, schedules.

MiniStack knows no `dynamodb:LeadingKeys`, and `dynamodb:Attributes` of reads only, so that a role with such a
condition could do more here than on AWS. It takes every schedule for one of the group `default`, so that a
role for another group could do nothing.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from ministack.core import iam_actions

if TYPE_CHECKING:
    from collections.abc import Iterator

_PARTITION_KEY = "pk"  # as all our tables name it
_EQUALS = re.compile(r"([#\w]+)\s*=\s*(:\w+)")


def tell_keys_and_attributes() -> None:
    """Give the partition keys of a request's items, and what an update names, to the conditions of roles.

    A transaction gives those of all its items for each: a role that grants them by different statements is
    refused here, and not on AWS. A query of an index gives none.
    """
    context_of = iam_actions.dynamodb_service_context

    def with_keys(body: bytes) -> dict[str, Any]:
        context: dict[str, Any] = context_of(body)
        request = _read(body)
        found = {"Attributes": _updated(request), "LeadingKeys": sorted(set(_keys(request)))}
        return context | {f"dynamodb:{name}": values for name, values in found.items() if values}

    iam_actions.dynamodb_service_context = with_keys


def tell_groups_of_schedules() -> None:
    """Give a schedule's own group, which a request names in its body or its query, in its resource."""
    resource_of = iam_actions.extract_resource_arn

    def with_group(  # noqa: PLR0913, PLR0917  as MiniStack calls it
        service: str, method: str, path: str, headers: Any, body: bytes, query: dict[str, Any], *more: Any
    ) -> str:
        resource: str = resource_of(service, method, path, headers, body, query, *more)
        if service != "scheduler":
            return resource
        asked = query.get("groupName")
        group = _read(body).get("GroupName") or (asked[0] if isinstance(asked, list) else asked)
        return resource.replace(":schedule/default/", f":schedule/{group or 'default'}/")

    iam_actions.extract_resource_arn = with_group


def _read(body: bytes) -> dict[str, Any]:
    try:
        request = json.loads(body or b"{}")
    except ValueError:
        return {}
    return request if isinstance(request, dict) else {}


def _updated(request: dict[str, Any]) -> list[str]:
    """Give what an update names, if it writes names as our clients do, all of them by placeholders."""
    if "UpdateExpression" not in request:
        return []
    return [*request["Key"], *(request.get("ExpressionAttributeNames") or {}).values()]


def _keys(request: dict[str, Any]) -> Iterator[str]:
    for item in _items(request):
        value = (item or {}).get(_PARTITION_KEY, {})
        yield from value.values()
    if "IndexName" not in request:
        yield from _asked(request)


def _items(request: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from (request[name] for name in ("Key", "Item") if name in request)
    for wanted in (request.get("RequestItems") or {}).values():
        yield from wanted["Keys"] if isinstance(wanted, dict) else ()
    for member in request.get("TransactItems") or ():
        for detail in member.values():
            yield from _items(detail)


def _asked(request: dict[str, Any]) -> Iterator[str]:
    names = request.get("ExpressionAttributeNames") or {}
    values = request.get("ExpressionAttributeValues") or {}
    for name, value in _EQUALS.findall(request.get("KeyConditionExpression") or ""):
        if names.get(name, name) == _PARTITION_KEY:
            yield from values[value].values()
