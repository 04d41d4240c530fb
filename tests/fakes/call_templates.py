"""Call templates in memory, with the versions before the current ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakes.versioned import FakeVersions

if TYPE_CHECKING:
    from chalicelib.calls.domain.templates import CallTemplate


class FakeTemplates(FakeVersions["CallTemplate"]):
    """Call templates; implements `TemplateBook`."""

    def add(self, template: CallTemplate) -> None:
        """Put a template there, over whatever is there; only tests do so."""
        self.by_id[template.id] = template

    def create(self, template: CallTemplate) -> bool:
        """Keep a new template."""
        if template.id in self.by_id or template.id in self.removed:
            return False
        self.by_id[template.id] = template
        return True
