"""A small client of the product's own REST API, for the commands of this package."""

from __future__ import annotations

from typing import Any

import requests

from localcloud.failures import LocalCloudError

_TIMEOUT_S = 30
_PAGE_SIZE = "100"


class ApiError(LocalCloudError):
    """The API refused; the message repeats its explanation."""


class Api:
    """Requests with a token; an answer that is not a success raises `ApiError`."""

    def __init__(self, api_url: str, token: str) -> None:
        self._api_url = api_url
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Bearer {token}"

    def get(self, path: str, **query: str) -> Any:
        """Read."""
        return self._send("GET", path, params=query)

    def every(self, path: str) -> list[dict[str, Any]]:
        """Read a list to its end, page by page."""
        page = self.get(path, page_size=_PAGE_SIZE)
        found: list[dict[str, Any]] = page["items"]
        while page["next_page_token"] is not None:
            page = self.get(path, page_size=_PAGE_SIZE, page_token=page["next_page_token"])
            found += page["items"]
        return found

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """Create, or start something."""
        return self._send("POST", path, json=body)

    def put(self, path: str, body: dict[str, Any]) -> Any:
        """Set."""
        return self._send("PUT", path, json=body)

    def _send(self, method: str, path: str, **options: Any) -> Any:
        answer = self._session.request(method, self._api_url + path, timeout=_TIMEOUT_S, **options)
        if not answer.ok:
            raise ApiError(f"{method} {path}: {answer.status_code} {answer.text}")
        return answer.json()
