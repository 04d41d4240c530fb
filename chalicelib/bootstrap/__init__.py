"""The composition root: builds what use cases work with, each part when it is first needed.

This package is the only place that imports vendors lazily: a webhook never pays for the model's client, and
a dial never pays for the template renderer.
"""

from __future__ import annotations

import json
import os
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from chalicelib.bootstrap.ai import Ai
from chalicelib.bootstrap.calls import Calls
from chalicelib.bootstrap.crm import Crm
from chalicelib.bootstrap.scheduling import Scheduling
from chalicelib.bootstrap.system import System
from chalicelib.kernel.clock import Clock, SystemClock
from chalicelib.kernel.logs import configure
from chalicelib.kernel.settings import Connections, Settings, read_connections, read_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from chalicelib.kernel.links import SignedLinks
    from chalicelib.kernel.page_tokens import PageTokens


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
        return self._read_connections(self.client("secretsmanager"))

    def _read_connections(self, secrets: Any) -> Connections:
        secret = secrets.get_secret_value(SecretId=self.settings.connections_secret)
        return read_connections(json.loads(secret["SecretString"]))

    @cached_property
    def page_tokens(self) -> PageTokens:
        """Signs where pages start, with the stack's generated key; read once a process."""
        from chalicelib.kernel.page_tokens import PageTokens

        return PageTokens(self._signing_key)

    @cached_property
    def links(self) -> SignedLinks:
        """Signs links that open one thing without a token, with the same key."""
        from chalicelib.kernel.links import SignedLinks

        return SignedLinks(self._signing_key)

    @cached_property
    def _signing_key(self) -> str:
        secret = self.client("secretsmanager").get_secret_value(SecretId=self.settings.signing_key_secret)
        return str(secret["SecretString"])

    @property
    def library_path(self) -> str:
        """Where a process that is started finds the interpreter's shared libraries; empty: where they are."""
        return self._environ.get("LD_LIBRARY_PATH", "")

    @cached_property
    def system(self) -> System:
        """The system itself."""
        return System(self)

    @cached_property
    def crm(self) -> Crm:
        """The customers' records."""
        return Crm(self)

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
            "news_queue": settings.news_queue_url,
            "jobs_queue": settings.jobs_queue_url,
            "campaigns_queue": settings.campaigns_queue_url,
        }
        ask_queue = partial(sqs.get_queue_attributes, AttributeNames=["ApproximateNumberOfMessages"])
        return {
            **{name: partial(dynamodb.get_item, TableName=table, Key=key) for name, table in tables.items()},
            **{name: partial(ask_queue, QueueUrl=url) for name, url in queues.items()},
            "providers": partial(self._read_connections, secrets),
            "connections_secret": partial(secrets.get_secret_value, SecretId=settings.connections_secret),
            "files_bucket": partial(self.client("s3").head_bucket, Bucket=settings.files_bucket),
            "signing_key": partial(secrets.get_secret_value, SecretId=settings.signing_key_secret),
        }

    def client(self, service: str, *, signature_version: str | None = None, **options: Any) -> Any:
        """Make a botocore client; its addresses and credentials come from the environment."""
        from botocore.config import Config

        config = Config(
            connect_timeout=1,
            read_timeout=5,
            retries={"max_attempts": 2},
            signature_version=signature_version,
        )
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
    from chalicelib.system.domain.tokens import Scope
    from chalicelib.system.services.tokens import issue_token

    secret, _ = issue_token(Container(environ).system, name, Scope.ADMIN)
    return secret
