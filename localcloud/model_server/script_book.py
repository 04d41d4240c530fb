"""Script files and the choice among their rules; what a single rule means is in rules."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from localcloud.model_server.errors import InvalidInput
from localcloud.model_server.fields import Fields
from localcloud.model_server.patterns import TextPattern, compile_expression, parse_pattern
from localcloud.model_server.rules import Rule, parse_rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from localcloud.model_server.chat_request import ChatRequest

SHIPPED = Path(__file__).parent / "scripts"
SAID = "user_words"
_DATA_MARKS = str.maketrans(
    "", "", "\N{MATHEMATICAL LEFT WHITE SQUARE BRACKET}\N{MATHEMATICAL RIGHT WHITE SQUARE BRACKET}"
)
ORDER = (
    "evaluations",
    "people",
    "spanish",
    "guardrails",
    "booking",
    "after_tools",
    "follow_up",
    "receptionist",
    "appointment",
    "small_talk",
)


@dataclass(frozen=True, slots=True)
class Variable:
    """A value read from the instructions by the first expression that matches, else its default."""

    expressions: tuple[re.Pattern[str], ...]
    default: str

    def read(self, text: str) -> str:
        """Return the value: the expression's first group."""
        found = (expression.search(text) for expression in self.expressions)
        return next((match[1].strip() for match in found if match), self.default)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What rules may refer to: variables `{name}` and named patterns `%{name}`."""

    variables: Mapping[str, Variable] = field(default_factory=dict)
    patterns: Mapping[str, str] = field(default_factory=dict)

    def read(self, text: str) -> dict[str, str]:
        """Return every variable's value in these instructions; marks around data are no part of it."""
        text = text.translate(_DATA_MARKS)
        return {name: variable.read(text) for name, variable in self.variables.items()}


@dataclass(frozen=True, slots=True)
class Script:
    """Ordered rules for the conversations whose instructions fit `system`, with their vocabulary."""

    rules: tuple[Rule, ...]
    vocabulary: Vocabulary
    system: TextPattern | None = None

    def applies(self, request: ChatRequest) -> bool:
        """Tell whether the script is meant for this conversation."""
        return self.system is None or self.system.search(request.system_text) is not None


@dataclass(frozen=True, slots=True)
class Chosen:
    """The rule that answers and the values of its variables."""

    rule: Rule
    variables: Mapping[str, str]


class ScriptBook:
    """Scripts in order of precedence; the first rule that matches answers."""

    def __init__(self, scripts: Iterable[Script], vocabulary: Vocabulary) -> None:
        self._scripts = tuple(scripts)
        self.vocabulary = vocabulary

    def choose(self, request: ChatRequest) -> Chosen | None:
        """Return the rule that answers, or None when no rule matches."""
        for script in self._scripts:
            for rule in script.rules if script.applies(request) else ():
                captures = rule.match(request)
                if captures is not None:
                    known = script.vocabulary.read(request.system_text) | {SAID: request.last_user_text}
                    return Chosen(rule, known | captures)
        return None

    def preceded_by(self, script: Script) -> ScriptBook:
        """Return a book in which the given script is tried first."""
        return ScriptBook((script, *self._scripts), self.vocabulary)


def open_book(extra: Iterable[Path] = ()) -> ScriptBook:
    """Return the book of the extra script files, in order, then of the shipped ones."""
    vocabulary, shipped = load_shipped()
    return ScriptBook([*(load_script(path, vocabulary) for path in extra), *shipped], vocabulary)


@cache
def load_shipped() -> tuple[Vocabulary, tuple[Script, ...]]:
    """Return the shipped vocabulary and scripts, which never change while a process runs."""
    vocabulary = load_script(SHIPPED / "vocabulary.yaml", Vocabulary()).vocabulary
    return vocabulary, tuple(load_script(SHIPPED / f"{name}.yaml", vocabulary) for name in ORDER)


def load_script(path: Path, base: Vocabulary) -> Script:
    """Return the script in a YAML file; raises InvalidInput naming the file and the field."""
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InvalidInput(str(path), f"cannot be read ({error})", "give a readable YAML file") from error
    return parse_script(raw, path.name, base)


def parse_script(raw: object, where: str, base: Vocabulary) -> Script:
    """Return a script; raises InvalidInput naming the field that is wrong."""
    fields = Fields(raw, where)
    fields.text("name", "")
    patterns = dict(base.patterns) | _patterns(fields, base.patterns)
    variables = dict(base.variables) | _variables(fields, patterns)
    system = (
        parse_pattern(fields.get("system"), fields.path("system"), patterns) if fields.has("system") else None
    )
    prefix, known = f"{where}." if where else "", frozenset({*variables, SAID})
    items = enumerate(fields.items("rules"))
    rules = [parse_rule(item, f"{prefix}rules[{index}]", patterns, known) for index, item in items]
    fields.finish()
    return Script(tuple(rules), Vocabulary(variables, patterns), system)


def _patterns(fields: Fields, known: Mapping[str, str]) -> dict[str, str]:
    raw = Fields(fields.mapping("patterns"), fields.path("patterns"))
    found = {name: raw.text(name) for name in fields.mapping("patterns")}
    for name, source in found.items():
        compile_expression(source, raw.path(name), known, re.IGNORECASE)
    return found


def _variables(fields: Fields, patterns: Mapping[str, str]) -> dict[str, Variable]:
    raw = Fields(fields.mapping("variables"), fields.path("variables"))
    return {name: _variable(raw.get(name), raw.path(name), patterns) for name in fields.mapping("variables")}


def _variable(raw: object, where: str, patterns: Mapping[str, str]) -> Variable:
    fields = Fields(raw, where)
    sources = fields.names("patterns")
    expressions = tuple(compile_expression(source, where, patterns, re.MULTILINE) for source in sources)
    default = fields.text("default", "")
    fields.finish()
    if not all(expression.groups for expression in expressions):
        raise InvalidInput(where, "has an expression without a group", "put the value in (parentheses)")
    return Variable(expressions, default)
