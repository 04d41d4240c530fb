"""The carrier's HTTP answers from a list, for tests of what its real client sends."""

from __future__ import annotations

import json
from typing import Any

from twilio.http.response import Response


class Wire:
    """Answers requests from a list and keeps them."""

    def __init__(self) -> None:
        self.answers: list[Response | Exception] = []
        self.requests: list[tuple[str, str, dict[str, Any]]] = []

    def request(self, method: str, url: str, **options: Any) -> Response:
        """Answer one request, or raise."""
        self.requests.append((method, url, options))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    @staticmethod
    def answer(status: int, /, **body: Any) -> Response:
        """Make an answer."""
        return Response(status, json.dumps(body))
