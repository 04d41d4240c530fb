"""Jinja2 in its sandbox: operators write templates, and customers' names are only values in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from chalicelib.kernel.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Mapping


class JinjaRenderer:
    """Renders prompt and call templates; refuses missing variables."""

    def __init__(self) -> None:
        # The result is spoken or read by a model, never shown as HTML.
        self._environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)

    def render(self, text: str, variables: Mapping[str, Any]) -> str:
        """Render; `Invalid` with code `bad_template` names what is wrong."""
        try:
            return self._environment.from_string(text).render(variables)
        except (TemplateError, TypeError, ValueError, LookupError, ArithmeticError) as error:
            raise Invalid(f"The template cannot be rendered: {error}", code="bad_template") from error
