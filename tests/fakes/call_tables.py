"""The books of calls on a table that moto plays, as the template creates it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from fakes.call_books import FakeBook, FakeNumbers, FakeTurns, Shelf
from fakes.call_lists import FakeCallLists
from fakes.call_statistics import FakeStatistics
from fakes.call_templates import FakeTemplates
from fakes.holds import FakeHolds
from fakes.proposals import FakeProposals
from fakes.recordings import FakeRecordings, FakeRetention, FakeRoutes
from fakes.rooms import FakeRooms

from chalicelib.calls.adapters.repository.call_lists import CallListRepository
from chalicelib.calls.adapters.repository.calls import CallRepository
from chalicelib.calls.adapters.repository.holds import HoldRepository
from chalicelib.calls.adapters.repository.numbers import NumberRepository
from chalicelib.calls.adapters.repository.proposals import ProposalRepository
from chalicelib.calls.adapters.repository.recordings import RecordingRepository
from chalicelib.calls.adapters.repository.retention import RetentionRepository
from chalicelib.calls.adapters.repository.rooms import RoomRepository
from chalicelib.calls.adapters.repository.routes import RouteRepository
from chalicelib.calls.adapters.repository.statistics import StatisticsRepository
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
        lists=FakeCallLists(shelf),
        statistics=FakeStatistics(shelf),
        rooms=FakeRooms(),
        turns=FakeTurns(shelf),
        numbers=FakeNumbers(shelf),
        holds=FakeHolds(shelf),
        templates=FakeTemplates(),
        routes=FakeRoutes(),
        recordings=FakeRecordings(shelf),
        proposals=FakeProposals(shelf),
        retention=FakeRetention(shelf),
    )


def books_on_a_table(aws: Any, clock: Clock) -> SimpleNamespace:
    """Create the table and give the repositories on it."""
    _create_table(aws)
    connection = bind("calls")
    return SimpleNamespace(
        book=CallRepository(connection),
        lists=CallListRepository(connection),
        statistics=StatisticsRepository(connection),
        rooms=RoomRepository(connection),
        turns=TurnRepository(clock),
        numbers=NumberRepository(connection),
        holds=HoldRepository(connection),
        templates=TemplateRepository(connection),
        routes=RouteRepository(),
        recordings=RecordingRepository(connection),
        proposals=ProposalRepository(connection),
        retention=RetentionRepository(connection),
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
