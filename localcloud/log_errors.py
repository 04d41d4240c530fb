"""Exceptions in the logs of the local programs: when, in which function, and the last line of each."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
_OUTPUT = re.compile(r"Lambda \S*?(\w+)-[0-9A-F]+ output:")
_TRACE = "Traceback (most recent call last):"
_CHAINED = ("The above exception was the direct cause", "During handling of the above exception")


@dataclass(frozen=True)
class LoggedError:
    """An exception's last line; `at` and `where` (a function's name, an event) are empty when unknown."""

    at: str
    where: str
    line: str

    def __str__(self) -> str:
        return "  ".join(filter(None, (self.at, self.where, self.line)))


def errors_in(lines: Iterable[str]) -> Iterator[LoggedError]:
    """Find the exceptions of functions, in our JSON lines and in traces; of chained ones the last."""
    return _Reader().read(lines)


class _Reader:
    """Reads a log from its beginning."""

    def __init__(self) -> None:
        self._at = self._function = ""
        self._in_trace = False
        self._found: LoggedError | None = None

    def read(self, lines: Iterable[str]) -> Iterator[LoggedError]:
        """Give each exception when what follows shows that nothing is chained to it."""
        for text in lines:
            line = text.rstrip("\n")
            if line.startswith(_CHAINED):
                self._found = None
            elif line.startswith(_TRACE):
                yield from self._settled()
                self._in_trace = True
            elif self._in_trace:
                self._trace(line)
            elif line.strip():
                yield from self._settled()
                yield from self._other(line)
        yield from self._settled()

    def _trace(self, line: str) -> None:
        """Take the first line of a trace that is not indented: the exception."""
        if line and not line[0].isspace():
            self._in_trace = False
            self._found = LoggedError(self._at, self._function, line)

    def _settled(self) -> Iterator[LoggedError]:
        if self._found:
            yield self._found
        self._found = None

    def _other(self, line: str) -> Iterator[LoggedError]:
        if time := _TIME.match(line):
            self._at = time[0]
        if output := _OUTPUT.search(line):
            self._function = output[1]
        logged = _logged(line)
        if logged.get("exception"):
            last = str(logged["exception"]).rstrip().splitlines()[-1]
            where = " ".join(filter(None, (self._function, str(logged.get("event", "")))))
            yield LoggedError(self._at, where, last)


def _logged(line: str) -> dict[str, Any]:
    if not line.startswith("{"):
        return {}
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
