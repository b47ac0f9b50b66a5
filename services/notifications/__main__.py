"""``python -m services.notifications <api|consumer|relay|worker|all|migrate|load-pack|reconcile>``."""

import sys

from services.chassis.processes import main
from services.notifications.wiring import SERVICE

sys.exit(main(SERVICE))
