"""The five ways in which a use case can refuse; each way in renders them in its own manner."""

from __future__ import annotations

import functools
import inspect
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ClassT = TypeVar("ClassT")


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
        details: dict[str, Any] | None = None,
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


@contextmanager
def about_field(pointer: str) -> Iterator[None]:
    """Let what is refused inside name a field of the request, unless it names one already."""
    try:
        yield
    except (Invalid, Forbidden, NotFound, Conflict) as error:
        error.errors = error.errors or (FieldError(pointer, error.message),)
        raise


def unavailable_on(*vendor_errors: type[Exception]) -> Callable[[type[ClassT]], type[ClassT]]:
    """Decorate an adapter so that what its vendor raises leaves its public methods as `Unavailable`.

    Only what the adapter does not handle itself arrives here: a service that is silent or refuses.
    """

    def decorate(adapter: type[ClassT]) -> type[ClassT]:
        for name, method in inspect.getmembers(adapter, inspect.isfunction):
            if not name.startswith("_"):
                setattr(adapter, name, _translated(method, vendor_errors))
        return adapter

    return decorate


def _translated(method: Callable[..., Any], vendor_errors: tuple[type[Exception], ...]) -> Callable[..., Any]:
    @functools.wraps(method)
    def translated(*args: Any, **options: Any) -> Any:
        try:
            return method(*args, **options)
        except vendor_errors as error:
            raise Unavailable(
                "The storage did not answer.", retryable=True, code="storage_unavailable"
            ) from error

    return translated
