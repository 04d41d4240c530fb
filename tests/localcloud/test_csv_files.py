"""Exports that come in parts become one file."""

from __future__ import annotations

import io

import click
import pytest

from localcloud.commands.csv_files import join_parts, new_file


def _joined(*parts: str) -> tuple[int, str]:
    out = io.StringIO(newline="")
    return join_parts(out, parts), out.getvalue()


def test_the_heading_stands_once() -> None:
    """Rows of all parts are counted, also those with lines in a cell; a part may have none."""
    text = "a,b\r\n1,2\r\n" + '3,"4\r\n5"\r\n' + "6,7\r\n"
    assert _joined('a,b\r\n1,2\r\n3,"4\r\n5"\r\n', "a,b\r\n", "a,b\r\n6,7\r\n") == (3, text)


def test_a_heading_may_have_lines() -> None:
    """People name columns with line ends and quotes in them."""
    heading = '"a\r\n""x""",b\r\n'
    assert _joined(f"{heading}1,2\r\n", f"{heading}3,4\r\n") == (2, f"{heading}1,2\r\n3,4\r\n")


def test_columns_that_change_on_the_way_are_refused(tmp_path) -> None:
    """Rows under wrong headings would be worse than none; no file is left."""
    with pytest.raises(click.ClickException, match="export again"), new_file(tmp_path / "x.csv") as out:
        join_parts(out, ["a,b\r\n1,2\r\n", "a,b,c\r\n3,4,5\r\n"])
    assert list(tmp_path.iterdir()) == []


def test_how_far_it_is_is_told() -> None:
    """After each part."""
    told: list[int] = []
    join_parts(io.StringIO(), ["a\r\n1\r\n2\r\n", "a\r\n3\r\n"], told.append)
    assert told == [2, 3]
