"""The line between the commands and the API: in process, and everything sent over it is kept."""

from __future__ import annotations

import functools
import json
from urllib.parse import urlencode

import requests

URL = "https://calls.example.com/api"


class Line:
    """Carries what the commands' HTTP client sends to the API in process, and keeps what was sent."""

    def __init__(self, api):
        self._api = api
        self.sent = []
        self.is_cut = False
        self.before = lambda _method: None
        self.instead = None

    def __get__(self, session, _kind):
        """Stand in for `requests.Session.request`, as a method of the session."""
        return functools.partial(self.carry, session)

    def carry(self, session, method, url, **sent):
        """Ask the API in process; with `instead` (status, content) somebody else answers."""
        if self.is_cut:
            raise requests.ConnectionError
        self.before(method)
        token = session.headers["Authorization"]
        self.sent.append((method, url, token))
        if self.instead:
            return _response(self.instead[0], {}, self.instead[1])
        path = url.removeprefix(URL) + (f"?{urlencode(sent['params'])}" if sent["params"] else "")
        headers = {"Authorization": token, **(sent["headers"] or {})}
        answer = self._api.ask(method, path, body=sent["json"], headers=headers, scope=None)
        return _response(answer.status, answer.headers, _content(answer.body))


def _content(body):
    if body is None:
        return b""
    return body.encode() if isinstance(body, str) else json.dumps(body).encode()


def _response(status, headers, content):
    response = requests.Response()
    response.status_code = status
    response.headers.update(headers)
    response._content = content
    return response
