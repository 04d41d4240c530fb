"""Examples of answers: whole problems, and successes made of the body that is sent and of what names mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib.entrypoints.middleware.problems import standard_errors, title_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from chalicelib.entrypoints.middleware import Route

_HEX = "0123456789abcdef" * 2
_INSTANT = "2026-03-03T12:00:00Z"
_REQUEST_ID = "01aee1e1-6d8b-4d0c-a6f7-2f3f4c5b6a70"
_PLACE = "#/components/examples/"
# How ids of these schemas begin; those of others begin with the schema's name.
_KINDS = {
    "AuditEntry": "audit",
    "CallFile": "call",
    "CallTemplate": "template",
    "Conference": "room",
    "Conversation": "chat",
    "ConversationFile": "chat",
    "ConferenceHead": "room",
    "Evaluation": "eval",
    "EvaluationReport": "eval",
    "FailedWork": "failed",
    "ImportProgress": "import",
    "MessageTemplate": "template",
    "IssuedToken": "token",
    "IssuedWebhook": "webhook",
    "RecordedConsent": "consent",
    "WholeBooking": "booking",
    "WholeDelivery": "delivery",
}
# Told once, when they are made.
_SECRETS = {"IssuedTokenView": "aics_...", "IssuedWebhookView": "whsec_..."}
_TRUE = {"enabled", "dialing_enabled"}
_NUMBERS = {"max_duration_s": 600, "ms": 85}
_TEXTS = {
    "actor": f"token:token_{_HEX}",
    "allowed_countries": "US",
    "author": f"token:token_{_HEX}",
    "body": "Asked to be called again on Friday.",
    "by": f"token:token_{_HEX}",
    "carrier_status": "completed",
    "changed_by": f"token:token_{_HEX}",
    "created_by": f"token:token_{_HEX}",
    "description": "What happened.",
    "direction": "outbound",
    "enforced": "kill_switch",
    "error": "The connection was refused.",
    "event_type": "call.ended",
    "event_types": "call.ended",
    "excerpt": "",
    "greeting": "Hello, this is Sam. Is it a good time?",
    "kind": "dial",
    "language": "en-US",
    "line": "+14155550112",
    "name": "An example",
    "number": "+14155552671",
    "object_id": f"contact_{_HEX}",
    "object_kind": "contact",
    "phone": "+14155552671",
    "reason": "Asked to be called back.",
    "requested_by": f"token:token_{_HEX}",
    "said": "Hello?",
    "sid": f"CA{_HEX}",
    "source": "api",
    "status": "ok",
    "subject": f"call_{_HEX}",
    "text": "You are Sam, who calls to agree on a time.",
    "tools": "end_call",
    "type": "call.ended",
    "unit": "minute",
    "url": "https://example.com/hook",
    "voice": "en-US-Standard-A",
}
_DETAILS = {
    "bad_json": "The body is not JSON: expected value at line 1 column 1.",
    "body_too_large": "The body may have 262144 bytes at most.",
    "forbidden": "This token may not do that.",
    "gateway_timeout": "The request took too long.",
    "if_match_required": "Send If-Match with the ETag that you have read.",
    "internal_error": "The request failed on our side; quote the request_id when you report it.",
    "invalid_fields": "Some fields cannot be accepted; see errors.",
    "scope_missing": "This needs a token of scope operator; yours has viewer.",
    "throttled": "Too many requests; wait and try again.",
    "unauthenticated": "Send a valid token: Authorization: Bearer aics_...",
    "unsupported_media_type": "Send application/json.",
}
_FIELD_ERRORS = [{"pointer": "/phone", "detail": "This field is required."}]


def problem_examples(routes: Iterable[Route]) -> dict[str, Any]:
    """Give a whole problem for every code that a route can answer, by status and code."""
    codes = {(status, code) for each in routes for code, status in _errors(each).items()}
    return {f"{status}_{code}": {"value": _problem(status, code)} for status, code in sorted(codes)}


def problem_references(status: int, codes: Iterable[str]) -> dict[str, Any]:
    """Refer to the problems of these codes."""
    return {code: {"$ref": f"{_PLACE}{status}_{code}"} for code in codes}


def answer_example(
    route: Route, routes: Sequence[Route], schema: dict[str, Any], components: Mapping[str, Any]
) -> Any:
    """Give an answer of the route that its schema accepts, with what is sent to create the thing."""
    return _Made(components, _sent(route, routes)).value(schema, "", "")


def _errors(route: Route) -> dict[str, int]:
    return {**standard_errors(route), **route.errors}


def _problem(status: int, code: str) -> dict[str, Any]:
    body = {
        "type": "about:blank",
        "title": title_of(status),
        "status": status,
        "detail": _DETAILS.get(code, f"{code.replace('_', ' ').capitalize()}."),
        "code": code,
        "request_id": _REQUEST_ID,
    }
    return body | ({"errors": _FIELD_ERRORS} if code == "invalid_fields" else {})


def _sent(route: Route, routes: Sequence[Route]) -> dict[str, Any]:
    """Give the body that creates what the route answers: its own, or that of the nearest path above."""
    if isinstance(route.example, dict):
        return route.example
    above = [each for each in routes if each.example and route.path.startswith(each.path)]
    nearest = max(above, key=lambda each: len(each.path), default=None)
    return nearest.example if nearest and isinstance(nearest.example, dict) else {}


class _Made:
    """Values that schemas accept; `sent` are the fields of the thing that are known."""

    def __init__(self, components: Mapping[str, Any], sent: Mapping[str, Any]) -> None:
        self._components, self._sent = components, sent

    def value(self, schema: dict[str, Any], name: str, kind: str) -> Any:
        """Give a value for a field called `name` of a schema called `kind`."""
        if "$ref" in schema:
            kind = schema["$ref"].rpartition("/")[2]
            return self.value(self._components[kind], name, kind)
        if "anyOf" in schema:
            return self._one_of(schema["anyOf"], name, kind)
        for key in ("const", "default"):
            if key in schema:
                return schema[key]
        if "enum" in schema:
            known = self._sent.get(name, _TEXTS.get(name))
            return known if known in schema["enum"] else schema["enum"][0]
        return self._typed(schema, name, kind)

    def _one_of(self, schemas: list[dict[str, Any]], name: str, kind: str) -> Any:
        is_secret = name == "secret" and kind in _SECRETS
        if name not in self._sent and not is_secret and any(each.get("type") == "null" for each in schemas):
            return None
        return self.value(next(each for each in schemas if each.get("type") != "null"), name, kind)

    def _typed(self, schema: dict[str, Any], name: str, kind: str) -> Any:
        known = self._sent.get(name)
        match schema.get("type"):
            case "object":
                made = _Made(self._components, known) if isinstance(known, dict) else self
                fields = schema.get("properties", {})
                return {field: made.value(each, field, kind) for field, each in fields.items()}
            case "array":
                return self._items(schema.get("items", {}), name, kind)
            case "boolean":
                return name in _TRUE if known is None else known
            case "integer" | "number":
                return _NUMBERS.get(name, max(1, schema.get("minimum", 1))) if known is None else known
            case "string":
                return self._text(schema, name, kind)
        return None

    def _items(self, schema: dict[str, Any], name: str, kind: str) -> list[Any]:
        known = self._sent.get(name)
        if not isinstance(known, list):
            return [self.value(schema, name, kind)]
        return [
            _Made(self._components, each).value(schema, name, kind) if isinstance(each, dict) else each
            for each in known
        ]

    def _text(self, schema: dict[str, Any], name: str, kind: str) -> str:
        known = self._sent.get(name, _TEXTS.get(name))
        if isinstance(known, str):
            return known
        if schema.get("format") == "date-time":
            return _INSTANT
        if name == "id":
            plain = kind.removesuffix("View")
            return f"{_KINDS.get(plain, plain.lower())}_{_HEX}"
        if name == "secret":
            return _SECRETS[kind]
        return f"{name.removesuffix('_id')}_{_HEX}" if name.endswith("_id") else "An example."
