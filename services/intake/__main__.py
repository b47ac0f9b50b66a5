"""``python -m services.intake <api|consumer|relay|worker|all|migrate|reconcile>``."""

import sys

from services.chassis.launch import launch

sys.exit(launch("intake"))
