"""How long each packaged function takes to import in a fresh interpreter, and the size of the package."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import botocore

from benchmarks.figures import Figure, Report
from benchmarks.product import ACCESS, function_environment
from benchmarks.unpacked import unpacked
from infra.package import BUDGET_BYTES

if TYPE_CHECKING:
    from benchmarks.unpacked import Unpacked

ROUNDS = 7
BUDGET_MS = 200.0
_BUDGETED = frozenset({"Hook", "WebsocketMessage"})
_BASE_LINE = "bare boto3 client"
_MEGABYTE = 1e6
_FIRST_TURN, _BARE_FIRST_TURN = "WebsocketMessage, ready to answer", "bare boto3 and openai clients"

_IMPORT = """
import sys, time
sys.path[:0] = sys.argv[2:]
started = time.perf_counter()
__import__(sys.argv[1])
print((time.perf_counter() - started) * 1000)
"""
_BARE = """
import sys, time
sys.path[:0] = sys.argv[1:]
started = time.perf_counter()
import boto3
boto3.client("dynamodb", region_name="us-east-1")
print((time.perf_counter() - started) * 1000)
"""
_READY = """
import os, sys, time
sys.path[:0] = sys.argv[1:]
started = time.perf_counter()
from chalicelib.entrypoints import relay_socket
from chalicelib.bootstrap import container
from chalicelib.kernel.provider_settings import ProviderSettings
from chalicelib.kernel.settings import Connections
root = container()
root.client("secretsmanager")
provider = ProviderSettings("openai", "openai", "m", 4000, "http://127.0.0.1:9/v1", "k")
root.connections = Connections("AC", ("t",), "", (), (provider,), "", "")
calls = root.calls
calls.book, calls.turns, calls.socket, calls.wakeups, calls.ai.model.prepare(), calls.tool_specs
print((time.perf_counter() - started) * 1000)
"""
_BARE_READY = """
import sys, time
sys.path[:0] = sys.argv[1:]
started = time.perf_counter()
import boto3, openai
for service in ("secretsmanager", "dynamodb", "sqs", "apigatewaymanagementapi"):
    boto3.client(service, region_name="us-east-1")
openai.OpenAI(api_key="k", base_url="http://127.0.0.1:9/v1")
print((time.perf_counter() - started) * 1000)
"""


def measure() -> Report:
    """Import everything once a round, so that all meet the same machine."""
    with unpacked() as package:
        commands = _commands(package)
        taken: dict[str, list[float]] = {name: [] for name in commands}
        for round_ in range(ROUNDS + 1):
            for name, command in commands.items():
                milliseconds = _run(command)
                if round_:  # the first round fills the machine's file cache
                    taken[name].append(milliseconds)
        size = package.package.unzipped / _MEGABYTE
    base = median(taken[_BASE_LINE])
    figures = [_figure(name, median(samples), base) for name, samples in taken.items() if name != _FIRST_TURN]
    ready, bare = median(taken[_FIRST_TURN]), median(taken[_BARE_FIRST_TURN])
    figures.append(Figure(_FIRST_TURN, ready, "ms", ratio=ready / bare))
    return Report(
        "cold imports and package",
        f"median of {ROUNDS} fresh interpreters, interleaved; the built package with its bytecode and "
        "nothing else on the path; base line: boto3 imported and one DynamoDB client made, or every client "
        "of a turn",
        [*figures, Figure("package, unzipped", size, "MB", BUDGET_BYTES / _MEGABYTE)],
    )


def _commands(package: Unpacked) -> dict[str, list[str]]:
    environment = str(Path(botocore.__file__).parents[1])
    python = [sys.executable, "-I", "-S", "-c"]
    path = [str(package.task), str(package.layer)]
    modules = {name: found["Handler"].rpartition(".")[0] for name, found in package.functions().items()}
    imports = {name: [*python, _IMPORT, module, *path] for name, module in modules.items()}
    return {
        _BASE_LINE: [*python, _BARE, environment],
        **imports,
        _BARE_FIRST_TURN: [*python, _BARE_READY, environment],
        _FIRST_TURN: [*python, _READY, *path],
    }


def _figure(name: str, milliseconds: float, base: float) -> Figure:
    budget = BUDGET_MS if name in _BUDGETED else None
    return Figure(name, milliseconds, "ms", budget, None if "bare" in name else milliseconds / base)


def _run(command: list[str]) -> float:
    environ = ACCESS | function_environment("q") | {"PATH": os.environ["PATH"]}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environ)
    return float(done.stdout)
