"""Written text to speech: what is spoken for it, in every language, however it is cut into pieces."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.ai.domain.speaking import Speaker, speakable

EXAMPLES = [
    ("en", "Hello, how are you?", "Hello, how are you?"),
    ("en", "**Great!** I can *really* help.", "Great! I can really help."),
    ("en", "# Offers\n- Monday\n- Tuesday\n* Friday\n", "Offers. Monday. Tuesday. Friday"),
    ("en", "See [our page](https://example.com/a?b=1) now.", "See our page now."),
    ("en", "Go to https://www.example.com/path?x=1.", "Go to example dot com."),
    (
        "en",
        "Write to ada.lovelace@example.com please.",
        "Write to ada dot lovelace at example dot com please.",
    ),
    ("en", "It is first_last@my-shop.co.uk", "It is first underscore last at my-shop dot co dot uk"),
    ("en", "Great 😀👍🏽 thanks", "Great thanks"),
    ("en", "It costs $1,250.50 a month.", "It costs 1250 dollars and 50 cents a month."),
    ("en", "$1 or $0.99 or €5 million", "1 dollar or 99 cents or 5 million euros"),
    ("en", "EUR 50 or 50 EUR or 50 €", "50 euros or 50 euros or 50 euros"),
    ("en", "We have 1,250 pumps and 3.5 people.", "We have 1250 pumps and 3 point 5 people."),
    ("en", "We open at 09:00 and close at 17:30.", "We open at 9 o'clock and close at 5:30 PM."),
    ("en", "10:00 AM, 10:30 p.m. or 4 pm", "10 AM, 10:30 PM or 4 PM"),
    ("en", "Open 9:00-17:00 daily", "Open 9 o'clock to 5 PM daily"),
    ("en", "It is on 2026-03-05 at 14:00.", "It is on March 5, 2026 at 2 PM."),
    ("en-US", "It is on 3/5/2026", "It is on March 5, 2026"),
    ("en-GB", "It is on 3/5/2026", "It is on May 3, 2026"),
    ("en", "Call +1 415 555 0100 today.", "Call plus 1, 4 1 5, 5 5 5, 0 1 0 0 today."),
    ("en", "Call (415) 555-0100.", "Call 4 1 5, 5 5 5, 0 1 0 0."),
    ("en", "Call +14155550100.", "Call plus 1, 4 1 5, 5 5 5, 0 1 0 0."),
    ("en", "Order 12345678 is #1 with 20% off at 21°C", None),
    ("en", "<speak>Hi <break time='1s'/>there</speak>", "Hi there"),
    ("en", "<Say>Hello</Say> & goodbye, R&amp;D", "Hello and goodbye, R and D"),
    ("en", "a < b", "a b"),
    ("en", "mp3, A40 and B2B stay, 3rd March too", "mp3, A40 and B2B stay, 3rd March too"),
    ("en", "I have 3 a day. I am 5. Ok", "I have 3 a day. I am 5. Ok"),
    ("en", "Yes.No, e.g. this", "Yes.No, e.g. this"),
    ("en", "24/7 and 1.2.3 stay", "24 7 and 1.2.3 stay"),
    ("en", "What (if 5)? `code` ~x~ | y", "What (if 5)? code x y"),
    ("en", "- a\n\n- b", "a. b"),
    ("en", "snake_case and _so_", "snake case and so"),
    (
        "en-US",
        "It is $1k, $2.5M or $3 bn.",
        "It is 1 thousand dollars, 2 point 5 million dollars or 3 billion dollars.",
    ),
    ("en-US", "At 2026-03-05T10:00 sharp", "At March 5, 2026 at 10 o'clock sharp"),
    ("en-US", "2026-03-05T17:30:00Z", "March 5, 2026 at 5:30 PM UTC"),
    ("en-US", "10:30 AM-12:00 daily", "10:30 AM to 12 o'clock daily"),
    ("en-US", "10:30 AM\u201312:00, 9 a.m.-5 p.m.", "10:30 AM to 12 o'clock, 9 AM to 5 PM"),
    (
        "en-US",
        "It fell by -5%, not \u22125% or -$5.",
        "It fell by minus 5 percent, not minus 5 percent or minus 5 dollars.",
    ),
    ("en-US", "-5% today", "minus 5 percent today"),
    ("en-US", "well-known - 3-4 of A-1", "well-known - 3-4 of A-1"),
    ("en-US", "It costs ¥500.", "It costs 500 yen."),
    ("en-US", "It is 20 °C or 70 °F.", "It is 20 degrees or 70 degrees."),
    ("en-US", "Card 4111 1111 1111 1111.", "Card 4 1 1 1, 1 1 1 1, 1 1 1 1, 1 1 1 1."),
    ("en-US", "ZIP 94110-1234, in 2024 2025", "ZIP 9 4 1 1 0, 1 2 3 4, in 2024 2025"),
    ("en-US", "Great :) see you ;-) and :( so: this", "Great see you and so: this"),
    ("en-US", "In 1/2 hour, 2 1/2 hours, 1/2/3", "In one half hour, 2 and one half hours, 1/2/3"),
    ("fr", "5k € et -5 %", "5 mille euros et moins 5 pour cent"),
    ("es", "5k € el 2026-03-05T10:00", "5 mil euros el 5 de marzo de 2026 a las 10 en punto"),
    ("de", "Das kostet 1.250,50 € im Monat.", "Das kostet 1250 Euro und 50 Cent im Monat."),
    ("de", "Am 05.03.2026 um 14:30 Uhr.", "Am 5. März 2026 um 14 Uhr 30."),
    ("de", "Am 3. März um 9:00 Uhr, 20 %", "Am 3. März um 9 Uhr, 20 Prozent"),
    ("de", "Mail an info@beispiel.de", "Mail an info ät beispiel Punkt de"),
    ("de", "Rufen Sie 030 1234567 an", "Rufen Sie 0 3 0, 1 2 3 4 5 6 7 an"),
    ("de", "5 Millionen Euro, 3,14 Meter", "5 Millionen Euro, 3 Komma 1 4 Meter"),
    ("es", "Cuesta 1.250,50 € el 05/03/2026.", "Cuesta 1250 euros con 50 céntimos el 5 de marzo de 2026."),
    ("es", "A las 14:30, ana@ejemplo.es", "A las 14 y 30, ana arroba ejemplo punto es"),
    ("es", "5 millones € y 3,5 kilos", "5 millones de euros y 3 coma 5 kilos"),
    ("fr", "À 14h30 ou 9h, 12,50 €.", "À 14 heures 30 ou 9 heures, 12 euros et 50 centimes."),
    ("fr", "Le 05/03/2026, 20 % de moins", "Le 5 mars 2026, 20 pour cent de moins"),
    ("fr", "Appelez le 01 23 45 67 89", "Appelez le 0 1, 2 3, 4 5, 6 7, 8 9"),
    ("ja", "5.000円 **です** a@b.jp", "5.000円 です ab.jp"),
]
NUMBER = "Order 1 2 3, 4 5 6, 7 8 is number 1 with 20 percent off at 21 degrees"


@pytest.mark.parametrize(("language", "written", "spoken"), EXAMPLES)
def test_what_is_written_is_spoken_as_people_say_it(language, written, spoken):
    """No marks, links or emoji; figures, money, dates, times, numbers and addresses in words."""
    assert speakable(written, language) == (spoken or NUMBER)


def _in_pieces(text, cuts, language):
    speaker = Speaker(language)
    edges = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    pieces = [text[start:end] for start, end in pairwise(edges)]
    return "".join(map(speaker.add, pieces)) + speaker.rest()


_BITS = st.sampled_from(
    [written for _, written, _ in EXAMPLES]
    + [
        "$",
        "1",
        "2,5",
        "EUR",
        " 5",
        "www.",
        "http",
        "a.m.",
        " p.m",
        "[x](",
        ")",
        "<b",
        ">",
        "@",
        ".",
        "_",
        "\n",
    ]
    + [
        "- ",
        "#",
        "+",
        "(4",
        " ",
        "  ",
        "Uhr",
        " million",
        "²",
        "ß",
        "\u0301",
        "😀",
        "!",
        "&am",
        "h",
        "14:3",
        "9h",
        ":",
        ";-",
        ")",
        "T10:00",
        "k",
        "¥",
        "-5",
        "\u2212",
        " °C",
        "1/2",
        "2026-03-05",
    ]
)
_TEXTS = st.one_of(st.lists(_BITS, max_size=6).map("".join), st.text(max_size=40))


@given(
    text=_TEXTS, cuts=st.lists(st.integers(0, 150), max_size=12), language=st.sampled_from(["en", "de", "fr"])
)
def test_the_same_is_spoken_however_a_text_is_cut(text, cuts, language):
    """What a model writes in one piece or in many sounds the same."""
    assert _in_pieces(text, cuts, language) == speakable(text, language)


@given(text=_TEXTS, language=st.sampled_from(["en", "es"]))
def test_every_letter_may_come_alone(text, language):
    """Also letter by letter."""
    assert _in_pieces(text, range(len(text)), language) == speakable(text, language)


@given(text=_TEXTS)
def test_nothing_that_cannot_be_spoken_is_left(text):
    """No control characters, no half characters, no marks of written text."""
    spoken = speakable(text)
    assert not set("*`~|\\#[]{}\x00\x0b\ufeff\n") & set(spoken)
    spoken.encode()


def test_plain_words_are_spoken_at_once():
    """The caller hears the first letters of an answer as soon as they come; only figures wait."""
    speaker = Speaker()
    assert [speaker.add(piece) for piece in ("Hel", "lo ", "the", "re 5", " ", "dogs")] == [
        *("Hel", "lo ", "the", "re ", "", "5 dogs")
    ]
    assert speaker.rest() == ""


def test_what_never_ends_is_not_waited_for():
    """A link, a tag or a figure without an end is held back for a bounded time."""
    for beginning in ("[x](", "<b ", "1", "www.", "a_"):
        speaker = Speaker()
        assert len(beginning + "1" * 500) - len(speaker.add(beginning + "1" * 500)) < 500


def test_other_languages_keep_their_figures():
    """Where we know no words for figures they are left to the voice; marks go all the same."""
    assert speakable("**5,5** 12:30", "ja-JP") == "5,5 12:30"
