"""Commands that use a running system through its REST API, here or anywhere; one module per subject."""

from localcloud.commands.audit import audit
from localcloud.commands.failed_work import failed_work
from localcloud.commands.settings import kill_switch, settings
from localcloud.commands.tokens import tokens
from localcloud.commands.webhooks import webhooks

REMOTE_COMMANDS = (tokens, settings, kill_switch, audit, failed_work, webhooks)

__all__ = ["REMOTE_COMMANDS"]
