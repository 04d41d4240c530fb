"""The two ways a request is refused: in OpenAI's error shape, or with the field and remedy for control."""

from __future__ import annotations

from http import HTTPStatus


class ApiError(Exception):
    """An answer in OpenAI's error shape (`error.message`, `type`, `param`, `code`) with its HTTP status."""

    def __init__(
        self,
        message: str,
        *,
        status: int = HTTPStatus.BAD_REQUEST,
        kind: str = "invalid_request_error",
        param: str | None = None,
        code: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status = int(status)
        self.kind = kind
        self.param = param
        self.code = code
        self.headers: dict[str, str] = {}

    def body(self) -> dict[str, object]:
        """Return the JSON body as OpenAI's clients read it."""
        return {"error": {"message": str(self), "type": self.kind, "param": self.param, "code": self.code}}


class InvalidInput(Exception):
    """Control or script input that cannot be used: which field, what is wrong, what to do instead."""

    def __init__(self, field: str, problem: str, remedy: str) -> None:
        super().__init__(f"{field}: {problem}; {remedy}")
        self.field = field
        self.problem = problem
        self.remedy = remedy

    def body(self) -> dict[str, object]:
        """Return the JSON body of the 400 answer."""
        return {"error": {"field": self.field, "problem": self.problem, "remedy": self.remedy}}
