"""``python -m services.disbursement <api|consumer|relay|worker|all|migrate|load-pack|reconcile>``."""

import sys

from services.chassis.processes import main
from services.disbursement.wiring import SERVICE

sys.exit(main(SERVICE))
