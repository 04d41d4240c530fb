"""The REST API as commands use it: where it is, who asks, and its refusals as sentences."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

import click
import requests

from localcloud.workspace import Workspace, read_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import BinaryIO

URL_VARIABLE, TOKEN_VARIABLE = "AICS_API_URL", "AICS_TOKEN"
_TIMEOUT_S = 35  # API Gateway gives up after 29 s
_UPLOAD_TIMEOUT_S = 120  # without a sign of life; a file may take as long as it needs
_SHOWN = 300
_PIECE = 256 * 1024
_MAX_PAGE_SIZE = 100
ANY_VERSION = {"If-Match": "*"}
_NOT_RUNNING_CODE = 3
_UNAUTHENTICATED = 401
_NOT_HERE = (403, 404)  # what gateways answer at paths that they do not know
_START = "start it with `make up`, or name another system with --url"
_SHAPE = "an address looks like https://calls.example.com/api"
_STAGE = "the address ends with the stage, such as /api"


class NotRunningError(click.ClickException):
    """Nothing answers at the address."""

    exit_code = _NOT_RUNNING_CODE


class RefusedError(click.ClickException):
    """The API refused, or failed; the message repeats its explanation field by field.

    `code` is the problem's stable code, empty when the answer was no problem.
    """

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class RemoteAnswer:
    """What the API answered: the parsed JSON, and its ETag (empty when it has none)."""

    body: Any
    etag: str


class Remote:
    """Requests with a token to the API of one system."""

    def __init__(self, api_url: str, token: str) -> None:
        self._api_url = api_url.rstrip("/")
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Bearer {token}"

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        query: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
    ) -> RemoteAnswer:
        """Send a request; raises `RefusedError`, or `NotRunningError` when nothing answers."""
        answer = self._answer(method, self._api_url + path, body, query, headers)
        return RemoteAnswer(self._parsed(answer), answer.headers.get("ETag", ""))

    def put_file(
        self, address: str, headers: dict[str, str], file: Path, told: Callable[[int], None]
    ) -> None:
        """Send a file's bytes as they are to where the API said, without the token and without holding it.

        `told` gets how many bytes went out, each time. Raises `RefusedError`, or `NotRunningError`.
        """
        try:
            with file.open("rb") as source:
                answer = requests.Session().request(
                    "PUT",
                    address,
                    data=_Told(source, file.stat().st_size, told),
                    headers=headers,
                    timeout=_UPLOAD_TIMEOUT_S,
                )
        except requests.RequestException as error:
            raise NotRunningError(f"the file could not be sent ({type(error).__name__})") from error
        if not answer.ok:
            raise RefusedError(f"the file was not taken: {answer.status_code} {answer.text[:_SHOWN]}")

    def save_file(self, address: str, file: Path) -> int:
        """Write what stands at an address that the API gave into a file, without the token; give its size.

        Raises `RefusedError`, or `NotRunningError` when nothing answers there.
        """
        try:
            with requests.Session().request("GET", address, timeout=_UPLOAD_TIMEOUT_S, stream=True) as answer:
                if not answer.ok:
                    raise RefusedError(f"the file was not given: {answer.status_code}")
                with file.open("wb") as target:
                    return sum(target.write(piece) for piece in answer.iter_content(_PIECE))
        except requests.RequestException as error:
            raise NotRunningError(f"the file could not be read ({type(error).__name__})") from error

    def texts(self, path: str, **query: Any) -> Iterator[str]:
        """Read a text that comes in parts, following `Link`; filters that are None are left out."""
        wanted = {name: value for name, value in query.items() if value is not None}
        address: str | None = self._api_url + path
        while address:
            answer = self._answer("GET", address, None, wanted, None)
            yield answer.content.decode("utf-8")
            following = answer.links.get("next")
            address = urljoin(address, following["url"]) if following else None
            wanted = {}

    def _answer(
        self, method: str, url: str, body: Any, query: dict[str, Any] | None, headers: dict[str, str] | None
    ) -> requests.Response:
        try:
            answer = self._session.request(
                method, url, json=body, params=query, headers=headers, timeout=_TIMEOUT_S
            )
        except requests.RequestException as error:
            raise NotRunningError(
                f"nothing answers at {self._api_url} ({type(error).__name__}); {_START}"
            ) from error
        if not answer.ok:
            raise RefusedError(_explained(answer), _code(answer))
        return answer

    def _parsed(self, answer: requests.Response) -> Any:
        try:
            return answer.json() if answer.content else None
        except ValueError as error:
            raise RefusedError(f"what answers at {self._api_url} is not the API: {_STAGE}") from error

    def items(self, path: str, limit: int, **query: Any) -> list[dict[str, Any]]:
        """Read a list page by page, up to `limit` items; filters that are None are left out."""
        found: list[dict[str, Any]] = []
        wanted: dict[str, Any] = {name: value for name, value in query.items() if value is not None}
        while len(found) < limit:
            size = min(limit - len(found), _MAX_PAGE_SIZE)
            page = self.ask("GET", path, query={**wanted, "page_size": size}).body
            found += page["items"]
            if page["next_page_token"] is None:
                break
            wanted["page_token"] = page["next_page_token"]
        return found


class _Told:
    """A file that says how much of it was read."""

    def __init__(self, source: BinaryIO, size: int, told: Callable[[int], None]) -> None:
        self._source = source
        self._size = size
        self._told = told

    def __len__(self) -> int:
        return self._size

    def read(self, size: int = -1) -> bytes:
        """Read on."""
        part = self._source.read(size)
        self._told(len(part))
        return part


def uses_api(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options --url and --token, and the API that they name as its first argument."""

    @click.option(
        "--url",
        envvar=URL_VARIABLE,
        show_envvar=True,
        help="The API. Default: the local stack's, in .local/.",
    )
    @click.option(
        "--token",
        envvar=TOKEN_VARIABLE,
        show_envvar=True,
        help="A token. Default: the local administrator's.",
    )
    @click.pass_obj
    @functools.wraps(command)
    def with_api(workspace: Workspace, /, url: str | None, token: str | None, **options: Any) -> Any:
        return command(_remote(workspace, url, token), **options)

    return with_api


def _remote(workspace: Workspace, url: str | None, token: str | None) -> Remote:
    """Find the API; the local administrator's token is never sent anywhere but to the local stack."""
    if url:
        _check_address(url)
        if not token:
            raise click.UsageError(f"--url needs a token: give --token, or set {TOKEN_VARIABLE}.")
        return Remote(url, token)
    local = read_json(workspace.endpoints)
    if "api_url" not in local:
        raise NotRunningError(f"there is no local stack here; {_START}")
    return Remote(local["api_url"], token or local["admin_token"])


def _check_address(url: str) -> None:
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise click.UsageError(f"{url!r} is no address of an API: {_SHAPE}.")


def _code(answer: requests.Response) -> str:
    try:
        problem = answer.json()
    except ValueError:
        return ""
    return str(problem.get("code", "")) if isinstance(problem, dict) else ""


def _explained(answer: requests.Response) -> str:
    """Say what a problem (RFC 9457) says, with each field's error on a line of its own."""
    try:
        problem = answer.json()
    except ValueError:
        problem = {}
    if not isinstance(problem, dict) or "code" not in problem:
        return f"the API answered {answer.status_code} without an explanation{_hint(answer)}"
    lines = _sentences(problem.get("detail", ""), problem.get("errors", []))
    lines += [f"  {name}: {value}" for name, value in problem.get("details", {}).items()]
    # What stands between, such as the local proxy, knows no request.
    request = f", request {problem['request_id']}" if "request_id" in problem else ""
    lines.append(f"({answer.status_code} {problem['code']}{request})")
    return "\n".join(lines) + (_hint(answer) if answer.status_code == _UNAUTHENTICATED else "")


def _sentences(detail: str, errors: list[dict[str, str]]) -> list[str]:
    """Give what is wrong, then each field's error; a sentence that is a field's too is told with it only."""
    if not any(each["detail"] == detail for each in errors):
        fields = [f"{each['pointer'] or '(all)'}: {each['detail']}" for each in errors]
        return [detail, *(f"  {line}" for line in dict.fromkeys(fields))]
    fields = [f"{each['pointer']}: {each['detail']}".removeprefix(": ") for each in errors]
    first, *others = dict.fromkeys(fields)
    return [first, *(f"  {line}" for line in others)]


def _hint(answer: requests.Response) -> str:
    """Say what is most likely wrong: the token, or an address at which there is no such API."""
    if answer.status_code == _UNAUTHENTICATED:
        return f"\nno valid token: give one with --token, or set {TOKEN_VARIABLE}"
    return f"; {_STAGE}" if answer.status_code in _NOT_HERE else ""
