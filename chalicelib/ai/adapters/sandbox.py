"""Jinja2's sandbox with an end: no template makes anything huge, or goes on for ever."""

from __future__ import annotations

import re
from collections.abc import Sized
from itertools import chain
from typing import TYPE_CHECKING, Any

from jinja2 import StrictUndefined, nodes, pass_environment
from jinja2.compiler import CodeGenerator
from jinja2.exceptions import SecurityError
from jinja2.filters import make_attrgetter
from jinja2.sandbox import ImmutableSandboxedEnvironment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jinja2.compiler import Frame
    from jinja2.runtime import Context

MAX_OUTPUT = 100_000  # characters of a result, and of anything on the way to it
MAX_ROUNDS = 1_000  # items of one range
# What makes a long text of a short one by a number; nothing that is spoken or written needs it.
_GROWING_FILTERS = ("batch", "center", "format", "indent", "slice", "urlize", "wordwrap", "xmlattr")
_GROWING_METHODS = frozenset(
    (
        "center",
        "ljust",
        "rjust",
        "zfill",
        "expandtabs",
        "format",
        "format_map",
        "join",
        "replace",
        "translate",
    )
)
_WIDE = re.compile(r"%[^%a-zA-Z]*(?:\*|\d{4})")
_TOO_LARGE = "it makes something too large"


class _Code(CodeGenerator):
    def visit_Concat(self, node: nodes.Concat, frame: Frame) -> None:  # noqa: N802  the compiler's name
        """Have `~` done by the environment, which looks at the length."""
        self.write("environment.concatenate((")
        for each in node.nodes:
            self.visit(each, frame)
            self.write(", ")
        self.write("))")


class BoundedSandbox(ImmutableSandboxedEnvironment):
    """Refuses, by `SecurityError`, what would make texts or loops that are too long."""

    code_generator_class = _Code
    intercepted_binops = frozenset(("*", "**", "+", "%"))

    def __init__(self) -> None:
        # The result is spoken or read by a model, never shown as HTML.
        super().__init__(undefined=StrictUndefined, autoescape=False)
        self.globals = {"range": _range, "dict": dict}
        for name in _GROWING_FILTERS:
            del self.filters[name]
        self.filters |= {"replace": _replace, "join": _join}

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Do what an operator says, unless the result would be too large."""
        _CHECKS[operator](left, right)
        return super().call_binop(context, operator, left, right)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Forbid methods of texts that lengthen them, beside what the sandbox forbids."""
        if isinstance(obj, str | bytes) and attr in _GROWING_METHODS:
            return False
        return super().is_safe_attribute(obj, attr, value)

    def wrap_str_format(self, value: Any) -> None:  # noqa: ARG002  the environment's own way to allow `format`
        """Have `format` and `format_map` judged as any other attribute: they are forbidden."""
        return

    def concatenate(self, parts: Iterable[Any]) -> str:
        """Join what stands between `~`."""
        return bounded(map(str, parts))


def bounded(parts: Iterable[str]) -> str:
    """Join parts, or refuse as soon as they are too long."""
    length, kept = 0, []
    for part in parts:
        length += len(part)
        _allow(length)
        kept.append(part)
    return "".join(kept)


def _allow(length: int) -> None:
    if length > MAX_OUTPUT:
        raise SecurityError(_TOO_LARGE)


def _range(*bounds: int) -> range:
    rounds = range(*bounds)
    if rounds[MAX_ROUNDS:]:
        raise SecurityError(f"a range has {MAX_ROUNDS} items at most")
    return rounds


def _check_times(left: Any, right: Any) -> None:
    for thing, times in ((left, right), (right, left)):
        if isinstance(thing, Sized) and isinstance(times, int):
            _allow(len(thing) * times)
    if isinstance(left, int) and isinstance(right, int):
        _allow(left.bit_length() + right.bit_length())


def _check_plus(left: Any, right: Any) -> None:
    if isinstance(left, Sized) and isinstance(right, Sized):
        _allow(len(left) + len(right))


def _check_power(left: Any, right: Any) -> None:
    if isinstance(left, int) and isinstance(right, int):
        _allow(left.bit_length() * max(right, 0))


def _check_format(left: Any, _right: Any) -> None:
    if isinstance(left, str) and _WIDE.search(left):
        raise SecurityError(_TOO_LARGE)


_CHECKS = {"*": _check_times, "+": _check_plus, "**": _check_power, "%": _check_format}


def _replace(text: Any, old: Any, new: Any, count: int | None = None) -> str:
    """Put `new` in the place of `old`: all, or the first `count`."""
    whole, gone, put = str(text), str(old), str(new)
    _allow(len(whole) + whole.count(gone) * len(put))
    return whole.replace(gone, put, -1 if count is None else count)


@pass_environment
def _join(
    environment: BoundedSandbox, values: Iterable[Any], between: Any = "", attribute: str | int | None = None
) -> str:
    """Join values, or an attribute of each."""
    item = make_attrgetter(environment, attribute) if attribute is not None else str
    pairs = ((str(between) if place else "", str(item(value))) for place, value in enumerate(values))
    return bounded(chain.from_iterable(pairs))
