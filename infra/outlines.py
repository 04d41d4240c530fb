"""Writes modules without what is never used: outlines, and ones without their command line; not which."""

from __future__ import annotations

import ast


def outline(source: str) -> str:
    """Return a module with the classes of another by name, and nothing in them.

    Who imports a name from it finds it; who makes an object of it, as its vendor does, gets a `TypeError`.
    """
    names = [node.name for node in ast.parse(source).body if isinstance(node, ast.ClassDef)]
    classes = "".join(f'\n\nclass {name}:\n    """It is not packaged."""\n' for name in names)
    return f'"""Names without what they stand for: nothing here uses it."""\n{classes}'


def without_commands(source: str) -> str:
    """Return a module without the commands that it defines by `click`, and without importing that."""
    module = ast.parse(source)
    module.body = [node for node in module.body if not _is_of_click(node)]
    return ast.unparse(module)


def _is_of_click(node: ast.stmt) -> bool:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names] == ["click"]
    decorators = node.decorator_list if isinstance(node, ast.FunctionDef) else []
    return any(ast.unparse(decorator).startswith("click.") for decorator in decorators)
