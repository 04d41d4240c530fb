"""Labelled sentences in four languages: who asks to be left alone is, and nobody else."""

from __future__ import annotations

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


@pytest.mark.parametrize("text", ["... ... Stop calling me ... !!!", "--- stop ---", "- - please stop! ! !"])
def test_marks_hide_no_wish(text):
    """Marks in a row count as one."""
    assert is_opt_out(text)
