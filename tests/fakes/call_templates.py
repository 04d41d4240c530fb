"""Call templates in memory, with the versions before the current ones."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from chalicelib.kernel.paging import Page

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.calls.domain.templates import CallTemplate


@dataclass
class FakeTemplates:
    """Call templates; implements `TemplateBook`."""

    by_id: dict[str, CallTemplate] = field(default_factory=dict)
    older: dict[tuple[str, int], CallTemplate] = field(default_factory=dict)
    removed: set[str] = field(default_factory=set)

    def add(self, template: CallTemplate) -> None:
        """Put a template there, over whatever is there; only tests do so."""
        self.by_id[template.id] = template

    def create(self, template: CallTemplate) -> bool:
        """Keep a new template."""
        if template.id in self.by_id or template.id in self.removed:
            return False
        self.by_id[template.id] = template
        return True

    def get(self, template_id: str) -> CallTemplate | None:
        """Give a template."""
        return self.by_id.get(template_id)

    def all(self) -> list[CallTemplate]:
        """Give every template, by name."""
        return sorted(self.by_id.values(), key=lambda template: template.name)

    def save(self, template: CallTemplate, before: CallTemplate) -> bool:
        """Keep the next version, and the one before."""
        current = self.by_id.get(before.id)
        if current is None or current.version != before.version:
            return False
        self.by_id[template.id], self.older[before.id, before.version] = template, before
        return True

    def remove(self, template: CallTemplate, now: datetime) -> bool:
        """Take a template away, and keep its last version."""
        if not self.save(template, template):
            return False
        del self.by_id[template.id]
        self.removed.add(template.id)
        return True

    def version(self, template_id: str, number: int) -> CallTemplate | None:
        """Give one version."""
        current = self.by_id.get(template_id)
        is_current = current and current.version == number
        return current if is_current else self.older.get((template_id, number))

    def versions(self, template_id: str, limit: int, start: str | None) -> Page[CallTemplate]:
        """Give the versions, newest first."""
        known = {number: each for (owner, number), each in self.older.items() if owner == template_id}
        if template_id in self.by_id:
            known[self.by_id[template_id].version] = self.by_id[template_id]
        numbers = sorted((n for n in known if start is None or n < int(start)), reverse=True)
        more = str(numbers[limit - 1]) if len(numbers) > limit else None
        return Page([known[number] for number in numbers[:limit]], more)
