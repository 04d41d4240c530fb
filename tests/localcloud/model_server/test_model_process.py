from __future__ import annotations

import json
import signal
import subprocess
import sys
import urllib.request

import openai
import pytest

from localcloud.model_server import ModelServer, Options
from localcloud.model_server.errors import InvalidInput

pytestmark = pytest.mark.enable_socket


def run(*arguments):
    """Start the server as a process."""
    command = [sys.executable, "-m", "localcloud.model_server", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_process_serves_its_script_and_stops_on_sigterm(tmp_path):
    """The command tells its address, uses the given script first, and ends with code 0 on SIGTERM."""
    script = tmp_path / "own.yaml"
    script.write_text("rules:\n  - say: From my own script.\n", encoding="utf-8")
    process = run(
        "--port", "0", "--script", str(script), "--first-token-ms", "1", "--tokens-per-second", "1000"
    )
    try:
        url = process.stdout.readline().split()[2]
        body = json.dumps({"model": "m", "messages": [{"role": "user", "content": "hi"}]}).encode()
        headers = {"Authorization": "Bearer any", "Content-Type": "application/json"}
        with urllib.request.urlopen(
            urllib.request.Request(f"{url}/chat/completions", body, headers)
        ) as answer:
            assert json.load(answer)["choices"][0]["message"]["content"] == "From my own script."
        process.send_signal(signal.SIGTERM)
        assert process.wait(5) == 0
        assert process.stderr.read() == ""
    finally:
        process.kill()
        process.communicate()


def test_process_refuses_a_bad_script(tmp_path):
    """An unusable script ends the start with the file, the field and the remedy, and no traceback."""
    script = tmp_path / "bad.yaml"
    script.write_text("rules:\n  - sya: Oops.\n", encoding="utf-8")
    process = run("--script", str(script))
    _, errors = process.communicate(timeout=10)
    assert process.returncode == 1
    assert "bad.yaml.rules[0].sya: is not known here; use only: " in errors
    assert "Traceback" not in errors


def test_unreadable_script_is_refused(tmp_path):
    """YAML that does not parse is refused with the file's name."""
    script = tmp_path / "bad.yaml"
    script.write_text("rules: [", encoding="utf-8")
    with pytest.raises(InvalidInput, match=r"bad\.yaml"):
        ModelServer(Options(scripts=(script,)))


async def test_first_script_file_wins(tmp_path):
    """Script files are tried in the order given, and a `system` limits a file to its conversations."""
    for name, text in (("a", "system: bakery\nrules: [{say: A}]"), ("b", "rules: [{say: B}]")):
        (tmp_path / name).write_text(text, encoding="utf-8")
    async with (
        ModelServer(Options(scripts=(tmp_path / "a", tmp_path / "b"))) as server,
        openai.AsyncOpenAI(base_url=server.model_url, api_key="any") as client,
    ):
        for system, expected in (("You work for a bakery.", "A"), ("You work for a bank.", "B")):
            messages = [{"role": "system", "content": system}, {"role": "user", "content": "hi"}]
            answer = await client.chat.completions.create(model="m", messages=messages)
            assert answer.choices[0].message.content == expected


async def test_listens_on_loopback_only():
    """The server's only address is 127.0.0.1, and stopping twice is harmless."""
    server = ModelServer()
    async with server:
        assert server.url.startswith("http://127.0.0.1:")
        assert [address[0] for address in server._runner.addresses] == ["127.0.0.1"]
    await server.stop()
