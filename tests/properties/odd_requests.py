"""Makes requests that nobody should send, by a seed: broken JSON, odd values, parameters and headers."""

from __future__ import annotations

import base64
import json
import random
from dataclasses import dataclass
from typing import Any

ODD_TEXTS = (
    "", " ", "\x00", "\ud800", "\U0001f600" * 50, "'; DROP TABLE", "{{ 7*7 }}", "../../etc/passwd", "null",
    "%00", "\r\nX: y", "\u202e", "a" * 5000, "+", "=cmd()", "${jndi:x}", "1e400", "-0", "0x10", "١٢٣", "NaN",
)  # fmt: skip
ODD_VALUES = (
    None, True, False, 0, -1, 1.5, -0.0, 2**63, -(2**64), 10**400, 1e308, [], {}, [[]], [None], {"": ""},
    {"a": {"b": {"c": []}}}, [1] * 300, *ODD_TEXTS,
)  # fmt: skip
BROKEN = (
    b"", b"null", b"nul", b"{", b"}", b"[", b'{"a":1,}', b"{'a':1}", b'{"a":NaN}', b"Infinity",
    b"-", b"1e999999",
    b"\xef\xbb\xbf{}", b"\xff\xfe{\x00}\x00", b"\xc3\x28", b"\xed\xa0\x80", b'"\\ud800"',
    b'{"name":"\\udfff"}',
    b"[" * 20_000, b'{"a":' * 5_000, b"[" * 200 + b"]" * 200, b"9" * 5_000, b"-" + b"9" * 400,
    b"0." + b"1" * 900,
    b'{"name":"a","name":"b","name":3}', b"\x00" * 64, b'"' + b"a" * 70_000 + b'"', b"{}" * 50,
    b"x" * 262_145,
)  # fmt: skip
MEDIA_TYPES = (
    "application/json", "application/json; charset=utf-8", "application/json;charset=utf-16",
    "APPLICATION/JSON",
    "text/plain", "", ";", "application/", "application/json, text/html", "multipart/form-data",
    "*/*", "\ud83d",
)  # fmt: skip
HEADERS = ("Idempotency-Key", "If-Match", "If-None-Match", "Origin", "Accept", "X-Forwarded-For")
ODD_HEADERS = (
    "",
    " ",
    '"',
    '"1"',
    '"0"',
    "*",
    'W/"1"',
    "1",
    "é",
    "\x7f",
    "a" * 300,
    '"1", "2"',
    "\ud800",
    ",,,",
)
PATHS = ("", "x", "contact_" + "0" * 32, "%2e%2e", "a" * 3000, "\x00", "é", "+14155550132", "\ud800", "null")


@dataclass(frozen=True)
class OddRequest:
    """What API Gateway would hand over."""

    body: str | None
    is_base64: bool
    headers: dict[str, str]
    query: dict[str, list[str]] | None
    path: dict[str, str]

    def event(self, method: str, path: str) -> dict[str, Any]:
        """Give the event of a REST API, as an administrator's request."""
        claims = {"principalId": "token_1", "name": "Odd", "scope": "admin"}
        return {
            "httpMethod": method,
            "requestContext": {
                "httpMethod": method,
                "resourcePath": path,
                "path": path,
                "requestId": "odd",
                "authorizer": claims,
                "identity": {"sourceIp": "192.0.2.1"},
            },
            "headers": self.headers,
            "multiValueHeaders": {name: [value] for name, value in self.headers.items()},
            "multiValueQueryStringParameters": self.query,
            "queryStringParameters": None,
            "pathParameters": self.path or None,
            "stageVariables": None,
            "body": self.body,
            "isBase64Encoded": self.is_base64,
        }


class OddRequests:
    """An endless, repeatable source of them."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def next(self, fields: dict[str, Any], parameters: list[str], path: list[str]) -> OddRequest:
        """Make a request for a route with these body fields (an example), query parameters and path names."""
        body, is_base64 = self._packed(self._body(fields))
        return OddRequest(
            body=body,
            is_base64=is_base64,
            headers=self._headers(),
            query=self._query(parameters),
            path={name: self._random.choice(PATHS) for name in path},
        )

    def token(self, valid: str) -> str:
        """Make a page token: random text, or a valid one with something wrong."""
        if self._random.random() < 0.3:
            return "".join(self._random.choices("abcXYZ019-_.=+/ é\x00\ud800", k=self._random.randrange(60)))
        return self._mutated(valid.encode()).decode("utf-8", "surrogateescape")

    def _body(self, fields: dict[str, Any]) -> bytes:
        make = self._random.choice((self._noise, self._broken, self._near, self._near, self._spoiled))
        return make(fields)

    def _noise(self, _fields: dict[str, Any]) -> bytes:
        return self._random.randbytes(self._random.randrange(200))

    def _broken(self, fields: dict[str, Any]) -> bytes:
        text = self._random.choice(BROKEN)
        return text if self._random.random() < 0.7 else self._mutated(text[:500])

    def _near(self, fields: dict[str, Any]) -> bytes:
        """Make a body whose fields exist, but whose values may be of any kind."""
        value = dict(fields)
        for name in self._random.sample(sorted(value), k=self._random.randrange(len(value) + 1)):
            value[name] = self._random.choice(ODD_VALUES)
        if self._random.random() < 0.2:
            value[self._random.choice(ODD_TEXTS)] = self._random.choice(ODD_VALUES)
        return self._dumped(value)

    def _spoiled(self, fields: dict[str, Any]) -> bytes:
        return self._mutated(self._dumped(fields))

    def _dumped(self, value: Any) -> bytes:
        escaped = self._random.random() < 0.5
        return json.dumps(value, ensure_ascii=escaped).encode("utf-8", "surrogatepass")

    def _mutated(self, text: bytes) -> bytes:
        changed = bytearray(text or b"?")
        for _ in range(self._random.randrange(1, 4)):
            place = self._random.randrange(len(changed) + 1)
            changed[place : place + self._random.randrange(4)] = self._random.randbytes(
                self._random.randrange(4)
            )
        return bytes(changed)

    def _packed(self, body: bytes) -> tuple[str | None, bool]:
        """Hand the body over as API Gateway may: nothing, text, or base64 for what is not text."""
        way = self._random.random()
        if way < 0.03:
            return None, False
        if way < 0.5:
            return body.decode("utf-8", "replace") + ("\ud800" if way < 0.06 else ""), False
        return base64.b64encode(body).decode(), True

    def _headers(self) -> dict[str, str]:
        kind = "application/json" if self._random.random() < 0.8 else self._random.choice(MEDIA_TYPES)
        odd = self._random.sample(HEADERS, k=self._random.choice((0, 0, 1, 2)))
        return {"Content-Type": kind} | {name: self._random.choice(ODD_HEADERS) for name in odd}

    def _query(self, parameters: list[str]) -> dict[str, list[str]] | None:
        if self._random.random() < 0.4:
            return None
        names = [*parameters, *self._random.sample(ODD_TEXTS, k=self._random.choice((0, 0, 1)))]
        chosen = self._random.sample(names, k=self._random.randrange(len(names) + 1))
        return {name: self._random.choices(ODD_TEXTS, k=self._random.choice((1, 1, 2))) for name in chosen}
