"""Labelled sentences in four languages: who asks to be left alone is, and nobody else."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from chalicelib.ai.domain.wording import is_opt_out, is_text_opt_out
from chalicelib.calls.domain.texting import Keyword, keyword_of
from chalicelib.calls.services.receiving import CONFIRMATION, HELP

_CORPUS = Path(__file__).parents[2] / "corpus" / "opt_out"


def _labelled(name):
    lines = (_CORPUS / name).read_text(encoding="utf-8").splitlines()
    return [(line[2:], line[0] == "+") for line in lines if line[:2] in ("+ ", "- ")]


def _asks_by_text(text):
    return keyword_of(text) is Keyword.STOP or is_text_opt_out(text)


@pytest.mark.parametrize(("text", "asks"), _labelled("texts.txt"))
def test_text_messages(text, asks):
    """As `receive_text` reads them."""
    assert _asks_by_text(text) is asks


@pytest.mark.parametrize(("text", "asks"), _labelled("speech.txt"))
def test_speech(text, asks):
    """As the conversation reads it."""
    assert is_opt_out(text) is asks


@pytest.mark.parametrize("language", ["en", "es", "de", "fr"])
def test_ordinary_speech(language):
    """Hundreds of wordings a language, as a recogniser writes them, and near misses of each."""
    lines = _labelled(f"speech_{language}.txt")
    assert [text for text, asks in lines if is_opt_out(text) is not asks] == []


@pytest.mark.parametrize("language", ["en", "es", "de", "fr"])
def test_capitals_and_marks_decide_nothing(language):
    """Recognisers differ in how they write a sentence: none of it decides."""
    wishes = [text for text, asks in _labelled(f"speech_{language}.txt") if asks]
    bare = [" ".join(re.sub(r"[^\w\s'\u2019-]", " ", text).split()) for text in wishes]
    heard = [is_opt_out(text.upper()) for text in wishes] + [is_opt_out(text) for text in bare]
    assert heard.count(False) <= len(heard) // 50


@pytest.mark.parametrize(
    "text",
    [
        *("Don't call me Bob, my name is Robert.", "No me llamo Pedro", "Ne m'appelez pas mademoiselle"),
        *("Why did you stop calling me?", "Warum rufen Sie mich nicht mehr an?", "¿Por qué ya no me llaman?"),
        *("Don't take me off the list!", "Löschen Sie meine Nummer nicht", "No deje de llamarme"),
        *("My daughter told her ex to stop calling her.", "mon ex n'arrête pas de m'appeler"),
    ],
)
def test_who_asks_for_nothing_is_not_left_alone(text):
    """Names, questions, the opposite, and what others were told."""
    assert not is_opt_out(text)


def test_our_own_texts_are_no_wish():
    """Sent back to us, by a machine that forwards them."""
    assert not any(map(_asks_by_text, (CONFIRMATION, HELP.format(line="+14155550100"))))


@pytest.mark.parametrize(
    "word",
    [" do not", "never ", "don't call ", "take me ", "stop ", "no more ", "to ", "a", " ", "reply stop "],
)
def test_no_text_takes_long_to_read(word):
    """As many characters as a text message can have, made to be ambiguous."""
    text = (word * 1600)[:1600] + "x"
    started = time.process_time()
    _asks_by_text(text)
    assert time.process_time() - started < 0.25


@pytest.mark.parametrize("marks", ["...", "?!", ". ", "'\"", "a.", "+1 ", "stop ... ", "please, "])
def test_no_speech_takes_long_to_read(marks):
    """Only the first part of it is read, and one mark of many."""
    started = time.process_time()
    is_opt_out(marks * 4000)
    assert time.process_time() - started < 0.06


@pytest.mark.parametrize(
    "words",
    [
        *("don't you ever ", "i don't want any ", "you may not ", "told my friend to ", "take me off the "),
        *(
            "no me llame a mi ",
            "no quiero que me ",
            "deje de ",
            "rufen sie mich hier ",
            "ich will nicht dass sie ",
        ),
        *("ne m'appelez ", "je ne veux plus que vous ", "why do you never call ", "if you call me again "),
    ],
)
def test_no_wording_takes_long_to_read(words):
    """The beginnings of wishes, over and over."""
    is_opt_out("")
    started = time.process_time()
    is_opt_out((words * 400)[:2000] + "x")
    assert time.process_time() - started < 0.25


@pytest.mark.parametrize("text", ["... ... Stop calling me ... !!!", "--- stop ---", "- - please stop! ! !"])
def test_marks_hide_no_wish(text):
    """Marks in a row count as one."""
    assert is_opt_out(text)
