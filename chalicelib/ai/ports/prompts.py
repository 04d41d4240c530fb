"""Stored prompt templates, and what fills variables into them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from chalicelib.ai.domain.prompts import PromptTemplate
    from chalicelib.kernel.paging import Page


class PromptTemplates(Protocol):
    """Stored prompt templates."""

    def add(self, template: PromptTemplate) -> None:
        """Store a new template; `Conflict` when there is, or lately was, one with this id."""

    def get(self, template_id: str) -> PromptTemplate | None:
        """Give the newest version of a template; None also when it was deleted."""

    def all(self) -> list[PromptTemplate]:
        """Give every template, by name."""

    def count(self) -> int:
        """Give how many templates there are, without reading them."""

    def save(self, template: PromptTemplate, before: PromptTemplate) -> bool:
        """Put the next version in the place of `before`, which stays readable; False: it is not current."""

    def publish(self, template: PromptTemplate, before: PromptTemplate) -> bool:
        """Change which versions were put to use, and nothing else; False: `before` is not current."""

    def remove(self, template: PromptTemplate, now: datetime) -> bool:
        """Delete a template, whose versions stay readable; False when this version is not current."""

    def version(self, template_id: str, number: int) -> PromptTemplate | None:
        """Give one version of a template, also of one that was deleted."""

    def versions(self, template_id: str, limit: int, start: str | None) -> Page[PromptTemplate]:
        """Give up to `limit` versions of a template, newest first, after `start`; also of a deleted one.

        Fewer when their texts are long.
        """


class Renderer(Protocol):
    """Fills variables into a template."""

    def check(self, text: str) -> None:
        """Refuse a template whose syntax is wrong: `Invalid` with code `bad_template`."""

    def render_marked(self, text: str, variables: Mapping[str, Any]) -> str:
        """Render for a model: texts that come out of variables are marked as data; `Invalid` as `render`."""

    def render(self, text: str, variables: Mapping[str, Any]) -> str:
        """Render; `Invalid` with code `bad_template` for a missing variable or a syntax error."""

    def names(self, text: str) -> frozenset[str]:
        """Give the variables that a template refers to; `Invalid` as `check`."""

    def beginning(self, text: str) -> str:
        """Give what stands before the first variable or statement of a template; `Invalid` as `check`."""
