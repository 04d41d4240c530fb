"""Where the local cloud keeps its state below .local/, and how small JSON files are written there."""

from __future__ import annotations

import fcntl
import json
import os
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from localcloud.failures import LocalCloudError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PRIVATE_FOLDER, _PRIVATE_FILE = 0o700, 0o600


class BusyError(LocalCloudError):
    """Another command is changing this checkout's local cloud."""


@dataclass(frozen=True)
class Workspace:
    """The files of one checkout's local cloud; two checkouts share nothing."""

    root: Path

    @property
    def local(self) -> Path:
        """Everything below is derived and may be deleted: `make clean` does."""
        return self.root / ".local"

    @property
    def cloud(self) -> Path:
        """State of the emulated services: tables, queues, buckets, stacks."""
        return self.local / "cloud"

    @property
    def endpoints(self) -> Path:
        """Addresses for people, tests and tools."""
        return self.local / "endpoints.json"

    @property
    def routes(self) -> Path:
        """Identifiers that the proxy forwards by; rewritten by every deployment."""
        return self.local / "routes.json"

    def log(self, program: str) -> Path:
        """Return the log file of a program."""
        return self.local / "logs" / f"{program}.log"

    def pid(self, program: str) -> Path:
        """Return the file that names a program's running process."""
        return self.local / "run" / f"{program}.json"

    def prepare(self) -> None:
        """Create the folders, readable by their owner only: tables hold phone numbers and transcripts."""
        for name in ("logs", "run", "cloud", "cloud/state", "cloud/s3", "cloud/tmp"):
            (self.local / name).mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Hold the checkout's lock: starting, stopping and deploying happen one at a time."""
        self.local.mkdir(exist_ok=True)
        with (self.local / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise BusyError("another command is starting, stopping or deploying; wait for it") from error
            yield


def read_json(path: Path) -> dict[str, Any]:
    """Read the object in `path`; empty when the file is missing or holds no object."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def write_json(path: Path, value: dict[str, Any]) -> None:
    """Replace `path` in one step, readable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _PRIVATE_FILE)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(value, file, indent=1, ensure_ascii=False)
        file.write("\n")
    partial.replace(path)
