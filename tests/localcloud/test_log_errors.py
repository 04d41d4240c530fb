"""Exceptions are found in the logs of the local programs."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from localcloud.cli import main
from localcloud.log_errors import errors_in

FAILED = {"level": "ERROR", "event": "http.failed", "exception": "Traceback:\n  File\nValueError: odd"}
LOG = f"""\
2026-03-05 14:20:01 INFO [lambda] Lambda ai-call-system-Hook-43B645C614F39 output:
{json.dumps({"level": "INFO", "event": "call.placed"})}
{json.dumps(FAILED)}

2026-03-05 14:20:02 INFO [lambda] Lambda ai-call-system-Dial-43B645C614F39 output:
Traceback (most recent call last):
  File "x.py", line 1, in run
    raise KeyError(1)
KeyError: 1

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "x.py", line 2, in run

    raise OSError
OSError: no answer
{{"not": json
Traceback (most recent call last):
  File "x.py", line 3, in run
RuntimeError
"""
FOUND = [
    "2026-03-05 14:20:01  Hook http.failed  ValueError: odd",
    "2026-03-05 14:20:02  Dial  OSError: no answer",
    "2026-03-05 14:20:02  Dial  RuntimeError",
]


@pytest.fixture
def logs(tmp_path):
    """Type `logs` where MiniStack has written."""
    folder = tmp_path / ".local" / "logs"
    folder.mkdir(parents=True)
    (folder / "ministack.log").write_text(LOG)
    return lambda *words: CliRunner().invoke(main, ["--root", str(tmp_path), "logs", *words])


def test_exceptions_are_told_by_their_last_line():
    """Those in JSON lines, and of traces that are chained the last."""
    assert list(map(str, errors_in(LOG.splitlines()))) == FOUND


def test_the_latest_are_printed(logs):
    """As many as are wanted, and nothing is followed."""
    assert logs("--errors").output.splitlines() == FOUND
    assert logs("ministack", "--errors", "--lines", "1").output.splitlines() == FOUND[-1:]
    assert logs("--errors", "--follow").exit_code == 2
