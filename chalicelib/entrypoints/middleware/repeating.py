"""Requests that come again (`Idempotency-Key`): done once, answered alike.

The kept library decides who does the work, who is told to wait and who gets the kept answer; see
https://docs.powertools.aws.dev/lambda/python/latest/utilities/idempotency/. When the process dies in
the middle, the key is free again once its invocation must have ended, and because everything that a
request creates gets its id from the key (`Request.new_id`), doing it again creates the same things.
Refusals are not kept. Fields that are shown only once (`secret_fields` of the answer's model) are not
kept either: a repeated answer has null there.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from chalice.app import Response

from chalicelib.bootstrap import container
from chalicelib.entrypoints.middleware.problems import Refused
from chalicelib.entrypoints.middleware.requests import Seed, header_of
from chalicelib.kernel.errors import Conflict, Invalid, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalicelib.entrypoints.middleware.declaring import Route
    from chalicelib.entrypoints.middleware.requests import Request

KEPT_SECONDS = 24 * 3600
_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_IN_FLIGHT = "The first request with this key is still being served."
_REUSED = "This Idempotency-Key was used for another request; take a new one."
_SILENT = "The storage did not answer."


def key_of(declared: Route, incoming: Any) -> str | None:
    """Give the request's key; None when there is none, or the route creates nothing."""
    key = header_of(incoming, "idempotency-key") if declared.idempotent else None
    if key is not None and not _KEY.fullmatch(key):
        raise Invalid(
            "Idempotency-Key has 1 to 255 visible ASCII characters; a random UUID is a good one.",
            code="bad_idempotency_key",
        )
    return key


def once(
    declared: Route, request: Request[Any, Any], key: str, incoming: Any, act: Callable[[Seed], Response]
) -> Response:
    """Do `act` unless a request with this token and key has done it: then give its answer again.

    Raises 422 when that one was another request, and 409 while it is being served.
    """
    from aws_lambda_powertools.utilities.idempotency import base, exceptions  # noqa: PLC0415

    work = _Work(declared, f"{request.principal.token_id} {key}", act)
    handler = base.IdempotencyHandler(
        function=work.perform,
        function_payload={"key": work.scope, "request": _fingerprint(declared, request)},
        config=_config(incoming),
        persistence_store=work.store,
        key_prefix="request",
        function_args=(),
        function_kwargs={},
    )
    try:
        kept = handler.handle()
    except exceptions.IdempotencyAlreadyInProgressError:
        raise Conflict(_IN_FLIGHT, code="idempotency_in_flight") from None
    except exceptions.IdempotencyValidationError:
        raise Refused(422, "idempotency_key_reused", _REUSED) from None
    except (
        exceptions.IdempotencyPersistenceLayerError,
        exceptions.IdempotencyInconsistentStateError,
    ) as error:
        raise Unavailable(_SILENT, retryable=True, code="storage_unavailable") from error
    return work.answer or _again(kept)


class _Work:
    """What is done under a key, at most once at a time, and the answer of it if it was done here."""

    def __init__(self, declared: Route, scope: str, act: Callable[[Seed], Response]) -> None:
        self.scope = scope
        self.store = container().system.new_request_store()
        self.answer: Response | None = None
        self._declared = declared
        self._act = act

    def perform(self) -> dict[str, Any]:
        """Act, and give what is kept of the answer."""
        self.answer = self._act(Seed(self.scope, self.store.first_at_millis))
        return {
            "status": self.answer.status_code,
            "headers": self.answer.headers,
            "body": _without_secrets(self._declared, self.answer.body),
        }


def _without_secrets(declared: Route, body: str) -> str:
    secret = getattr(declared.returns, "secret_fields", ())
    return json.dumps({**json.loads(body), **dict.fromkeys(secret)}) if secret else body


def _again(kept: dict[str, Any]) -> Response:
    headers = {**kept["headers"], "Idempotent-Replayed": "true"}
    return Response(kept["body"], status_code=kept["status"], headers=headers)


def _fingerprint(declared: Route, request: Request[Any, Any]) -> list[Any]:
    body = request.body.model_dump(mode="json") if request.body else None
    return [declared.method, declared.path, request.path, request.query.model_dump(mode="json"), body]


def _config(incoming: Any) -> Any:
    from aws_lambda_powertools.utilities.idempotency.config import IdempotencyConfig  # noqa: PLC0415

    return IdempotencyConfig(
        event_key_jmespath="key",
        payload_validation_jmespath="request",
        raise_on_no_idempotency_key=True,
        expires_after_seconds=KEPT_SECONDS,
        hash_function="sha256",
        lambda_context=incoming.lambda_context,
    )
