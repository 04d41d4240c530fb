"""One suite for versions of call templates: in memory, and on DynamoDB by moto."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from fakes.call_tables import books_in_memory, books_on_a_table
from fakes.calls import DESK, NOW, a_template

from chalicelib.ai.domain.conversation import MenuAction, MenuKey
from chalicelib.ai.domain.extraction import ExtractField, ExtractType
from chalicelib.calls.adapters.repository import template_codec
from chalicelib.calls.adapters.tables import TemplateItem
from chalicelib.calls.domain.templates import Announce, OnMachine, TransferMode, WhenNobody

FULL = a_template(
    languages=("de-DE",),
    menu=(MenuKey("1", MenuAction.SAY, "We are open."), MenuKey("9", MenuAction.OPT_OUT)),
    transfer_to=DESK,
    transfer_mode=TransferMode.WARM,
    when_nobody=WhenNobody.VOICEMAIL,
    on_machine=OnMachine.LEAVE_MESSAGE,
    voicemail_message="Call us.",
    record=True,
    announce=Announce.WHERE_REQUIRED,
    max_spend=200_000,
    prompt_version=2,
    extract=(ExtractField("size", ExtractType.CHOICE, "How big", ("small", "big")),),
    updated_at=NOW,
)


@pytest.fixture(params=["memory", "dynamodb"])
def templates(request, clock):
    """Give the templates in memory, then on a table."""
    if request.param == "memory":
        return books_in_memory().templates
    return books_on_a_table(request.getfixturevalue("aws"), clock).templates


def _next(template, **changes):
    return replace(template, version=template.version + 1, **changes)


def _versioned(templates, count):
    """Store a template with so many versions; give them, newest first."""
    every = [a_template()]
    templates.create(every[0])
    for number in range(2, count + 1):
        every.append(_next(every[-1], name=f"Name {number}"))
        assert templates.save(every[-1], every[-2])
    return list(reversed(every))


def test_every_field_comes_back(templates):
    """As it was given, menus and fields to look for included."""
    assert templates.create(FULL)
    assert templates.get(FULL.id) == FULL
    changed = _next(FULL, name="Other", updated_at=NOW + timedelta(days=1))
    assert templates.save(changed, FULL)
    assert (templates.get(FULL.id), templates.version(FULL.id, 1)) == (changed, FULL)


def test_a_template_is_created_once(templates):
    """A repetition changes nothing, also after the template has gone on, or away."""
    (second, _) = _versioned(templates, 2)
    assert not templates.create(a_template())
    assert templates.get("template_1") == second
    assert templates.remove(second, NOW)
    assert not templates.create(a_template())
    assert templates.get("template_1") is None


def test_only_the_current_version_is_replaced(templates):
    """Whoever is slower, or names a template that is not there, changes nothing."""
    (second, first) = _versioned(templates, 2)
    assert not templates.save(_next(first, name="Late"), first)
    assert not templates.save(_next(a_template(id="template_x")), a_template(id="template_x"))
    assert (templates.get("template_1"), templates.version("template_1", 1)) == (second, first)
    assert templates.get("template_x") is None


def test_of_many_writers_one_makes_the_next_version(templates):
    """Nobody's change is lost unseen."""
    templates.create(a_template())
    with ThreadPoolExecutor(6) as pool:
        names = [f"Name {number}" for number in range(6)]
        won = list(pool.map(lambda name: templates.save(_next(a_template(), name=name), a_template()), names))
    assert won.count(True) == 1
    assert templates.get("template_1").name == names[won.index(True)]


def test_versions_are_listed_newest_first_by_page(templates):
    """Each once, the current one included."""
    every = _versioned(templates, 5)
    for size in (1, 2, 5):
        found, start = [], None
        while True:
            page = templates.versions("template_1", size, start)
            found += page.items
            start = page.next_start
            if start is None:
                break
        assert found == every
    assert templates.versions("template_1", 5, None).next_start is None
    assert list(templates.versions("template_x", 5, None).items) == []


def test_a_deleted_template_leaves_its_versions(templates):
    """It is in no list, cannot be replaced or deleted again, and what calls were held by stays readable."""
    every = _versioned(templates, 3)
    assert not templates.remove(every[1], NOW)
    assert templates.remove(every[0], NOW)
    assert templates.get("template_1") is None
    assert templates.all() == []
    assert list(templates.versions("template_1", 10, None).items) == every
    assert templates.version("template_1", 3) == every[0]
    assert not templates.save(_next(every[0]), every[0])
    assert not templates.remove(every[0], NOW)


def test_a_version_that_was_never_made_is_not_there(templates):
    """Neither of this template nor of one that is not there."""
    _versioned(templates, 2)
    assert templates.version("template_1", 3) is None
    assert templates.version("template_x", 1) is None


def test_a_template_of_before_versions_is_replaced(aws, clock):
    """Its row says nothing of a version: it is the first."""
    templates = books_on_a_table(aws, clock).templates
    stored = template_codec.template_item(a_template()).template
    for new in ("languages", "menu", "extract", "updated_at", "max_spend"):
        stored.pop(new)
    TemplateItem("TEMPLATES", "TEMPLATE#template_1", template=stored).save()
    first = templates.get("template_1")
    assert first == a_template()
    assert templates.save(_next(first, name="Other"), first)
    assert not templates.save(_next(first, name="Late"), first)


def test_the_mark_of_a_deleted_template_expires(aws, clock):
    """After 30 days; its versions never."""
    templates = books_on_a_table(aws, clock).templates
    templates.create(a_template())
    templates.remove(a_template(), NOW)
    rows = aws.scan(TableName="calls")["Items"]
    ends = {row["pk"]["S"]: row.get("expires_at") for row in rows}
    assert ends["TEMPLATES"] == {"N": str(int((NOW + timedelta(days=30)).timestamp()))}
    assert ends["TEMPLATE#template_1"] is None
