"""The one place where notifications is put together."""

import sys
from collections.abc import Sequence
from typing import Any

from services.chassis import packs
from services.chassis.processes import build_app
from services.chassis.service import Running, Service
from services.notifications.channels.adapter import Gateway
from services.notifications.messages import access as messages_access
from services.notifications.messages import api as messages_api
from services.notifications.messages import repository
from services.notifications.messages.commands import rearm_messages
from services.notifications.messages.sweep import MessageSweep
from services.notifications.settings import NotificationsSettings
from services.notifications.subscriptions import SUBSCRIPTIONS
from services.notifications.templates.commands import load_pack
from services.notifications.templates.domain import NotificationsPack


def sweep(running: Running) -> MessageSweep:
    """What is done with messages that are due."""
    settings: NotificationsSettings = running.settings
    gateway = Gateway(
        settings.gateway_url,
        settings.gateway_token.get_secret_value(),
        settings.gateway_timeout_seconds,
        settings.gateway_connections,
    )
    return MessageSweep(running, gateway)


async def load_packs(running: Running, arguments: Sequence[str]) -> int:
    """``load-pack [folder]``: put every district's notifications section in force; 1 when one is wrong."""
    return await packs.load_packs(running, arguments, "notifications.yaml", NotificationsPack, load_pack)


async def reconcile(running: Running, arguments: Sequence[str]) -> int:
    """``reconcile``: look at every message that is not ended."""
    count = await running.units.perform(rearm_messages, principal=running.principal)
    sys.stdout.write(f"{count} pemberitahuan ditengok kembali\n")
    return 0


FIGURES = {
    "sigap_messages_open": "messages-do-not-arrive",
    "sigap_messages_oldest_seconds": "messages-do-not-arrive",
    "sigap_messages_due": "messages-do-not-arrive",
    "sigap_messages_due_oldest_seconds": "messages-do-not-arrive",
    "sigap_messages_failed_day": "messages-do-not-arrive",
}
"""Where the runbook says what each figure of ours means."""

SERVICE = Service(
    name="notifications",
    title="Sigap – Pemberitahuan",
    settings=NotificationsSettings,
    policy=messages_access.PERMISSIONS,
    routers=[messages_api.router],
    subscriptions=SUBSCRIPTIONS,
    sweep=sweep,
    gauges=repository.gauges,
    figures=FIGURES,
    commands={"load-pack": load_packs, "reconcile": reconcile},
)


def openapi_document() -> dict[str, Any]:
    """The service's OpenAPI document, built without any engine."""
    settings = NotificationsSettings.model_construct(database_url="", root_path="/notifications")
    document: dict[str, Any] = build_app(SERVICE, settings, None).openapi()
    return document
