"""Exports as files: texts that come in parts, each with the heading, become one."""

from __future__ import annotations

import csv
import io
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

_END = "\r\n"


def join_parts(out: IO[str], parts: Iterable[str], told: Callable[[int], None] = lambda _count: None) -> int:
    """Write parts under one heading; give how many rows. `told` gets how many are written so far.

    Raises when a part has other columns than those before it.
    """
    count, heading = 0, ""
    for part in parts:
        columns, rows = _split(part)
        if heading and columns != heading:
            raise click.ClickException("the columns were changed meanwhile; export again")
        out.write(rows if heading else columns + rows)
        heading = columns
        count += sum(1 for _ in csv.reader(io.StringIO(rows, newline="")))
        told(count)
    return count


@contextmanager
def new_file(file: Path, encoding: str = "utf-8") -> Iterator[IO[str]]:
    """Open a file that appears when all of it is there, and not at all when something fails."""
    partial = file.with_name(f"{file.name}.partial")
    try:
        with partial.open("w", encoding=encoding, newline="") as out:
            yield out
        partial.replace(file)
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written: {error.strerror}") from error
    finally:
        partial.unlink(missing_ok=True)


def _split(part: str) -> tuple[str, str]:
    """Give the heading, which every part begins with, and the rows; a quoted cell may have lines."""
    end = part.find(_END)
    while end >= 0 and part.count('"', 0, end) % 2:
        end = part.find(_END, end + len(_END))
    end = len(part) if end < 0 else end + len(_END)
    return part[:end], part[end:]
