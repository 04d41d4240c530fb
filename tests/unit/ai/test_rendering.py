"""Templates cannot make anything huge, and whatever they do wrong is told as `bad_template`."""

from __future__ import annotations

from time import process_time
from types import SimpleNamespace

import pytest

from chalicelib.ai.adapters.rendering import JinjaRenderer
from chalicelib.ai.adapters.sandbox import MAX_OUTPUT
from chalicelib.kernel.errors import Invalid

_MOMENT_S = 1.0  # a tenth of it is usual
BOMBS = [
    "{{ 'x' * 10**10 }}",
    "{{ 10**10 * 'x' }}",
    "{{ [1] * 10**10 }}",
    "{{ 9 ** (9 ** 9) }}",
    "{{ 10**400 * 1.5 }}",
    "{% for i in range(100000) %}x{% endfor %}",
    "{{ range(10**12)|list }}",
    "{% for i in range(1000) %}{{ 'x' * 1000 }}{% endfor %}",
    "{% set x = 'x' * 1000 %}" + "{% set x = x ~ x %}" * 40 + "{{ x|length }}",
    "{% set x = 'x' * 1000 %}" + "{% set x = x + x %}" * 40 + "{{ x|length }}",
    "{% set x = 'x' * 1000 %}" + "{% set x = x|replace('x', x) %}" * 9 + "{{ x|length }}",
    "{% set x = 'x' * 1000 %}" + "{% set x = x|join(x) %}" * 9 + "{{ x|length }}",
    "{{ 'x'.ljust(10**10) }}",
    "{{ 'x'|center(10**10) }}",
    "{{ '%9999999999d' % 1 }}",
    "{{ '{:9999999999}'.format(1) }}",
    "{{ lipsum(n=100000) }}",
    "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
    "{{ name.nothing.more }}",
    "{% set a = ['a'] %}" + "{% set a = [a, a] %}" * 40 + "{{ a }}",
    "{% set a = ['a'] %}" + "{% set a = [a, a] %}" * 40 + "{{ a|string|length }}",
    "{% set a = ['a'] %}" + "{% set a = [a, a] %}" * 40 + "{{ '%s' % a }}",
    "{% set a = ['a'] %}" + "{% set a = {1: a, 2: a} %}" * 40 + "{{ (1 ~ a)|length }}",
    "{% set a = [1] %}{% set b = [1] %}" + "{% set a = [a, a] %}{% set b = [b, b] %}" * 40 + "{{ a == b }}",
    "{% set x = 'x' * 1000 %}" + "{% set x %}{{ x }}{{ x }}{% endset %}" * 40,
    "{% for a in range(1000) %}{% for b in range(1000) %}{% endfor %}{% endfor %}",
    "{% for i in range(1000) %}{{ range(1000)|sum }}{% endfor %}",
    "{% for i in [1, 1] recursive %}{{ loop([1, 1]) if loop.depth < 25 }}{% endfor %}",
    "{% macro f(n) %}{% if n %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(30) }}",
    "{% macro m(n) %}{{ m(n - 1, varargs, varargs) if n else varargs }}{% endmacro %}{{ m(40, 1) }}",
    "{% set x = [1] * 50000 %}{% for i in range(1000) %}{% set y = x[1:] %}{% endfor %}",
]


@pytest.mark.parametrize("text", BOMBS, ids=range(len(BOMBS)))
def test_a_bomb_is_a_bad_template(text):
    """Refused before it needs memory, or much time."""
    renderer, began = JinjaRenderer(), process_time()
    with pytest.raises(Invalid) as refused:
        renderer.render(text, {"name": "Ada"})
    assert refused.value.code == "bad_template"
    assert process_time() - began < _MOMENT_S


@pytest.mark.parametrize("fault", [MemoryError, RecursionError, OverflowError])
def test_exhaustion_is_a_bad_template(fault):
    """Wherever in a template it comes up."""

    def exhausted():
        raise fault

    with pytest.raises(Invalid) as refused:
        JinjaRenderer().render("{{ act() }}", {"act": exhausted})
    assert refused.value.code == "bad_template"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{{ 'ab' * 3 }}{{ 2 * 3 }}{{ 2 ** 3 }}", "ababab68"),
        ("{% for i in range(3) %}{{ loop.index }}{% endfor %}", "123"),
        ("{% for i in [1, 2] %}{{ i }}{{ ',' if not loop.last }}{{ loop.length }}{% endfor %}", "1,222"),
        ("{% for i in [] %}x{% else %}none{% endfor %}{{ 3 > 2 }}{{ 'b' not in 'abc' }}", "noneTrueFalse"),
        ("{{ [1, 2, 3][1:] }}{{ name[0:2] }}{{ one.x - 1 }}", "[2, 3]Ad4"),
        ("{{ name ~ ', ' ~ 7 }}", "Ada, 7"),
        ("{{ ['a', 'b']|join(', ') }}{{ [one]|join(attribute='x') }}", "a, b5"),
        ("{{ name|replace('A', 'I') }}{{ 'aaa'|replace('a', 'b', 2) }}", "Idabba"),
        ("{{ '%s: %03d' % (name, 7) }}", "Ada: 007"),
        ("{{ name|upper }} {{ missing|default('none') }} {{ name.lower() }}", "ADA none ada"),
    ],
)
def test_ordinary_templates_mean_what_they_meant(text, said):
    """Within what anybody says or writes."""
    assert JinjaRenderer().render(text, {"name": "Ada", "one": SimpleNamespace(x=5)}) == said


def test_the_longest_result_is_allowed():
    """Up to its last character."""
    assert len(JinjaRenderer().render("{{ x }}", {"x": "x" * MAX_OUTPUT})) == MAX_OUTPUT


def test_every_rendering_has_a_budget_of_its_own():
    """What one has spent is not taken from the next."""
    renderer = JinjaRenderer()
    for _ in range(100):
        assert renderer.render("{% for i in range(1000) %}{% endfor %}x", {}) == "x"
