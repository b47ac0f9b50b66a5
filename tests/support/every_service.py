"""The four services as they are wired."""

from services.casework.wiring import SERVICE as CASEWORK
from services.chassis.service import Service
from services.disbursement.wiring import SERVICE as DISBURSEMENT
from services.intake.wiring import SERVICE as INTAKE
from services.notifications.wiring import SERVICE as NOTIFICATIONS

SERVICES: tuple[Service, ...] = (INTAKE, CASEWORK, DISBURSEMENT, NOTIFICATIONS)
