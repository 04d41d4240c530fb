"""All that the use cases of calls work with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.ai.domain.conversation import ToolSpec
    from chalicelib.ai.ports import AiPorts
    from chalicelib.calls.ports.books import CallBook, TurnBook
    from chalicelib.calls.ports.numbers import NumberBook, TemplateBook
    from chalicelib.calls.ports.telephony import Socket, Telephony
    from chalicelib.calls.ports.wakeups import Wakeups
    from chalicelib.crm.ports.crm import CrmPorts
    from chalicelib.kernel.clock import Clock
    from chalicelib.kernel.phones import E164
    from chalicelib.kernel.tools import Tool
    from chalicelib.system.ports.settings import SettingsPorts


class CallPorts(Protocol):
    """What the use cases of this domain work with; built when first used."""

    @property
    def book(self) -> CallBook: ...  # noqa: D102
    @property
    def turns(self) -> TurnBook: ...  # noqa: D102
    @property
    def numbers(self) -> NumberBook: ...  # noqa: D102
    @property
    def templates(self) -> TemplateBook: ...  # noqa: D102
    @property
    def telephony(self) -> Telephony: ...  # noqa: D102
    @property
    def wakeups(self) -> Wakeups: ...  # noqa: D102
    @property
    def socket(self) -> Socket: ...  # noqa: D102
    @property
    def crm(self) -> CrmPorts: ...  # noqa: D102
    @property
    def ai(self) -> AiPorts: ...  # noqa: D102
    @property
    def tools(self) -> Mapping[str, Tool]: ...  # noqa: D102
    @property
    def tool_specs(self) -> Mapping[str, ToolSpec]: ...  # noqa: D102
    @property
    def lines(self) -> tuple[E164, ...]: ...  # noqa: D102
    @property
    def system(self) -> SettingsPorts: ...  # noqa: D102
    @property
    def clock(self) -> Clock: ...  # noqa: D102
