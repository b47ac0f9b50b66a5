"""Oversight: what nobody looks after, and the auditor's lists."""

from services.casework.oversight.audit import access as audit_access
from services.casework.oversight.audit import api as audit_api
from services.casework.oversight.audit import pages as audit_pages
from services.chassis.pages import PageLink
from services.chassis.service import Wing

WING = Wing(
    permissions=audit_access.PERMISSIONS,
    routers=[audit_api.router],
    pages=[audit_pages],
    links=[
        PageLink("/pengawasan", "Pengawasan", "oversight:read", rank=80),
        PageLink("/pemeriksaan", "Pemeriksaan", "audit:read", rank=90),
    ],
)
