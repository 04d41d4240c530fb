"""What API Gateway does to bodies around a function, limits and compression; MiniStack does neither.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-gzip-compression-decompression.html
"""

from __future__ import annotations

import asyncio
import gzip
import io
import json
import re
import uuid
import zlib
from typing import TYPE_CHECKING

from aiohttp import web
from multidict import CIMultiDict

from infra.stack.gateway import gateway_responses

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_BODY_BYTES = 10 * 1024 * 1024
MIN_COMPRESSED_BYTES = 1024  # `minimum_compression_size` of the configuration; a test holds them equal
_LEVEL = 5
_REQUEST_ID = "context.requestId"
_TOO_LARGE, _UNSUPPORTED = "REQUEST_TOO_LARGE", "UNSUPPORTED_MEDIA_TYPE"
_ACCEPTED = re.compile(r"gzip\s*(?:;\s*q\s*=\s*(?P<weight>[01](?:\.[0-9]{0,3})?))?", re.IGNORECASE)


class RefusedAtEdgeError(Exception):
    """API Gateway answers by itself; `kind` names which of its answers."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


async def received(request: web.Request, headers: CIMultiDict[str]) -> bytes:
    """Read a request's body whole, unpacked; `headers` no longer say that it was packed or how long.

    Raises `RefusedAtEdgeError` for one that is over 10 MB, packed or unpacked, or not packed as it says.
    """
    body = await _read(request)
    coding = headers.popall("Content-Encoding", ["identity"])[-1].strip().lower()
    headers.popall("Content-Length", None)
    if coding == "identity":
        return body
    if coding != "gzip":
        raise RefusedAtEdgeError(_UNSUPPORTED)
    return await asyncio.to_thread(unpacked, body)


def unpacked(body: bytes) -> bytes:
    """Unpack gzip, never more than 10 MB of it, however much is in there."""
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(body)) as stream:
            text = stream.read(MAX_BODY_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise RefusedAtEdgeError(_UNSUPPORTED) from error
    if len(text) > MAX_BODY_BYTES:
        raise RefusedAtEdgeError(_TOO_LARGE)
    return text


async def answered(
    request: web.Request, status: int, headers: Iterable[tuple[str, str]], body: bytes
) -> web.Response:
    """Give an answer, compressed if it is large, not compressed yet, and the caller asks for gzip by name."""
    kept = CIMultiDict((name, value) for name, value in headers if name.lower() != "content-length")
    if len(body) >= MIN_COMPRESSED_BYTES and "Content-Encoding" not in kept:
        _vary(kept)
        if accepts_gzip(request.headers.get("Accept-Encoding", "")):
            body = await asyncio.to_thread(gzip.compress, body, _LEVEL)
            kept["Content-Encoding"] = "gzip"
    return web.Response(status=status, headers=kept, body=body)


def accepts_gzip(accepted: str) -> bool:
    """Tell whether an Accept-Encoding names gzip; `*` and silence mean no, as at API Gateway."""
    found = (_ACCEPTED.fullmatch(part.strip()) for part in accepted.split(","))
    return any(float(each["weight"] or 1) > 0 for each in found if each)


def refusal(kind: str) -> web.Response:
    """Give the answer that the template defines for what API Gateway refuses."""
    response = gateway_responses()["RestAPI"]["Properties"]["GatewayResponses"][kind]
    request_id = str(uuid.uuid4())
    declared = response["ResponseParameters"]["Headers"]
    headers = {
        name: request_id if text == _REQUEST_ID else text.strip("'") for name, text in declared.items()
    }
    body = json.loads(response["ResponseTemplates"]["application/json"])
    text = json.dumps(body | {"request_id": request_id})
    return web.Response(status=int(response["StatusCode"]), headers=headers, body=text.encode())


async def _read(request: web.Request) -> bytes:
    if (request.content_length or 0) > MAX_BODY_BYTES:
        raise RefusedAtEdgeError(_TOO_LARGE)
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise RefusedAtEdgeError(_TOO_LARGE)
    return bytes(body)


def _vary(headers: CIMultiDict[str]) -> None:
    named = ", ".join(headers.popall("Vary", []))
    if "accept-encoding" not in named.lower():
        named = f"{named}, Accept-Encoding".lstrip(", ")
    headers["Vary"] = named
