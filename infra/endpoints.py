"""Reduces botocore's list of every service's addresses to those that are called; nothing else of botocore."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

LIST = "botocore/data/endpoints.json"


def reduced_endpoints(content: bytes, services: Collection[str]) -> bytes:
    """Return the list with these services only; botocore derives an address that is not in it.

    Every process reads all of it before it makes its first client.
    """
    known = json.loads(content)
    for partition in known["partitions"]:
        partition["services"] = {
            name: found for name, found in partition["services"].items() if name in services
        }
    return json.dumps(known, separators=(",", ":"), sort_keys=True).encode()
