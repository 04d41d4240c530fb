"""Questions to models are counted, each exactly once, and the numbers read again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.ai.domain.model_statistics import MAX_DAYS, By, dashboard_of, moves_of
from chalicelib.kernel.errors import Invalid

if TYPE_CHECKING:
    from datetime import date, datetime

    from chalicelib.ai.domain.asking import ModelUse
    from chalicelib.ai.domain.model_statistics import ModelDashboard
    from chalicelib.ai.ports.statistics import CountingPorts

_DAYS = 30


@dataclass(frozen=True)
class Asked:
    """Questions that belong together, turn by turn in their order, and count on the day (UTC) of `at`.

    `name` is what makes sure that they count once: a call's id, a chat's and the turn's. `template_id` is the
    call template, or the prompt, that they were asked for.
    """

    name: str
    at: datetime
    template_id: str
    turns: tuple[tuple[ModelUse, ...], ...]


def count_once(ai: CountingPorts, asked: Asked) -> bool:
    """Count questions, unless questions of this name were counted; tell whether they are counted now.

    Counters and the mark that says so are written together or not at all, so that whoever died in between may
    come again for 90 days.
    """
    if not any(asked.turns):
        return False
    moves = moves_of(asked.at.date(), asked.template_id, asked.turns)
    return ai.model_statistics.count(asked.name, moves, ai.clock.now())


def read_model_dashboard(
    ai: CountingPorts, first: date | None = None, last: date | None = None, by: By = By.DAY
) -> ModelDashboard:
    """Give the numbers from one day to another (UTC, both included).

    Until today unless `last` is given, and of thirty days unless `first` is. Raises `Invalid` with code
    `bad_period` for a period that ends before it begins, or has more than 92 days.
    """
    last = last or ai.clock.now().date()
    first = first or last - timedelta(days=_DAYS - 1)
    if not 0 <= (last - first).days < MAX_DAYS:
        said = f"The period ends before it begins, or has more than {MAX_DAYS} days."
        raise Invalid(said, code="bad_period")
    return dashboard_of(ai.model_statistics.rows(first, last), first, last, by)
