"""``python -m services.casework <api|consumer|relay|worker|all|migrate|load-pack|reconcile|draft-calendar>``."""

import sys

from services.chassis.launch import launch

sys.exit(launch("casework"))
