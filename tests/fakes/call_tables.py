"""The books of calls on a table that moto plays, as the template creates it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from fakes.call_books import FakeBook, FakeNumbers, FakeTemplates, FakeTurns, Shelf

from chalicelib.calls.adapters.repository.calls import CallRepository
from chalicelib.calls.adapters.repository.numbers import NumberRepository
from chalicelib.calls.adapters.repository.templates import TemplateRepository
from chalicelib.calls.adapters.repository.turns import TurnRepository
from chalicelib.calls.adapters.tables import bind
from infra.stack.tables import table_resources

if TYPE_CHECKING:
    from chalicelib.kernel.clock import Clock


def books_in_memory() -> SimpleNamespace:
    """Give the fakes on one shelf."""
    shelf = Shelf()
    return SimpleNamespace(
        book=FakeBook(shelf),
        turns=FakeTurns(shelf),
        numbers=FakeNumbers(shelf),
        templates=FakeTemplates(),
    )


def books_on_a_table(aws: Any, clock: Clock) -> SimpleNamespace:
    """Create the table and give the repositories on it."""
    _create_table(aws)
    connection = bind("calls")
    return SimpleNamespace(
        book=CallRepository(connection),
        turns=TurnRepository(clock),
        numbers=NumberRepository(connection),
        templates=TemplateRepository(),
    )


def _create_table(aws: Any) -> None:
    """Create the table as the template does, with its indexes."""
    described = table_resources()["CallsTable"]["Properties"]
    aws.create_table(
        TableName="calls",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=described["AttributeDefinitions"],
        KeySchema=[
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        GlobalSecondaryIndexes=described["GlobalSecondaryIndexes"],
    )
