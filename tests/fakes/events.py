"""Lambda's events as AWS hands them over, and the carrier's signatures on them."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import urlencode

from twilio.request_validator import RequestValidator

TOKEN = "first-token"
SECOND_TOKEN = "second-token"
WEBHOOKS = "https://calls.example.com/hook"
SOCKET = "wss://calls.example.com/socket"


def sign(url: str, form: dict[str, str], token: str = TOKEN) -> str:
    """Sign a request as the carrier does."""
    return str(RequestValidator(token).compute_signature(url, form))


def webhook_event(  # noqa: PLR0913  what a webhook can have
    path: str,
    form: dict[str, str],
    *,
    token: str | None = TOKEN,
    query: str = "",
    is_base64: bool = True,
    method: str = "POST",
) -> dict[str, Any]:
    """Make a function URL's event (payload version 2.0), signed unless `token` is None."""
    url = WEBHOOKS + path + (f"?{query}" if query else "")
    body = urlencode(form)
    headers = {"content-type": "application/x-www-form-urlencoded", "host": "x.lambda-url.us-east-1.on.aws"}
    if token is not None:
        headers["x-twilio-signature"] = sign(url, form, token)
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": headers,
        "requestContext": {
            "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "203.0.113.9"},
            "stage": "$default",
            "requestId": "r",
            "timeEpoch": 1772539200000,
        },
        "body": base64.b64encode(body.encode()).decode() if is_base64 else body,
        "isBase64Encoded": is_base64,
    }


def connect_event(headers: dict[str, str]) -> dict[str, Any]:
    """Make the event of a socket's handshake."""
    return {
        "headers": headers,
        "requestContext": {
            "routeKey": "$connect",
            "eventType": "CONNECT",
            "connectionId": "line=",
            "apiId": "x",
            "domainName": "x.execute-api.us-east-1.amazonaws.com",
            "stage": "api",
            "requestTimeEpoch": 1772539200000,
        },
        "isBase64Encoded": False,
    }


def frame_event(frame: Any, at_millis: int = 1772539200000, connection_id: str = "line=") -> dict[str, Any]:
    """Make the event of a frame; text is sent as it is, anything else as JSON."""
    return {
        "requestContext": {
            "routeKey": "$default",
            "eventType": "MESSAGE",
            "connectionId": connection_id,
            "apiId": "x",
            "domainName": "x.execute-api.us-east-1.amazonaws.com",
            "stage": "api",
            "requestTimeEpoch": at_millis,
        },
        "body": frame if isinstance(frame, str) else json.dumps(frame),
        "isBase64Encoded": False,
    }


def queue_event(*bodies: str, received: int = 1) -> dict[str, Any]:
    """Make the event of a batch of messages."""
    return {
        "Records": [
            {
                "messageId": f"message-{number}",
                "receiptHandle": "r",
                "body": body,
                "attributes": {"ApproximateReceiveCount": str(received)},
                "messageAttributes": {},
                "md5OfBody": "",
                "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:dial",
                "awsRegion": "us-east-1",
            }
            for number, body in enumerate(bodies)
        ]
    }


def schedule_event() -> dict[str, Any]:
    """Make the event of a schedule's tick."""
    return {
        "version": "0",
        "id": "tick",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "000000000000",
        "time": "2026-03-03T12:00:00Z",
        "region": "us-east-1",
        "resources": [],
        "detail": {},
    }
