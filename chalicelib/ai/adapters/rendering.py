"""Jinja2 in its sandbox: operators write templates, and customers' names are only values in them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from chalicelib.kernel.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class JinjaRenderer:
    """Renders prompt and call templates; refuses missing variables."""

    def __init__(self) -> None:
        # The result is spoken or read by a model, never shown as HTML.
        self._environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)

    def check(self, text: str) -> None:
        """Refuse a template whose syntax is wrong: `Invalid` with code `bad_template`."""
        with _refusing("The template has a mistake"):
            self._environment.from_string(text)

    def render(self, text: str, variables: Mapping[str, Any]) -> str:
        """Render; `Invalid` with code `bad_template` names what is wrong."""
        with _refusing("The template cannot be rendered"):
            return self._environment.from_string(text).render(variables)


@contextmanager
def _refusing(message: str) -> Iterator[None]:
    try:
        yield
    except (TemplateError, TypeError, ValueError, LookupError, ArithmeticError) as error:
        raise Invalid(f"{message}: {error}", code="bad_template") from error
