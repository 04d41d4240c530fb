"""What becomes of a wheel's file on its way into the layer: most ship as they are, a few are rewritten."""

from __future__ import annotations

from infra import endpoints, lazy_names, outlines, prune


def shipped(name: str, content: bytes) -> bytes:
    """Return what ships of the member `name` of a wheel."""
    if name in prune.EMPTIED:
        return b""
    if name in prune.LATE:
        return lazy_names.lazy(content.decode()).encode()
    if name in prune.COMMAND_LINES:
        return outlines.without_commands(content.decode()).encode()
    if prune.is_outlined(name):
        return outlines.outline(content.decode()).encode()
    if name == endpoints.LIST:
        return endpoints.reduced_endpoints(content, prune.BOTOCORE_SERVICES | prune.ENDPOINT_NAMES)
    return content
