"""``python -m services.casework <api|consumer|relay|worker|all|migrate|load-pack|reconcile|draft-calendar>``."""

import sys

from services.casework.wiring import SERVICE
from services.chassis.processes import main

sys.exit(main(SERVICE))
