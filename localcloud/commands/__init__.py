"""Commands that use a running system through its REST API, here or anywhere; one module per subject."""

from localcloud.commands.audit import audit
from localcloud.commands.bulk import bulk
from localcloud.commands.consents import consents
from localcloud.commands.contacts import contacts
from localcloud.commands.custom_fields import custom_fields
from localcloud.commands.dashboard import dashboard, recount
from localcloud.commands.export_contacts import export_contacts
from localcloud.commands.failed_work import failed_work
from localcloud.commands.import_contacts import import_contacts
from localcloud.commands.imports import imports
from localcloud.commands.jobs import jobs
from localcloud.commands.notes import notes, tasks
from localcloud.commands.settings import kill_switch, settings
from localcloud.commands.suppressions import suppressions
from localcloud.commands.tags import tags
from localcloud.commands.tokens import tokens
from localcloud.commands.webhooks import webhooks

REMOTE_COMMANDS = (
    contacts,
    import_contacts,
    export_contacts,
    imports,
    tags,
    custom_fields,
    notes,
    tasks,
    consents,
    bulk,
    jobs,
    dashboard,
    recount,
    suppressions,
    tokens,
    settings,
    kill_switch,
    audit,
    failed_work,
    webhooks,
)

__all__ = ["REMOTE_COMMANDS"]
