"""REST routes of the system's settings: read, changed, and every change of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalice.app import Blueprint

from chalicelib.bootstrap import container
from chalicelib.entrypoints.middleware import NoQuery, Reply, Request, route
from chalicelib.entrypoints.middleware.conditions import covering_tag
from chalicelib.kernel.paging import Page
from chalicelib.kernel.schemas import PageQuery
from chalicelib.system.domain.tokens import Scope
from chalicelib.system.schemas.settings import (
    SettingsChangeView,
    SettingsHistory,
    SettingsPatch,
    SettingsView,
    change_view,
    settings_view,
)
from chalicelib.system.services import settings

if TYPE_CHECKING:
    from chalicelib.system.domain.settings import StackLimits, SystemSettings

bp = Blueprint(__name__)
_SETTINGS = "/v1/settings"


@route(bp, "GET", _SETTINGS, scope=Scope.VIEWER, returns=SettingsView)
def get_settings(_request: Request[None, NoQuery]) -> Reply:
    """Read the settings that hold now; `enforced` names those that the system acts upon."""
    system = container().system
    return _shown(settings.current_settings(system), system.stack)


@route(
    bp,
    "PATCH",
    _SETTINGS,
    scope=Scope.ADMIN,
    body=SettingsPatch,
    returns=SettingsView,
    example={"kill_switch": {"on": True, "reason": "wrong script"}, "reason": "incident 17"},
    guarded=True,
)
def change_settings(request: Request[SettingsPatch, NoQuery]) -> Reply:
    """Change whole sections; a section that is null goes back to its default.

    The kill switch holds from the moment this answers; a call that is already under way to the carrier
    is the one exception.
    """
    system, body = container().system, request.body
    changed = settings.change_settings(system, body.changes(), request.expected_version, body.reason)
    return _shown(changed, system.stack)


@route(bp, "GET", _SETTINGS + "/history", scope=Scope.VIEWER, query=PageQuery, returns=SettingsHistory)
def list_settings_changes(request: Request[None, PageQuery]) -> Page[SettingsChangeView]:
    """List the changes of the settings, newest first, with who made them and why."""
    page = settings.settings_history(container().system, request.query.page_size, request.start)
    return Page([change_view(change) for change in page.items], page.next_start)


def _shown(held: SystemSettings, stack: StackLimits) -> Reply:
    view = settings_view(held, stack)
    return Reply(view, headers=covering_tag(view.version, view.model_dump_json()))
