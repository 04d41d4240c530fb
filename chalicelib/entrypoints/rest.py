"""The REST API's ways in, in the order in which its description lists them."""

from __future__ import annotations

from chalicelib.entrypoints import (
    http_ai_analytics,
    http_analyses,
    http_audit,
    http_bookings,
    http_budgets,
    http_bulk,
    http_bulk_calls,
    http_calendar_files,
    http_calendars,
    http_call_analytics,
    http_calls,
    http_campaigns,
    http_consents,
    http_console,
    http_contact_calls,
    http_contacts,
    http_conversations,
    http_crm_analytics,
    http_docs,
    http_evaluations,
    http_export,
    http_failures,
    http_fields,
    http_holds,
    http_imports,
    http_jobs,
    http_live_calls,
    http_members,
    http_memory,
    http_message_templates,
    http_messages,
    http_notes,
    http_numbers,
    http_personal,
    http_prompts,
    http_providers,
    http_queue,
    http_recordings,
    http_rooms,
    http_settings,
    http_suppressions,
    http_system,
    http_tags,
    http_templates,
    http_timeline,
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
    http_imports.bp,  # files of contacts
    http_crm_analytics.bp,  # numbers of contacts
    http_bulk.bp,  # many contacts at once, and two that are one
    http_export.bp,  # contacts as a file
    http_tags.bp,  # tags
    http_fields.bp,  # custom fields
    http_jobs.bp,  # work on many contacts
    http_notes.bp,  # notes and tasks
    http_consents.bp,  # what contacts allowed and forbade
    http_memory.bp,  # what calls taught of contacts
    http_timeline.bp,  # what happened with a contact
    http_personal.bp,  # all that is kept about a person, and how it goes
    http_ai_analytics.bp,  # numbers of questions to models
    http_providers.bp,  # which models are asked
    http_prompts.bp,  # templates and chat
    http_evaluations.bp,  # conversations that are played to try the agent
    http_conversations.bp,  # chats, and what was said in calls
    http_templates.bp,  # how kinds of calls are held
    http_analyses.bp,  # asking the model again, and what the records take
    http_calls.bp,  # placing calls and reading them
    http_bulk_calls.bp,  # calling many contacts at once
    http_queue.bp,  # calls that wait
    http_budgets.bp,  # what calls may cost
    http_holds.bp,  # numbers that are held back
    http_live_calls.bp,  # calls that go on
    http_numbers.bp,  # who answers our numbers, and when
    http_recordings.bp,  # recordings, voicemail, and how long they are kept
    http_rooms.bp,  # hand-overs, conferences, supervisors
    http_contact_calls.bp,  # the calls of a contact
    http_call_analytics.bp,  # numbers of calls
    http_messages.bp,  # text messages
    http_message_templates.bp,  # texts that are written once
    http_campaigns.bp,  # many calls of one kind
    http_members.bp,  # who is called by them
    http_calendars.bp,  # when somebody can come
    http_bookings.bp,  # who comes when
    http_calendar_files.bp,  # calendars of others, and for others
    http_suppressions.bp,  # numbers that nobody dials
    http_docs.bp,  # the API's description, for programs and for people
    http_console.bp,  # the pages for operators
)
