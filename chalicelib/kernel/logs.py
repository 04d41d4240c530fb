"""JSON lines with event-style names and a context that follows the request; what names people is masked."""

from __future__ import annotations

import json
import logging
import re
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from chalicelib.kernel.masking import masked_line
from chalicelib.kernel.phones import mask

if TYPE_CHECKING:
    from collections.abc import Iterator

_context: ContextVar[dict[str, str] | None] = ContextVar("log_context", default=None)
_NUMBER = re.compile(r"(?:\+|%2B)[1-9][0-9]{6,14}")
_ACCOUNT = re.compile(r"\bAC[0-9a-fA-F]{32}\b")
_logger = logging.getLogger("calls")


class _JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "level": record.levelname,
            "event": record.getMessage(),
            "process": record.process,
        }
        line |= _context.get() or {}
        line |= getattr(record, "fields", {})
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        text = _masked(_json(line), line)
        return _ACCOUNT.sub("AC…", _NUMBER.sub(lambda found: mask(found[0]), text))


def _json(line: dict[str, Any]) -> str:
    """Write a line; what cannot be written is left out, because logging must never fail a call."""
    try:
        return json.dumps(line, default=str, skipkeys=True)
    except Exception:  # noqa: BLE001  a value's own __str__ may raise anything
        return json.dumps({"level": line["level"], "event": line["event"], "fields": "not writable"})


def _masked(text: str, line: dict[str, Any]) -> str:
    """Hide what identifies people; where a bare number was hidden, the line says that instead of fields."""
    hidden = masked_line(text)
    if hidden != text:
        try:
            json.loads(hidden)
        except ValueError:
            return json.dumps({"level": line["level"], "event": line["event"], "fields": "masked"})
    return hidden


def configure(level: str) -> None:
    """Send our lines to standard error as JSON, once per process."""
    if not _logger.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(_JsonLines())
        _logger.addHandler(handler)
        _logger.propagate = False
    _logger.setLevel(level)


@contextmanager
def log_context(**fields: str) -> Iterator[None]:
    """Add fields, such as `call_id`, to every line written inside."""
    token = _context.set({**(_context.get() or {}), **fields})
    try:
        yield
    finally:
        _context.reset(token)


def log(event: str, **fields: Any) -> None:
    """Write one line at INFO; never pass what callers said."""
    _logger.info(event, extra={"fields": fields})


def log_failure(event: str, error: BaseException, **fields: Any) -> None:
    """Write one line at ERROR with the exception's trace."""
    _logger.error(event, extra={"fields": fields}, exc_info=error)
