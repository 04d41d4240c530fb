"""Commands that use a running system through its REST API, here or anywhere; one module per subject."""

from localcloud.commands.audit import audit
from localcloud.commands.bulk import bulk
from localcloud.commands.call_dashboard import calls_dashboard
from localcloud.commands.calls import calls
from localcloud.commands.campaigns import campaign
from localcloud.commands.conferences import conferences
from localcloud.commands.consents import consents
from localcloud.commands.contacts import contacts
from localcloud.commands.conversations import chat, conversations
from localcloud.commands.custom_fields import custom_fields
from localcloud.commands.dashboard import dashboard, recount
from localcloud.commands.evaluations import evaluate
from localcloud.commands.export_contacts import export_contacts
from localcloud.commands.failed_work import failed_work
from localcloud.commands.findings import analyse
from localcloud.commands.import_contacts import import_contacts
from localcloud.commands.imports import imports
from localcloud.commands.jobs import jobs
from localcloud.commands.memory import memory
from localcloud.commands.message_templates import message_templates
from localcloud.commands.messages import messages
from localcloud.commands.models import ai, providers
from localcloud.commands.notes import notes, tasks
from localcloud.commands.numbers import numbers
from localcloud.commands.prompts import prompts
from localcloud.commands.queue import holds, process_call_queue
from localcloud.commands.recordings import recordings, retention, voicemails
from localcloud.commands.settings import kill_switch, settings
from localcloud.commands.suppressions import suppressions
from localcloud.commands.tags import tags
from localcloud.commands.templates import templates
from localcloud.commands.tokens import tokens
from localcloud.commands.transfers import transfer
from localcloud.commands.webhooks import webhooks

REMOTE_COMMANDS = (
    contacts,
    import_contacts,
    export_contacts,
    imports,
    tags,
    custom_fields,
    messages,
    message_templates,
    notes,
    tasks,
    consents,
    bulk,
    jobs,
    dashboard,
    recount,
    calls,
    conferences,
    campaign,
    process_call_queue,
    holds,
    templates,
    evaluate,
    prompts,
    chat,
    conversations,
    providers,
    ai,
    numbers,
    recordings,
    voicemails,
    retention,
    suppressions,
    tokens,
    settings,
    kill_switch,
    audit,
    failed_work,
    webhooks,
)

calls.add_command(calls_dashboard)
contacts.add_command(memory)

__all__ = ["REMOTE_COMMANDS", "analyse", "transfer"]
