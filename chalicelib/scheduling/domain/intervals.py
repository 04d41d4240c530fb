"""How far a share may be believed that was counted of few; pure."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

_CONFIDENCE = 0.95
_Z = NormalDist().inv_cdf((1 + _CONFIDENCE) / 2)


@dataclass(frozen=True)
class Share:
    """So many `of` so many, and between which shares the true one lies in 95 of 100 such counts.

    All three are None where nothing was counted.
    """

    count: int
    of: int
    rate: float | None
    low: float | None
    high: float | None


def share_of(count: int, of: int) -> Share:
    """Give a share with its Wilson score interval, which also holds for few and for shares near 0 or 1.

    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal of the
    American Statistical Association 22 (1927), 209-212; NIST/SEMATECH e-Handbook of Statistical Methods,
    7.2.4.1, "Confidence intervals".
    """
    if not of:
        return Share(count, of, None, None, None)
    rate, square = count / of, _Z * _Z
    middle = (rate + square / (2 * of)) / (1 + square / of)
    half = _Z / (1 + square / of) * sqrt(rate * (1 - rate) / of + square / (4 * of * of))
    return Share(count, of, rate, max(0.0, middle - half), min(1.0, middle + half))
