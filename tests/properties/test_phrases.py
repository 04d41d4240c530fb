"""Whatever is added to phrases comes out, in order, and the first words at once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.calls.domain.phrases import Phrases

pieces = st.lists(st.tuples(st.text(max_size=20), st.floats(0, 0.5)), max_size=20)
talk = st.lists(
    st.tuples(st.text(alphabet="ab. !?…:;'\")\n", max_size=12), st.floats(0, 0.1)),
    max_size=30,
)


def _play(chunks):
    phrases, now, given_parts = Phrases(), 0.0, []
    for text, pause in chunks:
        now += pause
        given_parts.append(phrases.add(text, now))
    return given_parts, phrases.rest()


@given(pieces | talk)
def test_nothing_is_lost_added_or_moved(chunks):
    """What is given and what is left, put together, is what was added."""
    parts, rest = _play(chunks)
    assert "".join(parts) + rest == "".join(text for text, _ in chunks)


@given(pieces | talk)
def test_the_first_words_come_with_their_piece(chunks):
    """The first piece that has words is given as it comes, with the blanks before it."""
    parts, _ = _play(chunks)
    for count, (text, _pause) in enumerate(chunks):
        if text.strip():
            assert parts[count] == "".join(piece for piece, _ in chunks[: count + 1])
            return
        assert parts[count] == ""


@given(pieces | talk)
def test_blanks_are_never_given_alone(chunks):
    """A frame without words would only cost."""
    parts, _ = _play(chunks)
    assert all(part == "" or part.strip() for part in parts)
