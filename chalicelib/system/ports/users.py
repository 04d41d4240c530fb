"""The user pool, where one is configured, and who can confirm its tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from chalicelib.system.domain.users import UserPool


class Directory(Protocol):
    """Who keeps the people of user pools."""

    def subject_of(self, access_token: str) -> str | None:
        """Give the `sub` of the user whom the token was issued to; None when it is not or no longer valid.

        Raises `Unavailable` when it cannot be told.
        """


class UserPorts(Protocol):
    """What the use case of people works with."""

    @property
    def user_pool(self) -> UserPool | None:
        """The pool whose people may use the API."""

    @property
    def directory(self) -> Directory:
        """The pool's keeper."""
