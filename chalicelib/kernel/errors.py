"""The five ways in which a use case can refuse; each way in renders them in its own manner."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class FieldError:
    """One field that cannot be accepted: where it stands (JSON pointer), why, and the remedy."""

    pointer: str
    detail: str


class AppError(Exception):
    """A refusal with a stable `code` for programs and a message for people."""

    code = "error"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        errors: tuple[FieldError, ...] = (),
        details: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code
        self.errors = errors
        self.details = details or {}


class Invalid(AppError):
    """The request cannot be understood or breaks a rule that the caller can mend."""

    code = "invalid"


class Forbidden(AppError):
    """The request is understood and must not be done."""

    code = "forbidden"


class NotFound(AppError):
    """What the request names does not exist."""

    code = "not_found"


class Conflict(AppError):
    """The request collides with what is stored: a duplicate, or a newer version."""

    code = "conflict"


class Unavailable(AppError):
    """Something we depend on did not answer; `retryable` says whether trying again is safe."""

    code = "unavailable"

    def __init__(self, message: str, *, retryable: bool, code: str | None = None) -> None:
        super().__init__(message, code=code)
        self.retryable = retryable
