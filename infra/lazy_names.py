"""Makes a package import what it offers when it is asked for it; which packages those are is elsewhere."""

from __future__ import annotations

import ast

_LATE = '''

_LATE = {
%s}


def __getattr__(name):
    """Import a name of this package when it is first asked for."""
    if name not in _LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    found = getattr(import_module(_LATE[name], __name__), name)
    globals()[name] = found
    return found
'''


def lazy(source: str) -> str:
    """Return the source of a package's `__init__` that imports from its modules at first use.

    At once comes what the `__init__` needs itself, and what is called like the module that it is from: such
    a name stands for the module until it is imported from it.
    """
    tree = ast.parse(source)
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    late: dict[str, str] = {}
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and _may_wait(node, used):
            late |= {alias.name: "." * node.level + (node.module or "") for alias in node.names}
    kept = [node for node in tree.body if not (isinstance(node, ast.ImportFrom) and _may_wait(node, used))]
    rows = "".join(f"    {name!r}: {module!r},\n" for name, module in sorted(late.items()))
    return ast.unparse(ast.Module(kept, type_ignores=[])) + _LATE % rows


def _may_wait(node: ast.ImportFrom, used: set[str]) -> bool:
    if not node.module or node.module == "__future__":
        return False
    names = {alias.name for alias in node.names}
    is_renamed = any(alias.asname or alias.name == "*" for alias in node.names)
    return not (is_renamed or names & used or node.module.rpartition(".")[2] in names)
