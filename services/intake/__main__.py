"""``python -m services.intake <api|consumer|relay|worker|all|migrate|reconcile>``."""

import sys

from services.chassis.processes import main
from services.intake.wiring import SERVICE

sys.exit(main(SERVICE))
