"""Templates without Jinja: what is said matters to nobody here, and compiling them takes most time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


class PlainRenderer:
    """Gives templates as they are; implements `Renderer`."""

    def check(self, text: str) -> None:
        """Refuse nothing."""

    def render_marked(self, text: str, variables: Mapping[str, Any]) -> str:
        """Give the text."""
        return text

    def render(self, text: str, variables: Mapping[str, Any]) -> str:
        """Give the text."""
        return text

    def names(self, text: str) -> frozenset[str]:
        """Refer to nothing."""
        return frozenset()
