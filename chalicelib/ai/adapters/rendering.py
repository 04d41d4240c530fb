"""Jinja2 in its sandbox: operators write templates, and customers' names are only values in them."""

from __future__ import annotations

from contextlib import contextmanager
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from jinja2 import TemplateError, Undefined, nodes
from jinja2.meta import find_undeclared_variables

from chalicelib.ai.adapters.sandbox import BoundedSandbox, bounded
from chalicelib.ai.domain.privacy import as_data
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
        self._marking = BoundedSandbox()
        self._marking.finalize = _marked

    def check(self, text: str) -> None:
        """Refuse a template whose syntax is wrong: `Invalid` with code `bad_template`."""
        with _refusing("The template has a mistake"):
            self._environment.from_string(text)

    def render_marked(self, text: str, variables: Mapping[str, Any]) -> str:
        """Render for a model: texts that come out of variables are marked as data; `Invalid` as `render`."""
        with _refusing("The template cannot be rendered"):
            return bounded(self._marking.from_string(text).generate(variables))

    def render(self, text: str, variables: Mapping[str, Any]) -> str:
        """Render; `Invalid` with code `bad_template` names what is wrong, also a result that is too long."""
        with _refusing("The template cannot be rendered"):
            return bounded(self._environment.from_string(text).generate(variables))

    def names(self, text: str) -> frozenset[str]:
        """Give the variables that a template refers to; `Invalid` as `check`."""
        with _refusing("The template has a mistake"):
            found = find_undeclared_variables(self._environment.parse(text))
        return frozenset(found - self._environment.globals.keys())

    def beginning(self, text: str) -> str:
        """Give what stands before the first variable or statement of a template; `Invalid` as `check`."""
        with _refusing("The template has a mistake"):
            first = next(iter(self._environment.parse(text).body), None)
        parts = first.nodes if isinstance(first, nodes.Output) else []
        fixed = takewhile(lambda part: isinstance(part, nodes.TemplateData), parts)
        return "".join(part.data for part in fixed if isinstance(part, nodes.TemplateData))


def _marked(value: Any) -> Any:
    """Mark what a template prints; not numbers, nor nothing, nor what is missing, which is refused."""
    return value if value is None or isinstance(value, int | float | Undefined) else as_data(str(value))


@contextmanager
def _refusing(message: str) -> Iterator[None]:
    try:
        yield
    except _FAULTS as error:
        raise Invalid(f"{message}: {error}", code="bad_template") from error
