"""What Lambda hands to the handlers: signed webhooks, frames of a socket, queue messages."""

from __future__ import annotations

import json
import time
from typing import Any
from urllib.parse import urlencode

from twilio.request_validator import RequestValidator

from benchmarks.product import AUTH_TOKEN, WEBHOOK_URL


def webhook_event(path: str, form: dict[str, str]) -> dict[str, Any]:
    """Make the function URL's event of a webhook that the carrier signed."""
    signature = RequestValidator(AUTH_TOKEN).compute_signature(WEBHOOK_URL + path, form)
    headers = {"content-type": "application/x-www-form-urlencoded", "x-twilio-signature": signature}
    http = {"method": "POST", "path": path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1"}
    return {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": "",
        "headers": headers,
        "requestContext": {"http": http, "requestId": "r1", "stage": "$default"},
        "body": urlencode(form),
        "isBase64Encoded": False,
    }


def prompt_event(text: str) -> dict[str, Any]:
    """Make the socket's event of an utterance."""
    return frame_event({"type": "prompt", "voicePrompt": text, "lang": "en-US", "last": True})


def frame_event(frame: dict[str, Any]) -> dict[str, Any]:
    """Make the socket's event of a frame that arrives now."""
    context = {
        "connectionId": "c1",
        "apiId": "a",
        "domainName": "d",
        "stage": "api",
        "requestTimeEpoch": round(time.time() * 1000),
    }
    return {"requestContext": context, "body": json.dumps(frame)}


def queue_event(body: str) -> dict[str, Any]:
    """Make the event of one queue message."""
    record = {
        "messageId": "m1",
        "receiptHandle": "h1",
        "body": body,
        "attributes": {"ApproximateReceiveCount": "1"},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:q",
        "awsRegion": "us-east-1",
    }
    return {"Records": [record]}
