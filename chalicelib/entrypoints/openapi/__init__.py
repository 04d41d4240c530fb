"""The OpenAPI 3.1 document, made from the declarations of the routes; who serves it is not here."""

from chalicelib.entrypoints.openapi.document import build_document

__all__ = ["build_document"]
