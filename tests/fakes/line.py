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
        self.store = lambda _url, _content: 200

    def __get__(self, session, _kind):
        """Stand in for `requests.Session.request`, as a method of the session."""
        return functools.partial(self.carry, session)

    def carry(self, session, method, url, **sent):
        """Ask the API in process; with `instead` (status, content) somebody else answers."""
        if self.is_cut:
            raise requests.ConnectionError
        self.before(method)
        if not url.startswith(URL):
            return self._stored(session, method, url, sent)
        token = session.headers["Authorization"]
        self.sent.append((method, url, token))
        if self.instead:
            return _response(self.instead[0], {}, self.instead[1])
        path = url.removeprefix(URL) + (f"?{urlencode(sent['params'])}" if sent.get("params") else "")
        headers = {"Authorization": token, **(sent.get("headers") or {})}
        answer = self._api.ask(method, path, body=sent.get("json"), headers=headers, scope=None)
        return _response(answer.status, answer.headers, _content(answer.body))

    def _stored(self, session, method, url, sent):
        """Put a file where the API said, as S3 takes it: with a length, and without a token."""
        assert (method, "Authorization" in session.headers) == ("PUT", False)
        self.sent.append((method, url, None))
        content = b"".join(iter(lambda: sent["data"].read(8), b""))
        assert len(sent["data"]) == len(content)
        return _response(self.store(url, content), {}, b"")


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
