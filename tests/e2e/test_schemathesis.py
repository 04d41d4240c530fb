"""The API does what its description says: tried from the description, in every phase, over the wire."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests

if TYPE_CHECKING:
    from collections.abc import Iterator

    from e2e.world import Stack

HERE = Path(__file__).parent
COMMAND = Path(sys.executable).with_name("st")
PATIENCE_S = 240
REPORT = re.compile(r"^=+ SUMMARY.*", re.MULTILINE | re.DOTALL)


@pytest.fixture
def restored(stack: Stack) -> Iterator[Stack]:
    """The stack, whose settings and webhooks are put back afterwards: nothing there is left alone."""
    yield stack
    _put_settings_back(stack)
    for webhook in stack.api.every("/v1/webhooks"):
        _send(stack, "DELETE", f"/v1/webhooks/{webhook['id']}")


def _put_settings_back(stack: Stack) -> None:
    changes = stack.api.every("/v1/settings/history")
    first = {name: value for change in changes for name, value in change["before"].items()}
    if first:
        _send(stack, "PATCH", "/v1/settings", first)


def _send(stack: Stack, method: str, path: str, body: Any = None) -> None:
    headers = {"Authorization": f"Bearer {stack.endpoints['admin_token']}", "If-Match": "*"}
    answer = requests.request(method, stack.url("api") + path, json=body, headers=headers, timeout=20)
    assert answer.ok, answer.text


def _versions(stack: Stack) -> dict[str, int]:
    """Give the versions of the prompts and of the call templates, by id."""
    found = [*stack.api.every("/v1/ai/templates"), *stack.api.get("/v1/calls/templates")["items"]]
    return {each["id"]: each["version"] for each in found}


def _needed(stack: Stack, versions: dict[str, int]) -> str:
    """Name what others need as it is: the token in use, our number, the sample data."""
    token = stack.api.get("/v1/tokens/current")["id"]
    data = stack.data
    needed = [token, stack.line, data.campaign, data.calendar, *data.contacts.values(), *versions]
    return " ".join(needed)


def test_the_api_is_as_it_is_described(restored: Stack, capsys: pytest.CaptureFixture[str]) -> None:
    """No fault of ours, no status, header, type or field that is not described, no bad request accepted.

    What other tests need is left as it was.
    """
    versions = _versions(restored)
    url = f"{restored.url('api')}/v1/openapi.json"
    environ = {
        **os.environ,
        "API_TOKEN": restored.endpoints["admin_token"],
        "PROTECTED": _needed(restored, versions),
    }
    command = [str(COMMAND), "--config-file", str(HERE / "schemathesis.toml"), "run", "--no-color", url]
    ran = subprocess.run(
        command, cwd=HERE, env=environ, timeout=PATIENCE_S, capture_output=True, text=True, check=False
    )
    with capsys.disabled():
        found = REPORT.search(ran.stdout)
        sys.stdout.write(f"\n{found[0] if found else 'Schemathesis reported nothing.'}\n")
    assert ran.returncode == 0, ran.stdout[-20_000:] + ran.stderr[-2_000:]
    assert versions.items() <= _versions(restored).items()
