"""Words for a time become a time that a tool can take."""

from __future__ import annotations

import pytest

from localcloud.model_server.spoken_times import local_time

NOW = "Thursday, 05 March 2026, 14:20"


@pytest.mark.parametrize(
    ("words", "time"),
    [
        ("tomorrow at ten", "2026-03-06T10:00"),
        ("tomorrow at 3 pm", "2026-03-06T15:00"),
        ("tomorrow afternoon", "2026-03-06T14:00"),
        ("next week", "2026-03-12T10:00"),
        ("Thursday at four", "2026-03-12T16:00"),
        ("Monday morning at 9:30", "2026-03-09T09:30"),
        ("tonight", "2026-03-05T19:00"),
        ("in two hours", "2026-03-05T16:20"),
        ("in half an hour", "2026-03-05T14:50"),
        ("today at noon", "2026-03-05T12:00"),
        ("2026-04-01T08:00", "2026-04-01T08:00"),
        ("mañana a las diez", "2026-03-06T10:00"),
        ("mañana por la tarde", "2026-03-06T14:00"),
        ("el lunes a las 9:30 de la mañana", "2026-03-09T09:30"),
        ("hoy a la una de la tarde", "2026-03-05T13:00"),
        ("en dos horas", "2026-03-05T16:20"),
        ("en media hora", "2026-03-05T14:50"),
        ("la semana que viene", "2026-03-12T10:00"),
    ],
)
def test_words_become_a_local_time(words: str, time: str) -> None:
    """Days, parts of the day and hours are understood as people mean them."""
    assert local_time(words, NOW) == time


def test_without_a_known_present_the_words_stay() -> None:
    """Instructions that do not say what time it is leave the words as they are."""
    assert local_time("tomorrow at ten", "") == "tomorrow at ten"
