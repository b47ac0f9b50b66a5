"""The one place where disbursement is put together."""

import sys
from collections.abc import Callable, Sequence
from typing import Any

from services.chassis import packs
from services.chassis.digests import Reader
from services.chassis.pages import PageLink, Pages
from services.chassis.pages.words import joined
from services.chassis.processes import build_app
from services.chassis.service import Running, Service, together
from services.disbursement.batches import access as batches_access
from services.disbursement.batches import api as batches_api
from services.disbursement.batches import pages as batches_pages
from services.disbursement.batches import repository as batches_repository
from services.disbursement.batches.commands import rearm_batches
from services.disbursement.entitlements import access as entitlements_access
from services.disbursement.entitlements import api as entitlements_api
from services.disbursement.entitlements import repository as entitlements_repository
from services.disbursement.findings import access as findings_access
from services.disbursement.findings import api as findings_api
from services.disbursement.findings import repository as findings_repository
from services.disbursement.ledger import access as ledger_access
from services.disbursement.ledger import api as ledger_api
from services.disbursement.programmes.commands import load_pack
from services.disbursement.programmes.domain import DisbursementPack
from services.disbursement.rails.activities import RailActivities
from services.disbursement.rails.adapter import BankRail
from services.disbursement.reconciliation import api as reconciliation_api
from services.disbursement.reconciliation import pages as reconciliation_pages
from services.disbursement.reconciliation.activities import ReconciliationActivities
from services.disbursement.reconciliation.workflow import PaymentBatchWorkflow
from services.disbursement.settings import DisbursementSettings
from services.disbursement.subscriptions import SUBSCRIPTIONS, hearing


def activities(running: Running) -> Sequence[Callable[..., Any]]:
    """Every step of the payment workflow."""
    settings: DisbursementSettings = running.settings
    rail = BankRail(settings.bank_url, settings.bank_token.get_secret_value(), settings.bank_timeout_seconds)
    sending, reconciling = RailActivities(running, rail), ReconciliationActivities(running, rail)
    return [
        sending.read_batch,
        sending.submit_file,
        sending.record_sent,
        reconciling.import_statement,
        reconciling.record_refusal,
    ]


async def load_packs(running: Running, arguments: Sequence[str]) -> int:
    """``load-pack [folder]``: put every district's disbursement section in force; 1 when one is wrong."""
    return await packs.load_packs(running, arguments, "disbursement.yaml", DisbursementPack, load_pack)


async def reconcile(running: Running, arguments: Sequence[str]) -> int:
    """``reconcile``: wake the workflow of every batch that is not finished."""
    count = await running.units.perform(rearm_batches, principal=running.principal)
    sys.stdout.write(f"{count} daftar bayar ditengok kembali\n")
    return 0


gauges = together(entitlements_repository.gauges, batches_repository.gauges, findings_repository.gauges)
"""The office's own figures: what waits for a list, what is owed, batches and findings that are open."""

FIGURES = {
    "sigap_entitlements_waiting": "aid-is-stuck",
    "sigap_batches_open": "aid-is-stuck",
    "sigap_payments_unsettled_rupiah": "aid-is-stuck",
    "sigap_findings_open": "aid-is-stuck",
    "sigap_findings_overdue": "aid-is-stuck",
}
"""Where the runbook says what each figure of ours means."""

SERVICE = Service(
    name="disbursement",
    title="Sigap – Penyaluran bantuan",
    settings=DisbursementSettings,
    policy={
        **entitlements_access.PERMISSIONS,
        **batches_access.PERMISSIONS,
        **ledger_access.PERMISSIONS,
        **findings_access.PERMISSIONS,
    },
    routers=[
        entitlements_api.router,
        batches_api.router,
        ledger_api.router,
        findings_api.router,
        reconciliation_api.router,
    ],
    page_routers=[batches_pages.router, reconciliation_pages.router],
    pages=Pages(
        folders=[batches_pages.TEMPLATES, reconciliation_pages.TEMPLATES],
        links=[PageLink("/", "Daftar bayar", "batch:read"), PageLink("/temuan", "Temuan bank", "finding:read")],
        words=joined([batches_pages.WORDS, reconciliation_pages.WORDS]),
    ),
    subscriptions=SUBSCRIPTIONS,
    hearing=lambda settings: hearing(Reader(settings.sealing_private_key, settings.identity_secret.get_secret_value())),
    workflows=[PaymentBatchWorkflow],
    activities=activities,
    gauges=gauges,
    figures=FIGURES,
    commands={"load-pack": load_packs, "reconcile": reconcile},
)


def openapi_document() -> dict[str, Any]:
    """The service's OpenAPI document, built without any engine."""
    settings = DisbursementSettings.model_construct(database_url="", root_path="/disbursement")
    document: dict[str, Any] = build_app(SERVICE, settings, None).openapi()
    return document
