"""Writes outlines of modules that are imported and never used; which ones those are is elsewhere."""

from __future__ import annotations

import ast


def outline(source: str) -> str:
    """Return a module with the classes of another by name, and nothing in them.

    Who imports a name from it finds it; who makes an object of it, as its vendor does, gets a `TypeError`.
    """
    names = [node.name for node in ast.parse(source).body if isinstance(node, ast.ClassDef)]
    classes = "".join(f'\n\nclass {name}:\n    """It is not packaged."""\n' for name in names)
    return f'"""Names without what they stand for: nothing here uses it."""\n{classes}'
