"""Jinja2 in its sandbox: operators write templates, and customers' names are only values in them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from jinja2 import TemplateError

from chalicelib.ai.adapters.sandbox import BoundedSandbox, bounded
from chalicelib.kernel.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


# What a template can raise; a bug of ours looks the same, and is told the same way.
_FAULTS = (
    TemplateError,
    TypeError,
    ValueError,
    LookupError,
    ArithmeticError,
    AttributeError,
    MemoryError,
    RecursionError,
    SyntaxError,
)


class JinjaRenderer:
    """Renders prompt and call templates; refuses missing variables."""

    def __init__(self) -> None:
        self._environment = BoundedSandbox()

    def check(self, text: str) -> None:
        """Refuse a template whose syntax is wrong: `Invalid` with code `bad_template`."""
        with _refusing("The template has a mistake"):
            self._environment.from_string(text)

    def render(self, text: str, variables: Mapping[str, Any]) -> str:
        """Render; `Invalid` with code `bad_template` names what is wrong, also a result that is too long."""
        with _refusing("The template cannot be rendered"):
            return bounded(self._environment.from_string(text).generate(variables))


@contextmanager
def _refusing(message: str) -> Iterator[None]:
    try:
        yield
    except _FAULTS as error:
        raise Invalid(f"{message}: {error}", code="bad_template") from error
