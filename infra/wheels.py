"""Fetches the locked requirements as wheels for Lambda and chooses those that ship; unpacks nothing."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import zipfile
from email.parser import HeaderParser
from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name

from infra.failures import PackagingError
from infra.layout import Architecture, Checkout

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import Message
    from pathlib import Path

# Lambda's Python 3.11 runs on Amazon Linux 2 (glibc 2.26); 3.12 and later on Amazon Linux 2023 (glibc 2.34).
_GLIBC_MINORS = range(34, 4, -1) if sys.version_info >= (3, 12) else range(26, 4, -1)
_MACHINES = {Architecture.X86_64: "x86_64", Architecture.ARM64: "aarch64"}

TOOL_ONLY_EDGES = {
    # Chalice's functions need chalice/app.py alone; the rest of its requirements serve its command line.
    "chalice": frozenset({"*"}),
    # The synchronous client never imports Twilio's asynchronous one, the only user of these.
    "twilio": frozenset({"aiohttp", "aiohttp-retry"}),
    # Its command line does not ship.
    "x-wr-timezone": frozenset({"click"}),
}


class WheelsMissingError(PackagingError):
    """A locked requirement has no wheel for the target; nothing is built from source for another machine."""


def shipped_wheels(checkout: Checkout, architecture: Architecture) -> list[Path]:
    """List the wheels that ship, sorted: the closure of requirements.in without tool-only edges."""
    wheels = {_name_of(wheel): wheel for wheel in _downloaded(checkout, architecture)}
    wanted: set[str] = set()
    pending = [canonicalize_name(r.name) for r in _direct(checkout)]
    while pending:
        name = pending.pop()
        if name in wanted:
            continue
        wanted.add(name)
        pending.extend(_requirements(wheels[name], name))
    return sorted(wheels[name] for name in wanted)


def _direct(checkout: Checkout) -> Iterator[Requirement]:
    for line in (checkout.root / "requirements.in").read_text().splitlines():
        text = line.partition("#")[0].strip()
        if text:
            yield Requirement(text)


def _requirements(wheel: Path, name: str) -> Iterator[NormalizedName]:
    cut = TOOL_ONLY_EDGES.get(name, frozenset())
    for line in _metadata(wheel).get_all("Requires-Dist", []):
        requirement = Requirement(line)
        required = canonicalize_name(requirement.name)
        if not cut & {"*", required} and _applies(requirement):
            yield required


def _applies(requirement: Requirement) -> bool:
    return requirement.marker is None or requirement.marker.evaluate({"extra": ""})


def _metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        name = next(n for n in archive.namelist() if re.fullmatch(r"[^/]+\.dist-info/METADATA", n))
        return HeaderParser().parsestr(archive.read(name).decode())


def _name_of(wheel: Path) -> str:
    return canonicalize_name(wheel.name.partition("-")[0])


def _downloaded(checkout: Checkout, architecture: Architecture) -> list[Path]:
    lock = checkout.root / "requirements.txt"
    version = f"{sys.version_info.major}{sys.version_info.minor}"
    key = hashlib.sha256(lock.read_bytes()).hexdigest()[:16]
    folder = checkout.local / "wheels" / f"{architecture}-cp{version}-{key}"
    complete = folder / ".complete"
    if not complete.exists():
        _download(lock, folder, architecture, version)
        complete.touch()
    return sorted(folder.glob("*.whl"))


def _download(lock: Path, folder: Path, architecture: Architecture, version: str) -> None:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--only-binary=:all:", "--implementation=cp", f"--python-version={version}"]
    command += [f"--abi={abi}" for abi in (f"cp{version}", "abi3", "none")]
    command += [f"--platform={platform}" for platform in _platforms(architecture)]
    done = subprocess.run([*command, "-r", lock, "-d", folder], capture_output=True, text=True, check=False)
    if done.returncode:
        reason = "\n".join(line for line in done.stderr.splitlines() if line.startswith("ERROR"))
        raise WheelsMissingError(
            f"pip could not fetch the wheels of {lock.name} for {architecture}:\n{reason}"
        )


def _platforms(architecture: Architecture) -> list[str]:
    machine = _MACHINES[architecture]
    named = [f"manylinux{tag}_{machine}" for tag in ("2014", "2010", "1")]
    return [*(f"manylinux_2_{minor}_{machine}" for minor in _GLIBC_MINORS), *named]
