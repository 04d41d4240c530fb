"""Files as rows: streams of any piece size, memory, encodings that show late, and what is refused."""

from __future__ import annotations

import io
import subprocess
import sys
import tracemalloc

import pytest

from chalicelib.crm.adapters.files.decoding import PIECE
from chalicelib.crm.adapters.files.headers import column_letters
from chalicelib.crm.adapters.files.reading import open_table
from chalicelib.kernel.errors import Invalid

_ROW = b'"Doe, Jane %d",+1415556%04d\r\n'


class Dripping(io.BytesIO):
    """A stream that gives less than it is asked for, as a network does."""

    def read(self, size=-1):
        """Give up to seven bytes."""
        return super().read(min(size, 7))


class Endless:
    """A stream that makes its rows as they are read."""

    def __init__(self, count):
        self._rows = (_ROW % (number, number % 10_000) for number in range(count))
        self._rest = b"name,phone\r\n"

    def read(self, size):
        """Give the next bytes."""
        while len(self._rest) < size and (row := next(self._rows, b"")):
            self._rest += row
        given, self._rest = self._rest[:size], self._rest[size:]
        return given


def _table(content, **options):
    return open_table(io.BytesIO(content), **options)


def _code(content, **options):
    with pytest.raises(Invalid) as refused:
        list(_table(content, **options))
    return refused.value.code


def test_memory_does_not_grow_with_the_file():
    """A hundred thousand rows need what a thousand need, within a megabyte."""
    peaks = []
    for count in (1000, 100_000):
        tracemalloc.start()
        assert sum(1 for _ in open_table(Endless(count))) == count
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] - peaks[0] < 1_000_000


def test_a_stream_may_give_less_than_asked():
    """Characters and line ends that are cut between two reads are whole."""
    content = "Name,Phone\r\nZoë,1\r\n李,2\r\n".encode()
    assert [row.cells for row in open_table(Dripping(content))] == [("Zoë", "1"), ("李", "2")]


@pytest.mark.parametrize("shift", range(4))
def test_pieces_may_end_anywhere(shift):
    """A piece's end between CR and LF makes no row, nor one within a character."""
    first = b"name,phone\r\n" + b"x" * (PIECE - 15 - shift) + b",1\r\n"
    rows = list(_table(first + "é,2\r\né,3\r\n".encode()))
    assert [(row.number, row.line) for row in rows] == [(2, 2), (3, 3), (4, 4)]
    assert [row.cells for row in rows[1:]] == [("é", "2"), ("é", "3")]


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1252"])
def test_an_encoding_may_show_late(encoding):
    """A file that begins with ASCII alone is guessed where its first accent stands."""
    content = b"name,phone\n" + b"Ann,1\n" * 20_000 + "Müller,2\n".encode(encoding)
    table = _table(content)
    *_, last = table
    assert (last.cells, last.fault, table.encoding) == (("Müller", "2"), None, encoding)


def test_a_wrong_byte_after_accents_is_a_fault_of_its_row():
    """What was UTF-8 stays UTF-8, and nothing is replaced in silence."""
    content = "name,phone\nZoë,1\n".encode() + b"Ann,1\n" * 20_000 + b"M\xfcller,2\nBob,3\n"
    *_, wrong, right = _table(content)
    assert (wrong.number, wrong.fault.column, right.fault) == (20_003, "name", None)
    assert "0xFC" in wrong.fault.problem


def test_the_first_rows_can_be_looked_at():
    """A sample takes no row from the iteration, and finds the same faults."""
    table = _table(b"a,b\n1,2\n3\n5,6\n")
    assert table.sample(2) == table.sample(2)
    assert [(row.number, row.fault is None) for row in table] == [(2, True), (3, False), (4, True)]


def test_utf8_needs_no_guessing():
    """The guesser, which is slow to import, is not imported for a file of UTF-8."""
    program = (
        "import io, sys; from chalicelib.crm.adapters.files.reading import open_table; "
        "list(open_table(io.BytesIO('a,b\\né,1\\n'.encode()))); "
        "sys.exit('charset_normalizer' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_a_mark_says_more_than_what_was_asked():
    """A file with a byte order mark is read by it."""
    table = _table(b"\xef\xbb\xbfn\xc3\xa9e,b\n1,2\n", encoding="windows-1252")
    assert (table.encoding, table.header) == ("utf-8", ("née", "b"))


@pytest.mark.parametrize("name", ["UTF8", "utf-8-sig", "Windows-1252", "cp1252", "latin1", "Shift-JIS"])
def test_encodings_have_several_names(name):
    """The names that people and programs use are understood."""
    assert list(_table(b"a,b\n1,2\n", encoding=name))


@pytest.mark.parametrize("name", ["klingon", "base64", "hex", "utf-7", "idna", "a\x00b", ""])
def test_an_encoding_that_is_not_read_is_refused(name):
    """Codecs that are no encodings of files are refused; none is as good as not asked."""
    if not name:
        assert _table(b"a,b\n", encoding=name).encoding == "utf-8"
        return
    assert _code(b"a,b\n", encoding=name) == "bad_encoding"


@pytest.mark.parametrize(("asked", "used"), [("tab", "\t"), ("Semicolon", ";"), ("|", "|")])
def test_a_delimiter_can_be_named(asked, used):
    """By itself or by its name, whatever the file looks like."""
    assert _table(b"a,b\n1,2\n", delimiter=asked).delimiter == used


def test_an_unknown_delimiter_is_refused():
    """The remedy names those that are read."""
    assert _code(b"a,b\n", delimiter="x") == "bad_delimiter"


@pytest.mark.parametrize(
    ("content", "delimiter"),
    [
        (b"name;phone, mobile\nA;1\nB;2\n", ";"),
        (b'"last, first";phone\n"Doe, J";1\n"Roe, K";2\n', ";"),
        (b"name\tnote\nA\tx, y\nB\tx; y; z\n", "\t"),
        (b"name,note\nA,x; y; z\nB,x; y; z\n", ","),
        (b"a;b;c\n1,5;2,5;3,5\n2,5;3,5;4,5\n", ";"),
        (b"phone\n1\n2\n", ","),
    ],
)
def test_the_delimiter_is_what_parts_rows_like_the_header(content, delimiter):
    """Signs inside of cells do not mislead, quoted or not."""
    assert _table(content).delimiter == delimiter


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"a,b\n" + b"x" * 1_100_000 + b"\n", "row_too_long"),
        (b"a,b\n" + b'"x\n",' * 250_000, "row_too_long"),
        (b'a,b\n"' + b"x\n" * 100_000, "row_too_long"),
        (b'a,b\n1,"2\n', "broken_quotes"),
        (b"ann@example.com,b\n", "header_missing"),
        (b"a" * 201 + b",b\n", "bad_header"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "not_a_table"),
        (b"BEGIN:VCARD\n", "not_a_table"),
        (b"a\x00,b\nx,y\n", "bad_header"),
        (b"na\xff,\xc3\xa9\xc3\xa9\xc3\xa9\n", "bad_header"),
    ],
)
def test_what_cannot_be_a_table_is_refused(content, code):
    """With a code for programs; the message names the place and the remedy."""
    assert _code(content) == code


def test_columns_are_named_as_in_a_spreadsheet():
    """A to Z, then AA."""
    assert [column_letters(index) for index in (0, 25, 26, 51, 52, 701, 702)] == [
        *("A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"),
    ]


def test_blank_cells_beyond_the_header_are_nothing():
    """Spreadsheets write them; an empty name at the end of the header is such a cell too."""
    (row,) = _table(b"a,b,,\n1,2,,\n")
    assert (row.cells, row.fault) == (("1", "2"), None)
