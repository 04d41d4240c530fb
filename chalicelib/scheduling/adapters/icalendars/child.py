"""The program of the child process that reads one calendar file: a request on its input, JSON on its output.

It has no environment and no credentials, opens no address, writes no file, and is ended when it takes long.
"""

from __future__ import annotations

import json
import resource
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from chalicelib.kernel.clock import from_millis, to_millis
from chalicelib.kernel.errors import Invalid
from chalicelib.scheduling.adapters.icalendars.reading import read_busy

if TYPE_CHECKING:
    from typing import BinaryIO

MAX_MEMORY = 512 * 1024 * 1024


def main() -> None:
    """Answer one request: zone, first and last instant as a line of JSON, and then the file."""
    print(json.dumps(_answer(sys.stdin.buffer)))  # noqa: T201  the answer of the program


def limit(seconds: int) -> None:
    """Let this process use no more than so much time and memory; where a limit is not known, none holds."""
    limits = {
        resource.RLIMIT_CPU: seconds,
        resource.RLIMIT_AS: MAX_MEMORY,
        resource.RLIMIT_FSIZE: 0,
    }
    for name, most in limits.items():
        with suppress(ValueError, OSError):
            resource.setrlimit(name, (most, most))


def _answer(given: BinaryIO) -> dict[str, object]:
    request = json.loads(given.readline())
    limit(request["seconds"])
    first, last = from_millis(request["first"]), from_millis(request["last"])
    try:
        reading = read_busy(given.read(), request["zone"], first, last)
    except Invalid as error:
        return {"code": error.code, "message": error.message}
    except MemoryError:
        return {"code": "calendar_too_slow", "message": "The calendar's rules repeat too often."}
    times = [(to_millis(each.start), to_millis(each.end)) for each in reading.times]
    return {"times": times, "unread": reading.unread}


if __name__ == "__main__":
    main()
