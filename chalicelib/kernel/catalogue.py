"""Types of events: what each tells, and the shape of its data, which other programs rely on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

from chalicelib.kernel.changes import Told

if TYPE_CHECKING:
    from collections.abc import Mapping


class EventData(BaseModel):
    """The data of an event: flat; a new field is no new version, so readers let unknown ones pass."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)  # errors are logged


DataModel = type[EventData]


@dataclass(frozen=True)
class EventType:
    """One type of event: its `type`, such as `contact.created`, one sentence, and the model of its data."""

    type: str
    description: str
    data: DataModel
    version: int = 1

    def told(self, fields: Mapping[str, Any]) -> Told:
        """Tell such an event of these fields; the ones that its data does not have stay untold."""
        data = self.data.model_validate(fields).model_dump(mode="json")
        return Told(self.type, data, self.version)

    def schema(self) -> dict[str, Any]:
        """Give the JSON schema of the data."""
        return self.data.model_json_schema(mode="serialization")
