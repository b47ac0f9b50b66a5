"""The same about rows that there are: a case, its hand-off, its tasks and what hangs on them."""

import pytest

from tests.support.casework.agencies import OFFICE, SOEGIRI
from tests.support.casework.asking import ask
from tests.support.casework.desk import Desk
from tests.support.casework.reports import case_of, report_verified
from tests.support.generated_forms import faults_of
from tests.support.identity import Issuer
from tests.support.row_routes import ALL_STAFF_ROLES
from tests.support.services import Bench


# The parser leaves a file whose part never ends to the collector: of half a body it is in no form.
@pytest.mark.filterwarnings("ignore:.*SpooledTemporaryFile:pytest.PytestUnraisableExceptionWarning")
async def test_no_form_about_a_case_however_wrong_is_a_fault_of_ours(casework: Bench, issuer: Issuer) -> None:
    guess = {"case_type_guess": "ORANG_TERLANTAR", "kind": "ORANG_TERLANTAR"}
    case_id = await case_of(casework, await report_verified(casework, **guess))
    handoff = await ask(Desk(casework, issuer, OFFICE, "caseworker", "section-head"), case_id, SOEGIRI)
    known = {"case_id": [str(case_id)], "handoff_id": [handoff["handoff_id"]]}
    faults, _ = await faults_of(casework, ALL_STAFF_ROLES, known)
    assert not faults
