"""``python -m services.disbursement <api|consumer|relay|worker|all|migrate|load-pack|reconcile>``."""

import sys

from services.chassis.launch import launch

sys.exit(launch("disbursement"))
