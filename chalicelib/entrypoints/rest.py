"""The REST API's ways in, in the order in which its description lists them."""

from __future__ import annotations

from chalicelib.entrypoints import (
    http_ai,
    http_audit,
    http_calls,
    http_console,
    http_contacts,
    http_docs,
    http_failures,
    http_notes,
    http_settings,
    http_system,
    http_tokens,
    http_webhooks,
)

BLUEPRINTS = (
    http_system.bp,  # health
    http_tokens.bp,  # who may use the API
    http_webhooks.bp,  # who is told of events
    http_settings.bp,  # kill switch, limits, countries
    http_audit.bp,  # who did what
    http_failures.bp,  # messages that nobody could work on
    http_contacts.bp,  # contacts
    http_notes.bp,  # notes and tasks
    http_ai.bp,  # templates and chat
    http_calls.bp,  # placing calls and reading them
    http_docs.bp,  # the API's description, for programs and for people
    http_console.bp,  # the pages for operators
)
