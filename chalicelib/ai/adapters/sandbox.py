"""Jinja2's sandbox with an end: no template makes anything huge, or goes on for ever.

Whatever takes a value that may be large (a loop, a filter, a test, a call, an operator, an output) weighs it
first: a value is refused that is longer than any result may be, and all of them together use up what one
rendering may spend.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sized
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from itertools import chain
from typing import TYPE_CHECKING, Any

from jinja2 import StrictUndefined, nodes, pass_context, pass_environment
from jinja2.compiler import CodeGenerator, operators
from jinja2.exceptions import SecurityError
from jinja2.filters import make_attrgetter
from jinja2.sandbox import ImmutableSandboxedEnvironment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jinja2.compiler import Frame
    from jinja2.runtime import Context

MAX_OUTPUT = 100_000  # characters of a result, and of anything on the way to it
MAX_ROUNDS = 1_000  # items of one range
MAX_STEPS = 50_000  # rounds of all loops, and what else is weighed, of one rendering
_CHARS_A_STEP = 100
_BITS_A_STEP = 100
_CALL = 5  # steps that a call costs by itself
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
_ROUND = "each_round"


@dataclass
class _Budget:
    """What a rendering may still spend."""

    steps: int = MAX_STEPS

    def spend(self, steps: int) -> None:
        self.steps -= steps
        if self.steps < 0:
            raise SecurityError("it goes on for too long")


_BUDGET: ContextVar[_Budget | None] = ContextVar("budget", default=None)


@contextmanager
def one_rendering() -> Iterator[None]:
    """Give what is rendered within one budget; outside of it only sizes are bounded."""
    before = _BUDGET.set(_Budget())
    try:
        yield
    finally:
        _BUDGET.reset(before)


def _spend(steps: int) -> None:
    if budget := _BUDGET.get():
        budget.spend(steps)


def weighed(value: Any) -> Any:
    """Give a value that is not too large to be written, compared or worked on, and spend what it weighs."""
    scale = _Scale()
    scale.put(value)
    _spend(scale.steps)
    return value


@dataclass
class _Scale:
    """How long a value is when it is written, about, and how many parts it has."""

    length: int = 0
    steps: int = 0

    def put(self, value: Any) -> None:
        """Add a value with its parts, or refuse as soon as all of it is too large."""
        if isinstance(value, str | bytes):
            self._add(len(value), 1 + len(value) // _CHARS_A_STEP)
        elif isinstance(value, Mapping):
            self._add(len(value), 1)
            for name, part in value.items():
                self.put(name)
                self.put(part)
        elif isinstance(value, list | tuple | set | frozenset):
            self._add(len(value), 1)
            for part in value:
                self.put(part)
        else:
            bits = value.bit_length() if isinstance(value, int) else 0
            self._add(1, 1 + bits // _BITS_A_STEP + (len(value) if isinstance(value, range) else 0))

    def _add(self, length: int, steps: int) -> None:
        self.length += length
        self.steps += steps
        _allow(self.length)


def _weighing(act: Callable[..., Any]) -> Callable[..., Any]:
    """Have what a filter or a test is given weighed before."""

    @wraps(act)
    def weigh_first(*given: Any, **named: Any) -> Any:
        weighed([each for each in (*given, *named.values()) if isinstance(each, _WEIGHED)])
        return act(*given, **named)

    return weigh_first


_WEIGHED = (str, bytes, list, tuple, set, frozenset, dict, range, int)


class _Code(CodeGenerator):
    def visit_Concat(self, node: nodes.Concat, frame: Frame) -> None:  # noqa: N802  the compiler's name
        """Have `~` done by the environment, which looks at the length."""
        self.write("environment.concatenate((")
        for each in node.nodes:
            self.visit(each, frame)
            self.write(", ")
        self.write("))")

    def visit_Compare(self, node: nodes.Compare, frame: Frame) -> None:  # noqa: N802  the compiler's name
        """Have both sides weighed."""
        self.write("(environment.weighed(")
        self.visit(node.expr, frame)
        self.write(")")
        for operand in node.ops:
            self.write(f" {operators[operand.op]} environment.weighed(")
            self.visit(operand.expr, frame)
            self.write(")")
        self.write(")")

    def visit_Getitem(self, node: nodes.Getitem, frame: Frame) -> None:  # noqa: N802  the compiler's name
        """Have what a part is cut out of weighed."""
        if not isinstance(node.arg, nodes.Slice):
            super().visit_Getitem(node, frame)
            return
        self.write("environment.weighed(")
        self.visit(node.node, frame)
        self.write(")[")
        self.visit(node.arg, frame)
        self.write("]")


class BoundedSandbox(ImmutableSandboxedEnvironment):
    """Refuses, by `SecurityError`, what would make texts or loops that are too long."""

    code_generator_class = _Code
    intercepted_binops = frozenset(("*", "**", "+", "-", "/", "//", "%"))
    weighed = staticmethod(weighed)

    def __init__(self) -> None:
        # The result is spoken or read by a model, never shown as HTML.
        super().__init__(undefined=StrictUndefined, autoescape=False)
        self.globals = {"range": _range, "dict": dict}
        for name in _GROWING_FILTERS:
            del self.filters[name]
        self.filters |= {"replace": _replace, "join": _join}
        filters: dict[str, Any] = dict(self.filters)
        self.filters = {name: _weighing(act) for name, act in filters.items()}
        self.filters[_ROUND] = _each_round
        tests: dict[str, Any] = dict(self.tests)
        self.tests = {name: _weighing(act) for name, act in tests.items()}
        self.finalize = weighed

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Do what an operator says, unless the result would be too large."""
        weighed((left, right))
        if check := _CHECKS.get(operator):
            check(left, right)
        return weighed(super().call_binop(context, operator, left, right))

    def call(self, context: Context, obj: Any, *given: Any, **named: Any) -> Any:
        """Call a macro, a method or a function, unless what it works on is too large."""
        weighed((getattr(obj, "__self__", None), given, named))
        _spend(_CALL)
        return super().call(context, obj, *given, **named)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Forbid methods of texts that lengthen them, beside what the sandbox forbids."""
        if isinstance(obj, str | bytes) and attr in _GROWING_METHODS:
            return False
        return super().is_safe_attribute(obj, attr, value)

    def wrap_str_format(self, value: Any) -> None:  # noqa: ARG002  the environment's own way to allow `format`
        """Have `format` and `format_map` judged as any other attribute: they are forbidden."""
        return

    def concatenate(self, parts: tuple[Any, ...]) -> str:
        """Join what stands between `~`."""
        return bounded(map(str, weighed(parts)))

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        """Have the rounds of every loop counted."""
        parsed = super()._parse(source, name, filename)
        for loop in parsed.find_all(nodes.For):
            if loop.recursive:
                raise SecurityError("a loop cannot go into itself")
            loop.iter = nodes.Filter(loop.iter, _ROUND, [], [], None, None, lineno=loop.lineno)
        return parsed


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


@pass_context  # which keeps the compiler from doing it beforehand
def _each_round(_context: Context, values: Iterable[Any]) -> Iterator[Any]:
    for value in values:
        _spend(1)
        yield value


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
