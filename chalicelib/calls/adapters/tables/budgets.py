"""Items of budgets."""

from __future__ import annotations

from pynamodb.attributes import NumberAttribute

from chalicelib.calls.adapters.tables.base import CallsTable


class BudgetItem(CallsTable, discriminator="budget"):
    """What calls claim: `BUDGET#ALL` or `BUDGET#<campaign id>` / `<YYYY-MM-DD>` (expires) or `TOTAL`.

    `micros` are all micro-dollars, `held` those of them that are reserved for calls that go on.
    """

    micros = NumberAttribute(null=True)
    calls = NumberAttribute(null=True)
    held = NumberAttribute(null=True)
