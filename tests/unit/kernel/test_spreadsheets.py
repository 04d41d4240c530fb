"""CSV that a spreadsheet shows and does not run."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.kernel.spreadsheets import plain_cell, safe_cell, write_csv


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_a_cell_that_could_be_a_formula_is_a_text(start):
    """It begins with an apostrophe, whatever follows."""
    assert safe_cell(f"{start}1+1") == f"'{start}1+1"


def test_other_cells_are_as_they_were():
    """Also with the signs inside."""
    assert [safe_cell(text) for text in ("", "a=b", "2026-03-03")] == ["", "a=b", "2026-03-03"]


@given(st.lists(st.lists(st.text().filter(lambda text: "\x00" not in text), min_size=2, max_size=2)))
def test_cells_survive_quotes_commas_and_lines(rows):
    """What a reader of CSV gets is what was written, but for the apostrophes; none begins a formula."""
    read = list(csv.reader(io.StringIO(write_csv(rows), newline="")))
    assert read == [[safe_cell(cell) for cell in row] for row in rows]
    assert not [cell for row in read for cell in row if cell[:1] in set("=+-@\t\r\n")]


@pytest.mark.parametrize("sign", ["\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_full_width_signs_begin_formulas_too(sign):
    """Some spreadsheets read them as their narrow forms."""
    assert safe_cell(f"{sign}1") == f"'{sign}1"


@pytest.mark.parametrize("text", ["'=1", "''+1", "'x", "'", "=1", "+14155552671", "plain"])
def test_a_text_comes_back_as_it_was(text):
    """Exactly the apostrophe that was added is taken away, and never one that was there."""
    assert plain_cell(safe_cell(text)) == text
    assert plain_cell(plain_cell(safe_cell(safe_cell(text)))) == text
