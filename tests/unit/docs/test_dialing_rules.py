"""The page on dialing shows the rules that are obeyed."""

from __future__ import annotations

import pytest
from unit.docs.pages import pages, rows, section

from chalicelib.calls.domain.checks import RULES
from chalicelib.calls.domain.dial_rules import TABLE

_ALWAYS = "\N{EN DASH}"
DIALING = pages()["docs/dialing.md"]


@pytest.mark.parametrize("rule", TABLE, ids=lambda rule: rule.code)
def test_every_row_of_the_law_is_shown(rule):
    """With its purposes, its title, its date and its source."""
    (shown,) = (row for row in rows(section(DIALING, "Rules of law")) if row[0] == f"`{rule.code}`")
    purposes = ", ".join(sorted(purpose.value for purpose in rule.purposes))
    since = rule.since.isoformat() if rule.since.year > 1 else _ALWAYS
    assert (shown[1], *shown[3:]) == (purposes, rule.title, since, rule.source)
    assert all(state in shown[2] for state in rule.states)


def test_every_rule_of_every_call_is_shown():
    """In the order in which they are asked."""
    shown = [row for row in rows(section(DIALING, "Rules for every call")) if row[0].startswith("`")]
    assert shown == [[f"`{code}`", title, source] for code, (title, source) in RULES.items()]
