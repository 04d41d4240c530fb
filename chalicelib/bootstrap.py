"""The composition root: builds what use cases work with, each part when it is first needed.

This is the only place that imports vendors lazily: a webhook never pays for the model's client, and
a dial never pays for the template renderer.
"""

from __future__ import annotations

import json
import os
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from chalicelib.kernel.clock import Clock, SystemClock
from chalicelib.kernel.logs import configure
from chalicelib.kernel.phones import E164
from chalicelib.kernel.settings import Connections, Settings, read_connections, read_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from chalicelib.ai.domain.conversation import ToolSpec
    from chalicelib.ai.ports import Lexicon, Model, PromptTemplates, Renderer
    from chalicelib.calls.adapters.addresses import Addresses
    from chalicelib.calls.ports import (
        CallBook,
        NumberBook,
        Socket,
        Telephony,
        TemplateBook,
        TurnBook,
        Wakeups,
    )
    from chalicelib.crm.ports import CrmPorts
    from chalicelib.kernel.tools import Tool
    from chalicelib.scheduling.ports import Callbacks
    from chalicelib.system.ports import SystemPorts


class Ai:
    """What the conversation works with."""

    def __init__(self, root: Container) -> None:
        self._root = root
        self.clock: Clock = root.clock

    @cached_property
    def model(self) -> Model:
        """The configured provider's client; importing it costs a third of a second once."""
        from chalicelib.ai.adapters.openai_model import OpenAIModel

        connections = self._root.connections
        return OpenAIModel(
            api_key=connections.openai_api_key,
            base_url=connections.openai_base_url,
            model=connections.openai_model,
        )

    @cached_property
    def prompts(self) -> PromptTemplates:
        """Stored prompt templates."""
        from chalicelib.ai.adapters.repository import AiRepository

        return AiRepository(self._root.settings.ai_table)

    @cached_property
    def renderer(self) -> Renderer:
        """The sandboxed template renderer."""
        from chalicelib.ai.adapters.rendering import JinjaRenderer

        return JinjaRenderer()

    @cached_property
    def lexicon(self) -> Lexicon:
        """The offline sentiment lexicon."""
        from chalicelib.ai.adapters.lexicon import VaderLexicon

        return VaderLexicon()


class Calls:
    """What calls work with."""

    def __init__(self, root: Container) -> None:
        from chalicelib.calls.adapters import tables

        self._connection = tables.bind(root.settings.calls_table)
        self._root = root
        self.clock: Clock = root.clock
        self.allowed_countries: frozenset[str] = root.settings.allowed_countries

    @cached_property
    def book(self) -> CallBook:
        """Stored calls."""
        from chalicelib.calls.adapters.repository.calls import CallRepository

        return CallRepository(self._connection)

    @cached_property
    def turns(self) -> TurnBook:
        """Stored turns."""
        from chalicelib.calls.adapters.repository.turns import TurnRepository

        return TurnRepository(self.clock)

    @cached_property
    def numbers(self) -> NumberBook:
        """Suppression and live calls, by number."""
        from chalicelib.calls.adapters.repository.numbers import NumberRepository

        return NumberRepository()

    @cached_property
    def templates(self) -> TemplateBook:
        """Stored call templates and routes."""
        from chalicelib.calls.adapters.repository.templates import TemplateRepository

        return TemplateRepository()

    @cached_property
    def addresses(self) -> Addresses:
        """Where the carrier reaches us."""
        from chalicelib.calls.adapters.addresses import Addresses

        connections = self._root.connections
        return Addresses(connections.webhook_url, connections.socket_url)

    @cached_property
    def telephony(self) -> Telephony:
        """The carrier."""
        from chalicelib.calls.adapters.twilio_telephony import TwilioTelephony

        connections = self._root.connections
        return TwilioTelephony(
            account_sid=connections.twilio_account_sid,
            auth_token=connections.twilio_auth_tokens[0],
            api_url=connections.twilio_api_url,
            addresses=self.addresses,
        )

    @cached_property
    def wakeups(self) -> Wakeups:
        """The three queues."""
        from chalicelib.calls.adapters.queues import SqsWakeups

        settings = self._root.settings
        return SqsWakeups(
            self._root.client("sqs"),
            dial=settings.dial_queue_url,
            urgent=settings.urgent_queue_url,
            post_call=settings.post_call_queue_url,
        )

    @cached_property
    def socket(self) -> Socket:
        """Open sockets of the carrier."""
        from chalicelib.calls.adapters.sockets import GatewaySocket

        endpoint = self._root.settings.socket_api_endpoint
        return GatewaySocket(self._root.client("apigatewaymanagementapi", endpoint_url=endpoint))

    @cached_property
    def crm(self) -> CrmPorts:
        """The customers' records."""
        return self._root.crm

    @cached_property
    def ai(self) -> Ai:
        """The conversation."""
        return self._root.ai

    @cached_property
    def lines(self) -> tuple[E164, ...]:
        """Our own numbers."""
        return tuple(E164(number) for number in self._root.connections.twilio_from_numbers)

    @cached_property
    def tools(self) -> Mapping[str, Tool]:
        """Every action that the model may ask for, of all domains, by name."""
        from chalicelib.ai.tools import conversation_tools
        from chalicelib.calls.tools import call_tools
        from chalicelib.crm.tools import crm_tools
        from chalicelib.scheduling.tools import scheduling_tools

        tools = [
            *conversation_tools(),
            *call_tools(self),
            *crm_tools(self.crm),
            *scheduling_tools(self._root.scheduling),
        ]
        return {tool.name: tool for tool in tools}

    @cached_property
    def tool_specs(self) -> Mapping[str, ToolSpec]:
        """What the model is told of the actions."""
        from chalicelib.ai.domain.conversation import ToolSpec

        return {
            tool.name: ToolSpec(tool.name, tool.description, tool.arguments.model_json_schema())
            for tool in self.tools.values()
        }


class Scheduling:
    """What scheduling works with."""

    def __init__(self, root: Container) -> None:
        self._root = root
        self.clock: Clock = root.clock

    @cached_property
    def calls(self) -> Calls:
        """Calls."""
        return self._root.calls

    @cached_property
    def callbacks(self) -> Callbacks:
        """Stored promises."""
        from chalicelib.scheduling.adapters.repository import SchedulingRepository

        return SchedulingRepository(self._root.settings.scheduling_table)


class Container:
    """Everything, by domain, for one process."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.settings: Settings = read_settings(environ)
        self.clock: Clock = SystemClock()
        configure(self.settings.log_level)

    @cached_property
    def connections(self) -> Connections:
        """Accounts and addresses, from the stack's secret; read once a process."""
        secret = self.client("secretsmanager").get_secret_value(SecretId=self.settings.connections_secret)
        return read_connections(json.loads(secret["SecretString"]))

    @cached_property
    def system(self) -> SystemPorts:
        """Tokens."""
        from chalicelib.system.adapters.repository import SystemRepository
        from chalicelib.system.ports import SystemPorts

        return SystemPorts(tokens=SystemRepository(self.settings.system_table), clock=self.clock)

    @cached_property
    def crm(self) -> CrmPorts:
        """Contacts and notes."""
        from chalicelib.crm.adapters.repository import CrmRepository
        from chalicelib.crm.ports import CrmPorts

        repository = CrmRepository(self.settings.crm_table)
        return CrmPorts(contacts=repository.contacts, notes=repository.notes, clock=self.clock)

    @cached_property
    def ai(self) -> Ai:
        """The conversation."""
        return Ai(self)

    @cached_property
    def calls(self) -> Calls:
        """Calls."""
        return Calls(self)

    @cached_property
    def scheduling(self) -> Scheduling:
        """Scheduling."""
        return Scheduling(self)

    @cached_property
    def probes(self) -> Mapping[str, Callable[[], object]]:
        """What readiness asks, by the name of the dependency; each raises when it is not there."""
        settings = self.settings
        dynamodb, sqs, secrets = self.client("dynamodb"), self.client("sqs"), self.client("secretsmanager")
        key = {"pk": {"S": "PROBE"}, "sk": {"S": "PROBE"}}
        tables = {
            "crm_table": settings.crm_table,
            "calls_table": settings.calls_table,
            "ai_table": settings.ai_table,
            "scheduling_table": settings.scheduling_table,
            "system_table": settings.system_table,
        }
        queues = {
            "dial_queue": settings.dial_queue_url,
            "urgent_queue": settings.urgent_queue_url,
            "post_call_queue": settings.post_call_queue_url,
        }
        ask_queue = partial(sqs.get_queue_attributes, AttributeNames=["ApproximateNumberOfMessages"])
        return {
            **{name: partial(dynamodb.get_item, TableName=table, Key=key) for name, table in tables.items()},
            **{name: partial(ask_queue, QueueUrl=url) for name, url in queues.items()},
            "connections_secret": partial(secrets.get_secret_value, SecretId=settings.connections_secret),
        }

    def client(self, service: str, **options: Any) -> Any:
        """Make a botocore client; its addresses and credentials come from the environment."""
        from botocore.config import Config

        config = Config(connect_timeout=1, read_timeout=5, retries={"max_attempts": 2})
        return self._session.create_client(service, config=config, **options)

    @cached_property
    def _session(self) -> Any:
        from botocore.session import get_session

        session = get_session()
        for option, name in (("region", "AWS_DEFAULT_REGION"), ("region", "AWS_REGION")):
            if name in self._environ:
                session.set_config_variable(option, self._environ[name])
        return session


_container: Container | None = None


def container() -> Container:
    """Give this process's container, built on first use from its environment."""
    global _container  # noqa: PLW0603  one container a process is the point
    if _container is None:
        _container = Container(os.environ)
    return _container


def use(replacement: Container | None) -> None:
    """Put another container in place, for tests; None takes it away."""
    global _container  # noqa: PLW0603
    _container = replacement


def issue_admin_token(environ: Mapping[str, str], name: str) -> str:
    """Make a token with every right, for whoever deploys; `environ` is that of the functions.

    The vendors' clients read addresses and credentials from the process, so it must be there as well.
    """
    from chalicelib.system.domain import Scope
    from chalicelib.system.services import issue_token

    secret, _ = issue_token(Container(environ).system, name, Scope.ADMIN)
    return secret
