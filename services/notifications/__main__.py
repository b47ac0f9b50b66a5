"""``python -m services.notifications <api|consumer|relay|all|migrate|load-pack|reconcile>``."""

import sys

from services.chassis.launch import launch

sys.exit(launch("notifications"))
