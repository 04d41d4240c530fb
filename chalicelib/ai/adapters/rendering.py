"""Jinja2 in its sandbox: operators write templates, and customers' names are only values in them."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import Field, fields, is_dataclass
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from jinja2 import StrictUndefined, TemplateError, Undefined, nodes
from jinja2.meta import find_undeclared_variables
from jinja2.utils import missing

from chalicelib.ai.adapters.sandbox import BoundedSandbox, bounded, one_rendering, weighed
from chalicelib.ai.domain.privacy import as_data
from chalicelib.kernel.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Iterator


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


_MOST_NAMES = 400  # characters


class _Missing(StrictUndefined):
    """What a template names and nothing has; it is refused in words for whoever writes templates."""

    @property
    def _undefined_message(self) -> str:
        thing, name = self._undefined_obj, self._undefined_name
        if thing is missing or self._undefined_hint:
            return super()._undefined_message
        known = ", ".join(thing if isinstance(thing, Mapping) else (each.name for each in _fields(thing)))
        what = type(thing).__name__.lower() if is_dataclass(thing) else "the value"
        return f"{what} has no {name}" + (f"; it has {known[:_MOST_NAMES]}" if known else "")


def _fields(thing: Any) -> tuple[Field[Any], ...]:
    return fields(thing) if is_dataclass(thing) else ()


class JinjaRenderer:
    """Renders prompt and call templates; refuses missing variables."""

    def __init__(self) -> None:
        self._environment = BoundedSandbox()
        self._marking = BoundedSandbox()
        self._environment.undefined = self._marking.undefined = _Missing
        self._marking.finalize = _marked

    def check(self, text: str) -> None:
        """Refuse a template whose syntax is wrong: `Invalid` with code `bad_template`."""
        with _refusing("The template has a mistake"):
            self._environment.from_string(text)

    def render_marked(self, text: str, variables: Mapping[str, Any]) -> str:
        """Render for a model: texts that come out of variables are marked as data; `Invalid` as `render`."""
        with _refusing("The template cannot be rendered"), one_rendering():
            return bounded(self._marking.from_string(text).generate(variables))

    def render(self, text: str, variables: Mapping[str, Any]) -> str:
        """Render; `Invalid` with code `bad_template` names what is wrong, also a result that is too long."""
        with _refusing("The template cannot be rendered"), one_rendering():
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
    known = weighed(value)
    return known if known is None or isinstance(known, int | float | Undefined) else as_data(str(known))


@contextmanager
def _refusing(message: str) -> Iterator[None]:
    try:
        yield
    except _FAULTS as error:
        raise Invalid(f"{message}: {error}", code="bad_template") from error
