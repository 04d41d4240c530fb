"""Sentiment by the VADER lexicon: offline, English, no model."""

from __future__ import annotations

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from chalicelib.ai.domain.analysis import Sentiment

# The thresholds that VADER's authors recommend for the compound score.
_POSITIVE, _NEGATIVE = 0.05, -0.05
# Listed with a mood, and said on the telephone without one.
_NO_MOOD = ("number", "matter")


class VaderLexicon:
    """Judges words by their listed valence."""

    def __init__(self) -> None:
        self._analyzer = SentimentIntensityAnalyzer()
        for word in _NO_MOOD:
            self._analyzer.lexicon.pop(word, None)

    def sentiment(self, text: str) -> Sentiment:
        """Judge the words of one speaker."""
        score = self._analyzer.polarity_scores(text)["compound"]
        if score >= _POSITIVE:
            return Sentiment.POSITIVE
        return Sentiment.NEGATIVE if score <= _NEGATIVE else Sentiment.NEUTRAL
