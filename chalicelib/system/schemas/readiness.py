"""What the system says over HTTP."""

from __future__ import annotations

from pydantic import BaseModel


class HealthView(BaseModel):
    """The API answers, and which version of it."""

    status: str
    version: str


class ProbeView(BaseModel):
    """What one dependency answered, and after how many milliseconds."""

    name: str
    ok: bool
    ms: int
    error: str | None = None


class ReadinessView(BaseModel):
    """Whether everything that a call needs can be reached."""

    status: str
    checks: list[ProbeView]
