"""Model providers as the deployment names them, and the rule that a kind of call may only name those."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.kernel.errors import FieldError, Invalid

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class ProviderFacts:
    """What may be known of a configured provider: everything but its key.

    `first_token_ms` is how long it may be silent before the next one is asked, `gap_ms` how long within its
    answer. `priced_as` names the model behind `model`. Empty: not given.
    """

    name: str
    kind: str
    model: str
    first_token_ms: int
    base_url: str = ""
    region: str = ""
    api_version: str = ""
    priced_as: str = ""
    gap_ms: int = 2000


def check_known(named: Iterable[str], known: Iterable[ProviderFacts], pointer: str) -> None:
    """Refuse names of no provider: `Invalid` with code `unknown_provider`, telling where each stands."""
    names = [facts.name for facts in known]
    errors = tuple(
        FieldError(f"{pointer}/{place}", f"There is no provider {name}; there is {', '.join(names)}.")
        for place, name in enumerate(named)
        if name not in names
    )
    if errors:
        raise Invalid(errors[0].detail, code="unknown_provider", errors=errors)
